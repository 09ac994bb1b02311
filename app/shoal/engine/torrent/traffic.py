"""The payload that a torrent's peers have moved in this run, those that left included."""

from __future__ import annotations

from shoal.engine.peer.connection import PeerConnection
from shoal.engine.torrent.counters import Counters
from shoal.engine.torrent.swarm import Swarm


class Traffic:
    """Adds up what each connection counts for itself. All in bytes."""

    def __init__(self, swarm: Swarm, counters: Counters) -> None:
        self._swarm = swarm
        self._counters = counters
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

    def count(self, now: float, elapsed: float) -> tuple[int, int]:
        """Take what was moved since the last call into the counters; how much was received and sent."""
        before, self._seen = self._seen, self._now()
        down, up, wasted = (present - past for present, past in zip(self._seen, before, strict=True))
        self._counters.second(down, up, wasted, now, elapsed)
        return down, up

    def _now(self) -> tuple[int, int, int]:
        down, up, wasted = self._gone
        for peer in self._swarm.connected.values():
            down += peer.downloaded
            up += peer.uploaded
            wasted += peer.wasted
        return down, up, wasted
