"""Opens the Configuration Assistant: at the first start, and from Tools. What waits to be opened waits for its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog
from shiboken6 import isValid

from shoal.api.errors import UserError
from shoal.api.snapshots import SessionTotals, Update
from shoal.gui.desktop.associations import AssociationError, Associations, AssociationStatus, Who
from shoal.gui.desktop.tray import Tray
from shoal.gui.link.background import Background
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.memory import Memory
from shoal.gui.link.settings_door import SettingsDoor
from shoal.gui.style.explanations import user_error_text
from shoal.gui.style.languages import SYSTEM, known_languages
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import clean, say
from shoal.gui.window.add_desk import LookAt, WindowDesk
from shoal.gui.window.main_window import MainWindow
from shoal.gui.window.source_reader import name_of
from shoal.gui.wizard.desk import Circumstances, OpenersError, OpenersNow
from shoal.gui.wizard.draft import Draft, present_draft
from shoal.runtime.network import can_listen

if TYPE_CHECKING:
    from shoal.gui.wizard.assistant import Assistant

log = logging.getLogger(__name__)

OPENERS_SECONDS = 2.0
"""How long the system may take to tell who opens torrent files; longer, and it is not known."""
NOT_KNOWN = OpenersNow(are_ours=False, can_change=False)


@dataclass(slots=True)
class Errand:
    """What outlives a window that is made anew in another language."""

    is_first: bool = False
    sources: list[str] = field(default_factory=list)
    """Opened when the assistant is closed."""
    asks_first: bool = True
    former_language: str | None = None
    """Put back when the assistant is left; None while it is not another one."""
    present: Draft | None = None
    draft: Draft | None = None
    step: int = 0
    visited: int = 0


class AssistantDesk(WindowDesk):
    """Folders and ports, looked at in workers."""

    def __init__(self, link: ClientLink, background: Background, look_at: LookAt, hosts: Callable[[], str]) -> None:
        super().__init__(link, background, look_at, lambda: False)
        self._workers, self._hosts = background, hosts

    async def make_folder(self, folder: str) -> None:
        await self._workers.run(lambda: Path(folder).mkdir(parents=True, exist_ok=True))

    async def is_port_free(self, port: int) -> bool:
        hosts = self._hosts().split()
        return await self._workers.run(lambda: can_listen(hosts, port))


class AssociatedOpeners:
    """The associations of the system, as the assistant sees them."""

    def __init__(self, associations: Associations) -> None:
        self._associations = associations

    async def status(self) -> OpenersNow:
        try:
            return _now(await asyncio.wait_for(self._associations.status(), OPENERS_SECONDS))
        except (TimeoutError, AssociationError, OSError) as error:
            log.info("who opens torrent files is not known: %s", error)
            return NOT_KNOWN

    async def claim(self) -> None:
        try:
            await self._associations.claim()
        except AssociationError as error:
            raise OpenersError(str(error)) from error

    async def release(self) -> None:
        try:
            await self._associations.release()
        except AssociationError as error:
            raise OpenersError(str(error)) from error


class Assisting(QObject):
    """One assistant at a time."""

    def __init__(
        self,
        theme: Theme,
        window: MainWindow,
        link: ClientLink,
        background: Background,
        memory: Memory,
        door: SettingsDoor,
        associations: Associations,
        tray: Tray,
        *,
        look_at: LookAt,
        downloads_folder: str,
    ) -> None:
        super().__init__(window)
        self._theme, self._window, self._link = theme, window, link
        self._memory, self._door, self._tray = memory, door, tray
        self._desk = AssistantDesk(link, background, look_at, lambda: door.engine.listen_hosts)
        self._openers = AssociatedOpeners(associations)
        self._downloads_folder = downloads_folder
        self._totals = SessionTotals()
        self._errand: Errand | None = None
        self.assistant: Assistant | None = None
        window.actions_of_window.assistant.triggered.connect(self.open)
        link.updated.connect(self._follow)

    def expect(self) -> None:
        """A first start has begun: what comes from outside waits until the assistant is closed."""
        self._errand = Errand(is_first=True)

    def welcome(self, sources: Iterable[str] = (), *, ask_first: bool = True) -> None:
        """The engine is open: the assistant, unless there are transfers already; `sources` are opened after it."""
        errand = self._errand or Errand(is_first=True)
        errand.sources[:0] = sources
        errand.asks_first = ask_first
        self.resume(errand)

    def hold(self, sources: Sequence[str]) -> bool:
        """Keep what came from outside until the first assistant is closed; False when there is none."""
        errand = self._errand
        if errand is None or not errand.is_first:
            return False
        errand.sources += [source for source in sources if source not in errand.sources]
        if self.assistant is not None and isValid(self.assistant):
            self.assistant.show_waiting(_names(errand.sources))
        return True

    def open(self) -> None:
        """Show the assistant with what is set now; the same one while it is open."""
        if self.assistant is not None and isValid(self.assistant):
            self.assistant.raise_()
            self.assistant.activateWindow()
        elif self._errand is None:
            errand = self._errand = Errand()
            self._link.run(self._open(errand), self)

    def leave(self) -> Errand | None:
        """Before the window is made anew: close the assistant without an answer; what `resume` goes on with."""
        errand, assistant, self._errand, self.assistant = self._errand, self.assistant, None, None
        if errand is not None and assistant is not None and isValid(assistant):
            errand.present, errand.draft = assistant.present, assistant.draft
            errand.step, errand.visited = assistant.step, assistant.visited
            assistant.finished.disconnect()
            assistant.close()
        return errand

    def resume(self, errand: Errand) -> None:
        """Go on where another window was left."""
        self._errand = errand
        self._link.run(self._welcome(errand) if errand.is_first else self._open(errand), self)

    # -- inside

    def _follow(self, update: Update) -> None:
        self._totals = update.totals

    async def _welcome(self, errand: Errand) -> None:
        await self._link.has_all_rows()
        if self._window.model.total:
            self._end(errand)
        else:
            await self._open(errand)

    async def _open(self, errand: Errand) -> None:
        try:
            await self._door.refresh()
        except UserError as error:
            self._window.toast.say(user_error_text(error.reason))
            self._end(errand)
            return
        openers = await self._openers.status()
        present = errand.present or present_draft(self._door.value, opens_torrents=openers.are_ours)
        around = Circumstances(
            self._downloads_folder,
            self._tray.is_offered,
            openers,
            waiting=_names(errand.sources) if errand.is_first else (),
            languages=_languages(),
            language=self._memory.settings.language,
        )
        from shoal.gui.wizard.assistant import Assistant  # noqa: PLC0415 (see `late_modules`)

        assistant = self.assistant = Assistant(
            self._theme,
            self._window,
            self._door,
            self._link,
            self._desk,
            self._openers,
            around,
            present,
            is_first=errand.is_first,
        )
        assistant.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        assistant.follow(self._totals)
        if errand.draft is not None:
            assistant.resume(errand.draft, errand.step, errand.visited)
        assistant.told.connect(self._window.toast.say)
        assistant.language_wanted.connect(lambda code: self._speak(errand, code))
        assistant.finished.connect(lambda result: self._on_finished(errand, result))
        assistant.show()

    def _speak(self, errand: Errand, code: str) -> None:
        """The one thing that is seen at once: the window is made anew, and with it the assistant where it is."""
        if errand.former_language is None:
            errand.former_language = self._memory.settings.language
        self._memory.remember(language=code)

    def _on_finished(self, errand: Errand, result: int) -> None:
        former, self.assistant = errand.former_language, None
        is_left = result != QDialog.DialogCode.Accepted.value
        self._end(errand)
        if is_left and former is not None:
            self._memory.remember(language=former)

    def _end(self, errand: Errand) -> None:
        self._errand = None
        if errand.sources:
            self._window.open_sources(errand.sources, ask_first=errand.asks_first)


def _now(status: AssociationStatus) -> OpenersNow:
    are_ours = status.torrents.who is Who.SHOAL
    return OpenersNow(are_ours, status.can_change, status.sentences())


def _names(sources: Sequence[str]) -> tuple[str, ...]:
    return tuple(clean(name_of(source)).removesuffix(".torrent") for source in sources)


def _languages() -> tuple[tuple[str, str], ...]:
    known = known_languages()
    if len(known) < 2:
        return ()
    return ((SYSTEM, say("As the system")), *((language.code, language.name) for language in known))
