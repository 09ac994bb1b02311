"""Peer exchange of one torrent (BEP 11): tells its peers about each other, and learns of more from them.

Not for private torrents (BEP 27), and off where the settings say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from shoal.engine.policy.address_scope import is_believable
from shoal.protocol.peer_wire import encode_extended
from shoal.protocol.ut_pex import PexFlag, PexMessage, encode_pex
from shoal.runtime.world import Address

if TYPE_CHECKING:
    from shoal.engine.peer.connection import PeerConnection
    from shoal.engine.torrent.swarm import Swarm

SOURCE = "pex"


class PeerExchange:
    """Of one torrent. Loop thread only."""

    def __init__(self, swarm: Swarm, is_on: Callable[[], bool]) -> None:
        """`is_on` says whether anything may be told or believed now."""
        self._swarm = swarm
        self._is_on = is_on
        self.heard = 0
        """Peers that were new to us, since the torrent runs."""

    @property
    def is_on(self) -> bool:
        """Offered to peers in the extension handshake."""
        return self._is_on()

    @property
    def tellers(self) -> int:
        """Connected peers that take part."""
        return sum(peer.extensions.pex_id > 0 for peer in self._swarm.connected.values())

    def second(self, now: float) -> None:
        """Once a second: tell those whose turn it is what is new to them."""
        flags: Mapping[Address, PexFlag] | None = None
        for peer in list(self._swarm.connected.values()):
            extensions = peer.extensions
            if not extensions.pex_id or not extensions.gossip.is_due(now) or not self._is_on():
                continue
            flags = self._listening_peers() if flags is None else flags
            host = peer.address.host
            # Whom it could not reach, and would not believe, it need not know.
            of_use = {other: flag for other, flag in flags.items() if is_believable(Address(*other), host)}
            message = extensions.gossip.news(of_use, _addresses(peer), now)
            if message is not None:
                peer.send(encode_extended(extensions.pex_id, encode_pex(message)))

    def take(self, peer: PeerConnection, message: PexMessage, now: float) -> None:
        """A peer told of others. It may say that they left, too, but what is known of them here counts more."""
        if not self._is_on() or not peer.extensions.gossip.may_hear(now):
            return
        swarm = self._swarm
        fresh = [Address(*address) for address in message.added if Address(*address) not in swarm.known]
        self.heard += swarm.add_addresses(fresh, SOURCE, peer.address.host, now)
        for address in fresh:
            if PexFlag.UPLOAD_ONLY in message.added[address]:
                # Only of those that nobody else named: a liar must not make us avoid the peers we have.
                swarm.known.mark_seed(address)

    def _listening_peers(self) -> dict[Address, PexFlag]:
        """Connected peers that take connections, under the address where they do."""
        found: dict[Address, PexFlag] = {}
        for peer in self._swarm.connected.values():
            flags = PexFlag.UPLOAD_ONLY if peer.is_upload_only or self._swarm.is_seed(peer) else PexFlag(0)
            if not peer.is_incoming:
                found[peer.address] = flags | PexFlag.REACHABLE
            elif peer.remote_listen_port:
                found.setdefault(Address(peer.address.host, peer.remote_listen_port), flags)
        return found


def _addresses(peer: PeerConnection) -> tuple[Address, ...]:
    return (peer.address, Address(peer.address.host, peer.remote_listen_port))
