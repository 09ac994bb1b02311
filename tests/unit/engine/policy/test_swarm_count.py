from __future__ import annotations

import pytest

from shoal.engine.policy.swarm_count import SwarmCount, others


@pytest.mark.parametrize(
    ("told", "is_complete", "expected"),
    [
        (SwarmCount(5, 3), True, SwarmCount(4, 3)),
        (SwarmCount(5, 3), False, SwarmCount(5, 2)),
        (SwarmCount(1, 0), True, SwarmCount(0, 0)),
        (SwarmCount(0, 1), False, SwarmCount(0, 0)),
        # One that answers before it counts the newcomer.
        (SwarmCount(0, 7), True, SwarmCount(0, 7)),
        (SwarmCount(7, 0), False, SwarmCount(7, 0)),
        (SwarmCount(None, 2), True, SwarmCount(None, 2)),
        (SwarmCount(2, None), False, SwarmCount(2, None)),
    ],
)
def test_a_tracker_s_count_without_ourselves(told: SwarmCount, is_complete: bool, expected: SwarmCount) -> None:
    assert others(told, is_complete=is_complete) == expected
