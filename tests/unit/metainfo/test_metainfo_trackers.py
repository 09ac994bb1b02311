"""Addresses from strangers: which are usable, which are left out, and how many are taken at most."""

from __future__ import annotations

import pytest

from shoal.metainfo.trackers import (
    MAX_NODES,
    MAX_TRACKERS,
    MAX_URL_LENGTH,
    MAX_WEB_SEEDS,
    TRACKER_SCHEMES,
    clean_tiers,
    clean_url,
    dht_nodes,
    is_host,
    tracker_tiers,
    web_addresses,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://t.example/announce", "http://t.example/announce"),
        ("  HTTPS://t.example:8443/a?passkey=1 \r\n", "https://t.example:8443/a?passkey=1"),
        ("udp://[::1]:6969", "udp://[::1]:6969"),
        ("wss://t.example/", None),
        ("file:///etc/passwd", None),
        ("javascript:alert(1)", None),
        ("http://", None),
        ("http://:80/", None),
        ("http://t.example:0/", None),
        ("http://t.example:99999/", None),
        ("http://[::1/", None),
        ("http://a b.example/", None),
        ("http://a.example/\r\nHost: b", None),
        ("http://a.example/\u202e", None),
        ("lol.this.is.not.a.tracker", None),
        ("", None),
    ],
)
def test_usable_addresses(text: str, expected: str | None) -> None:
    assert clean_url(text, TRACKER_SCHEMES) == expected


def test_address_length_bound() -> None:
    longest = "http://t.example/" + "a" * (MAX_URL_LENGTH - 17)
    assert clean_url(longest, TRACKER_SCHEMES) == longest
    assert clean_url(longest + "a", TRACKER_SCHEMES) is None


def test_tracker_count_bound() -> None:
    urls = [f"http://t{number}.example/" for number in range(MAX_TRACKERS + 1)]
    tiers, left_out = clean_tiers([[url] for url in urls])
    assert len(tiers) == MAX_TRACKERS
    assert left_out == 1


def test_tiers_of_mixed_shapes() -> None:
    tiers, left_out = tracker_tiers(None, [[b"http://a.example/", 5], b"udp://b.example:1/", {}, [b""], [b"x"]])
    assert tiers == (("http://a.example/",), ("udp://b.example:1/",))
    assert left_out == 1


def test_web_seed_count_bound() -> None:
    urls: list[bytes] = [b"http://w%d.example/" % number for number in range(MAX_WEB_SEEDS + 1)]
    taken, left_out = web_addresses(list(urls))
    assert (len(taken), left_out) == (MAX_WEB_SEEDS, 1)


def test_node_count_bound() -> None:
    assert len(dht_nodes([[b"n%d.example" % number, 1] for number in range(MAX_NODES + 1)])) == MAX_NODES
    assert dht_nodes(5) == ()


def test_hosts() -> None:
    assert is_host("router.example")
    assert is_host("2001:db8::1")
    assert not is_host("a b")
    assert not is_host("")
    assert not is_host("a" * 254)
