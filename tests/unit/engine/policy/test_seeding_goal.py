"""The sharing goal: either of its two halves is enough, and none is for ever."""

from __future__ import annotations

import pytest

from shoal.engine.policy.seeding_goal import SeedingGoal


@pytest.mark.parametrize(
    ("goal", "uploaded", "seconds", "reached"),
    [
        (SeedingGoal(), 10**12, 10**9, False),
        (SeedingGoal(ratio=2.0), 1_999, 10**9, False),
        (SeedingGoal(ratio=2.0), 2_000, 0.0, True),
        (SeedingGoal(seconds=60.0), 10**12, 59.0, False),
        (SeedingGoal(seconds=60.0), 0, 60.0, True),
        (SeedingGoal(ratio=2.0, seconds=60.0), 0, 60.0, True),
        (SeedingGoal(ratio=2.0, seconds=60.0), 2_000, 1.0, True),
    ],
)
def test_a_goal_is_reached_by_ratio_or_time(goal: SeedingGoal, uploaded: int, seconds: float, reached: bool) -> None:
    assert goal.is_reached(uploaded, 1_000, seconds) is reached


def test_nothing_has_no_ratio() -> None:
    assert not SeedingGoal(ratio=0.5).is_reached(10, 0, 5.0)
