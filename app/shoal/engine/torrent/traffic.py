"""The payload that a torrent's peers have moved in this run, those that left included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoal.engine.discovery.asking import AnnounceStats
from shoal.engine.peer.connection import PeerConnection
from shoal.engine.policy.peer_demand import peers_to_ask_for
from shoal.engine.torrent.counters import Counters
from shoal.engine.torrent.swarm import Swarm
from shoal.metainfo.bitfield import all_pieces

if TYPE_CHECKING:
    from shoal.engine.torrent.torrent import Torrent

LEAST_SECONDS = 0.1
"""Rates are not measured over less."""


class Traffic:
    """Adds up what each connection counts for itself. All in bytes."""

    def __init__(self, swarm: Swarm, counters: Counters, now: float) -> None:
        self._swarm = swarm
        self._counters = counters
        self._counted_at = now
        self._gone = (0, 0, 0)
        """Received, sent and wasted by peers that have left."""
        self._seen = (0, 0, 0)

    @property
    def downloaded(self) -> int:
        return self._now()[0]

    @property
    def uploaded(self) -> int:
        return self._now()[1]

    def peer_left(self, peer: PeerConnection) -> None:
        """Its bytes stay counted."""
        down, up, wasted = self._gone
        self._gone = (down + peer.downloaded, up + peer.uploaded, wasted + peer.wasted)

    def rest(self, now: float) -> float:
        """Nothing is to be counted up to `now` (monotonic seconds); how long it is since the last count."""
        elapsed = max(LEAST_SECONDS, now - self._counted_at)
        self._counted_at = now
        return elapsed

    def count(self, now: float) -> tuple[float, int, int]:
        """Take what was moved since the last count into the counters: in how many seconds, bytes received and sent."""
        elapsed = self.rest(now)
        before, self._seen = self._seen, self._now()
        down, up, wasted = (present - past for present, past in zip(self._seen, before, strict=True))
        self._counters.second(down, up, wasted, now, elapsed)
        return elapsed, down, up

    def _now(self) -> tuple[int, int, int]:
        down, up, wasted = self._gone
        for peer in self._swarm.connected.values():
            down += peer.downloaded
            up += peer.uploaded
            wasted += peer.wasted
        return down, up, wasted


def announce_stats(torrent: Torrent) -> AnnounceStats:
    """What trackers are told of `torrent`."""
    return AnnounceStats(
        uploaded=torrent.traffic.uploaded,
        downloaded=torrent.traffic.downloaded,
        left=torrent.geometry.bytes_of(all_pieces(torrent.piece_count) & ~torrent.picker.have),
        port=torrent.services.listen_port(),
        num_want=peers_to_ask_for(
            is_seed=torrent.is_seeding,
            connected=len(torrent.swarm.connected),
            most=torrent.services.settings().max_peers_per_torrent,
            unfinished=torrent.swarm.known.unfinished,
        ),
    )
