"""Start-up and quit order of the desktop program: window first, engine next; window gone first, engine last.

The program ends by `run` returning, never by `QApplication.quit`.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TypeVar

from PySide6.QtWidgets import QApplication

from shoal import APPLICATION_ID
from shoal.api.client import Client
from shoal.api.errors import UserError
from shoal.api.snapshots import Alert
from shoal.gui.desktop.associations import BackgroundAssociations, Registrar
from shoal.gui.desktop.open_events import HearingApplication
from shoal.gui.desktop.power import NO_POWER, Power
from shoal.gui.desktop.services import NO_DESKTOP, Services, Surroundings
from shoal.gui.desktop.tray import Tray
from shoal.gui.desktop.tray_host import NoTray, TrayHost
from shoal.gui.desktop.watched_files import Trash
from shoal.gui.link.background import Background
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.memory import Memory
from shoal.gui.link.memory_keeper import MemoryKeeper, SaveSettings
from shoal.gui.link.settings_door import SettingsDoor
from shoal.gui.link.speed_switch import SpeedSwitch
from shoal.gui.preferences.page_part import PagePart
from shoal.gui.style.app_icon import window_icon
from shoal.gui.style.explanations import notice_text, settings_note_text, user_error_text
from shoal.gui.style.languages import Languages
from shoal.gui.style.theme import Theme, ThemeChoice
from shoal.gui.style.units import count_in_binary
from shoal.gui.style.wording import clean, quoted, say
from shoal.gui.window.add_desk import LookAt
from shoal.gui.window.assisting import Assisting
from shoal.gui.window.clipboard_offer import ClipboardOffer
from shoal.gui.window.coming_forward import come_forward
from shoal.gui.window.late_modules import load_late
from shoal.gui.window.line_offer import LineOffer
from shoal.gui.window.main_window import MainWindow
from shoal.gui.window.opening_part import OpeningPart
from shoal.gui.window.telling import front_of
from shoal.gui.window.watching import Watching
from shoal.gui.window.web_source import Fetch
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.schema import Page
from shoal.settings.store import StoreNote

log = logging.getLogger(__name__)

OpenEngine = Callable[[], Awaitable[Client]]
FollowWindow = Callable[[MainWindow], None]
OnReady = Callable[[MainWindow, Client], Awaitable[None]]
Take = Callable[[Sequence[str], str], None]
"""Takes sources and an activation token from outside, in the window's thread."""


class Listening(Protocol):
    def close(self) -> None: ...


Listen = Callable[[Take], Listening]
"""Begins to hear of later starts of the program."""
TRAY_SECONDS = 10.0
"""How long a start without a window waits for a tray: at login the panel may come later."""
T = TypeVar("T")


def make_application(arguments: Sequence[str]) -> HearingApplication:
    """The one `QApplication`."""
    app = HearingApplication(list(arguments))
    app.setApplicationName("shoal")
    app.setApplicationDisplayName("Shoal")
    app.setDesktopFileName(APPLICATION_ID)
    return app


@dataclass(frozen=True, slots=True)
class Desk:
    """What the window stands on."""

    resources: Path
    settings: InterfaceSettings
    save: SaveSettings
    look_at: LookAt
    fetch: Fetch
    downloads_folder: str
    trash: Trash
    registrar: Registrar
    tray_host: Callable[[], TrayHost] = NoTray
    """Makes the place for the icon, once there is a `QApplication`."""
    power: Power = NO_POWER
    notices: tuple[StoreNote, ...] = ()
    """What the window says of its settings from its start on."""
    language: str = ""
    """For this run only; empty for the one of the settings."""
    surroundings: Surroundings = NO_DESKTOP
    is_first_start: bool = False
    """Nobody has chosen anything yet: the assistant is offered."""


class Application:
    """One window over one engine. Make it on the running loop; `run` once."""

    def __init__(self, app: QApplication, desk: Desk) -> None:
        self._app, self._desk = app, desk
        self._loop = asyncio.get_running_loop()
        self._background = Background()
        self._has_failed = False
        self.keeper = MemoryKeeper(self._background, desk.save, self._tell_not_saved)
        self.memory = Memory(desk.settings, self.keeper.keep)
        # Before the first sentence is made.
        self._languages = Languages(app, desk.resources)
        self._languages.choose(desk.language or desk.settings.language)
        count_in_binary(desk.settings.units == "binary")
        self.theme = Theme(app, desk.resources, ThemeChoice(desk.settings.theme))
        app.setWindowIcon(window_icon(desk.resources))
        self.link = ClientLink(self._loop)
        self.associations = BackgroundAssociations(desk.registrar, self._background)
        self.settings = SettingsDoor(self.link, self.memory)
        self.speed = SpeedSwitch(self.settings, self.link)
        self.tray = Tray(desk.tray_host(), self.theme, self.link, self.memory)
        self._listening: Listening | None = None
        self._stop: asyncio.Event | None = None
        self._followers: list[FollowWindow] = []
        self.window = self._make_window()
        front = front_of(lambda: self.window, self.link, self.tray)
        self.services = Services(desk.surroundings, front, self.link, self._background, self.memory)
        self.services.awake_changed.connect(self._show_awake)
        LineOffer(self.settings, self.link, lambda: self.window)
        if isinstance(app, HearingApplication):
            app.hear(self._take, self.session_ends)
        self.memory.remembered.connect(self._on_remembered)

    def follow_window(self, follow: FollowWindow) -> None:
        """Call `follow` with the window now, and with each that takes its place."""
        self._followers.append(follow)
        follow(self.window)

    def set_language(self, code: str) -> None:
        """Speak this language, a code or "system", from now on and at every later start.

        The window is made anew as it stands, as soon as its dialogs are answered and what they began is done; the
        engine notices nothing.
        """
        self.memory.remember(language=code)

    def _on_remembered(self, names: frozenset[str]) -> None:
        if names & {"language", "units"}:
            self.link.run(self._change_language())

    async def _change_language(self) -> None:
        await self.link.rest(self.window)
        settings = self.memory.settings
        is_other = self._languages.choose(settings.language)
        if count_in_binary(settings.units == "binary") or is_other:
            self._renew_window()

    def _renew_window(self) -> None:
        old, errand = self.window, self.assisting.leave()
        old.remember_layout()
        self.window = self._make_window()
        self.window.take_over(old)
        self._show_awake()
        if self._stop is not None:
            self.window.closed.connect(self._stop.set)
        for follow in self._followers:
            follow(self.window)
        if old.isVisible():
            self.window.setWindowState(old.windowState())
            self.window.show()
        old.hide()
        old.deleteLater()
        if errand is not None:
            self.assisting.resume(errand)

    def _show_awake(self) -> None:
        for shows in (self.window.status, self.tray):
            shows.show_awake(self.services.awake.wakeful)

    def _make_window(self) -> MainWindow:
        window = MainWindow(
            self.theme,
            self.link,
            self._background,
            self.memory,
            self.settings,
            self.speed,
            self.tray,
            self._desk.power,
            look_at=self._desk.look_at,
            fetch=self._desk.fetch,
            downloads_folder=self._desk.downloads_folder,
        )
        window.configuring.add_part(
            PagePart(Page.ADDING, lambda theme, changes: OpeningPart(theme, self.associations, self.link))
        )
        ClipboardOffer(self._app, window.offers, self.memory, window.open_sources, window)
        Watching(
            window,
            self.link,
            self._background,
            self.memory,
            window.adder,
            row_of=window.model.row_of,
            tell=window.notices.say,
            trash=self._desk.trash,
        )
        self.assisting = Assisting(
            self.theme,
            window,
            self.link,
            self._background,
            self.memory,
            self.settings,
            self.associations,
            self.tray,
            look_at=self._desk.look_at,
            downloads_folder=self._desk.downloads_folder,
        )
        return window

    async def run(
        self,
        open_engine: OpenEngine,
        *,
        stop: asyncio.Event,
        sources: Sequence[str] = (),
        ask_first: bool = True,
        is_hidden: bool = False,
        listen: Listen | None = None,
        on_ready: OnReady | None = None,
    ) -> int:
        """Show the window, open the engine, live until the window closes or `stop` is set; the exit code.

        With `is_hidden` the window waits in the tray if there is one, nothing is to be opened, and it is not the first
        start.
        """
        former_hook = sys.excepthook
        sys.excepthook = self._on_exception
        self._loop.set_exception_handler(self._on_loop_error)
        self._stop = stop
        self.window.closed.connect(stop.set)
        for notice in self._desk.notices:
            self.window.notices.say(settings_note_text(notice))
        is_first_start = self._desk.is_first_start and not self.memory.settings.assistant_done
        if is_hidden and not sources and not is_first_start:
            self.link.set_quiet(True)
            self.link.run(self._show_without_tray())
        else:
            self.window.show()
            # Draw the window before the engine's thread wants the interpreter for itself.
            await asyncio.sleep(0)
            self.window.repaint()
        if is_first_start:
            self.assisting.expect()
        try:
            if listen is not None:
                self._listening = listen(self._take)
            # While the engine opens: while the first rows are painted the two would wait for each other.
            loading = self.link.run(self._background.run(load_late))
            client = await self._open(open_engine, stop)
            if client is None:
                return 1 if self._has_failed else 0
            if loading is not None:
                await asyncio.wait({loading})
            self.link.attach(client)
            self.services.begin()
            if is_first_start:
                self.assisting.welcome(sources, ask_first=ask_first)
            elif sources:
                self.window.open_sources(sources, ask_first=ask_first)
            self.link.run(self._make_ready())
            if on_ready is not None:
                self.link.run(_ready(on_ready, self.window, client))
            await stop.wait()
            return 0
        finally:
            await self._close()
            sys.excepthook = former_hook
            self._loop.set_exception_handler(None)

    async def _make_ready(self) -> None:
        """Make what is looked at first before it is asked for, once the list is there."""
        await self.link.has_all_rows()
        self.window.succession.recall(self.memory.settings.selected)
        self.window.details.make_ready()

    async def _open(self, open_engine: OpenEngine, stop: asyncio.Event) -> Client | None:
        """The engine; None when it cannot be opened, which was told then, or when `stop` came first."""
        details = ""
        try:
            return await _unless(stop, open_engine())
        except UserError as error:
            text = user_error_text(error.reason)
        except OSError as error:
            text = say("The download engine could not start: {reason}.", reason=quoted(error.strerror or str(error)))
        except Exception as error:
            text = say("The download engine met an error that it did not expect.")
            details = f"{type(error).__name__}: {clean(str(error))}"
            log.debug("its trace", exc_info=True)
        self._has_failed = True
        log.error("the engine could not start: %s", f"{text} {details}".rstrip())
        come_forward(self.window)
        # Told until it is closed, or until a signal or a closed window says that nobody will.
        await _unless(stop, self.window.messages.tell(say("Shoal cannot start"), text, details))
        return None

    def _take(self, sources: Sequence[str], activation: str = "") -> None:
        """What the desktop or another start wants to be opened; nothing but the window when there are no sources."""
        come_forward(self.window, activation)
        if sources and not self.assisting.hold(sources):
            self.window.open_sources(sources)

    async def _show_without_tray(self) -> None:
        """Nothing else would tell that the program runs."""
        waited = asyncio.Event()
        self.tray.changed.connect(waited.set)
        try:
            if not self.tray.is_there:
                async with asyncio.timeout(TRAY_SECONDS):
                    await waited.wait()
        except TimeoutError:
            self.window.show()
        finally:
            self.tray.changed.disconnect(waited.set)

    def session_ends(self) -> None:
        """The desktop ends its programs, which nothing may hold up. As long as it only asks, nothing is done.

        On macOS it is also the Dock that says so, and a question there puts the log-out off, as people know it.
        """
        if sys.platform == "darwin":
            self.window.session.leaving.leave()
        else:
            self.window.session.leaving.end()

    async def _close(self) -> None:
        if self._listening is not None:
            # A start that comes now waits until this process has ended, and opens a window of its own.
            self._listening.close()
        self.window.session.leaving.end()
        self.window.hide()
        self.tray.show_ending()
        await self.services.close()
        await self.link.close()
        await self.keeper.close()
        if isinstance(self._app, HearingApplication):
            self._app.hear_no_more()
        self.tray.close()
        self.window.deleteLater()

    def _tell_not_saved(self, why: str) -> None:
        alert = Alert("settings-not-saved", None, {"detail": why}, "warning")
        self.window.notices.say(notice_text(alert) or why)

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self.window.session.leaving.end()
            return
        log.error("unexpected error", exc_info=(kind, error, trace))
        self.window.messages.show_crash(error)

    def _on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        log.error("unexpected error: %s", context.get("message"), exc_info=error)
        if isinstance(error, Exception):
            self.window.messages.show_crash(error)


async def _ready(on_ready: OnReady, window: MainWindow, client: Client) -> None:
    await on_ready(window, client)


async def _unless(stop: asyncio.Event, work: Awaitable[T]) -> T | None:
    """The result of `work`; None when `stop` is set first, which cancels it."""
    doing, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return doing.result() if doing.done() else None
    finally:
        for task in (doing, stopping):
            task.cancel()
        await asyncio.gather(doing, stopping, return_exceptions=True)
