"""Another network, and the end of a sleep, by either clock."""

from __future__ import annotations

import pytest

from shoal.engine.policy.network_changes import NetworkChanges

HOME, CAFE = ("192.168.1.9",), ("10.0.0.3",)


@pytest.mark.parametrize(
    ("hosts", "now", "wall", "changed"),
    [
        (HOME, 105.0, 1005.0, False),
        (CAFE, 105.0, 1005.0, True),
        ((*HOME, "2a00::1"), 105.0, 1005.0, True),
        ((), 105.0, 1005.0, False),
        (HOME, 105.0, 4000.0, True),
        (HOME, 4000.0, 4900.0, True),
        (HOME, 106.5, 1006.5, False),
        (HOME, 105.0, 500.0, False),
    ],
)
def test_what_is_a_change(hosts: tuple[str, ...], now: float, wall: float, changed: bool) -> None:
    changes = NetworkChanges()
    assert not changes.has_changed(HOME, 100.0, 1000.0, 5.0)
    assert changes.has_changed(hosts, now, wall, 5.0) is changed


def test_a_cable_that_was_out_is_a_change_when_it_is_in_again() -> None:
    changes = NetworkChanges()
    changes.has_changed(HOME, 0.0, 0.0, 5.0)
    assert not changes.has_changed((), 5.0, 5.0, 5.0)
    assert changes.has_changed(HOME, 10.0, 10.0, 5.0)
    assert not changes.has_changed(HOME, 15.0, 15.0, 5.0)
