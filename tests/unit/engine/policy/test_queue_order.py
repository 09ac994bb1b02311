"""Which downloads run and which wait, and where a moved one goes."""

from __future__ import annotations

import random

import pytest

from shoal.api.commands import QueueStep
from shoal.engine.policy.queue_order import QueueEntry, decide, moved, placed


def waiting(key: str, **changes: object) -> QueueEntry:
    """Its position is that of its letter."""
    return QueueEntry(key, ord(key))._replace(**changes)  # type: ignore[arg-type]


def active(key: str, **changes: object) -> QueueEntry:
    return waiting(key, is_active=True, **changes)


def test_free_places_are_filled_in_queue_order() -> None:
    decision = decide([waiting("c"), waiting("a"), waiting("b"), active("d")], 3)
    assert (decision.start, decision.wait, decision.line) == (("a", "b"), (), ("c",))


def test_nought_lets_all_run() -> None:
    assert decide([waiting("a"), waiting("b")], 0).start == ("a", "b")
    assert decide([waiting("a"), active("b")], 0, is_strict=True).wait == ()


def test_what_is_not_meant_to_run_is_neither_started_nor_in_the_line() -> None:
    decision = decide([waiting("a", wants_to_run=False), waiting("b"), waiting("c")], 1)
    assert (decision.start, decision.line) == (("b",), ("c",))


def test_complete_ones_run_in_any_case_and_take_no_place() -> None:
    decision = decide([waiting("a", is_complete=True), active("b", is_complete=True), waiting("c")], 1)
    assert (decision.start, decision.line) == (("a", "c"), ())


def test_what_skips_the_queue_runs_beside_it() -> None:
    decision = decide([active("a"), waiting("b"), waiting("c", skips_queue=True)], 1)
    assert (decision.start, decision.line) == (("c",), ("b",))
    assert decide([active("c", skips_queue=True), active("a")], 1, is_strict=True).wait == ()


def test_a_stalled_download_goes_on_and_takes_no_place() -> None:
    decision = decide([active("a", is_stalled=True), active("b"), waiting("c"), waiting("d")], 2)
    assert (decision.start, decision.wait, decision.line) == (("c",), (), ("d",))


@pytest.mark.parametrize("is_stalled", [True, False])
def test_one_that_flows_again_is_not_sent_back_nor_anybody_for_it(is_stalled: bool) -> None:
    decision = decide([active("a", is_stalled=is_stalled), active("b"), active("c"), waiting("d")], 2)
    assert (decision.start, decision.wait, decision.line) == ((), (), ("d",))


def test_a_smaller_number_sends_the_last_back() -> None:
    entries = [active("a"), active("b"), active("c"), waiting("d")]
    assert decide(entries, 1).wait == ()
    decision = decide(entries, 1, is_strict=True)
    assert (decision.start, decision.wait, decision.line) == ((), ("b", "c"), ("b", "c", "d"))
    stalled = [active("a", is_stalled=True), active("b"), active("c")]
    assert decide(stalled, 1, is_strict=True).wait == ("c",)


def test_a_new_order_gives_the_first_their_turn_at_once() -> None:
    decision = decide([waiting("a"), active("b"), active("c")], 2, is_strict=True)
    assert (decision.start, decision.wait, decision.line) == (("a",), ("c",), ("c",))


def test_decisions_once_taken_are_final_until_something_changes() -> None:
    rng = random.Random(7)
    for _ in range(300):
        entries = [
            QueueEntry(str(number), number, *(rng.random() < 0.5 for _ in range(5)))
            for number in rng.sample(range(1, 50), rng.randrange(1, 12))
        ]
        # Only what runs can stall.
        entries = [entry._replace(is_stalled=entry.is_stalled and entry.is_active) for entry in entries]
        most, is_strict = rng.randrange(5), rng.random() < 0.5
        decision = decide(entries, most, is_strict=is_strict)
        after = [
            entry._replace(
                is_active=(entry.is_active or entry.key in decision.start) and entry.key not in decision.wait,
            )
            for entry in entries
        ]
        again = decide(after, most, is_strict=is_strict)
        assert (again.start, again.wait, again.line) == ((), (), decision.line)
        assert not set(decision.start) & set(decision.line)
        assert set(decision.wait) <= set(decision.line)


@pytest.mark.parametrize(
    ("step", "chosen", "expected"),
    [
        (QueueStep.UP, "c", "acbde"),
        (QueueStep.UP, "a", "abcde"),
        (QueueStep.UP, "abd", "abdce"),
        (QueueStep.UP, "bc", "bcade"),
        (QueueStep.DOWN, "c", "abdce"),
        (QueueStep.DOWN, "e", "abcde"),
        (QueueStep.DOWN, "bc", "adbce"),
        (QueueStep.DOWN, "bde", "acbde"),
        (QueueStep.TOP, "db", "bdace"),
        (QueueStep.BOTTOM, "bd", "acebd"),
        (QueueStep.TOP, "", "abcde"),
    ],
)
def test_the_chosen_move_and_keep_their_order(step: QueueStep, chosen: str, expected: str) -> None:
    assert "".join(moved("abcde", set(chosen), step)) == expected


@pytest.mark.parametrize(
    ("chosen", "before", "expected"),
    [
        ("d", "b", "adbce"),
        ("ea", "c", "beacd"),
        ("a", None, "bcdea"),
        ("bc", "b", "abcde"),
        ("cb", "c", "acbde"),
        ("de", "d", "abcde"),
        ("abcde", "c", "abcde"),
        ("aa", None, "bcdea"),
    ],
)
def test_the_chosen_are_put_where_they_were_dropped(chosen: str, before: str | None, expected: str) -> None:
    assert "".join(placed("abcde", chosen, before)) == expected
