"""Our peer id (BEP 20): right length, our prefix, no character that needs an escape in a URL."""

from __future__ import annotations

import re

import pytest

from shoal.metainfo.ids import make_peer_id


def test_peer_id_has_prefix_length_and_unreserved_characters() -> None:
    for value in range(256):
        peer_id = make_peer_id(bytes([value]) * 12)
        assert re.fullmatch(rb"-SH0100-[0-9A-Za-z_-]{12}", peer_id)


def test_peer_id_follows_the_random_bytes() -> None:
    assert make_peer_id(bytes(range(12))) == make_peer_id(bytes(range(12)) + b"more")
    assert make_peer_id(bytes(range(12))) != make_peer_id(bytes(range(1, 13)))


def test_too_few_random_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="12 random bytes"):
        make_peer_id(bytes(11))
