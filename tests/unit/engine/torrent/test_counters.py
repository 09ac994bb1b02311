from shoal.engine.torrent.counters import Counters


def test_totals_go_on_from_what_was_saved() -> None:
    counters = Counters(1000, 200, 30)
    counters.second(500, 100, 7, now=10.0, elapsed=1.0)
    assert (counters.downloaded, counters.uploaded, counters.wasted) == (1500, 300, 37)


def test_a_rate_jumps_up_at_first_and_then_follows() -> None:
    counters = Counters()
    counters.second(10_000, 500, 0, now=1.0, elapsed=1.0)
    assert (counters.down_rate, counters.up_rate) == (10_000, 500)
    counters.second(20_000, 500, 0, now=2.0, elapsed=1.0)
    assert 10_000 < counters.down_rate < 20_000
    for second in range(3, 60):
        counters.second(20_000, 500, 0, now=float(second), elapsed=1.0)
    assert abs(counters.down_rate - 20_000) < 10


def test_a_longer_second_is_no_higher_rate() -> None:
    counters = Counters()
    counters.second(50_000, 0, 0, now=5.0, elapsed=5.0)
    assert counters.down_rate == 10_000


def test_a_rate_dies_away_and_ends_after_ten_quiet_seconds() -> None:
    counters = Counters()
    counters.second(10_000_000, 10_000_000, 0, now=0.0, elapsed=1.0)
    for second in range(1, 10):
        counters.second(0, 0, 0, now=float(second), elapsed=1.0)
    assert counters.down_rate > 0
    counters.second(0, 0, 0, now=10.0, elapsed=1.0)
    assert (counters.down_rate, counters.up_rate) == (0.0, 0.0)


def test_at_rest_nothing_flows_and_nothing_is_forecast() -> None:
    counters = Counters()
    for second in range(30):
        counters.second(10_000, 10, 0, now=float(second), elapsed=1.0)
    assert counters.time_left.eta(100_000) is not None
    counters.rest()
    assert (counters.down_rate, counters.up_rate) == (0.0, 0.0)
    assert counters.time_left.eta(100_000) is None
    assert counters.downloaded == 300_000


def test_a_finished_download_shows_no_rate_and_goes_on_sharing() -> None:
    counters = Counters()
    counters.second(10_000, 500, 0, now=1.0, elapsed=1.0)
    counters.nothing_comes()
    assert (counters.down_rate, counters.up_rate) == (0.0, 500.0)
    counters.second(0, 500, 0, now=2.0, elapsed=1.0)
    assert counters.down_rate == 0.0
