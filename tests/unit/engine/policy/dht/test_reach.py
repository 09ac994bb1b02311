from __future__ import annotations

from shoal.engine.policy.dht.reach import MAX_REMEMBERED, REMEMBERED_SECONDS, REST_SECONDS, TRIAL_SECONDS, Reach


def test_nobody_came_and_so_it_hides_for_an_hour_and_tries_again() -> None:
    reach = Reach(0.0)
    assert not reach.is_hidden(TRIAL_SECONDS - 1)
    assert reach.is_hidden(TRIAL_SECONDS)
    assert reach.is_hidden(TRIAL_SECONDS + REST_SECONDS - 1)
    again = TRIAL_SECONDS + REST_SECONDS
    assert not reach.is_hidden(again)
    assert not reach.is_hidden(again + TRIAL_SECONDS - 1)
    assert reach.is_hidden(again + TRIAL_SECONDS)


def test_a_stranger_who_asks_proves_that_we_are_reached() -> None:
    reach = Reach(0.0)
    reach.was_asked("1.2.3.4", 100.0)
    assert not reach.is_hidden(TRIAL_SECONDS + 100)
    assert not reach.is_hidden(100.0 + REST_SECONDS - 1)
    assert reach.is_hidden(100.0 + REST_SECONDS)


def test_whom_we_wrote_to_proves_nothing_for_a_while() -> None:
    reach = Reach(0.0)
    reach.wrote("1.2.3.4", 90.0)
    reach.was_asked("1.2.3.4", 100.0)
    assert reach.is_hidden(TRIAL_SECONDS)
    later = Reach(0.0)
    later.wrote("1.2.3.4", 0.0)
    later.was_asked("1.2.3.4", REMEMBERED_SECONDS)
    assert not later.is_hidden(TRIAL_SECONDS)


def test_what_is_remembered_is_bounded() -> None:
    reach = Reach(0.0)
    for number in range(MAX_REMEMBERED + 10):
        reach.wrote(str(number), 0.0)
    assert len(reach._written_to) == MAX_REMEMBERED
