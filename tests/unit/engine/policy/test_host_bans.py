"""Hosts banned by hand."""

from __future__ import annotations

import pytest

from shoal.engine.policy.host_bans import MOST_BANNED, HostBans, numeric_host


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" 192.0.2.7 ", "192.0.2.7"),
        ("[2001:DB8:0::7]", "2001:db8::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("peer.example", None),
        ("192.0.2.7:80", None),
        ("", None),
    ],
)
def test_one_spelling_of_an_address(text: str, expected: str | None) -> None:
    assert numeric_host(text) == expected


def test_both_kinds_of_bans_hold_and_only_one_is_kept() -> None:
    bans = HostBans("192.0.2.1 nonsense 2001:db8::1")
    bans.add("192.0.2.2", always=False)
    bans.add("192.0.2.3", always=True)
    assert all(host in bans for host in ("192.0.2.1", "2001:db8:0::1", "::ffff:192.0.2.2", "192.0.2.3"))
    assert "192.0.2.4" not in bans
    assert "peer.example" not in bans
    assert bans.always == "192.0.2.1 2001:db8::1 192.0.2.3"
    bans.set_always("")
    assert "192.0.2.1" not in bans
    assert "192.0.2.2" in bans, "the session's own are not taken back by the setting"


def test_lifting_a_lasting_ban_lifts_every_ban_of_that_host() -> None:
    bans = HostBans("192.0.2.1 192.0.2.2")
    bans.add("192.0.2.1", always=False)
    assert bans.set_always("192.0.2.2 192.0.2.3") == {"192.0.2.1"}
    assert "192.0.2.1" not in bans
    assert "192.0.2.3" in bans


def test_bans_are_bounded_and_the_oldest_goes() -> None:
    bans = HostBans()
    for number in range(MOST_BANNED + 1):
        bans.add(f"10.0.{number >> 8}.{number & 255}", always=True)
    assert "10.0.0.0" not in bans
    assert "10.0.0.1" in bans
