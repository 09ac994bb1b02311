"""Makes the announcer of each entry of the list, with what all of them share."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from shoal.engine.discovery.announce_gate import AnnounceGate
from shoal.engine.discovery.announcer import Announcer
from shoal.engine.discovery.asking import AnnounceStats
from shoal.engine.discovery.udp_tracker import UdpTracker
from shoal.engine.torrent.magnet import Magnet
from shoal.engine.torrent.traffic import announce_stats
from shoal.engine.transport.http_client import HttpClient
from shoal.runtime.world import Address

if TYPE_CHECKING:
    from shoal.engine.session.session import Session
    from shoal.engine.torrent.services import Entry


SECRET_BYTES = 16
KEY_BYTES = 4


class Announcers:
    """Of one session."""

    def __init__(self, session: Session, http: HttpClient, udp: UdpTracker, gate: AnnounceGate) -> None:
        self._session = session
        self._http = http
        self._udp = udp
        self._gate = gate
        self._secret = session.world.random.randbytes(SECRET_BYTES)

    def make(self, entry: Entry) -> Announcer:
        session = self._session
        return Announcer(
            session.world,
            tiers=entry.tiers if isinstance(entry, Magnet) else entry.record.tracker_tiers(entry.metainfo),
            info_hash=entry.info_hash,
            peer_id=session.peer_id,
            http=self._http,
            udp=self._udp,
            gate=self._gate,
            stats=lambda: _stats(entry),
            on_peers=lambda addresses, host: self._found(entry, addresses, "tracker", host),
            on_change=lambda: session.row_changed(entry),
            on_news=entry.tracker_news,
            on_external_host=session.reach.heard,
            key=self._key(entry.info_hash),
            order=entry.record.tracker_order,
            on_reordered=lambda: _keep_soon(entry),
            automatic=session.extra_trackers.for_entry(entry),
        )

    def _key(self, info_hash: bytes) -> int:
        """The same for a magnet link and the torrent that it becomes, and nobody can tell it from the info-hash."""
        digest = hashlib.blake2b(info_hash, key=self._secret, digest_size=KEY_BYTES).digest()
        return int.from_bytes(digest, "big")

    def found_elsewhere(self, info_hash: bytes, addresses: Sequence[Address], source: str, source_host: str) -> None:
        """Another source than a tracker names peers."""
        entry = self._session.find(info_hash)
        if entry is not None:
            self._found(entry, addresses, source, source_host)

    def dial_known(self, info_hash: bytes) -> None:
        """It begins to run: dial peers that are known from before."""
        entry = self._session.find(info_hash)
        if entry is not None:
            entry.swarm.dial_more(self._session.world.clock.now(), self._session.connections.room())

    def _found(self, entry: Entry, addresses: Sequence[Address], source: str, source_host: str) -> None:
        entry.add_addresses(addresses, source, source_host)
        if entry.lifecycle.is_running:
            entry.swarm.dial_more(self._session.world.clock.now(), self._session.connections.room())


def _keep_soon(entry: Entry) -> None:
    entry.is_dirty = True


def _stats(entry: Entry) -> AnnounceStats:
    return entry.stats if isinstance(entry, Magnet) else announce_stats(entry)
