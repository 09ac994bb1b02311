"""Announce and scrape over UDP (BEP 15, BEP 41): one port per address family for all torrents.

Deviation from BEP 15: it waits 15 * 2^n seconds up to n = 8, which is over an hour. We wait 5, 10 and 15 s, then
report the failure and leave the rest to the announce schedule's back-off. A tracker with addresses of both families is
asked over both, since over UDP each family only lists its own peers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from shoal.engine.discovery.both_families import SECOND_FAMILY_SECONDS, first_and_what_else_comes, merged
from shoal.engine.discovery.errors import TrackerError
from shoal.engine.discovery.tracker_reply import TrackerReply, bad_url, refusal, trouble
from shoal.protocol import tracker_udp
from shoal.protocol.announce import AnnounceFailure, AnnounceReply, AnnounceRequest, ScrapeEntry
from shoal.protocol.errors import ProtocolError
from shoal.protocol.ip_scope import scope_of
from shoal.runtime.world import Address, UdpPort, World

logger = logging.getLogger(__name__)

T = TypeVar("T")

ATTEMPT_SECONDS = (5.0, 10.0, 15.0)
"""How long each attempt, connect and request together, waits for its answers; 30 s in all."""
STOP_ATTEMPT_SECONDS = (1.0, 1.5, 2.5)
"""The same for `stopped`, for which there are 5 s."""
LOOKUP_SECONDS = 10.0
CONNECTION_ID_SECONDS = 60.0
MAX_CONNECTION_IDS = 1_000

_ANY_HOST = {4: "0.0.0.0", 6: "::"}


@dataclass(frozen=True, slots=True)
class UdpTrackerUrl:
    """A parsed `udp://host:port/path?query`; `url_data` is path and query (BEP 41)."""

    host: str
    port: int
    url_data: bytes


def parse_udp_url(url: str) -> UdpTrackerUrl:
    """Raises `TrackerError` (permanent, `bad-url`) for anything that is no usable UDP tracker URL."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        tail = parts.path + (f"?{parts.query}" if parts.query else "")
        url_data = b"" if tail == "/" else tail.encode()
    except (ValueError, UnicodeEncodeError):
        raise bad_url("The tracker's address cannot be used") from None
    if parts.scheme != "udp" or not host or not port or len(url_data) > tracker_udp.MAX_URL_DATA_BYTES:
        raise bad_url("The tracker's address is no udp://host:port")
    return UdpTrackerUrl(host, port, url_data)


@dataclass(slots=True)
class _Attempt:
    """One try at one address."""

    address: Address
    had_bad_answer: bool = False


class _Waiting(Protocol):
    """A request that was sent and not answered."""

    @property
    def address(self) -> Address: ...

    def receive(self, datagram: memoryview) -> None: ...

    def fail(self, error: TrackerError) -> None: ...


class _Request(Generic[T]):
    """A request on its way; the first answer that decodes ends it."""

    __slots__ = ("_attempt", "_decode", "answer")

    def __init__(self, attempt: _Attempt, decode: Callable[[memoryview], T]) -> None:
        self.answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._attempt = attempt
        self._decode = decode

    @property
    def address(self) -> Address:
        return self._attempt.address

    def receive(self, datagram: memoryview) -> None:
        """A malformed answer is ignored: the right one may still come."""
        if self.answer.done():
            return
        try:
            self.answer.set_result(self._decode(datagram))
        except ProtocolError as error:
            self._attempt.had_bad_answer = True
            logger.debug("UDP tracker: %s", error)

    def fail(self, error: TrackerError) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class UdpTracker:
    """Asks UDP trackers for all torrents of a session; ports are opened when they are first needed."""

    def __init__(
        self, world: World, *, local_host: str | None = None, refuses: Callable[[str], bool] = lambda host: False
    ) -> None:
        """`local_host`: the only local address that requests leave from; None lets the system choose.

        `refuses` says of numeric addresses that they are never asked.
        """
        self._world = world
        self._refuses = refuses
        self._local_hosts = _hosts_of(local_host)
        self._ports: dict[int, UdpPort] = {}
        self._opening = asyncio.Lock()
        self._pending: dict[int, _Waiting] = {}
        self._connection_ids: dict[Address, tuple[int, float]] = {}
        self._closed = False

    async def announce(
        self, url: str, request: AnnounceRequest, *, attempt_seconds: Sequence[float] = ATTEMPT_SECONDS
    ) -> TrackerReply:
        """Announce once over each family that the tracker has; raises `TrackerError` when none answers."""
        target = parse_udp_url(url)

        def make(connection_id: int, transaction_id: int) -> bytes:
            return tracker_udp.encode_announce_request(connection_id, transaction_id, request, target.url_data)

        async def ask(addresses: Sequence[Address]) -> TrackerReply:
            is_ipv6 = _version(addresses[0].host) == 6

            def decode(datagram: memoryview, transaction_id: int) -> AnnounceReply | AnnounceFailure:
                return tracker_udp.decode_announce_reply(datagram, transaction_id, ipv6=is_ipv6)

            reply, source = await self._request(addresses, make, decode, attempt_seconds)
            return TrackerReply(reply, source.host)

        families = await self._addresses(target)
        answers = await first_and_what_else_comes([ask(each) for each in families], SECOND_FAMILY_SECONDS)
        return merged(answers)

    async def scrape(
        self, url: str, info_hashes: Sequence[bytes], *, attempt_seconds: Sequence[float] = ATTEMPT_SECONDS
    ) -> tuple[ScrapeEntry, ...]:
        """The counts of 1 to 74 swarms, in the order asked, over the family that answers first.

        Raises `TrackerError` when none does.
        """
        target = parse_udp_url(url)

        def make(connection_id: int, transaction_id: int) -> bytes:
            return tracker_udp.encode_scrape_request(connection_id, transaction_id, info_hashes)

        def decode(datagram: memoryview, transaction_id: int) -> tuple[ScrapeEntry, ...] | AnnounceFailure:
            return tracker_udp.decode_scrape_reply(datagram, transaction_id, info_hashes)

        async def ask(addresses: Sequence[Address]) -> tuple[ScrapeEntry, ...]:
            entries, _ = await self._request(addresses, make, decode, attempt_seconds)
            return entries

        families = await self._addresses(target)
        return (await first_and_what_else_comes([ask(each) for each in families], 0.0))[0]

    def leave_from(self, local_host: str | None) -> None:
        """Requests leave from this local address alone from now on; those under way fail."""
        self._local_hosts = _hosts_of(local_host)
        # Trackers give them to one address.
        self._connection_ids.clear()
        self._close_ports("Another local address is used now")

    def close(self) -> None:
        """Close the ports; requests under way fail."""
        self._closed = True
        self._close_ports("The session is closing")

    def _close_ports(self, why: str) -> None:
        for port in self._ports.values():
            port.close()
        self._ports.clear()
        for waiting in self._pending.values():
            waiting.fail(trouble("unreachable", why))
        self._pending.clear()

    async def _addresses(self, target: UdpTrackerUrl) -> list[list[Address]]:
        """The tracker's addresses by family, as the system prefers them; at least one."""
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                found = await self._world.network.resolve(target.host, target.port)
        except TimeoutError:
            raise trouble("unknown-host", "Looking the tracker's name up took too long") from None
        except OSError as error:
            raise trouble("unknown-host", "The tracker's name is unknown") from error
        if found and all(self._refuses(address.host) for address in found):
            raise trouble("refused-address", "The list of addresses that are shut out has the tracker's address")
        families: dict[int, list[Address]] = {}
        for address in found:
            if self._refuses(address.host):
                continue
            if scope_of(address.host) is not None and await self._open(_version(address.host)):
                families.setdefault(_version(address.host), []).append(address)
        if not families:
            raise trouble("refused-address", "The tracker has no address that can be asked from here")
        return list(families.values())

    async def _open(self, version: int) -> bool:
        """Make sure that there is a port of this family; False where the machine has none."""
        async with self._opening:
            host = self._local_hosts.get(version)
            if host is not None and version not in self._ports and not self._closed:
                try:
                    self._ports[version] = await self._world.network.open_udp(self._receive, host, 0)
                except OSError as error:
                    logger.debug("no UDP port for IPv%d: %s", version, error)
            return version in self._ports

    async def _request(
        self,
        addresses: Sequence[Address],
        make: Callable[[int, int], bytes],
        decode: Callable[[memoryview, int], T | AnnounceFailure],
        attempt_seconds: Sequence[float],
    ) -> tuple[T, Address]:
        """Connect where needed and ask, each attempt at the next address; the answer and who gave it."""
        attempts = [_Attempt(addresses[number % len(addresses)]) for number in range(len(attempt_seconds))]
        for attempt, seconds in zip(attempts, attempt_seconds, strict=True):
            try:
                async with asyncio.timeout(seconds):
                    return await self._connect_and_ask(attempt, make, decode), attempt.address
            except TimeoutError:
                # A tracker that was started anew drops what bears an old id without a word.
                self._connection_ids.pop(attempt.address, None)
        if any(attempt.had_bad_answer for attempt in attempts):
            raise trouble("bad-reply", "The tracker's answer could not be read")
        raise trouble("timeout", "The tracker did not answer")

    async def _connect_and_ask(
        self,
        attempt: _Attempt,
        make: Callable[[int, int], bytes],
        decode: Callable[[memoryview, int], T | AnnounceFailure],
    ) -> T:
        known, expires_at = self._connection_ids.get(attempt.address, (0, 0.0))
        is_known = self._world.clock.now() < expires_at
        connection_id = known if is_known else await self._connect(attempt)
        answer = await self._exchange(attempt, lambda transaction: make(connection_id, transaction), decode)
        if isinstance(answer, AnnounceFailure) and is_known:
            # It may be the connection id that it no longer likes.
            fresh_id = await self._connect(attempt)
            answer = await self._exchange(attempt, lambda transaction: make(fresh_id, transaction), decode)
        if isinstance(answer, AnnounceFailure):
            raise refusal(answer)
        return answer

    async def _connect(self, attempt: _Attempt) -> int:
        answer: int | AnnounceFailure = await self._exchange(
            attempt, tracker_udp.encode_connect_request, tracker_udp.decode_connect_reply
        )
        if isinstance(answer, AnnounceFailure):
            raise refusal(answer)
        self._connection_ids.pop(attempt.address, None)
        self._connection_ids[attempt.address] = (answer, self._world.clock.now() + CONNECTION_ID_SECONDS)
        if len(self._connection_ids) > MAX_CONNECTION_IDS:
            del self._connection_ids[next(iter(self._connection_ids))]
        return answer

    async def _exchange(
        self, attempt: _Attempt, make: Callable[[int], bytes], decode: Callable[[memoryview, int], T]
    ) -> T:
        """Send one datagram and await its answer; the caller bounds the time."""
        port = self._ports.get(_version(attempt.address.host))
        if port is None:
            raise trouble("unreachable", "The port for asking trackers was closed")
        transaction_id = self._world.random.getrandbits(32)
        while transaction_id in self._pending:
            transaction_id = self._world.random.getrandbits(32)
        request = _Request(attempt, lambda datagram: decode(datagram, transaction_id))
        self._pending[transaction_id] = request
        try:
            port.send(make(transaction_id), attempt.address)
            return await request.answer
        finally:
            self._pending.pop(transaction_id, None)

    def _receive(self, datagram: memoryview, source: Address) -> None:
        """Only an answer from exactly the address that was asked counts; anything else is a stranger's."""
        try:
            waiting = self._pending.get(tracker_udp.transaction_of(datagram))
        except ProtocolError:
            return
        if waiting is not None and waiting.address == source:
            waiting.receive(datagram)


def _hosts_of(local_host: str | None) -> Mapping[int, str]:
    """The local address by IP version."""
    return _ANY_HOST if local_host is None else {_version(local_host): local_host}


def _version(host: str) -> int:
    return 6 if ":" in host else 4
