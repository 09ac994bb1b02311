"""Numbers in words, at the edges where the words change."""

from __future__ import annotations

import pytest

from shoal.cli.quantities import elapsed_text, percent_text, rate_text, size_text, time_left_text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (-5, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (1500, "1.50 kB"),
        (9994, "9.99 kB"),
        (9995, "10.0 kB"),
        (99_949, "99.9 kB"),
        (99_950, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.00 MB"),
        (700_000_000, "700 MB"),
        (5_000_000_000_000, "5.00 TB"),
        (10**22, "10000 EB"),
    ],
)
def test_sizes(size: float, text: str) -> None:
    assert size_text(size) == text
    assert rate_text(size) == f"{text}/s"


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (0, "0 %"),
        (1e-9, "0.1 %"),
        (0.5, "50.0 %"),
        (0.9985, "99.9 %"),
        (0.99999, "99.9 %"),
        (1, "100 %"),
        (1.5, "100 %"),
    ],
)
def test_percent_is_never_whole_early(part: float, text: str) -> None:
    assert percent_text(part) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "time left unknown"),
        (0, "under a minute left"),
        (59.9, "under a minute left"),
        (60, "under 2 minutes left"),
        (120, "about 2 minutes left"),
        (3540, "about 59 minutes left"),
        (3600, "about 1 h left"),
        (12_000, "about 3 h 20 min left"),
        (36_000, "about 10 hours left"),
        (172_800, "about 2 days left"),
        (14 * 86_400, "over two weeks left"),
    ],
)
def test_time_left(seconds: float | None, text: str) -> None:
    assert time_left_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0.0 s"), (4.21, "4.2 s"), (59.94, "59.9 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (7500, "2 h 5 min")],
)
def test_elapsed(seconds: float, text: str) -> None:
    assert elapsed_text(seconds) == text
