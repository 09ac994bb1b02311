"""Once a second to every torrent that has something to do; thousands that only wait cost next to nothing."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping

from shoal.engine.session.connections import Connections
from shoal.engine.torrent.torrent import Torrent


class Rounds:
    """Goes through the torrents of a session that are awake. Loop thread only.

    A torrent says itself until when it rests (`Torrent.second`); whatever happens to it meanwhile wakes it.
    """

    def __init__(self, torrents: Mapping[str, Torrent], connections: Connections) -> None:
        """`torrents` is a live view of all by id."""
        self._torrents = torrents
        self._connections = connections
        self._awake: dict[str, None] = {}
        self._resting: list[tuple[float, str]] = []
        """A heap of (when its rest ends, id); of one that was woken in between an entry too many stays for a while."""
        self.rates = (0.0, 0.0)
        """Payload in bytes/s of all together, down and up."""

    @property
    def peers(self) -> int:
        """Connected peers; who has any is awake."""
        found = (self._torrents.get(torrent_id) for torrent_id in self._awake)
        return sum(len(torrent.swarm.connected) for torrent in found if torrent is not None)

    def wake(self, torrent_id: str) -> None:
        """Something happened to it: it is asked with the next second."""
        self._awake[torrent_id] = None

    def second(self, now: float) -> None:
        """Once a second, `now` in monotonic seconds."""
        while self._resting and self._resting[0][0] <= now:
            self._awake[heapq.heappop(self._resting)[1]] = None
        down = up = 0.0
        for torrent_id in tuple(self._awake):
            torrent = self._torrents.get(torrent_id)
            if torrent is None:
                del self._awake[torrent_id]
                continue
            rests_until = torrent.second(now)
            down += torrent.counters.down_rate
            up += torrent.counters.up_rate
            if torrent.wants_peers:
                swarm = torrent.swarm
                if swarm.known.may_have_due(now, skip_seeds=torrent.is_seeding):
                    room = self._connections.room()
                    if not room or swarm.dial_more(now, room):
                        continue
                rests_until = min(rests_until, swarm.known.idle_until)
            if rests_until > now:
                self._awake.pop(torrent_id, None)
                if rests_until < math.inf:
                    heapq.heappush(self._resting, (rests_until, torrent_id))
        self.rates = (down, up)
