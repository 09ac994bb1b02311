"""One row of the table as words, made from a snapshot row; cheap to make, made only for rows that are looked at."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.style.diagnosis import FLOWING_RATE
from shoal.gui.style.kinds import kind_of
from shoal.gui.style.numbers import decimal, whole
from shoal.gui.style.sentences import (
    Sentence,
    Tone,
    accessible_sentence,
    done_text,
    state_sentence,
    time_left_sentence,
)
from shoal.gui.style.swarm_health import SwarmHealth, swarm_health
from shoal.gui.style.units import DASH, percent_text, rate_text, size_text
from shoal.gui.style.wording import clean

_WORKING_ON_FILES = frozenset({TorrentState.CHECKING, TorrentState.ALLOCATING, TorrentState.MOVING})
"""States whose bar shows how far the files are, and not the download."""


@dataclass(frozen=True, slots=True)
class RowView:
    """Everything the cells of one row show."""

    row: TorrentRow
    name: str
    sentence: Sentence
    kind: str
    share: float
    """0..1: how far the bar is filled."""
    bar_token: str
    percent: str
    down: str
    up: str
    time_left: str
    health: SwarmHealth
    size: str
    ratio: str
    spoken: str


def view_of(row: TorrentRow, seconds_left: float | None) -> RowView:
    """`seconds_left` is the steadied remaining time."""
    sentence = state_sentence(row)
    time_left = time_left_sentence(row, seconds_left)
    is_at_work = row.state in _WORKING_ON_FILES
    percent = percent_text(int(row.check_progress * 1000), 1000) if is_at_work else done_text(row)
    return RowView(
        row=row,
        name=clean(row.name),
        sentence=sentence,
        kind=kind_of(row.largest_file_name or row.name),
        share=row.check_progress if is_at_work else row.progress,
        bar_token=_bar_token(row, sentence),
        percent=percent,
        down=rate_text(row.down_rate) if row.down_rate >= FLOWING_RATE else DASH,
        up=rate_text(row.up_rate) if row.up_rate >= FLOWING_RATE else DASH,
        time_left=time_left,
        health=swarm_health(row),
        size=size_text(row.wanted) if row.has_metainfo else DASH,
        ratio=ratio_text(ratio_of(row)),
        spoken=accessible_sentence(row, sentence, time_left),
    )


def ratio_of(row: TorrentRow) -> float | None:
    """Uploaded bytes for each byte that we have: fetched, or our own content. None when we have none any more."""
    have = row.downloaded or row.wanted_done
    if have <= 0:
        return None if row.uploaded else 0.0
    return row.uploaded / have


def ratio_text(ratio: float | None) -> str:
    """Cut to two decimals and not rounded: 1.99 is not yet 2."""
    if ratio is None:
        return DASH
    return decimal(int(ratio * 100 + 1e-6) / 100, 2) if ratio < 1000 else whole(int(ratio))


def _bar_token(row: TorrentRow, sentence: Sentence) -> str:
    if row.is_complete and row.state not in _WORKING_ON_FILES:
        return "seed"
    if sentence.tone in (Tone.QUIET, Tone.BUSY, Tone.ERROR):
        return "ctl"
    if sentence.tone is Tone.WARN and row.down_rate < FLOWING_RATE:
        return "amber"
    return "have"
