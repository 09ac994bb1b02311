"""A window over a fake client, and coroutines on Qt's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton
from shiboken6 import isValid
from tests.support.fake_client import FakeClient
from tests.support.fake_desktop import FakePower, FakeRegistrar, FakeTrayHost

from shoal.api.client import Client
from shoal.gui.application import Application, Desk, Listen
from shoal.gui.desktop.associations import ByHand, Registrar
from shoal.gui.desktop.services import NO_DESKTOP, Surroundings
from shoal.gui.style.languages import Languages
from shoal.gui.style.resources import resources_folder
from shoal.gui.style.theme import Theme, ThemeChoice
from shoal.gui.window.web_source import Fetch
from shoal.launch.qt_loop import run_on_qt
from shoal.runtime.folder_facts import FolderFacts
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.store import StoreNote

T = TypeVar("T")
D = TypeVar("D", bound=QDialog)
GIVE_UP_SECONDS = 20.0
FIRST_PORT = 51_234
"""Where the engine listens at a first start."""


async def no_fetch(address: str, most_bytes: int) -> bytes:
    raise AssertionError(f"{address} must not be fetched")


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, resources_folder(), ThemeChoice.LIGHT)


@pytest.fixture
def on_qt(qapp: QApplication) -> Callable[[Coroutine[Any, Any, T]], T]:
    """Runs a coroutine on Qt's loop to its end."""

    async def bounded(work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wait_for(work, GIVE_UP_SECONDS)

    def run(work: Coroutine[Any, Any, T]) -> T:
        return run_on_qt(qapp, bounded(work))

    return run


async def until(condition: Callable[[], object]) -> None:
    """Let Qt work until `condition` holds; at most 10 s."""
    for _ in range(2_000):
        if condition():
            return
        await asyncio.sleep(0.005)
    pytest.fail("it did not happen within 10 s")


@dataclass
class WindowRun:
    """One run of the whole interface over a fake client, driven by `story`."""

    app: QApplication
    client: FakeClient = field(default_factory=FakeClient)
    settings: InterfaceSettings = field(default_factory=lambda: InterfaceSettings(theme="light"))
    saved: list[InterfaceSettings] = field(default_factory=list)
    free: int | None = 10**12
    folder_is_there: bool = True
    save: Callable[[InterfaceSettings], None] | None = None
    fetch: Fetch = no_fetch
    notices: tuple[StoreNote, ...] = ()
    language: str = "en"
    trashed: list[str] = field(default_factory=list)
    registrar: Registrar = field(default_factory=ByHand)
    is_first_start: bool = False
    surroundings: Surroundings = NO_DESKTOP
    tray: FakeTrayHost = field(default_factory=FakeTrayHost)
    power: FakePower = field(default_factory=FakePower)
    is_hidden: bool = False
    application: Application | None = None
    look_first: Callable[[], object] = lambda: None
    """In the worker that looks at a folder, before it does."""
    keeps_selection: bool = False
    """Else a story begins with nothing selected, unlike a start of the program."""
    size: QSize | None = field(default_factory=lambda: QSize(1280, 800))
    """Of the window, whatever screen the tests run on; None for the one that it chooses itself."""

    def desk(self) -> Desk:
        """What the window of this run stands on."""
        return Desk(
            resources_folder(),
            self.settings,
            self.save or self.saved.append,
            self._look_at,
            self.fetch,
            "/downloads",
            self.trashed.append,
            self.registrar,
            lambda: self.tray,
            self.power,
            self.notices,
            self.language,
            self.surroundings,
            is_first_start=self.is_first_start,
        )

    def play(
        self,
        story: Callable[[Application], Coroutine[Any, Any, None]],
        *sources: str,
        listen: Listen | None = None,
    ) -> int:
        """Open the window, wait for the first rows, run `story`, close the window; the exit code."""

        async def live() -> int:
            application = self.application = Application(self.app, self.desk())
            if self.size is not None and not self.settings.window_geometry:
                application.window.resize(self.size)
            stop = asyncio.Event()
            story_failed: list[BaseException] = []

            async def ready(window: object, client: Client) -> None:
                try:
                    await until(lambda: application.window.model.total == len(self.client.rows))
                    await self._settle(application)
                    await asyncio.wait_for(story(application), GIVE_UP_SECONDS)
                except BaseException as error:
                    story_failed.append(error)
                finally:
                    stop.set()

            async def opened() -> Client:
                return self.client

            code = await application.run(
                opened, stop=stop, sources=sources, is_hidden=self.is_hidden, listen=listen, on_ready=ready
            )
            if story_failed:
                raise story_failed[0]
            return code

        return run_on_qt(self.app, live())

    def play_to_its_end(self, story: Callable[[Application], Coroutine[Any, Any, None]]) -> int:
        """As `play`, of a story in which the program ends by itself; fails when it does not. The exit code."""

        async def live() -> int:
            application = self.application = Application(self.app, self.desk())

            async def opened() -> Client:
                return self.client

            program = asyncio.ensure_future(application.run(opened, stop=asyncio.Event(), is_hidden=self.is_hidden))
            await until(lambda: application.window.model.total == len(self.client.rows))
            await self._settle(application)
            await asyncio.wait_for(story(application), GIVE_UP_SECONDS)
            return await asyncio.wait_for(program, GIVE_UP_SECONDS)

        return run_on_qt(self.app, live())

    def _look_at(self, _folder: str) -> FolderFacts:
        self.look_first()
        return FolderFacts(self.folder_is_there, self.free, 2 * 10**12, "one disk")

    async def _settle(self, application: Application) -> None:
        window = application.window
        await until(lambda: not window.model.rowCount() or window.list.selected_ids())
        if not self.keeps_selection:
            window.list.clearSelection()
            window.list.setCurrentIndex(QModelIndex())

    def dialog(self) -> QDialog | None:
        """The dialog that is open now."""
        shown = [widget for widget in self.app.topLevelWidgets() if isinstance(widget, QDialog) and widget.isVisible()]
        return shown[0] if shown else None


async def opened(run: WindowRun, kind: type[D]) -> D:
    """The dialog of that kind, once it is open."""
    await until(lambda: isinstance(run.dialog(), kind))
    found = run.dialog()
    assert isinstance(found, kind)
    return found


def words(dialog: QDialog) -> str:
    """Everything that its labels say."""
    return " ".join(label.text() for label in dialog.findChildren(QLabel))


async def press(dialog: QDialog, name: str) -> None:
    """Click the button called `name` and wait until the dialog is gone."""
    button = next(button for button in dialog.findChildren(QPushButton) if button.text() == name)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    await until(lambda: not (isValid(dialog) and dialog.isVisible()))


@pytest.fixture
def run(qapp: QApplication) -> WindowRun:
    return WindowRun(qapp)


@pytest.fixture
def first(run: WindowRun) -> WindowRun:
    """A first start, on a system where another program opens torrent files."""
    run.client.settings = asdict(EngineSettings(listen_port=FIRST_PORT))
    run.client.totals = replace(run.client.totals, listen_port=FIRST_PORT)
    run.is_first_start = True
    run.registrar = FakeRegistrar()
    return run


@pytest.fixture(autouse=True)
def english_afterwards(qapp: QApplication) -> Iterator[None]:
    """The program speaks one language at a time: the next test hears English again."""
    yield
    Languages(qapp, resources_folder()).choose("en")
