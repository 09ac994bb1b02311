"""Local discovery (BEP 14): tells the local network which public torrents run here, and hears who else has them.

A torrent is told within seconds of its start and then every five minutes; one datagram holds up to 20 of them, and the
network hears from us no more often than every ten seconds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shoal.protocol.errors import ProtocolError
from shoal.protocol.ip_scope import Scope, scope_of
from shoal.protocol.lsd import (
    GROUP4,
    GROUP6,
    MAX_INFO_HASHES,
    PORT,
    LocalAnnounce,
    decode_local_announce,
    encode_local_announce,
)
from shoal.runtime.world import Address, GroupPort, World

logger = logging.getLogger(__name__)

REPEAT_SECONDS = 300.0
PAUSE_SECONDS = 10.0
"""Between two datagrams of ours in one group."""
REOPEN_SECONDS = 60.0
"""When no interface takes part in multicast, it is tried again so often."""
MOST_HEARD_PER_SECOND = 50
"""Datagrams of others; a flood beyond is not read any more in that second."""
COOKIE_BYTES = 8


@dataclass(slots=True)
class LocalNews:
    """What became of one torrent: monotonic seconds of the last and the next telling, and whom it found."""

    next_at: float
    told_at: float | None = None
    found: int = 0
    """Announces of others that named it."""


class LocalDiscovery:
    """Of one session. Loop thread only."""

    def __init__(self, world: World, listen_port: Callable[[], int], on_peer: Callable[[bytes, Address], None]) -> None:
        """`on_peer(info_hash, address)` hears of each peer; the hash is one of those given to `want`."""
        self._world = world
        self._listen_port = listen_port
        self._on_peer = on_peer
        self._cookie = world.random.randbytes(COOKIE_BYTES).hex()
        self._ports: dict[str, GroupPort] = {}
        self._wanted: dict[bytes, LocalNews] = {}
        self._due_at = 0.0
        """Nothing is to be told before."""
        self._is_on = False
        self._reopen_at = 0.0
        self._heard = 0

    @property
    def is_on(self) -> bool:
        """It is switched on, whether an interface takes part or not."""
        return self._is_on

    @property
    def is_open(self) -> bool:
        """Some interface takes part."""
        return bool(self._ports)

    def news(self, info_hash: bytes) -> LocalNews | None:
        """Of a torrent that is told."""
        return self._wanted.get(info_hash)

    async def switch(self, *, is_on: bool) -> None:
        """Join the groups, or leave them."""
        if is_on == self._is_on:
            return
        self._is_on = is_on
        if is_on:
            await self.open()
        else:
            self._leave()

    async def open(self) -> None:
        """Join what can be joined; a machine without multicast, or of one family only, is no error."""
        for group in (GROUP4, GROUP6):
            if group in self._ports or not self._is_on:
                continue
            try:
                port = await self._world.network.join_group(self._receive, group, PORT)
            except OSError as error:
                logger.debug("no local discovery in %s: %s", group, error)
                continue
            if self._is_on and group not in self._ports:
                self._ports[group] = port
            else:
                port.close()
        self._reopen_at = self._world.clock.now() + REOPEN_SECONDS

    def close(self) -> None:
        """Leave the groups for good; harmless twice."""
        self._is_on = False
        self._leave()

    def want(self, info_hash: bytes) -> None:
        """A public torrent runs: tell of it. Harmless twice. Never call it for a private one (BEP 27)."""
        if info_hash not in self._wanted:
            now = self._world.clock.now()
            self._wanted[info_hash] = LocalNews(next_at=now)
            self._due_at = min(self._due_at, now)

    def tell_again(self) -> None:
        """The network is another one: tell it of everything."""
        self._due_at = now = self._world.clock.now()
        for news in self._wanted.values():
            news.next_at = now

    def unwant(self, info_hash: bytes) -> None:
        """It runs no more."""
        self._wanted.pop(info_hash, None)

    def needs_opening(self, now: float) -> bool:
        """Whether `open` is worth another try."""
        return self._is_on and not self._ports and now >= self._reopen_at

    def second(self, now: float) -> None:
        """Once a second: tell what is due, as much as one datagram holds."""
        self._heard = 0
        if not self._ports or now < self._due_at or not self._listen_port():
            return
        due = sorted((news.next_at, info_hash) for info_hash, news in self._wanted.items() if news.next_at <= now)
        told = [info_hash for _, info_hash in due[:MAX_INFO_HASHES]]
        if told:
            self._tell(told, now)
            self._due_at = now + PAUSE_SECONDS
        else:
            self._due_at = min((news.next_at for news in self._wanted.values()), default=now + REPEAT_SECONDS)

    def _tell(self, info_hashes: Iterable[bytes], now: float) -> None:
        announce = LocalAnnounce(self._listen_port(), tuple(info_hashes), self._cookie)
        sent = sum(port.send(encode_local_announce(announce, group)) for group, port in self._ports.items())
        for info_hash in announce.info_hashes:
            news = self._wanted[info_hash]
            news.next_at = now + REPEAT_SECONDS
            if sent:
                news.told_at = now

    def _receive(self, data: memoryview, source: Address) -> None:
        self._heard += 1
        if self._heard > MOST_HEARD_PER_SECOND:
            return
        try:
            announce = decode_local_announce(data)
        except ProtocolError as error:
            logger.debug("a local announce was dropped: %s", error)
            return
        # A link-local IPv6 address cannot be dialled without its interface; such hosts have another one, too.
        is_dialable = scope_of(source.host) is not None and not (
            ":" in source.host and scope_of(source.host) is Scope.LINK_LOCAL
        )
        if announce.cookie == self._cookie or not is_dialable:
            return
        for info_hash in announce.info_hashes:
            news = self._wanted.get(info_hash)
            if news is not None:
                news.found += 1
                self._on_peer(info_hash, Address(source.host, announce.port))

    def _leave(self) -> None:
        ports, self._ports = self._ports, {}
        for port in ports.values():
            port.close()
