"""What port mapping needs of a router, however it is spoken to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from shoal.engine.policy.port_leases import Refusal
from shoal.protocol.errors import ShoalError
from shoal.runtime.world import Route


class Way(Enum):
    """How a router is spoken to; the value is its name for people."""

    PCP = "PCP"
    NAT_PMP = "NAT-PMP"
    UPNP = "UPnP"


class RouterError(ShoalError):
    """A router gave no mapping."""

    def __init__(self, refusal: Refusal, text: str) -> None:
        super().__init__(text)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Grant:
    """The router passes `external_port` on for so many seconds."""

    external_port: int
    seconds: float


@dataclass(frozen=True, slots=True)
class RouterNews:
    """`external_host` is numeric, "" when the router does not tell; with `has_forgotten` its mappings are gone."""

    external_host: str
    has_forgotten: bool = False


class Router(Protocol):
    """One router, found and willing to talk. Every call is bounded in time and raises `RouterError`."""

    @property
    def way(self) -> Way: ...

    @property
    def host(self) -> str:
        """Its address in our network, numeric."""
        ...

    async def map(self, *, is_tcp: bool, internal_port: int, external_port: int, seconds: int) -> Grant:
        """Pass a port on; `external_port` is a wish, and the grant may name another."""
        ...

    async def unmap(self, *, is_tcp: bool, internal_port: int, external_port: int) -> None:
        """Pass it on no longer."""
        ...

    async def news(self) -> RouterNews:
        """Ask how it is."""
        ...

    async def close(self) -> None: ...


class UpnpFinder(Protocol):
    """Looks for a router that speaks UPnP."""

    async def find(self, route: Route) -> Router:
        """The router of this route. Raises `RouterError`."""
        ...
