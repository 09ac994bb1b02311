"""Sections, filters and counts: what is in which, and that counting by differences stays exact."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from tests.support.fake_client import row

from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.models.torrent_filter import Groups, Section, Tally, TrackerCount, TransferFilter, sections_of

ID = "a" * 40
S = Section


def because(code: str, **values: object) -> TorrentRow:
    return row(ID, reason=Reason(code), **values)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (row(ID, peers=3, sending_peers=2, down_rate=9e5), {S.DOWNLOADING}),
        (row(ID, peers=3), {S.DOWNLOADING}),
        (because("finding"), {S.DOWNLOADING}),
        (because("slow", down_rate=10.0), {S.DOWNLOADING}),
        (because("no-seed", peers=4), {S.WAITING}),
        (because("no-peers"), {S.WAITING}),
        (because("tracker-failed"), {S.WAITING}),
        (because("tracker-failed", down_rate=5e4, sending_peers=1), {S.DOWNLOADING}),
        (because("tracker-refused"), {S.NEEDS_YOU}),
        (because("tracker-refused", down_rate=5e4, sending_peers=1), {S.NEEDS_YOU, S.DOWNLOADING}),
        (because("disk-full", state=TorrentState.ERROR), {S.NEEDS_YOU}),
        (row(ID, state=TorrentState.QUEUED), {S.WAITING}),
        (row(ID, state=TorrentState.CHECKING), {S.WAITING}),
        (row(ID, state=TorrentState.ALLOCATING), {S.WAITING}),
        (row(ID, state=TorrentState.MOVING, wanted_done=1_000_000), {S.WAITING, S.COMPLETE}),
        (row(ID, state=TorrentState.SEEDING, wanted_done=1_000_000), {S.SHARING, S.COMPLETE}),
        (row(ID, state=TorrentState.STOPPED), {S.STOPPED}),
        (row(ID, state=TorrentState.STOPPING), {S.STOPPED}),
        (because("disk-full", state=TorrentState.STOPPED, wanted_done=1_000_000), {S.STOPPED, S.COMPLETE}),
    ],
)
def test_every_transfer_is_in_its_sections(made: TorrentRow, expected: set[Section]) -> None:
    assert sections_of(made) == expected | {S.ALL}


TAGGED = row(
    ID,
    label="Linux",
    state=TorrentState.STOPPED,
    trackers=(("one.example", "working"), ("two.example", "failing")),
)


@pytest.mark.parametrize(
    ("chosen", "is_shown"),
    [
        (TransferFilter(), True),
        (TransferFilter(frozenset({S.ALL})), True),
        (TransferFilter(frozenset({S.STOPPED})), True),
        (TransferFilter(frozenset({S.STOPPED, S.SHARING})), True),
        (TransferFilter(frozenset({S.SHARING})), False),
        (TransferFilter(frozenset({S.SHARING, S.ALL})), True),
        (TransferFilter(labels=frozenset({"Linux", "Reading"})), True),
        (TransferFilter(labels=frozenset({""})), False),
        (TransferFilter(trackers=frozenset({"two.example"})), True),
        (TransferFilter(trackers=frozenset({"three.example"})), False),
        (TransferFilter(frozenset({S.STOPPED}), frozenset({"Linux"}), frozenset({"one.example"})), True),
        (TransferFilter(frozenset({S.STOPPED}), frozenset({"Reading"}), frozenset({"one.example"})), False),
    ],
)
def test_groups_are_joined_by_and_their_entries_by_or(chosen: TransferFilter, is_shown: bool) -> None:
    assert chosen.matches(TAGGED) is is_shown


def test_an_open_filter_knows_that_it_lets_everything_through() -> None:
    assert TransferFilter().is_open
    assert TransferFilter(frozenset({S.ALL, S.SHARING})).is_open
    assert not TransferFilter(frozenset({S.SHARING})).is_open
    assert not TransferFilter(labels=frozenset({""})).is_open


def test_without_a_label_is_a_choice_of_its_own() -> None:
    assert TransferFilter(labels=frozenset({""})).matches(row(ID))


def test_a_tracker_is_as_well_as_its_best_answer() -> None:
    tally = Tally()
    for state in ("failing", "refused", "working"):
        tally.replace(None, Groups.of(row(ID, trackers=(("t.example", state),))))
    assert tally.counts.trackers == {"t.example": TrackerCount(3, "working")}
    tally.replace(Groups.of(row(ID, trackers=(("t.example", "working"),))), None)
    assert tally.counts.trackers == {"t.example": TrackerCount(2, "refused")}


def test_a_host_named_twice_counts_once_with_the_state_in_use() -> None:
    tally = Tally()
    tally.replace(None, Groups.of(row(ID, trackers=(("t.example", "working"), ("t.example", "failing")))))
    assert tally.counts.trackers == {"t.example": TrackerCount(1, "working")}


def test_counts_by_differences_are_those_of_a_recount() -> None:
    chance = random.Random(7)
    states, labels = list(TorrentState), ["", "Linux", "Reading"]
    hosts = [(), (("a.example", "working"),), (("a.example", "failing"), ("b.example", "refused"))]

    def any_row(number: int) -> TorrentRow:
        return row(
            f"{number:040x}",
            state=chance.choice(states),
            label=chance.choice(labels),
            trackers=chance.choice(hosts),
            wanted_done=chance.choice((0, 1_000_000)),
            reason=chance.choice((None, Reason("no-seed"), Reason("tracker-refused"))),
        )

    tally = Tally()
    rows: dict[int, TorrentRow] = {}
    for _ in range(2_000):
        number = chance.randrange(60)
        old = rows.pop(number, None)
        new = any_row(number) if chance.random() < 0.8 else None
        if new is not None:
            rows[number] = new
        tally.replace(Groups.of(old) if old else None, Groups.of(new) if new else None)
    recount = Tally()
    for kept in rows.values():
        recount.replace(None, Groups.of(kept))
    assert tally.counts == recount.counts
    assert tally.counts.sections[S.ALL] == len(rows)


def test_an_unchanged_place_is_no_change() -> None:
    tally = Tally()
    first = row(ID, label="Linux")
    assert tally.replace(None, Groups.of(first))
    assert not tally.replace(Groups.of(first), Groups.of(replace(first, down_rate=5.0)))
    assert tally.replace(Groups.of(first), Groups.of(replace(first, label="")))
    assert tally.counts.labels == {"": 1}
