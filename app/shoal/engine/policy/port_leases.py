"""When a router is asked to pass our port on, asked again, and for which port of its own. Pure.

A mapping is a lease: it is renewed at half of its lifetime. A router that refuses or is silent is asked again after
ever longer pauses; a port that is taken there is replaced by another one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from shoal.protocol.ip_scope import Scope, scope_of

if TYPE_CHECKING:
    import random

    from shoal.runtime.world import Route

LEASE_SECONDS = 3600
SHORTEST_LEASE, LONGEST_LEASE = 20.0, 86_400.0
"""What a router says beyond these is taken for the nearer of them."""
FIRST_RETRY, LONGEST_RETRY = 10.0, 1800.0
MOST_CONFLICTS = 5
"""After so many ports that are taken it is a refusal."""
FIRST_PORT, LAST_PORT = 49_152, 65_535
MAX_ROUTERS = 4


class Refusal(Enum):
    """Why a router gave no mapping."""

    SILENT = "silent"
    REFUSED = "refused"
    CONFLICT = "conflict"
    """That port of the router belongs to somebody else."""


@dataclass(slots=True)
class Lease:
    """One protocol of our port at one router; times in monotonic seconds."""

    router: str
    is_tcp: bool
    internal_port: int
    wanted_port: int
    """The router's port that is asked for."""
    next_at: float
    external_port: int = 0
    """The router's port while the mapping holds, else 0."""
    expires_at: float = 0.0
    was_asked: bool = False
    """The router may know of it, whatever it answered."""
    failures: int = 0
    conflicts: int = 0
    refusal: Refusal | None = None
    """What the last try gave; None when it worked or there was none."""


class PortLeases:
    """Two leases, of TCP and of UDP, at each router."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._leases: list[Lease] = []
        self.port = 0
        """Ours; 0 while none is wanted."""

    def __iter__(self) -> Iterator[Lease]:
        return iter(self._leases)

    def want(self, port: int, routers: Iterable[str], now: float) -> None:
        """Have `port` (0 for none) passed on by these routers; what was known of others is forgotten."""
        kept = self._leases if port == self.port else []
        self.port = port
        self._leases = []
        for router in dict.fromkeys(routers) if port else ():
            same = [lease for lease in kept if lease.router == router]
            self._leases += same or [Lease(router, is_tcp, port, port, now) for is_tcp in (True, False)]

    def due(self, now: float) -> list[Lease]:
        """Those to ask for now, at each router TCP first; what has expired holds no more."""
        for lease in self._leases:
            if lease.external_port and lease.expires_at <= now:
                lease.external_port = 0
        return [lease for lease in self._leases if lease.next_at <= now]

    def wish(self, lease: Lease) -> int:
        """The router's port to ask for: that of UDP follows the one that TCP got."""
        lease.was_asked = True
        if not lease.is_tcp and not lease.conflicts:
            for other in self._leases:
                if other.router == lease.router and other.is_tcp and other.external_port:
                    return other.external_port
        return lease.wanted_port

    def granted(self, lease: Lease, external_port: int, seconds: float, now: float) -> None:
        """The router passes its port on for so many seconds."""
        lifetime = min(max(seconds, SHORTEST_LEASE), LONGEST_LEASE)
        lease.external_port = lease.wanted_port = external_port
        lease.expires_at = now + lifetime
        lease.next_at = now + lifetime / 2
        lease.failures = lease.conflicts = 0
        lease.refusal = None

    def failed(self, lease: Lease, refusal: Refusal, now: float) -> None:
        """It did not. A mapping that it gave before holds until it expires."""
        lease.refusal = refusal
        if refusal is Refusal.CONFLICT:
            lease.conflicts += 1
            if lease.conflicts <= MOST_CONFLICTS:
                lease.external_port = 0
                lease.wanted_port = self._rng.randint(FIRST_PORT, LAST_PORT)
                lease.next_at = now
                return
            lease.refusal = Refusal.REFUSED
            lease.conflicts = 0
        lease.next_at = now + retry_after(lease.failures)
        lease.failures += 1

    def lost(self, router: str, now: float) -> None:
        """The router has forgotten its mappings, or may have: they are asked for again at once."""
        for lease in self._leases:
            if lease.router == router:
                lease.next_at = now
                lease.failures = 0

    @property
    def public_port(self) -> int:
        """The port at which the first router passes TCP on; 0 when none does."""
        return next((lease.external_port for lease in self._leases if lease.is_tcp and lease.external_port), 0)


def retry_after(failures: int) -> float:
    """Seconds until the next try, after so many that failed in a row before this one."""
    return min(FIRST_RETRY * 2.0 ** min(failures, 20), LONGEST_RETRY)


def has_lost_state(epoch: int, before: int, elapsed: float) -> bool:
    """Whether a router that said epoch `before`, `elapsed` seconds ago, and says `epoch` now has begun anew.

    Its clock may run an eighth too slow or too fast (RFC 6886, 3.6).
    """
    return epoch + 2 < before + math.floor(elapsed * 7 / 8)


def routes_to_ask(routes: Sequence[Route], listen_hosts: str, outgoing_host: str) -> list[Route]:
    """The routes whose routers are worth asking: private ones, towards an address that we listen on.

    With an `outgoing_host`, such as that of a VPN, only its own router.
    """
    listening = listen_hosts.split()
    found: dict[str, Route] = {}
    for route in routes:
        wildcard = "::" if ":" in route.local_host else "0.0.0.0"
        if wildcard not in listening and route.local_host not in listening:
            continue
        if outgoing_host and route.local_host != outgoing_host:
            continue
        if scope_of(route.router.partition("%")[0]) in (Scope.PRIVATE, Scope.LINK_LOCAL):
            found.setdefault(route.router, route)
    return list(found.values())[:MAX_ROUTERS]
