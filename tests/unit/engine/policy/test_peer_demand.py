"""Peers are asked for as there is room for them."""

from __future__ import annotations

import pytest

from shoal.engine.policy.peer_demand import peers_to_ask_for


@pytest.mark.parametrize(
    ("connected", "unfinished", "leech", "seed"),
    [(0, 0, 200, 50), (80, 80, 50, 50), (40, 60, 100, 50), (0, 500, 50, 0), (100, 100, 50, 0)],
)
def test_fifty_to_two_hundred_and_none_for_a_seed_that_knows_enough(
    connected: int, unfinished: int, leech: int, seed: int
) -> None:
    assert peers_to_ask_for(is_seed=False, connected=connected, most=100, unfinished=unfinished) == leech
    assert peers_to_ask_for(is_seed=True, connected=connected, most=100, unfinished=unfinished) == seed
