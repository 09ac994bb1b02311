import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.engine.policy.rate_limit import UNLIMITED, TokenBucket

MINUTE = 60.0


def pump(bucket: TokenBucket, seconds: float, take: int, step: float | None = None, start: float = 0.0) -> int:
    """A consumer that always wants more: takes `take` bytes whenever anything is allowed; answers what passed."""
    now, passed = start, 0
    while now < start + seconds:
        while bucket.allowance(now) > 0:
            bucket.take(take, now)
            passed += take
        now += step if step is not None else bucket.wait(now)
    return passed


@given(rate=st.integers(2_000, 50_000_000), blocks=st.integers(1, 8))
@settings(max_examples=60, deadline=None)
def test_one_minute_mean_holds_for_any_rate_and_take(rate: int, blocks: int) -> None:
    take = max(blocks * 16_384, rate // 50)
    passed = pump(TokenBucket(rate), MINUTE, take)
    # What is measured at the end may contain one take that is still being paid for.
    assert rate * MINUTE * 0.99 <= passed <= rate * MINUTE * 1.01 + take


@pytest.mark.parametrize("rate", [10_000, 100_000, 1_000_000, 20_000_000])
@pytest.mark.parametrize("step", [0.01, 0.05, 0.2])
def test_mean_holds_when_the_consumer_looks_only_now_and_then(rate: int, step: float) -> None:
    bucket = TokenBucket(rate)
    now, passed = 0.0, 0
    while now < MINUTE:
        allowed = bucket.allowance(now)
        bucket.take(allowed, now)
        passed += allowed
        now += step
    assert passed == pytest.approx(rate * MINUTE, rel=0.01)


@pytest.mark.parametrize("rate", [5_000, 100_000, 5_000_000])
def test_idle_time_saves_up_less_than_one_percent_of_a_minute(rate: int) -> None:
    bucket = TokenBucket(rate)
    assert bucket.allowance(1_000.0) <= rate * MINUTE * 0.01


def test_no_limit_allows_everything_and_never_waits() -> None:
    bucket = TokenBucket(0)
    bucket.take(10**9, 1.0)
    assert bucket.allowance(1.0) == UNLIMITED
    assert bucket.wait(1.0) == 0
    assert not bucket.is_limited


def test_allowance_is_that_of_the_tightest_bucket_above() -> None:
    session = TokenBucket(10_000)
    torrent = TokenBucket(1_000_000, parent=session)
    free = TokenBucket(0, parent=session)
    assert torrent.is_limited
    assert free.is_limited
    assert torrent.allowance(0.1) == 1_000
    free.take(1_000, 0.1)
    assert torrent.allowance(0.1) == 0
    assert torrent.wait(0.1) == pytest.approx(1 / 10_000, rel=0.05)


def test_children_together_keep_the_limit_of_their_parent() -> None:
    rate = 1_000_000
    session = TokenBucket(rate)
    children = [TokenBucket(0, parent=session), TokenBucket(600_000, parent=session), TokenBucket(0, parent=session)]
    rng = random.Random(4)
    now, passed = 0.0, 0
    while now < MINUTE:
        child = rng.choice(children)
        if child.allowance(now) > 0:
            child.take(16_384, now)
            passed += 16_384
        now += 0.002
    assert passed == pytest.approx(rate * MINUTE, rel=0.01)


def test_allowance_comes_exactly_when_wait_said() -> None:
    bucket = TokenBucket(50_000)
    bucket.take(70_000, 3.0)
    wait = bucket.wait(3.0)
    assert bucket.allowance(3.0 + wait * 0.99) == 0
    assert bucket.allowance(3.0 + wait) > 0


def test_a_new_rate_holds_from_the_moment_it_is_set() -> None:
    bucket = TokenBucket(1_000_000)
    pump(bucket, 10.0, 16_384)
    bucket.set_rate(100_000, 10.0)
    assert pump(bucket, MINUTE, 16_384, start=10.0) == pytest.approx(100_000 * MINUTE, rel=0.01)


def test_lowering_the_rate_keeps_the_waiting_time_of_a_debt() -> None:
    bucket = TokenBucket(1_000_000)
    bucket.take(1_000_000, 0.0)
    bucket.set_rate(1_000, 0.0)
    assert bucket.wait(0.0) == pytest.approx(1.0, rel=0.01)


def test_lifting_and_setting_again_forgives_old_debt() -> None:
    bucket = TokenBucket(1_000)
    bucket.take(1_000_000, 0.0)
    bucket.set_rate(0, 1.0)
    assert bucket.allowance(1.0) == UNLIMITED
    bucket.set_rate(1_000, 2.0)
    assert bucket.allowance(2.1) == 100


def test_a_clock_that_steps_back_gives_nothing_and_breaks_nothing() -> None:
    bucket = TokenBucket(1_000, now=100.0)
    assert bucket.allowance(50.0) == 0
    assert bucket.allowance(100.25) == 250


def test_a_limit_of_one_byte_a_second_still_flows() -> None:
    assert pump(TokenBucket(1), MINUTE, 1) == pytest.approx(60, abs=1)
