"""Multicast of a simulated internet: hosts of one local network hear each other, and themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shoal.runtime.world import Address

if TYPE_CHECKING:
    from tests.support.sim_network import SimHost

LAN_SECONDS = 0.001


@dataclass(eq=False)
class SimGroupPort:
    """`GroupPort` of a simulated host; hosts of the same `lan` are neighbours."""

    host: SimHost
    receiver: Callable[[memoryview, Address], None]
    group: Address

    def send(self, data: bytes) -> int:
        internet = self.host.internet
        source = self.host.own_address(self.group.host)
        if self not in internet.groups or source is None or self.host.line.is_down:
            return 0
        for port in internet.groups:
            if port.group == self.group and port.host.lan == self.host.lan:
                internet.loop.call_later(LAN_SECONDS, port.receive, bytes(data), Address(source, self.group.port))
        return 1

    def receive(self, data: bytes, source: Address) -> None:
        if self in self.host.internet.groups and not self.host.line.is_down:
            self.host.internet.trace("multicast", source, self.group, len(data))
            self.receiver(memoryview(data), source)

    def close(self) -> None:
        if self in self.host.internet.groups:
            self.host.internet.groups.remove(self)
