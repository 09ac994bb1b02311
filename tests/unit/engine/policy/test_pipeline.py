from shoal.engine.policy.pipeline import (
    BLOCK_LENGTH,
    DEFAULT_PEER_QUEUE,
    FIRST_DEPTH,
    LEAST_DEPTH,
    MOST_DEPTH,
    QUEUE_SECONDS,
    RequestPipeline,
)


def steady(rate: float, latency: float = 0.1) -> RequestPipeline:
    """A pipeline whose slow start is over."""
    pipeline = RequestPipeline()
    pipeline.set_peer_queue(MOST_DEPTH)
    for _ in range(4):
        pipeline.second(rate, latency)
    return pipeline


def test_slow_start_makes_room_with_every_block() -> None:
    pipeline = RequestPipeline()
    assert pipeline.depth == FIRST_DEPTH
    pipeline.delivered(8)
    assert pipeline.depth == 2 * FIRST_DEPTH
    pipeline.delivered(16)
    assert pipeline.depth == 4 * FIRST_DEPTH


def test_slow_start_goes_on_while_the_rate_grows() -> None:
    pipeline = RequestPipeline()
    for rate in (1e5, 2e5, 4e5, 8e5):
        pipeline.second(rate, 0.1)
    depth = pipeline.depth
    pipeline.delivered(5)
    assert pipeline.depth == depth + 5


def test_the_default_queue_is_the_ceiling_until_the_peer_says_more() -> None:
    pipeline = RequestPipeline()
    pipeline.delivered(10_000)
    assert pipeline.depth == DEFAULT_PEER_QUEUE
    pipeline.set_peer_queue(500)
    pipeline.delivered(10_000)
    assert pipeline.depth == 500


def test_a_peer_that_queues_little_is_asked_for_little() -> None:
    pipeline = RequestPipeline()
    pipeline.set_peer_queue(3)
    assert pipeline.depth == 3
    pipeline.set_peer_queue(0)
    assert pipeline.depth == LEAST_DEPTH


def test_a_boast_is_bounded() -> None:
    pipeline = RequestPipeline()
    pipeline.set_peer_queue(60_000)
    pipeline.delivered(100_000)
    assert pipeline.depth == MOST_DEPTH


def test_then_the_depth_is_what_the_rate_delivers_in_the_queue_time() -> None:
    rate = 100 * BLOCK_LENGTH
    pipeline = steady(rate, latency=0.0)
    assert pipeline.depth == int(100 * QUEUE_SECONDS) + LEAST_DEPTH
    assert steady(rate, latency=2.0).depth > pipeline.depth
    # A liar about latency is not given an endless queue.
    assert steady(rate, latency=1e9).depth == steady(rate, latency=10.0).depth


def test_a_fading_peer_keeps_the_least() -> None:
    pipeline = steady(1e6)
    pipeline.second(0.0, 0.1)
    assert pipeline.depth == LEAST_DEPTH


def test_a_snubbed_peer_is_asked_for_one_and_starts_anew() -> None:
    pipeline = steady(1e6)
    pipeline.snubbed()
    assert pipeline.depth == 1
    pipeline.delivered(1)
    pipeline.delivered(2)
    assert pipeline.depth == 4
    pipeline.second(1e3, 0.1)
    pipeline.delivered(1)
    assert pipeline.depth == 5


def test_after_slow_start_deliveries_alone_do_not_deepen_the_queue() -> None:
    pipeline = steady(1e6)
    depth = pipeline.depth
    pipeline.delivered(100)
    assert pipeline.depth == depth
