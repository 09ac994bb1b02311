"""The peers of a torrent whose metainfo is not known: dialled, asked for it, and dropped when they are of no use."""

from __future__ import annotations

import random
from collections.abc import Callable, Container, Iterable

from shoal.engine.peer.connection import PeerConnection
from shoal.engine.policy.address_scope import is_believable
from shoal.engine.policy.known_peers import KnownPeers
from shoal.engine.policy.metadata_fetch import Answer, MetadataFetch
from shoal.protocol import peer_wire
from shoal.protocol.ut_metadata import MetadataBlock, MetadataMessage
from shoal.runtime.world import Address

SILENCE_SECONDS = 120.0
KEEP_ALIVE_SECONDS = 100.0
USELESS_SECONDS = 30.0
"""A peer without the metadata makes room for another address after so long."""
MOST_REMEMBERED = 3_000


class MagnetSwarm:
    """Loop thread only. `content(peer, bytes)` hears of every answer that is whole; whether it is true is not known."""

    def __init__(
        self,
        most_peers: Callable[[], int],
        dial: Callable[[Address, str], bool],
        content: Callable[[PeerConnection, bytes], None],
        rng: random.Random,
        banned_hosts: Container[str],
        rank: Callable[[Address], int] = lambda address: 0,
    ) -> None:
        self.known = KnownPeers(rank=rank)
        self.connected: dict[int, PeerConnection] = {}
        self.fetch = MetadataFetch()
        self.asked = 0
        """Different peers that were asked so far."""
        self._most_peers = most_peers
        self._dial = dial
        self._content = content
        self._rng = rng
        self._banned_hosts = banned_hosts
        self._asked: set[tuple[str, bytes]] = set()
        self._is_closing = False

    def add_addresses(self, addresses: Iterable[Address], source: str, source_host: str | None, now: float) -> None:
        """Learn of peers; addresses of a narrower scope than their source's are not believed."""
        for address in addresses:
            is_believed = source_host is None or is_believable(address, source_host)
            if is_believed and address.host not in self._banned_hosts:
                self.known.add(address, source, now)

    def dial_more(self, now: float, room: int) -> None:
        """Start up to `room` connections."""
        free = self._most_peers() - len(self.connected)
        if free <= 0:
            free = self._make_room(now)
        for address in self.known.next_to_dial(now, min(room, free), self._rng):
            if address.host in self._banned_hosts:
                self.known.failed(address, now)
                continue
            self.known.dialing(address)
            if not self._dial(address, self.known.source(address)):
                self.known.failed(address, now)
                return

    def _make_room(self, now: float) -> int:
        idle = [
            peer
            for peer in self.connected.values()
            if peer.extensions.metadata_size is None and now - peer.connected_at > USELESS_SECONDS
        ]
        for peer in idle:
            peer.close("it has no metadata, and others wait")
        return len(idle)

    # --- what peers do ------------------------------------------------------------------------------------------

    def refusal(self, peer: PeerConnection) -> str | None:
        """Why a peer whose handshake came must not stay; None when it may."""
        if self.known.is_banned(peer.address, peer.peer_id):
            return "banned for false metadata"
        if not peer.has_extensions:
            return "it cannot tell metadata"
        if any(other.peer_id == peer.peer_id for other in self.connected.values()):
            return "already connected to this peer"
        if len(self.connected) >= self._most_peers() and not self._make_room(peer.now()):
            return "this magnet link has enough peers"
        return None

    def enter(self, peer: PeerConnection, now: float) -> None:
        self.connected[peer.key] = peer
        if not peer.is_incoming:
            self.known.connected(peer.address, now)

    def leave(self, peer: PeerConnection, now: float) -> None:
        """The connection ended."""
        if self.connected.pop(peer.key, None) is None:
            return
        self.fetch.gone(peer.key)
        if peer.is_incoming:
            return
        if self._is_closing:
            self.known.parted(peer.address, now, was_useful=False)
        else:
            self.known.failed(peer.address, now)

    def told(self, peer: PeerConnection, now: float) -> None:
        """Its extension handshake came: it can be asked, if it has the metadata."""
        if peer.key not in self.connected:
            return
        if peer.is_incoming and peer.remote_listen_port:
            # It is let go when the metainfo is here, and then dialled.
            self.known.add(Address(peer.address.host, peer.remote_listen_port), "incoming", now)
        who = (peer.address.host, peer.peer_id)
        if who not in self._asked and len(self._asked) < MOST_REMEMBERED:
            self._asked.add(who)
            self.asked += 1
        size = peer.extensions.metadata_size
        if size is not None and peer.extensions.metadata.message_id:
            self.fetch.offer(peer.key, size)
            self.ask(now)

    def received(self, peer: PeerConnection, message: MetadataMessage, now: float) -> None:
        """A block or a refusal came."""
        if peer.key not in self.connected:
            return
        if isinstance(message, MetadataBlock):
            match self.fetch.received(peer.key, message, now):
                case Answer.COMPLETE:
                    self._content(peer, self.fetch.content(peer.key))
                case Answer.LIE:
                    self.ban(peer, "it contradicts itself on the metadata")
        else:
            self.fetch.rejected(peer.key, now)
        self.ask(now)

    def ask(self, now: float) -> None:
        """Ask whoever is to be asked now."""
        for key, blocks in list(self.fetch.due(now)):
            peer = self.connected.get(key)
            if peer is not None:
                peer.extensions.metadata.ask(blocks)

    def ban(self, peer: PeerConnection, reason: str) -> None:
        """It lied: never talk to it again. Its host may have honest peers, too."""
        self.known.ban(peer.address, peer.peer_id)
        peer.close(reason)

    def end_all_of(self, hosts: Container[str], reason: str) -> list[str]:
        """Nothing is to be had with `hosts` any more: end the connections; those that were connected."""
        ended: dict[str, None] = {}
        for peer in list(self.connected.values()):
            if peer.address.host in hosts:
                ended[peer.address.host] = None
                peer.close(reason)
        return list(ended)

    def close_all(self, reason: str) -> None:
        """We leave: its peers may be dialled again as soon as we are back."""
        self._is_closing = True
        for peer in list(self.connected.values()):
            peer.close(reason)
        self._is_closing = False

    def second(self, now: float) -> None:
        """Once a second: time-outs, keep-alives, and whom to ask next."""
        for peer in list(self.connected.values()):
            if now - peer.last_received_at > SILENCE_SECONDS:
                peer.close(f"silent for {SILENCE_SECONDS:.0f} s")
            elif now - peer.last_sent_at > KEEP_ALIVE_SECONDS:
                peer.send(peer_wire.KEEP_ALIVE)
        self.ask(now)
