"""What a node knows, as it is kept for the next start: its id and the nodes that answered lately, by family.

Bencoded; whoever keeps it adds a checksum. What cannot be read is as good as nothing: there are other ways in.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shoal.protocol.bencode import BValue, decode, encode
from shoal.protocol.bencode_fields import get_bytes
from shoal.protocol.dht_nodes import (
    ID_LENGTH,
    NODE6_LENGTH,
    Contact,
    decode_nodes4,
    decode_nodes6,
    encode_nodes4,
    encode_nodes6,
)
from shoal.protocol.errors import ProtocolError

MOST_NODES = 200
"""Of each family."""
_MOST_BYTES = 2 * MOST_NODES * NODE6_LENGTH + 1_000


@dataclass(frozen=True, slots=True)
class SavedNodes:
    """By family (4, 6); a family that is not there was not in use."""

    own_ids: dict[int, bytes] = field(default_factory=dict)
    nodes: dict[int, tuple[Contact, ...]] = field(default_factory=dict)


def encode_saved(saved: SavedNodes) -> bytes:
    """At most MOST_NODES of each family, the first ones."""
    top: dict[bytes, BValue] = {}
    for family, own_id in saved.own_ids.items():
        top[b"id%d" % family] = own_id
    for family, nodes in saved.nodes.items():
        code = encode_nodes4 if family == 4 else encode_nodes6
        top[b"nodes%d" % family] = code(nodes[:MOST_NODES])
    return encode(top)


def decode_saved(data: bytes | None) -> SavedNodes:
    """Empty for None and for what is damaged."""
    if data is None:
        return SavedNodes()
    own_ids: dict[int, bytes] = {}
    nodes: dict[int, tuple[Contact, ...]] = {}
    try:
        top = decode(data, max_bytes=_MOST_BYTES, max_depth=2, max_tokens=50)
        if not isinstance(top, dict):
            return SavedNodes()
        for family, decode_nodes in ((4, decode_nodes4), (6, decode_nodes6)):
            own_id = get_bytes(top, b"id%d" % family, ID_LENGTH)
            if own_id is not None and len(own_id) == ID_LENGTH:
                own_ids[family] = own_id
            nodes[family] = tuple(decode_nodes(get_bytes(top, b"nodes%d" % family, _MOST_BYTES) or b""))
    except ProtocolError:
        return SavedNodes()
    return SavedNodes(own_ids, nodes)
