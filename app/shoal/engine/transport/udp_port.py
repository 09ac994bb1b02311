"""The UDP port that all protocols of a session share: one socket per address family, on the number of the TCP port.

What came is told apart by its first bytes: messages of the DHT begin with `d` (a bencoded dictionary), answers of UDP
trackers with an action of 0 to 3 in four bytes, uTP with its type and version 1. Each kind goes to the one receiver
that asked for it, what nobody asked for is dropped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from enum import Enum

from shoal.protocol.ip_scope import Scope, scope_of
from shoal.runtime.world import Address, Network, UdpPort

logger = logging.getLogger(__name__)

Receiver = Callable[[memoryview, Address], None]

_UTP_VERSION = 1
_UTP_TYPES = 5
_TRACKER_ACTIONS = 4
_TRACKER_HEADER_BYTES = 8


class PacketKind(Enum):
    """Whose a datagram is."""

    DHT = "dht"
    TRACKER = "tracker"
    UTP = "utp"
    OTHER = "other"


def kind_of(datagram: memoryview) -> PacketKind:
    """Tell by the first bytes."""
    size = len(datagram)
    if not size:
        return PacketKind.OTHER
    first = datagram[0]
    if first == ord("d"):
        return PacketKind.DHT
    if first & 0x0F == _UTP_VERSION and first >> 4 < _UTP_TYPES:
        return PacketKind.UTP
    if size >= _TRACKER_HEADER_BYTES and int.from_bytes(datagram[:4], "big") < _TRACKER_ACTIONS:
        return PacketKind.TRACKER
    return PacketKind.OTHER


def family_of(host: str) -> int:
    """4 or 6, of a numeric host."""
    return 6 if ":" in host else 4


class SharedUdp:
    """The sockets of a session; `open` may be called again after the listening port or addresses changed."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._ports: dict[int, UdpPort] = {}
        self._receivers: dict[PacketKind, Receiver] = {}

    def receive(self, kind: PacketKind, receiver: Receiver) -> None:
        """From now on datagrams of this kind go to `receiver`; the view is valid during the call only."""
        self._receivers[kind] = receiver

    async def open(self, hosts: Sequence[str], port: int) -> None:
        """Bind the first usable host of each family to `port`, or to another port where that is taken.

        A family for which nothing can be bound is left out without a word: the machine has none, or it is not wanted.
        """
        self.close()
        for host in hosts:
            family = family_of(host)
            for wanted in (port, 0):
                if family in self._ports:
                    break
                try:
                    self._ports[family] = await self._network.open_udp(self._came, host, wanted)
                except OSError as error:
                    logger.debug("no UDP port %d at %s: %s", wanted, host, error)

    @property
    def families(self) -> tuple[int, ...]:
        """The address families that can be sent to."""
        return tuple(sorted(self._ports))

    def address(self, family: int) -> Address | None:
        """Where it is bound; None without a socket of that family."""
        port = self._ports.get(family)
        return port.address if port is not None else None

    def is_local(self, family: int) -> bool:
        """It is bound to the loopback address, and so reaches this computer alone."""
        port = self._ports.get(family)
        return port is not None and scope_of(port.address.host) is Scope.LOOPBACK

    def send(self, data: bytes, to: Address) -> None:
        """Send one datagram; dropped without a socket of that family, as UDP does."""
        port = self._ports.get(family_of(to.host))
        if port is not None:
            port.send(data, to)

    def close(self) -> None:
        """Close the sockets; harmless twice."""
        for port in self._ports.values():
            port.close()
        self._ports.clear()

    def _came(self, datagram: memoryview, source: Address) -> None:
        receiver = self._receivers.get(kind_of(datagram))
        if receiver is not None:
            receiver(datagram, source)
