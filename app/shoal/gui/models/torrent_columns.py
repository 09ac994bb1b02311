"""The columns of the transfer table in one table: title, width, side, order, words and colour of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.style.fonts import Role
from shoal.gui.style.moments import dated_text, lasting_text
from shoal.gui.style.numbers import whole
from shoal.gui.style.row_view import RowView, ratio_of
from shoal.gui.style.sentences import Tone
from shoal.gui.style.swarm_health import copies_text
from shoal.gui.style.swarm_health import sort_value as health_value
from shoal.gui.style.units import DASH, size_text
from shoal.gui.style.wording import Template, clean, phrase, say, say_phrase

SortValue = float | str | None


class Column(IntEnum):
    """Columns in their default order; what is saved names them by `name.lower()`."""

    QUEUE = 0
    NAME = 1
    PROGRESS = 2
    DOWN = 3
    UP = 4
    TIME_LEFT = 5
    HEALTH = 6
    SIZE = 7
    RATIO = 8
    LABEL = 9
    ADDED = 10
    FINISHED = 11
    FOLDER = 12
    TRACKER = 13
    REMAINING = 14
    UPLOADED = 15
    SEEDS = 16
    PEERS = 17
    AVAILABILITY = 18
    DOWNLOADED = 19
    ACTIVE_TIME = 20
    LAST_ACTIVITY = 21
    HASH = 22
    PRIVATE = 23


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """`width` is in pixels at 96 dpi; `sort_value` is smaller the better it is, None when unknown."""

    title: Template
    width: int
    sort_value: Callable[[TorrentRow], SortValue]
    text: Callable[[RowView], str]
    token: Callable[[RowView], str] = lambda view: "ink2"
    role: Callable[[RowView], Role] = lambda view: Role.BODY
    is_right: bool = False
    is_shown: bool = False
    """Whether it is shown before the user has chosen."""
    long_title: Template | None = None
    """What menus and screen readers say where `title` is too short."""

    @property
    def menu_title(self) -> str:
        return say_phrase(self.long_title or self.title)


def _rate_token(token: str, text: Callable[[RowView], str]) -> Callable[[RowView], str]:
    return lambda view: "ink3" if text(view) == DASH else token


def _rate_role(text: Callable[[RowView], str]) -> Callable[[RowView], Role]:
    return lambda view: Role.BODY if text(view) == DASH else Role.STRONG


def _down(view: RowView) -> str:
    return view.down


def _up(view: RowView) -> str:
    return view.up


def _time_left_value(row: TorrentRow) -> float | None:
    return 0.0 if row.state is TorrentState.SEEDING else row.eta


def _time_left_token(view: RowView) -> str:
    tone = view.sentence.tone
    if tone is Tone.ERROR:
        return "err"
    if tone is Tone.WARN and view.row.eta is None:
        return "warn"
    return "ink" if tone in (Tone.DOWN, Tone.WARN) else "ink2"


def _ratio_value(row: TorrentRow) -> float | None:
    ratio = ratio_of(row)
    return None if ratio is None else -ratio


def _newest(at: float | None) -> float | None:
    return None if not at else -at


def _moment(at: float | None) -> str:
    return dated_text(at) if at else DASH


def _of(here: int, known: int | None) -> str:
    """Connected ones, and how many the trackers know of."""
    return whole(here) if known is None else say("{here} of {known}", here=whole(here), known=whole(max(known, here)))


COLUMNS: dict[Column, ColumnSpec] = {
    Column.QUEUE: ColumnSpec(
        phrase("#"),
        32,
        lambda row: row.queue_position,
        lambda view: whole(view.row.queue_position),
        is_shown=True,
        long_title=phrase("Place in the queue"),
    ),
    Column.NAME: ColumnSpec(
        phrase("Name"),
        384,
        lambda row: row.name.casefold(),
        lambda view: view.name,
        is_shown=True,
    ),
    Column.PROGRESS: ColumnSpec(
        phrase("Progress"), 110, lambda row: -row.progress, lambda view: view.percent, is_shown=True
    ),
    Column.DOWN: ColumnSpec(
        phrase("Down"),
        86,
        lambda row: -row.down_rate,
        _down,
        _rate_token("down", _down),
        _rate_role(_down),
        is_right=True,
        is_shown=True,
        long_title=phrase("Download rate"),
    ),
    Column.UP: ColumnSpec(
        phrase("Up"),
        78,
        lambda row: -row.up_rate,
        _up,
        _rate_token("up", _up),
        _rate_role(_up),
        is_right=True,
        is_shown=True,
        long_title=phrase("Upload rate"),
    ),
    Column.TIME_LEFT: ColumnSpec(
        phrase("Time left"), 130, _time_left_value, lambda view: view.time_left, _time_left_token, is_shown=True
    ),
    Column.HEALTH: ColumnSpec(
        phrase("Swarm health"),
        142,
        health_value,
        lambda view: view.health.word,
        is_shown=True,
    ),
    Column.SIZE: ColumnSpec(
        phrase("Size"), 76, lambda row: -row.wanted, lambda view: view.size, is_right=True, is_shown=True
    ),
    Column.RATIO: ColumnSpec(phrase("Ratio"), 52, _ratio_value, lambda view: view.ratio, is_right=True, is_shown=True),
    Column.LABEL: ColumnSpec(
        phrase("Label"), 110, lambda row: row.label.casefold() or None, lambda view: clean(view.row.label) or DASH
    ),
    Column.ADDED: ColumnSpec(
        phrase("Added"), 136, lambda row: _newest(row.added_at), lambda view: _moment(view.row.added_at)
    ),
    Column.FINISHED: ColumnSpec(
        phrase("Finished"), 136, lambda row: _newest(row.completed_at), lambda view: _moment(view.row.completed_at)
    ),
    Column.FOLDER: ColumnSpec(
        phrase("Folder"), 200, lambda row: row.folder.casefold(), lambda view: clean(view.row.folder)
    ),
    Column.TRACKER: ColumnSpec(
        phrase("Tracker"),
        150,
        lambda row: row.tracker_host.casefold() or None,
        lambda view: clean(view.row.tracker_host) or DASH,
    ),
    Column.REMAINING: ColumnSpec(
        phrase("Remaining"),
        92,
        lambda row: row.wanted - row.wanted_done,
        lambda view: (
            size_text(view.row.wanted - view.row.wanted_done)
            if view.row.has_metainfo and not view.row.is_complete
            else DASH
        ),
        is_right=True,
    ),
    Column.UPLOADED: ColumnSpec(
        phrase("Uploaded"), 88, lambda row: -row.uploaded, lambda view: size_text(view.row.uploaded), is_right=True
    ),
    Column.SEEDS: ColumnSpec(
        phrase("Seeds"),
        84,
        lambda row: -row.seeds,
        lambda view: _of(view.row.seeds, view.row.swarm_seeds),
        is_right=True,
        long_title=phrase("Seeds connected"),
    ),
    Column.PEERS: ColumnSpec(
        phrase("Peers"),
        84,
        lambda row: row.seeds - row.peers,
        lambda view: _of(view.row.peers - view.row.seeds, view.row.swarm_leeches),
        is_right=True,
        long_title=phrase("Peers connected"),
    ),
    Column.AVAILABILITY: ColumnSpec(
        phrase("Availability"),
        96,
        lambda row: -row.availability if row.sees_others else None,
        lambda view: copies_text(view.row.availability) if view.row.sees_others else DASH,
        is_right=True,
        long_title=phrase("Availability (copies)"),
    ),
    Column.DOWNLOADED: ColumnSpec(
        phrase("Downloaded"),
        96,
        lambda row: -row.downloaded,
        lambda view: size_text(view.row.downloaded),
        is_right=True,
    ),
    Column.ACTIVE_TIME: ColumnSpec(
        phrase("Active time"),
        110,
        lambda row: -row.active_seconds,
        lambda view: lasting_text(view.row.active_seconds),
        is_right=True,
    ),
    Column.LAST_ACTIVITY: ColumnSpec(
        phrase("Last activity"),
        136,
        lambda row: _newest(row.last_activity),
        lambda view: _moment(view.row.last_activity),
    ),
    Column.HASH: ColumnSpec(phrase("Hash"), 300, lambda row: row.torrent_id, lambda view: view.row.torrent_id),
    Column.PRIVATE: ColumnSpec(
        phrase("Private"), 76, lambda row: not row.private, lambda view: say("yes") if view.row.private else say("no")
    ),
}
DEFAULT_SHOWN = frozenset(column for column, spec in COLUMNS.items() if spec.is_shown)
