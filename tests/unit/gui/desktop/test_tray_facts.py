"""What the tray tells: shapes, words and lines, followed update by update."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.support.fake_client import row, update

from shoal.api.errors import Reason
from shoal.api.snapshots import Alert, SessionTotals, TorrentRow, TorrentState
from shoal.gui.desktop.tray_facts import MOST_LINES, TrayFacts, TrayLedger, TrayState, headline, tooltip

A, B = "a" * 40, "b" * 40
FLOWING = row(A, name="Debian", sending_peers=2, peers=2, eta=700.0)


def facts(*rows: TorrentRow, totals: SessionTotals | None = None) -> TrayFacts:
    ledger = TrayLedger()
    ledger.apply(update(*rows, totals=totals))
    return ledger.facts()


@pytest.mark.parametrize(
    ("known", "state"),
    [
        (TrayFacts(), TrayState.IDLE),
        (TrayFacts(up_rate=2000.0), TrayState.FLOWING),
        (TrayFacts(down_rate=2000.0, needs_you=1), TrayState.NEEDS_YOU),
        (TrayFacts(needs_you=1, paused_until=-1.0), TrayState.PAUSED),
        (TrayFacts(paused_until=1e9), TrayState.PAUSED),
    ],
)
def test_the_shape_tells_how_it_goes(known: TrayFacts, state: TrayState) -> None:
    assert known.state is state


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (TrayFacts(8.3e6, 1.1e6, left=3), "Shoal: down 8.3 MB/s, up 1.1 MB/s, 3 left"),
        (TrayFacts(up_rate=1.1e6), "Shoal: down 0 B/s, up 1.1 MB/s"),
        (TrayFacts(left=1, needs_you=2), "Shoal: down 0 B/s, up 0 B/s, 1 left, 2 need you"),
        (TrayFacts(8.3e6, left=3, paused_until=-1.0), "Shoal: Everything is paused"),
    ],
)
def test_the_tooltip(known: TrayFacts, words: str) -> None:
    assert tooltip(known) == words


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (TrayFacts(downloading=3, left=3, seconds_left=700.0), "3 downloading, about 12 minutes left"),
        (TrayFacts(downloading=1, left=1), "1 downloading"),
        (TrayFacts(left=2), "2 downloads are waiting"),
        (TrayFacts(up_rate=5e5), "Nothing is downloading"),
        (TrayFacts(downloading=1, paused_until=-1.0), "Everything is paused"),
    ],
)
def test_the_first_line_of_the_menu(known: TrayFacts, words: str) -> None:
    assert headline(known) == words


def test_the_time_left_is_that_of_the_last_one() -> None:
    found = facts(FLOWING, row(B, sending_peers=1, peers=1, eta=60.0))
    assert (found.downloading, found.left, found.seconds_left) == (2, 2, 700.0)


def test_what_is_not_meant_to_run_is_not_left() -> None:
    stopped = row(A, state=TorrentState.STOPPED, is_started=False)
    shared = row(B, state=TorrentState.SEEDING, wanted_done=1_000_000)
    stuck = row("c" * 40, name="c", state=TorrentState.ERROR, reason=Reason("disk-full", {}))
    found = facts(stopped, shared, stuck)
    assert (found.left, found.downloading, found.needs_you) == (0, 0, 1)
    assert [line.name for line in found.first_needing] == ["c"]


def test_what_was_mended_or_removed_needs_nobody_any_more() -> None:
    ledger = TrayLedger()
    stuck = row(A, state=TorrentState.ERROR, reason=Reason("disk-full", {}))
    ledger.apply(update(stuck, replace(stuck, torrent_id=B)))
    assert ledger.facts().needs_you == 2
    ledger.apply(update(replace(stuck, state=TorrentState.DOWNLOADING, reason=None), removed=(B,)))
    assert ledger.facts().needs_you == 0


def finish(ledger: TrayLedger, key: str, *, in_parts: bool = False) -> None:
    """The row first and its alert later, as a long list is delivered."""
    done = row(key, name=key[:1], state=TorrentState.SEEDING, wanted_done=1_000_000)
    told = replace(update(), alerts=(Alert("finished", key, {}),))
    if in_parts:
        ledger.apply(update(done))
        ledger.apply(told)
    else:
        ledger.apply(replace(told, changed=(done,)))


@pytest.mark.parametrize("in_parts", [False, True])
def test_just_finished_has_the_newest_first(in_parts: bool) -> None:
    ledger = TrayLedger()
    ledger.apply(update(row(A), row(B)))
    finish(ledger, A, in_parts=in_parts)
    finish(ledger, B, in_parts=in_parts)
    assert [line.name for line in ledger.facts().just_finished] == ["b", "a"]


def test_a_check_of_what_is_complete_finishes_nothing() -> None:
    ledger = TrayLedger()
    checking = row(A, state=TorrentState.CHECKING)
    ledger.apply(update(checking))
    ledger.apply(update(replace(checking, state=TorrentState.SEEDING, wanted_done=1_000_000)))
    assert ledger.facts().just_finished == ()


def test_only_some_lines_are_kept_and_they_follow_moves() -> None:
    ledger = TrayLedger()
    keys = [f"{number:040x}" for number in range(MOST_LINES + 3)]
    ledger.apply(update(*(row(key) for key in keys)))
    for key in keys:
        finish(ledger, key)
    assert len(ledger.facts().just_finished) == MOST_LINES
    moved = row(keys[-1], folder="/elsewhere", state=TorrentState.SEEDING, wanted_done=1_000_000)
    ledger.apply(update(moved))
    assert ledger.facts().just_finished[0].folder == "/elsewhere"
