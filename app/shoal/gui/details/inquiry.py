"""What the detail pane asks the engine: only what the tab that is seen needs and has not, one request at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject

from shoal.api.commands import Detail, Span
from shoal.api.errors import UserError
from shoal.api.snapshots import TorrentRow
from shoal.gui.details.tab import DetailTab, ShowsHistory
from shoal.gui.link.client_link import ClientLink

RAREST_HISTORY_SECONDS = 30.0
"""A graph whose steps are longer is asked for this often all the same, for its last step is still growing."""
_REVISIONS: dict[Detail, Callable[[TorrentRow], int]] = {
    Detail.FILES: lambda row: row.files_revision,
    Detail.EVENTS: lambda row: row.events_revision,
}
"""Parts that are asked for only when their number has changed."""


@dataclass(frozen=True, slots=True)
class Watched:
    """The tab that is seen, and the transfer it shows, None for the whole session."""

    row: TorrentRow | None
    name: str
    tab: DetailTab

    @property
    def torrent_id(self) -> str | None:
        return self.row.torrent_id if self.row is not None else None


@dataclass(frozen=True, slots=True)
class _Question:
    """What one request asks, and about what."""

    about: Watched
    parts: frozenset[Detail]
    strips_of: tuple[int, ...]
    span: Span | None


class Inquiry:
    """`watched` tells what is seen, None for nothing; `clock` gives seconds. Ends with `owner`."""

    def __init__(
        self, link: ClientLink, owner: QObject, watched: Callable[[], Watched | None], clock: Callable[[], float]
    ) -> None:
        self._link, self._owner, self._watched, self._clock = link, owner, watched, clock
        self._served: dict[tuple[str, Detail], int] = {}
        """By tab and part the revision that it has."""
        self._history_of: tuple[str | None, str, Span] | None = None
        self._history_due = 0.0
        self._wake = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None

    def ask(self) -> None:
        """Have the engine asked, now or as soon as it has answered what it was asked before."""
        self._wake.set()
        if self._serving is None or self._serving.done():
            self._serving = self._link.run(self._serve(), self._owner)

    def forget(self, name: str) -> None:
        """The tab `name` shows nothing any more."""
        self._history_of = None
        for key in [key for key in self._served if key[0] == name]:
            del self._served[key]

    async def _serve(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            question = self._question()
            if question is None:
                continue
            try:
                await self._put(question)
            except UserError:
                # Taken from the list meanwhile: the next update says so.
                continue

    def _question(self) -> _Question | None:
        about = self._watched()
        if about is None:
            return None
        tab, parts = about.tab, self._due_parts(about)
        span = tab.span() if isinstance(tab, ShowsHistory) else None
        known = (about.torrent_id, about.name, span)
        if span is not None and self._history_of == known and self._clock() < self._history_due:
            span = None
        if not parts and span is None:
            return None
        return _Question(about, parts, tab.strips_of(), span)

    def _due_parts(self, about: Watched) -> frozenset[Detail]:
        row, name = about.row, about.name
        if row is None:
            return frozenset()
        return frozenset(
            part
            for part in about.tab.parts()
            if part not in _REVISIONS or self._served.get((name, part)) != _REVISIONS[part](row)
        )

    async def _put(self, question: _Question) -> None:
        """Ask, and show the answer when it is still the one that is waited for."""
        about = question.about
        name, tab, torrent_id = about.name, about.tab, about.torrent_id
        if question.parts and torrent_id is not None:
            details = await self._link.details(torrent_id, question.parts, strips_of=question.strips_of)
            if not self._is_current(about):
                self._wake.set()
                return
            for part in question.parts & _REVISIONS.keys():
                if about.row is not None:
                    self._served[(name, part)] = _REVISIONS[part](about.row)
            tab.show_details(details)
        if question.span is not None and isinstance(tab, ShowsHistory):
            history = await self._link.speed_history(torrent_id, question.span)
            if not self._is_current(about) or tab.span() is not question.span:
                self._wake.set()
                return
            self._history_of = (torrent_id, name, question.span)
            self._history_due = self._clock() + min(max(0.0, history.step_seconds - 0.5), RAREST_HISTORY_SECONDS)
            tab.show_history(history)

    def _is_current(self, about: Watched) -> bool:
        now = self._watched()
        return now is not None and (now.torrent_id, now.name) == (about.torrent_id, about.name)
