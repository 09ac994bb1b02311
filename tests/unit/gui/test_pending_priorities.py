"""What a person has set is shown until the engine says the same, and never flickers on the way."""

from __future__ import annotations

from shoal.gui.models.pending_priorities import PATIENCE, PendingPriorities


def pending(*changes: tuple[int, int]) -> PendingPriorities:
    made = PendingPriorities(3)
    made.ask(changes)
    return made


def test_without_a_change_the_engine_is_right() -> None:
    assert PendingPriorities(3).settle(bytes((4, 0, 7))) == bytes((4, 0, 7))


def test_an_answer_from_before_the_change_does_not_flicker() -> None:
    waiting = pending((1, 0))
    assert waiting.settle(bytes((4, 4, 4))) == bytes((4, 0, 4))
    assert waiting.settle(bytes((4, 4, 6))) == bytes((4, 0, 6))
    assert waiting.settle(bytes((4, 0, 4))) == bytes((4, 0, 4))
    assert waiting.settle(bytes((4, 7, 4))) == bytes((4, 7, 4))


def test_an_old_answer_that_happens_to_agree_confirms_nothing() -> None:
    waiting = pending((0, 0))
    waiting.ask([(0, 4)])
    assert waiting.settle(bytes((4, 4, 4))) == bytes((4, 4, 4))
    assert waiting.settle(bytes((0, 4, 4))) == bytes((4, 4, 4))
    assert waiting.settle(bytes((4, 4, 4))) == bytes((4, 4, 4))
    assert waiting.settle(bytes((6, 4, 4))) == bytes((6, 4, 4))


def test_a_refused_change_is_given_up() -> None:
    waiting = pending((2, 7))
    shown = [waiting.settle(bytes((4, 4, 4)))[2] for _ in range(PATIENCE + 2)]
    assert shown == [7] * PATIENCE + [4, 4]


def test_each_file_is_confirmed_for_itself() -> None:
    waiting = pending((0, 0), (1, 0))
    waiting.settle(bytes((4, 4, 4)))
    assert waiting.settle(bytes((0, 4, 4))) == bytes((0, 0, 4))
    assert waiting.settle(bytes((6, 4, 4))) == bytes((6, 0, 4))
