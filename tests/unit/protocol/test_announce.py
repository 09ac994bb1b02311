from __future__ import annotations

import pytest

from shoal.protocol.announce import MAX_INTERVAL_SECONDS, MIN_INTERVAL_SECONDS, AnnounceEvent, clamp_interval


@pytest.mark.parametrize(
    ("said", "honoured"),
    [
        (-(10**19), MIN_INTERVAL_SECONDS),
        (0, MIN_INTERVAL_SECONDS),
        (MIN_INTERVAL_SECONDS - 1, MIN_INTERVAL_SECONDS),
        (MIN_INTERVAL_SECONDS, MIN_INTERVAL_SECONDS),
        (1800, 1800),
        (MAX_INTERVAL_SECONDS, MAX_INTERVAL_SECONDS),
        (MAX_INTERVAL_SECONDS + 1, MAX_INTERVAL_SECONDS),
    ],
)
def test_intervals_are_brought_into_bounds(said: int, honoured: int) -> None:
    assert clamp_interval(said) == honoured


def test_event_values_are_the_codes_of_bep_15() -> None:
    assert [event.name for event in sorted(AnnounceEvent, key=lambda event: event.value)] == [
        "NONE",
        "COMPLETED",
        "STARTED",
        "STOPPED",
    ]
