"""Names for the numbers and bytes that identify torrents, pieces and peers (BEP 3, BEP 20, BEP 52)."""

from __future__ import annotations

from typing import NewType

InfoHash = NewType("InfoHash", bytes)
"""20 bytes: SHA-1 of the raw info dictionary (v1), or the first 20 bytes of its SHA-256 (v2 on the wire)."""

InfoHashV2 = NewType("InfoHashV2", bytes)
"""32 bytes: SHA-256 of the raw info dictionary (BEP 52)."""

TorrentId = NewType("TorrentId", str)
"""40 hex digits: the v1 info-hash, or the first 20 bytes of the v2 one for a torrent that has no v1 side."""

PeerId = NewType("PeerId", bytes)
"""20 bytes that a peer calls itself in handshakes and announces."""

INFO_HASH_LENGTH = 20
INFO_HASH_V2_LENGTH = 32
PEER_ID_LENGTH = 20
PEER_ID_PREFIX = b"-SH0100-"
PEER_ID_RANDOM_LENGTH = PEER_ID_LENGTH - len(PEER_ID_PREFIX)

_UNRESERVED = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"


def make_peer_id(random_bytes: bytes) -> PeerId:
    """Our peer id in the style of BEP 20: `-SH0100-` and 12 characters made from the first 12 of `random_bytes`.

    Only characters that need no escape in a URL are used, so that announces stay short. Raises ValueError when fewer
    than 12 random bytes are given.
    """
    if len(random_bytes) < PEER_ID_RANDOM_LENGTH:
        raise ValueError(f"a peer id needs {PEER_ID_RANDOM_LENGTH} random bytes, got {len(random_bytes)}")
    tail = bytes(_UNRESERVED[value & 63] for value in random_bytes[:PEER_ID_RANDOM_LENGTH])
    return PeerId(PEER_ID_PREFIX + tail)
