"""What a session lends to each of its torrents."""

from __future__ import annotations

from collections.abc import Callable, Container, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from shoal.api.details import TorrentEvent
from shoal.api.snapshots import Alert
from shoal.engine.discovery.announcer import Announcer
from shoal.engine.discovery.dht.service import Dht
from shoal.engine.discovery.local_discovery import LocalNews
from shoal.engine.peer.host import PeerEnvironment
from shoal.engine.policy.rate_limit import TokenBucket
from shoal.engine.storage.open_files import OpenFiles
from shoal.engine.storage.piece_buffer import PieceBuffers
from shoal.engine.storage.read_cache import ReadCache
from shoal.runtime.world import Address, World
from shoal.settings.engine_settings import EngineSettings

if TYPE_CHECKING:
    from shoal.engine.torrent.magnet import Magnet
    from shoal.engine.torrent.torrent import Torrent


Entry: TypeAlias = "Torrent | Magnet"
"""Whatever is in the list."""


class FurtherSources(Protocol):
    """Looks for peers of running torrents beside their trackers."""

    def join(self, info_hash: bytes, *, is_private: bool) -> None:
        """The torrent runs. Harmless twice."""
        ...

    def leave(self, info_hash: bytes) -> None:
        """It runs no more. Harmless for one that never did."""
        ...

    @property
    def is_looking(self) -> bool:
        """The local network is asked."""
        ...

    def news(self, info_hash: bytes) -> LocalNews | None:
        """What is known of asking it for a running torrent."""
        ...


@dataclass(slots=True)
class TorrentServices:
    """Shared by all torrents of a session; the callables are the session's ears."""

    world: World
    environment: PeerEnvironment
    buffers: PieceBuffers
    read_cache: ReadCache
    open_files: OpenFiles
    down_bucket: TokenBucket
    up_bucket: TokenBucket
    peer_id: bytes
    settings: Callable[[], EngineSettings]
    listen_port: Callable[[], int]
    dial: Callable[[Entry, Address, str], bool]
    make_announcer: Callable[[Entry], Announcer]
    changed: Callable[[Entry], None]
    queue_changed: Callable[[Entry], None]
    """Who gets a turn depends on what happened to this one."""
    alert: Callable[[Alert], None]
    disks_changed: Callable[[], None]
    save: Callable[[Entry], Coroutine[Any, Any, None]]
    flowed: Callable[[str, float, int, int], None]
    """Payload of one torrent: its id, the seconds it took, bytes down, bytes up."""
    happened: Callable[[str, TorrentEvent], None]
    finished: Callable[[Torrent], None]
    """Everything that was wanted of it is here, for the first time."""
    shared_enough: Callable[[Torrent], None]
    """Its sharing goal is reached."""
    banned_hosts: Container[str]
    sources: FurtherSources
    rank: Callable[[Address], int]
    """How much an address is preferred to others that are equal otherwise (BEP 40)."""
    dht: Dht
