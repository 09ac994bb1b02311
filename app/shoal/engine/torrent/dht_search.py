"""One torrent or magnet link in the DHT.

A private torrent takes no part in it at all (BEP 27), and here is where that is decided. Of a magnet link nobody knows
whether it is private before its metainfo is here: it searches, and announces nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shoal.api.details import TrackerRow
from shoal.api.snapshots import TorrentState
from shoal.engine.discovery.dht.service import DhtState
from shoal.engine.discovery.dht.wanted import Wanted
from shoal.runtime.world import Address

if TYPE_CHECKING:
    from shoal.engine.peer.connection import PeerConnection
    from shoal.engine.torrent.services import Entry

SOURCE = "dht"
LONELY_PEERS = 5
"""With fewer connected peers a download asks further trackers, and looks in the DHT more often."""
ASK_AGAIN_SECONDS = 60.0
"""By hand no sooner than that, unless it is forced."""


class DhtSearch:
    """Begins when the entry joins its swarm, ends when it leaves."""

    def __init__(
        self, entry: Entry, *, is_private: bool = False, announces: bool = True, nodes: Sequence[tuple[str, int]] = ()
    ) -> None:
        """`announces`: say that we are a peer; `nodes`: hosts that the torrent names."""
        self._entry = entry
        self._dht = entry.services.dht
        self._is_allowed = not is_private
        self._announces = announces
        self._nodes = nodes
        self._wanted: Wanted | None = None

    @property
    def is_on(self) -> bool:
        """The DHT is a source of peers for it."""
        return self._is_allowed and self._dht.is_of_use

    @property
    def has_answered(self) -> bool:
        """A search has ended, and somebody answered."""
        return self._wanted is not None and self._wanted.nodes_asked > 0

    @property
    def next_in(self) -> float | None:
        """Seconds until the next search, 0 while one is under way; None when there is none."""
        wanted = self._wanted
        if wanted is None or not self.is_on:
            return None
        return 0.0 if wanted.is_asking else wanted.next_in

    def begin(self) -> None:
        """Look for peers from now on, and say that we are one."""
        entry = self._entry
        if not self._is_allowed or self._wanted is not None:
            return
        self._dht.add_hosts(self._nodes)
        self._wanted = self._dht.want(
            entry.info_hash,
            entry.services.listen_port if self._announces else None,
            self._found,
            is_lonely=lambda: not self._is_seed() and len(entry.swarm.connected) < LONELY_PEERS,
            is_seed=self._is_seed,
        )

    def end(self) -> None:
        """Look no more; harmless when it does not."""
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            wanted.stop()

    def ask_now(self, *, force: bool = False) -> None:
        """A person asks for a search now."""
        wanted = self._wanted
        if wanted is not None and (force or self._may_ask_in(wanted) == 0):
            wanted.soon()

    def port_for(self, host: str) -> int:
        """Our DHT port, to be told to the peer at `host` (BEP 5); 0 = none."""
        return self._dht.port(host) if self._is_allowed else 0

    def peer_has_node(self, peer: PeerConnection, port: int) -> None:
        """A peer says that its DHT node is at `port`."""
        if self._is_allowed and port:
            self._dht.add_node(Address(peer.address.host, port))

    def row(self, now: float) -> TrackerRow | None:
        """The DHT as a source of peers; None for a private torrent."""
        if not self._is_allowed:
            return None
        wanted = self._wanted
        status = self._dht.status()
        if wanted is None or status.state is DhtState.OFF:
            state = "off" if status.state is DhtState.OFF else "waiting"
            return TrackerRow(SOURCE, -1, state, None, None, 0, None, "")
        asked_at = wanted.asked_at
        return TrackerRow(
            url=SOURCE,
            tier=-1,
            state=self._state(wanted, status.state),
            seeds=None,
            leeches=None,
            peers_received=wanted.peers_found,
            next_announce_in=wanted.next_in,
            message="",
            last_answer_at=None if asked_at is None else self._entry.world.clock.wall() - (now - asked_at),
            may_ask_in=self._may_ask_in(wanted),
            nodes=wanted.nodes_asked,
        )

    @staticmethod
    def _state(wanted: Wanted, state: DhtState) -> str:
        if wanted.is_asking:
            return "asking"
        if state is DhtState.NO_ANSWER:
            return "failing"
        return "waiting" if wanted.asked_at is None or not wanted.nodes_asked else "working"

    def _may_ask_in(self, wanted: Wanted) -> float:
        if wanted.asked_at is None:
            return 0.0
        return max(0.0, wanted.asked_at + ASK_AGAIN_SECONDS - self._entry.world.clock.now())

    def _found(self, peers: Sequence[Address], source_host: str) -> None:
        self._entry.add_addresses(peers, SOURCE, source_host)

    def _is_seed(self) -> bool:
        return self._entry.lifecycle.state is TorrentState.SEEDING


def looks_again_in(entry: Entry, now: float) -> float | None:
    """Seconds until a tracker or the DHT is asked for peers; None when nobody is."""
    waits = (entry.announcer.next_announce_in(now), entry.dht_search.next_in)
    return min((wait for wait in waits if wait is not None), default=None)
