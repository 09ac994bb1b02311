"""What we say first: our extension handshake (BEP 10), which pieces we have (BEP 3, 6), and our DHT port (BEP 5)."""

from __future__ import annotations

from ipaddress import ip_address

from shoal.engine.peer.extensions import METADATA_ID, PEX_ID
from shoal.engine.peer.host import PeerHost
from shoal.metainfo.bitfield import all_pieces, to_wire
from shoal.protocol import peer_wire, ut_metadata, ut_pex
from shoal.protocol.extension import ExtensionHandshake, encode_extension_handshake

OUR_REQUEST_QUEUE = 2000
"""Requests that we hold for a peer (`reqq`, BEP 10)."""


def our_extension_handshake(host: PeerHost, client_name: str, peer_host: str) -> bytes:
    """The payload of our extension handshake for the torrent `host`, to a peer at `peer_host` (numeric)."""
    return encode_extension_handshake(
        ExtensionHandshake(
            message_ids=_our_extensions(host),
            client=client_name,
            request_queue=OUR_REQUEST_QUEUE,
            listen_port=host.listen_port or None,
            your_ip=_packed(peer_host),
            metadata_size=len(host.metadata) if host.metadata is not None else None,
            upload_only=_has_all(host),
        )
    )


def our_dht_port(host: PeerHost, peer_host: str) -> bytes:
    """The message that tells a peer with a DHT node where ours is (BEP 5); empty when there is nothing to tell."""
    port = host.dht_port(peer_host)
    return peer_wire.encode_port(port) if port else b""


def our_pieces(host: PeerHost, *, has_fast: bool) -> bytes | None:
    """The message that tells our pieces; None where silence says that we have none."""
    have = host.have
    if has_fast and _has_all(host):
        return peer_wire.HAVE_ALL
    if has_fast and not have:
        return peer_wire.HAVE_NONE
    return peer_wire.encode_bitfield(to_wire(have, host.piece_count)) if have else None


def _our_extensions(host: PeerHost) -> dict[str, int]:
    offers = {
        ut_metadata.EXTENSION_NAME: METADATA_ID if host.exchanges_metadata else 0,
        ut_pex.EXTENSION_NAME: PEX_ID if host.exchanges_peers else 0,
    }
    return {name: number for name, number in offers.items() if number}


def _packed(host: str) -> bytes:
    """4 or 16 bytes."""
    return ip_address(host.partition("%")[0]).packed


def _has_all(host: PeerHost) -> bool:
    return bool(host.have) and host.have == all_pieces(host.piece_count)
