"""Speed profiles, their figures and their times in words."""

from __future__ import annotations

from datetime import datetime

import pytest

from shoal.gui.style.profile_text import (
    days_text,
    done_text,
    figures_text,
    held_text,
    metered_text,
    name_of,
    parse_minute,
    scheduled_text,
    time_text,
)
from shoal.settings.profiles import BUILT_IN, ProfileTime, SpeedProfile, engine_values

QUIET, BALANCED, FULL, MINE = BUILT_IN
NOON = datetime(2026, 6, 1, 12, 0)


def test_names() -> None:
    assert [name_of(profile) for profile in BUILT_IN] == ["Quiet", "Balanced", "Full speed", "Mine"]
    assert name_of(SpeedProfile("own1", "At \u202enight")) == "At night"


@pytest.mark.parametrize(
    ("up", "down", "text"),
    [
        (1_000_000, 0, "Quiet: upload 1.0 MB/s"),
        (0, 2_000_000, "Quiet: download 2.0 MB/s"),
        (1_000_000, 2_000_000, "Quiet: upload 1.0 MB/s, download 2.0 MB/s"),
        (0, 0, "Quiet: no limit"),
    ],
)
def test_what_a_choice_comes_to(up: int, down: int, text: str) -> None:
    assert done_text("Quiet", {"up_limit": up, "down_limit": down}) == text


def test_all_figures() -> None:
    profile = SpeedProfile("own1", "All", up_rate=5_000, upload_slots=1, active_downloads=0, share_ratio=0.0)
    assert figures_text(engine_values(profile, 0, 0)) == (
        "Upload: 5 kB/s. Download: no limit. 1 parallel upload per transfer. All downloads at the same time. "
        "500 connections. Shared for ever."
    )


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ((0, 1, 2, 3, 4), "Mon\u2013Fri"),
        ((5, 6), "Sat, Sun"),
        ((0, 2, 3, 4, 6), "Mon, Wed\u2013Fri, Sun"),
        (tuple(range(7)), "every day"),
    ],
)
def test_days(days: tuple[int, ...], text: str) -> None:
    assert days_text(days) == text


def test_entries_of_the_schedule() -> None:
    assert time_text(ProfileTime("quiet", (0, 1, 2), 540, 1020), "Quiet") == "Quiet on Mon\u2013Wed 09:00\u201317:00"
    assert time_text(ProfileTime("full", (6,), 0, 0), "Full speed") == "Full speed on Sun, all day"


def test_why_a_profile_is_in_force() -> None:
    assert scheduled_text("Quiet", datetime(2026, 6, 1, 17, 0), NOON) == "Quiet until 17:00 (schedule)"
    assert scheduled_text("Quiet", datetime(2026, 6, 3, 0, 0), NOON) == "Quiet until Wed 00:00 (schedule)"
    assert held_text("Full speed", datetime(2026, 6, 1, 17, 0), NOON) == "Full speed until 17:00, chosen by hand"
    assert held_text("Full speed", None, NOON) == "Full speed, chosen by hand"
    assert metered_text("Quiet") == "Quiet (metered network)"


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("9", 540),
        ("9:05", 545),
        (" 09.30 ", 570),
        ("0900", 540),
        ("24:00", 0),
        ("0:00", 0),
        ("24:01", None),
        ("9:60", None),
        ("9:5", None),
        ("", None),
        ("noon", None),
    ],
)
def test_times_that_are_typed(text: str, minute: int | None) -> None:
    assert parse_minute(text) == minute
