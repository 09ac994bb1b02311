"""Addresses of peers as they are typed."""

from __future__ import annotations

import pytest

from shoal.gui.details.peer_addresses import parse_peers, wrong_with_peers


@pytest.mark.parametrize(
    "text", ["10.0.0.1", "10.0.0.1:0", "10.0.0.1:70000", "2001:db8::1:80", "host.example:80", ":1"]
)
def test_wrong_addresses(text: str) -> None:
    assert parse_peers(text) == ()
    assert wrong_with_peers(text).startswith("Line 1 ")


def test_at_most_fifty_at_a_time() -> None:
    lines = "\n".join(f"10.0.0.{n}:6881" for n in range(1, 52))
    assert wrong_with_peers(lines) == "At most 50 peers at a time."
    assert len(parse_peers(lines)) == 50
