from __future__ import annotations

import random
from collections import Counter

from shoal.engine.policy.dht.search_schedule import (
    AT_ONCE,
    BURST,
    INTERVAL_SECONDS,
    JITTER,
    LONELY_SECONDS,
    NOBODY_SECONDS,
    SearchSchedule,
)


def info_hash(number: int) -> bytes:
    return number.to_bytes(20, "big")


def begun(schedule: SearchSchedule, now: float) -> list[bytes]:
    found = []
    while (one := schedule.due(now)) is not None:
        found.append(one)
    return found


def test_the_first_is_searched_at_once() -> None:
    schedule = SearchSchedule(random.Random(1), 0.0)
    schedule.want(info_hash(1), 0.0)
    assert begun(schedule, 0.0) == [info_hash(1)]
    assert begun(schedule, 0.0) == []
    assert schedule.next_in(info_hash(1), 0.0) is None


def test_hundreds_do_not_burst_and_all_have_their_turn() -> None:
    schedule = SearchSchedule(random.Random(1), 0.0)
    for number in range(500):
        schedule.want(info_hash(number), 0.0)
    searches: Counter[bytes] = Counter()
    for second in range(int(4 * INTERVAL_SECONDS)):
        now = float(second)
        started = begun(schedule, now)
        assert len(started) <= BURST
        searches.update(started)
        assert searches.total() <= BURST + second
        for one in started:
            schedule.ended(one, now, was_heard=True, is_lonely=False)
    assert len(searches) == 500
    assert min(searches.values()) >= 3


def test_so_many_run_at_the_same_time() -> None:
    schedule = SearchSchedule(random.Random(1), 0.0)
    for number in range(50):
        schedule.want(info_hash(number), 0.0)
    started = [one for second in range(60) for one in begun(schedule, float(second))]
    assert len(started) == schedule.running == AT_ONCE
    schedule.ended(started[0], 60.0, was_heard=True, is_lonely=False)
    assert len(begun(schedule, 60.0)) == 1
    schedule.forget(started[1])
    assert schedule.running == AT_ONCE - 1


def test_when_it_comes_again() -> None:
    for was_heard, is_lonely, seconds in (
        (True, False, INTERVAL_SECONDS),
        (True, True, LONELY_SECONDS),
        (False, True, NOBODY_SECONDS),
    ):
        schedule = SearchSchedule(random.Random(1), 0.0)
        schedule.want(info_hash(1), 0.0)
        begun(schedule, 0.0)
        schedule.ended(info_hash(1), 10.0, was_heard=was_heard, is_lonely=is_lonely)
        wait = schedule.next_in(info_hash(1), 10.0)
        assert wait is not None
        assert (1 - JITTER) * seconds <= wait <= (1 + JITTER) * seconds
        assert begun(schedule, 10.0 + wait - 0.1) == []
        assert begun(schedule, 10.0 + wait) == [info_hash(1)]


def test_asked_for_it_comes_sooner() -> None:
    schedule = SearchSchedule(random.Random(1), 0.0)
    schedule.want(info_hash(1), 0.0)
    begun(schedule, 0.0)
    schedule.soon(info_hash(1), 1.0)
    assert begun(schedule, 1.0) == [], "it is under way"
    schedule.ended(info_hash(1), 2.0, was_heard=True, is_lonely=False)
    schedule.soon(info_hash(1), 5.0)
    assert begun(schedule, 5.0) == [info_hash(1)]
    schedule.ended(info_hash(1), 6.0, was_heard=False, is_lonely=True)
    schedule.all_soon(7.0)
    assert begun(schedule, 7.0) == [info_hash(1)]


def test_what_is_not_wanted_any_more_is_not_searched() -> None:
    schedule = SearchSchedule(random.Random(1), 0.0)
    schedule.want(info_hash(1), 0.0)
    schedule.forget(info_hash(1))
    assert begun(schedule, 0.0) == []
    assert schedule.next_in(info_hash(1), 0.0) is None
    assert len(schedule) == 0
