"""Connections in and out for all torrents: listening, dialling with a half-open limit, handshake time-outs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Container
from ipaddress import ip_address
from typing import TYPE_CHECKING

from shoal.engine.peer.connection import HANDSHAKE_SECONDS, PeerConnection
from shoal.engine.peer.host import PeerEnvironment, PeerHost
from shoal.engine.torrent.swarm import TWIN_SILENCE_SECONDS
from shoal.engine.transport.stream import PeerStream, ReceiveBuffer
from shoal.runtime.tasks import TaskScope
from shoal.runtime.world import Address, Listener, World
from shoal.settings.engine_settings import EngineSettings

if TYPE_CHECKING:
    from shoal.engine.torrent.services import Entry

logger = logging.getLogger(__name__)

DIAL_SECONDS = 15.0
MOST_INCOMING_WAITING = 200
"""Incoming connections without a handshake; more are dropped at once."""
DIALS_PER_SECOND = 60
"""New connections started a second in all, so that a start does not flood the line."""


class Connections:
    """All peer connections of a session. Loop thread only."""

    def __init__(
        self,
        world: World,
        environment: PeerEnvironment,
        settings: Callable[[], EngineSettings],
        find_entry: Callable[[bytes], Entry | None],
        tasks: TaskScope,
        banned_hosts: Container[str] = frozenset(),
    ) -> None:
        self._world = world
        self._environment = environment
        self._settings = settings
        self._find_entry = find_entry
        self._tasks = tasks
        self._banned_hosts = banned_hosts
        self._receive = ReceiveBuffer()
        self._peers: dict[int, PeerConnection] = {}
        self._waiting: dict[int, PeerConnection] = {}
        """Connections whose handshake has not come yet."""
        self._dialling = 0
        self._dials_left = DIALS_PER_SECOND
        self._next_key = 1
        self._listener: Listener | None = None
        self.listen_port = 0
        self.has_incoming = False
        self.is_held: Callable[[], bool] = lambda: False
        """Nobody is to be met yet."""

    @property
    def count(self) -> int:
        """Connections, half-open ones among them."""
        return len(self._peers)

    async def listen(self, port: int | None = None) -> bool:
        """Listen as the settings say, or on another `port`; True when it was free. Else any free port is taken."""
        settings = self._settings()
        wanted = settings.listen_port if port is None else port
        hosts = settings.listen_hosts.split()
        was_free = True
        self.stop_listening()
        try:
            self._listener = await self._world.network.listen(self._incoming, hosts, wanted)
        except OSError as error:
            logger.info("port %d cannot be used: %s", wanted, error.strerror)
            was_free = False
            self._listener = await self._world.network.listen(self._incoming, hosts, 0)
        self.listen_port = self._listener.addresses[0].port
        return was_free

    def stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def close_all(self, reason: str) -> None:
        for peer in list(self._peers.values()):
            peer.close(reason)

    def drop(self, host: PeerHost) -> None:
        """End what was begun for `host` and is no connection with it yet."""
        for peer in list(self._waiting.values()):
            if peer.host is host:
                peer.close("nobody waits for it any more")

    def end_all_of(self, hosts: Container[str], reason: str) -> None:
        """End what `hosts` have open, half-open connections too."""
        for peer in list(self._peers.values()):
            if peer.address.host in hosts:
                peer.close(reason)

    @property
    def listens_everywhere(self) -> bool:
        """At every address of this computer, also those that it gets later."""
        return self._listener is not None and all(
            address.host in ("0.0.0.0", "::") for address in self._listener.addresses
        )

    def end_from(self, host: str) -> None:
        """End the connections that leave from this address of ours: it is ours no more.

        Who was of use is dialled again when he has missed us for so long that he takes us for no second connection.
        """
        now = self._world.clock.now()
        for peer in list(self._peers.values()):
            local = peer.stream.local_address if peer.stream is not None else None
            if local is None or local.host != host:
                continue
            entry = self._find_entry(peer.host.info_hash) if peer.host is not None else None
            was_useful = peer.downloaded + peer.uploaded > 0
            peer.close("our address is another one now")
            if entry is not None and was_useful and not peer.is_incoming:
                entry.swarm.known.parted(peer.address, now + TWIN_SILENCE_SECONDS, was_useful)

    def room(self) -> int:
        """Connections that may be started now."""
        if self.is_held():
            return 0
        settings = self._settings()
        return max(0, min(settings.half_open - self._dialling, settings.max_peers - self.count, self._dials_left))

    def dial(self, entry: Entry, address: Address, source: str) -> bool:
        """Start connecting; False when there is no room."""
        if self.room() <= 0 or self._tasks.is_closed:
            return False
        self._dialling += 1
        self._dials_left -= 1
        peer = self._new_peer(address, entry.peer_host, source)
        self._tasks.start(self._dial(peer, entry.torrent_id), f"dial for {entry.torrent_id}")
        return True

    async def _dial(self, peer: PeerConnection, torrent_id: str) -> None:
        is_open = False
        try:
            async with asyncio.timeout(DIAL_SECONDS):
                await self._world.network.dial(
                    lambda: PeerStream(self._receive, peer),
                    peer.address,
                    local_host=self._settings().outgoing_host or None,
                )
            is_open = True
        except (OSError, TimeoutError) as error:
            logger.debug("no connection for %s: %s", torrent_id, type(error).__name__)
        finally:
            self._dialling -= 1
            if not is_open:
                # `_lost` counts the failure.
                peer.close("not reached")

    def _incoming(self) -> asyncio.BufferedProtocol:
        return PeerStream(self._receive, _Incoming(self))

    def accept(self, stream: PeerStream) -> PeerConnection | None:
        """An incoming connection; None when there are too many."""
        transport = stream.transport
        name = transport.get_extra_info("peername") if transport is not None else None
        if name is None or self.count >= self._settings().max_peers or len(self._waiting) >= MOST_INCOMING_WAITING:
            return None
        host = str(name[0]).partition("%")[0]
        if host.startswith("::ffff:"):
            host = host[7:]
        if self.is_held() or host in self._banned_hosts:
            return None
        if not ip_address(host).is_loopback:
            # From this computer itself nobody comes through a router.
            self.has_incoming = True
        return self._new_peer(Address(host, int(name[1])), None, "incoming")

    def _new_peer(self, address: Address, host: PeerHost | None, source: str) -> PeerConnection:
        key = self._next_key
        self._next_key += 1
        peer = PeerConnection(
            self._environment,
            key,
            address,
            host=host,
            find_host=self._find_host,
            on_lost=self._lost,
            source=source,
        )
        self._peers[key] = peer
        self._waiting[key] = peer
        return peer

    def _find_host(self, info_hash: bytes) -> PeerHost | None:
        entry = self._find_entry(info_hash)
        return entry.peer_host if entry is not None and entry.lifecycle.is_running else None

    def _lost(self, peer: PeerConnection) -> None:
        self._peers.pop(peer.key, None)
        if self._waiting.pop(peer.key, None) is not None and not peer.is_incoming and not peer.is_ready:
            entry = self._find_entry(peer.host.info_hash) if peer.host is not None else None
            if entry is not None:
                entry.swarm.known.failed(peer.address, self._world.clock.now())
                # It may rest, and must know when to dial again.
                entry.services.changed(entry)

    def second(self, now: float) -> None:
        """Once a second: drop connections whose handshake does not come, and allow new dials."""
        self._dials_left = DIALS_PER_SECOND
        for key, peer in list(self._waiting.items()):
            if peer.is_ready:
                del self._waiting[key]
            elif peer.stream is not None and now - peer.connected_at > HANDSHAKE_SECONDS:
                peer.close("no handshake in time")


class _Incoming:
    """Owner of an accepted stream until its connection object is made."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def on_connected(self, stream: PeerStream) -> None:
        peer = self._connections.accept(stream)
        if peer is None:
            stream.close()
        else:
            stream.change_owner(peer)

    def on_bytes(self, data: memoryview) -> int:
        return len(data)

    def read_limit(self) -> int:
        return 1

    def on_read_limit_reached(self) -> None:
        """A refused connection is closing."""

    def message_length(self, tail: memoryview) -> int:
        return len(tail)

    def on_writable(self) -> None:
        """Nothing is written before there is a connection."""

    def on_closed(self, error: Exception | None) -> None:
        """Nothing was begun."""
