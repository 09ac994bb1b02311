"""Hosts that a person banned: for the session, or always. Pure; addresses are numeric."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

MOST_BANNED = 2_000
"""Hosts that are kept across restarts; the oldest is forgotten first."""


def numeric_host(text: str) -> str | None:
    """The one spelling of a numeric address, IPv4 inside IPv6 as IPv4; None when it is no numeric address."""
    try:
        address = ipaddress.ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped if mapped is not None else address)


class HostBans:
    """Asked for every address before it is dialled, and for every connection that comes in."""

    __slots__ = ("_always", "_for_session")

    def __init__(self, always: str = "") -> None:
        self._for_session: set[str] = set()
        self._always: dict[str, None] = {}
        self.set_always(always)

    def __contains__(self, host: object) -> bool:
        if not self._for_session and not self._always:
            return False
        known = numeric_host(host) if isinstance(host, str) else None
        return known in self._for_session or known in self._always

    def add(self, host: str, *, always: bool) -> None:
        """Ban a host in the spelling of `numeric_host`."""
        if not always:
            self._for_session.add(host)
            return
        self._always[host] = None
        while len(self._always) > MOST_BANNED:
            del self._always[next(iter(self._always))]

    def set_always(self, text: str) -> frozenset[str]:
        """Take over the setting: addresses separated by blanks; what is no address is left out.

        Answers the hosts that are banned no more: who lifts the lasting ban of a host means every ban of it.
        """
        before, self._always = self._always, {}
        for host in _hosts(text.split()):
            self.add(host, always=True)
        lifted = frozenset(before) - frozenset(self._always)
        self._for_session -= lifted
        return lifted

    @property
    def always(self) -> str:
        """The setting's value."""
        return " ".join(self._always)


def _hosts(texts: Iterable[str]) -> Iterable[str]:
    return (host for host in map(numeric_host, texts) if host is not None)
