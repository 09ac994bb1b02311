"""When all downloads are done, and when they are only stopped."""

from __future__ import annotations

from dataclasses import replace

from tests.support.fake_client import row, update

from shoal.api.snapshots import Alert, TorrentRow, TorrentState, Update
from shoal.gui.desktop.all_done import AllDone, is_pending

A, B = "a" * 40, "b" * 40


def finished(key: str, *rows: TorrentRow) -> Update:
    done = row(key, state=TorrentState.SEEDING, wanted_done=1_000_000)
    return replace(update(done, *rows), alerts=(Alert("finished", key, {}),))


def test_the_last_that_is_finished_ends_it_once() -> None:
    all_done = AllDone()
    assert not all_done.follow(update(row(A), row(B, state=TorrentState.QUEUED)))
    assert not all_done.follow(finished(A))
    assert all_done.pending == 1
    assert all_done.follow(finished(B))
    assert not all_done.follow(update())


def test_nothing_is_done_by_stopping_or_removing() -> None:
    all_done = AllDone()
    all_done.follow(update(row(A), row(B)))
    assert not all_done.follow(update(row(A, state=TorrentState.STOPPED), removed=(B,)))


def test_the_rest_may_be_stopped_after_one_was_finished() -> None:
    all_done = AllDone()
    all_done.follow(update(row(A), row(B)))
    all_done.follow(finished(A))
    assert all_done.follow(update(row(B, state=TorrentState.STOPPED)))


def test_what_was_finished_before_it_began_does_not_count() -> None:
    all_done = AllDone()
    all_done.follow(update(row(A), row(B)))
    all_done.follow(finished(A))
    all_done.begin()
    assert not all_done.follow(update(removed=(B,)))


def test_files_on_their_way_are_waited_for_and_problems_are_not() -> None:
    assert is_pending(row(A, state=TorrentState.MOVING, wanted_done=1_000_000))
    assert is_pending(row(A, state=TorrentState.QUEUED))
    assert not is_pending(row(A, state=TorrentState.ERROR))
    assert not is_pending(row(A, state=TorrentState.SEEDING, wanted_done=1_000_000))
