"""What the tray tells, followed row by row, and the words and the shape that tell it. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

from shoal.api.snapshots import SessionTotals, TorrentRow, TorrentState, Update
from shoal.gui.desktop.awake import Wakeful
from shoal.gui.models.torrent_filter import Section, sections_of
from shoal.gui.style.diagnosis import FLOWING_RATE, needs_user
from shoal.gui.style.sentences import paused_text
from shoal.gui.style.units import rate_text, time_left_text
from shoal.gui.style.wording import Template, phrase, say, say_count, say_phrase

MOST_LINES = 10
"""Of those that need the user, and of those that were just finished."""


class TrayState(Enum):
    """What the icon shows by its shape; the value names its picture."""

    FLOWING = "tray-flowing"
    IDLE = "tray-idle"
    PAUSED = "tray-paused"
    NEEDS_YOU = "tray-needs-you"


@dataclass(frozen=True, slots=True)
class Line:
    """One transfer in the menu."""

    torrent_id: str
    name: str
    folder: str


@dataclass(frozen=True, slots=True)
class TrayFacts:
    """Rates in bytes/s; `seconds_left` until the last of those that flow is done, None = not known."""

    down_rate: float = 0.0
    up_rate: float = 0.0
    downloading: int = 0
    left: int = 0
    """Downloads that are meant to run and are not done."""
    seconds_left: float | None = None
    paused_until: float = 0.0
    """As in `SessionTotals`."""
    needs_you: int = 0
    first_needing: tuple[Line, ...] = ()
    just_finished: tuple[Line, ...] = ()
    """The newest first."""

    @property
    def is_paused(self) -> bool:
        return self.paused_until != 0

    @property
    def state(self) -> TrayState:
        """A pause was chosen and holds everything; then comes what only the user can mend."""
        if self.is_paused:
            return TrayState.PAUSED
        if self.needs_you:
            return TrayState.NEEDS_YOU
        return TrayState.FLOWING if max(self.down_rate, self.up_rate) >= FLOWING_RATE else TrayState.IDLE


_AWAKE: dict[Wakeful, Template] = {
    Wakeful.DOWNLOADING: phrase("{text}. Keeps the computer awake while downloading"),
    Wakeful.SHARING: phrase("{text}. Keeps the computer awake while sharing"),
}


def tooltip(facts: TrayFacts, wakeful: Wakeful = Wakeful.NO) -> str:
    """`Shoal: down 8.3 MB/s, up 1.1 MB/s, 3 left`, and that the computer is kept awake."""
    if facts.is_paused:
        text = say("Shoal: {sentence}", sentence=paused_text(facts.paused_until))
    else:
        down, up = rate_text(facts.down_rate), rate_text(facts.up_rate)
        if facts.left:
            text = say_count(
                facts.left,
                "Shoal: down {down}, up {up}, {n} left",
                "Shoal: down {down}, up {up}, {n} left",
                down=down,
                up=up,
            )
        else:
            text = say("Shoal: down {down}, up {up}", down=down, up=up)
    if facts.needs_you:
        text = say_count(facts.needs_you, "{text}, {n} needs you", "{text}, {n} need you", text=text)
    return say_phrase(_AWAKE[wakeful], text=text) if wakeful in _AWAKE else text


def headline(facts: TrayFacts) -> str:
    """`3 downloading, about 12 minutes left`: the first line of the menu."""
    if facts.is_paused:
        return paused_text(facts.paused_until)
    if facts.downloading and facts.seconds_left is not None:
        return say_count(
            facts.downloading,
            "{n} downloading, {time} left",
            "{n} downloading, {time} left",
            time=time_left_text(facts.seconds_left),
        )
    if facts.downloading:
        return say_count(facts.downloading, "{n} downloading", "{n} downloading")
    if facts.left:
        return say_count(facts.left, "{n} download is waiting", "{n} downloads are waiting")
    return say("Nothing is downloading")


class TrayLedger:
    """Holds only the rows that the tray speaks of, so that a beat costs what has changed."""

    def __init__(self) -> None:
        self._unfinished: dict[str, TorrentRow] = {}
        self._flowing: dict[str, float | None] = {}
        """Seconds left of the unfinished ones that download now: looking at all of them costs too much for a beat."""
        self._needing: dict[str, Line] = {}
        self._complete: dict[str, Line] = {}
        """Unfinished until now. Whether they were finished or only checked, the alerts tell, maybe some parts later."""
        self._finished: deque[Line] = deque(maxlen=MOST_LINES)
        self._totals = SessionTotals()

    def apply(self, update: Update) -> None:
        """Follow one beat."""
        self._totals = update.totals
        for torrent_id in update.removed:
            self._forget(torrent_id)
        for row in update.changed:
            self._follow(row)
        for alert in update.alerts:
            if alert.code == "finished" and alert.torrent_id is not None:
                self._finish(alert.torrent_id)
        if update.alerts:
            self._complete.clear()

    def facts(self) -> TrayFacts:
        times = [eta for eta in self._flowing.values() if eta is not None]
        return TrayFacts(
            down_rate=self._totals.down_rate,
            up_rate=self._totals.up_rate,
            downloading=len(self._flowing),
            left=len(self._unfinished),
            seconds_left=max(times, default=None),
            paused_until=self._totals.paused_until,
            needs_you=len(self._needing),
            first_needing=tuple(self._needing.values())[:MOST_LINES],
            just_finished=tuple(self._finished),
        )

    def _follow(self, row: TorrentRow) -> None:
        key = row.torrent_id
        if row.is_started and not row.is_complete and row.state is not TorrentState.ERROR:
            self._unfinished[key] = row
            if Section.DOWNLOADING in sections_of(row):
                self._flowing[key] = row.eta
            else:
                self._flowing.pop(key, None)
        elif self._unfinished.pop(key, None) is not None and row.is_complete:
            self._complete[key] = _line(row)
        if key not in self._unfinished:
            self._flowing.pop(key, None)
        if needs_user(row):
            self._needing[key] = _line(row)
        else:
            self._needing.pop(key, None)
        for at, line in enumerate(self._finished):
            if line.torrent_id == key:
                self._finished[at] = _line(row)

    def _forget(self, torrent_id: str) -> None:
        for known in (self._unfinished, self._flowing, self._needing, self._complete):
            known.pop(torrent_id, None)
        kept = [line for line in self._finished if line.torrent_id != torrent_id]
        self._finished = deque(kept, maxlen=MOST_LINES)

    def _finish(self, torrent_id: str) -> None:
        line = self._complete.get(torrent_id)
        if line is not None:
            self._finished.appendleft(line)


def _line(row: TorrentRow) -> Line:
    return Line(row.torrent_id, row.name, row.folder)
