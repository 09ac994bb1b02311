"""How soon a torrent with a disk error is tried again."""

import pytest

from shoal.engine.torrent.retry import FIRST_SECONDS, LONGEST_SECONDS, Retry


@pytest.mark.parametrize("code", ["disk-full", "folder-gone"])
def test_what_is_only_looked_at_is_looked_at_often(code: str) -> None:
    retry = Retry()
    assert [retry.next_at(code, now) for now in (100.0, 200.0, 300.0)] == [130.0, 230.0, 330.0]


@pytest.mark.parametrize("code", ["files-changed", "not-a-file", "is-symlink"])
def test_what_does_not_pass_by_itself_waits_for_the_person(code: str) -> None:
    assert Retry().next_at(code, 100.0) is None


@pytest.mark.parametrize("code", ["io-error", "read-only", "permission"])
def test_writes_that_fail_over_and_over_are_tried_less_and_less(code: str) -> None:
    retry, now = Retry(), 1_000.0
    pauses = []
    for _ in range(7):
        at = retry.next_at(code, now)
        assert at is not None
        pauses.append(at - now)
        now = at + 1
    assert pauses == [30, 60, 120, 240, 480, 600, 600]


def test_ten_good_minutes_or_a_wish_begin_anew() -> None:
    retry = Retry()
    assert retry.next_at("io-error", 0.0) == FIRST_SECONDS
    assert retry.next_at("io-error", FIRST_SECONDS + LONGEST_SECONDS) == 3 * FIRST_SECONDS + LONGEST_SECONDS
    tried = 3 * FIRST_SECONDS + LONGEST_SECONDS
    later = tried + LONGEST_SECONDS + 1
    assert retry.next_at("io-error", later) == later + FIRST_SECONDS
    retry.reset()
    assert retry.next_at("io-error", later) == later + FIRST_SECONDS
