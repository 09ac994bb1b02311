"""A torrent whose peers are looked for in the DHT, as whoever wants them holds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from shoal.engine.discovery.dht.search import OnPeers


class _Searches(Protocol):
    """What a wish needs of the service."""

    def drop(self, wanted: Wanted) -> None: ...
    def soon(self, wanted: Wanted) -> None: ...
    def next_in(self, wanted: Wanted) -> float | None: ...


class Wanted:
    """Searched now and then until `stop`. Times in monotonic seconds; counts are of the last search that ended."""

    def __init__(
        self,
        searches: _Searches,
        info_hash: bytes,
        on_peers: OnPeers,
        port: Callable[[], int] | None,
        is_lonely: Callable[[], bool],
        is_seed: Callable[[], bool],
    ) -> None:
        self._searches = searches
        self.info_hash = info_hash
        self.on_peers = on_peers
        self.port = port
        self.is_lonely = is_lonely
        self.is_seed = is_seed
        self.is_asking = False
        self.asked_at: float | None = None
        """When its last search ended."""
        self.nodes_asked = 0
        """Nodes that answered."""
        self.peers_found = 0
        self.announced_to = 0
        """Nodes that were told of us."""

    @property
    def next_in(self) -> float | None:
        """Seconds until its next search; None while it is being searched, and while the DHT is off."""
        return self._searches.next_in(self)

    def soon(self) -> None:
        """Search now, as far as there is a turn."""
        self._searches.soon(self)

    def stop(self) -> None:
        """It is not wanted any more; harmless twice."""
        self._searches.drop(self)
