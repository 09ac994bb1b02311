import math
import random

import pytest

from shoal.engine.policy.announce_schedule import (
    FAILURE_BASE_SECONDS,
    FAILURE_JITTER,
    FAILURE_MAX_SECONDS,
    INTERVAL_JITTER,
    MAX_TRACKERS,
    PATIENCE_SECONDS,
    REFUSED_SECONDS,
    UNKNOWN_SECONDS,
    WANT_MORE_SECONDS,
    AnnounceSchedule,
    Ask,
    Tracker,
    TrackerAnswer,
    TrackerState,
)
from shoal.protocol.announce import AnnounceEvent

INTERVAL = 1_800.0


def schedule(*tiers: list[str], seed: int = 1) -> AnnounceSchedule:
    return AnnounceSchedule(tiers, random.Random(seed))


def answer(
    peers: int = 5, interval: float = INTERVAL, min_interval: float | None = None, warning: str = ""
) -> TrackerAnswer:
    return TrackerAnswer(interval, min_interval, peers, warning=warning)


def begin(plan: AnnounceSchedule, now: float) -> list[Ask]:
    asks = plan.due(now)
    for ask in asks:
        plan.asked(ask.tracker, now)
    return asks


def urls(asks: list[Ask]) -> list[str]:
    return [ask.tracker.url for ask in asks]


def only(plan: AnnounceSchedule) -> Tracker:
    (tracker,) = plan
    return tracker


def working(now: float = 0.0, *, min_interval: float | None = None) -> tuple[AnnounceSchedule, Tracker]:
    plan = schedule(["a"])
    (ask,) = begin(plan, now)
    plan.succeeded(ask.tracker, ask.event, answer(min_interval=min_interval), now)
    return plan, ask.tracker


def test_first_announce_is_started_and_the_next_a_plain_one_after_the_interval() -> None:
    plan = schedule(["a"])
    (ask,) = begin(plan, 0.0)
    assert ask.event is AnnounceEvent.STARTED
    assert begin(plan, 0.1) == []
    plan.succeeded(ask.tracker, ask.event, answer(), 1.0)
    assert begin(plan, INTERVAL) == []
    (again,) = begin(plan, 1.0 + INTERVAL * (1 + INTERVAL_JITTER))
    assert again.event is AnnounceEvent.NONE


def test_regular_announce_is_never_early_and_jitters() -> None:
    times = set()
    for seed in range(50):
        plan = schedule(["a"], seed=seed)
        (ask,) = begin(plan, 0.0)
        plan.succeeded(ask.tracker, ask.event, answer(), 0.0)
        assert INTERVAL <= ask.tracker.next_at <= INTERVAL * (1 + INTERVAL_JITTER)
        times.add(round(ask.tracker.next_at))
    assert len(times) > 30


@pytest.mark.parametrize(
    ("said", "honoured"), [(0, 60.0), (59, 60.0), (60, 60.0), (86_400, 86_400.0), (2**31, 86_400.0)]
)
def test_intervals_are_honoured_within_bounds(said: float, honoured: float) -> None:
    plan = schedule(["a"])
    (ask,) = begin(plan, 0.0)
    plan.succeeded(ask.tracker, ask.event, answer(interval=said), 0.0)
    assert ask.tracker.interval == honoured


def test_min_interval_above_the_interval_counts() -> None:
    plan = schedule(["a"])
    (ask,) = begin(plan, 0.0)
    plan.succeeded(ask.tracker, ask.event, answer(interval=100, min_interval=900), 0.0)
    assert ask.tracker.next_at >= 900


def test_tiers_are_shuffled_and_kept_apart() -> None:
    orders = set()
    for seed in range(40):
        plan = schedule(["a", "b", "c"], ["d", "e"], seed=seed)
        order = [tracker.url for tracker in plan]
        assert set(order[:3]) == {"a", "b", "c"}
        assert [tracker.tier for tracker in plan] == [0, 0, 0, 1, 1]
        orders.add(tuple(order))
    assert len(orders) == 12


def test_one_working_tracker_is_enough() -> None:
    plan = schedule(["a"], ["b"])
    (ask,) = begin(plan, 0.0)
    plan.succeeded(ask.tracker, ask.event, answer(), 0.0)
    assert begin(plan, 100.0) == []


def test_failing_tracker_gives_way_to_the_next_of_its_tier_then_to_the_next_tier() -> None:
    plan = schedule(["a", "b"], ["c"])
    first, second = list(plan)[:2]
    assert urls(begin(plan, 0.0)) == [first.url]
    plan.failed(first, "no", 0.0)
    assert urls(begin(plan, 0.0)) == [second.url]
    plan.failed(second, "no", 0.0)
    assert urls(begin(plan, 0.0)) == ["c"]


def test_working_tracker_moves_to_the_front_of_its_tier() -> None:
    plan = schedule(["a", "b", "c"])
    first, second, third = list(plan)
    begin(plan, 0.0)
    plan.failed(first, "no", 0.0)
    begin(plan, 0.0)
    plan.succeeded(second, AnnounceEvent.STARTED, answer(), 0.0)
    assert list(plan) == [second, first, third]


def test_an_answer_without_usable_peers_does_not_stop_the_next_tier() -> None:
    plan = schedule(["a"], ["b"], ["c"])
    (ask,) = begin(plan, 0.0)
    plan.succeeded(ask.tracker, ask.event, answer(peers=0), 0.0)
    (ask,) = begin(plan, 0.0)
    assert ask.tracker.url == "b"
    plan.succeeded(ask.tracker, ask.event, answer(peers=1), 0.0)
    assert begin(plan, 1.0) == []


def test_slow_tracker_does_not_hold_up_the_next() -> None:
    plan = schedule(["a"], ["b"])
    begin(plan, 0.0)
    assert begin(plan, PATIENCE_SECONDS - 0.1) == []
    assert urls(begin(plan, PATIENCE_SECONDS)) == ["b"]


def test_failures_back_off_with_jitter_up_to_an_hour() -> None:
    plan = schedule(["a"])
    tracker = only(plan)
    now, pauses = 0.0, []
    for _ in range(12):
        begin(plan, now)
        plan.failed(tracker, "down", now)
        pauses.append(tracker.next_at - now)
        now = tracker.next_at
    for number, pause in enumerate(pauses):
        least = min(FAILURE_BASE_SECONDS * 2**number, FAILURE_MAX_SECONDS)
        assert least <= pause <= least * (1 + FAILURE_JITTER)
    assert tracker.state is TrackerState.FAILING
    assert tracker.message == "down"


def test_success_forgets_failures() -> None:
    plan = schedule(["a"])
    tracker = only(plan)
    for _ in range(5):
        plan.failed(tracker, "down", 0.0)
    plan.succeeded(tracker, AnnounceEvent.STARTED, answer(warning="careful"), 0.0)
    assert tracker.state is TrackerState.WORKING
    assert tracker.message == "careful"
    plan.failed(tracker, "down", 0.0)
    assert tracker.next_at <= FAILURE_BASE_SECONDS * (1 + FAILURE_JITTER)


def test_retry_wishes_are_honoured() -> None:
    plan = schedule(["a"])
    tracker = only(plan)
    plan.failed(tracker, "busy", 0.0, retry_in=5_000.0)
    assert tracker.next_at >= 5_000.0
    plan.failed(tracker, "go away", 0.0, retry_in=math.inf)
    assert tracker.state is TrackerState.OFF
    plan.announce_now(10.0)
    assert begin(plan, 1e9) == []
    plan.announce_now(10.0, force=True)
    assert [ask.tracker for ask in begin(plan, 10.0)] == [tracker], "the person's word is above the tracker's wish"
    plan.restart()
    assert urls(begin(plan, 1e9)) == ["a"]


def test_unusable_address_is_off_for_ever() -> None:
    plan = schedule(["a"])
    plan.failed(only(plan), "not an address", 0.0, is_unusable=True)
    plan.restart()
    assert begin(plan, 1e9) == []
    assert plan.next_in(0.0) is None


def test_completed_is_told_once_at_once_and_only_to_trackers_that_know_us() -> None:
    plan = schedule(["a"], ["b"])
    (ask,) = begin(plan, 0.0)
    plan.succeeded(ask.tracker, ask.event, answer(), 0.0)
    plan.completed()
    (told,) = begin(plan, 5.0)
    assert (told.tracker.url, told.event) == ("a", AnnounceEvent.COMPLETED)
    plan.succeeded(told.tracker, told.event, answer(), 5.0)
    assert begin(plan, 10.0) == []


def test_completed_while_an_announce_is_under_way_follows_it() -> None:
    plan = schedule(["a"])
    (ask,) = begin(plan, 0.0)
    plan.completed()
    assert begin(plan, 1.0) == []
    plan.succeeded(ask.tracker, ask.event, answer(), 2.0)
    assert [ask.event for ask in begin(plan, 2.0)] == [AnnounceEvent.COMPLETED]


def test_completed_is_tried_again_after_a_failure() -> None:
    plan, tracker = working()
    plan.completed()
    begin(plan, 1.0)
    plan.failed(tracker, "down", 1.0)
    assert begin(plan, 2.0) == []
    assert [ask.event for ask in begin(plan, 200.0)] == [AnnounceEvent.COMPLETED]


def test_asking_now_waits_for_a_minute_unless_forced() -> None:
    plan, _ = working()
    plan.announce_now(10.0)
    assert begin(plan, 59.0) == []
    assert urls(begin(plan, 60.0)) == ["a"]
    plan, _ = working()
    plan.announce_now(10.0, force=True)
    assert urls(begin(plan, 10.0)) == ["a"]


def test_asking_now_honours_the_min_interval() -> None:
    plan, _ = working(min_interval=600.0)
    plan.announce_now(100.0)
    assert begin(plan, 599.0) == []
    assert urls(begin(plan, 600.0)) == ["a"]


def test_wanting_more_reaches_all_tiers_for_a_while() -> None:
    plan = schedule(["a"], ["b"], ["c"])
    (ask,) = begin(plan, 0.0)
    plan.succeeded(ask.tracker, ask.event, answer(), 0.0)
    plan.want_more(10.0)
    assert urls(begin(plan, 10.0)) == ["b", "c"]
    plan, _ = working()
    plan.want_more(10.0)
    assert begin(plan, 10.0 + WANT_MORE_SECONDS) == []


def test_wanting_more_asks_early_only_where_a_min_interval_allows_it() -> None:
    plan, _ = working(min_interval=120.0)
    plan.want_more(100.0)
    assert begin(plan, 119.0) == []
    assert urls(begin(plan, 120.0)) == ["a"]


def test_stopped_is_owed_to_those_that_took_an_announce() -> None:
    plan = schedule(["a"], ["b"])
    (ask,) = begin(plan, 0.0)
    assert plan.to_tell_stopped() == []
    plan.succeeded(ask.tracker, ask.event, answer(), 0.0)
    assert urls([Ask(tracker, AnnounceEvent.STOPPED) for tracker in plan.to_tell_stopped()]) == ["a"]
    plan.restart()
    assert plan.to_tell_stopped() == []
    assert [ask.event for ask in begin(plan, 1.0)] == [AnnounceEvent.STARTED]


def test_addresses_are_unique_and_bounded() -> None:
    plan = schedule(["a", "a", ""], ["a"], [])
    assert [tracker.url for tracker in plan] == ["a"]
    plan.add([["a", "b"]])
    assert [tracker.url for tracker in plan] == ["a", "b"]
    plan.add([[f"t{number}" for number in range(MAX_TRACKERS)]])
    assert len(list(plan)) == MAX_TRACKERS


def test_next_in_tells_when_the_tracker_in_use_is_asked() -> None:
    plan = schedule(["a"], ["b"])
    assert plan.next_in(0.0) == 0.0
    (ask,) = begin(plan, 0.0)
    assert plan.next_in(3.0) == 0.0
    plan.succeeded(ask.tracker, ask.event, answer(), 0.0)
    assert plan.next_in(100.0) == pytest.approx(ask.tracker.next_at - 100.0)
    assert schedule().next_in(0.0) is None


def test_abandoned_announce_is_made_again() -> None:
    plan = schedule(["a"])
    (ask,) = begin(plan, 0.0)
    plan.abandoned(ask.tracker)
    assert urls(begin(plan, 1.0)) == ["a"]


def test_quiet_time_ends_when_the_next_tracker_is_due_or_something_happens() -> None:
    plan, tracker = working()
    assert begin(plan, 1.0) == []
    assert plan.quiet_until == tracker.next_at
    plan.announce_now(2.0)
    assert begin(plan, 2.0) == []
    assert plan.quiet_until == 60.0
    plan = schedule(["a"], ["b"])
    begin(plan, 0.0)
    assert begin(plan, 1.0) == []
    assert plan.quiet_until == PATIENCE_SECONDS
    nobody = schedule()
    assert begin(nobody, 1.0) == []
    nobody.add([["late"]])
    assert urls(begin(nobody, 2.0)) == ["late"]


def test_a_restart_that_nobody_wished_waits_a_minute_from_the_last_announce() -> None:
    plan = schedule(["http://a/announce"])
    tracker = begin(plan, 1000.0)[0].tracker
    plan.succeeded(tracker, AnnounceEvent.STARTED, answer(), 1001.0)
    plan.restart(is_wished=False)
    assert plan.due(1059.0) == []
    assert [ask.event for ask in plan.due(1060.0)] == [AnnounceEvent.STARTED]
    plan.restart()
    assert [ask.event for ask in plan.due(1030.0)] == [AnnounceEvent.STARTED]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Invalid passkey", REFUSED_SECONDS),
        ("Requested download is not authorized for use with this tracker.", REFUSED_SECONDS),
        ("Unregistered torrent", UNKNOWN_SECONDS),
        ("Too many requests, try again later", FAILURE_BASE_SECONDS),
    ],
)
def test_a_refusal_that_is_meant_ends_the_asking_for_a_day(text: str, seconds: float) -> None:
    plan = schedule(["a"])
    begin(plan, 0.0)
    plan.failed(only(plan), text, 0.0, is_refusal=True)
    assert begin(plan, seconds - 1) == []
    assert seconds <= only(plan).next_at <= seconds * (1 + FAILURE_JITTER)


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_tracker_that_refused_is_asked_again_by_hand_or_in_a_new_run(by_hand: bool) -> None:
    plan = schedule(["a"])
    begin(plan, 0.0)
    plan.failed(only(plan), "Invalid passkey", 0.0, is_refusal=True)
    assert begin(plan, 100.0) == []
    if by_hand:
        plan.announce_now(100.0)
    else:
        plan.restart()
    assert urls(begin(plan, 100.0)) == ["a"]


def test_order_within_a_tier_is_that_of_the_last_run() -> None:
    tiers = [[f"http://{name}.example" for name in "abcdef"], ["http://x.example"]]
    first = AnnounceSchedule(tiers, random.Random(1))
    promoted = list(first)[4]
    first.asked(promoted, 0)
    first.succeeded(promoted, AnnounceEvent.STARTED, TrackerAnswer(1800, None, 5), 1)
    assert first.order[0] == promoted.url
    assert "http://x.example" not in first.order, "alone in its tier it has no order to keep"
    again = AnnounceSchedule(tiers, random.Random(2), order=first.order)
    assert again.order == first.order
    with_a_new_one = AnnounceSchedule([[*tiers[0], "http://new.example"]], random.Random(3), order=first.order)
    assert with_a_new_one.order == (*first.order, "http://new.example")


def test_arranged_trackers_keep_what_is_known_of_them() -> None:
    schedule = AnnounceSchedule([["http://a.example"], ["http://b.example"]], random.Random(1))
    schedule.add([["http://list.example"]], is_automatic=True)
    a = next(iter(schedule))
    schedule.asked(a, 0)
    schedule.succeeded(a, AnnounceEvent.STARTED, TrackerAnswer(1800, None, 5), 1)
    (gone,) = schedule.arrange([["http://new.example", "http://a.example", "http://new.example"], []])
    assert (gone.url, gone.is_removed) == ("http://b.example", True)
    assert [(tracker.url, tracker.tier) for tracker in schedule] == [
        ("http://new.example", 0),
        ("http://a.example", 0),
        ("http://list.example", 1),
    ], "a person's order is not shuffled, and the automatic ones stay behind"
    assert list(schedule)[1] is a
    assert a.knows_us


def test_an_automatic_tracker_that_is_added_by_hand_belongs_to_the_torrent() -> None:
    schedule = AnnounceSchedule([], random.Random(1))
    schedule.add([["http://list.example"]], is_automatic=True)
    assert not schedule.has("http://list.example")
    schedule.add([["http://list.example"]])
    assert schedule.has("http://list.example")
    assert [tracker.is_automatic for tracker in schedule] == [False]


def test_a_tracker_that_was_asked_for_nobody_counts_as_enough() -> None:
    schedule = AnnounceSchedule([["http://a.example"], ["http://b.example"]], random.Random(1))
    (ask,) = schedule.due(0)
    schedule.asked(ask.tracker, 0)
    schedule.succeeded(ask.tracker, ask.event, TrackerAnswer(1800, None, 0, is_asked_for_peers=False), 1)
    assert schedule.due(2) == []


def test_a_refusal_that_says_when_to_come_back_is_believed() -> None:
    schedule = AnnounceSchedule([["http://a.example"]], random.Random(1))
    (ask,) = schedule.due(0)
    schedule.asked(ask.tracker, 0)
    schedule.failed(ask.tracker, "torrent not registered", 0, retry_in=600.0, is_refusal=True)
    assert 600 <= ask.tracker.next_at <= 600 * (1 + FAILURE_JITTER)
