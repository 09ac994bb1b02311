"""How far a numeric IP address reaches: this machine, this link, a private network, all (RFC 1918, 4193, 6598)."""

from __future__ import annotations

import ipaddress
from enum import IntEnum
from functools import lru_cache

_CARRIER_GRADE_NAT = ipaddress.ip_network("100.64.0.0/10")


class Scope(IntEnum):
    """Ordered from the narrowest to the widest."""

    LOOPBACK = 0
    LINK_LOCAL = 1
    PRIVATE = 2
    GLOBAL = 3


@lru_cache(maxsize=8192)
def is_only_loopback(hosts: str) -> bool:
    """Whether nobody but this computer could connect to these numeric hosts, separated by blanks."""
    return all(scope_of(host) is Scope.LOOPBACK for host in hosts.split())


def scope_of(host: str) -> Scope | None:
    """The scope of a numeric unicast host; None for what cannot be dialled (multicast, reserved, names)."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return Scope.LOOPBACK
    if address.is_multicast or address.is_unspecified:
        return None
    if address.is_link_local:
        return Scope.LINK_LOCAL
    if isinstance(address, ipaddress.IPv4Address):
        if address.is_reserved or address.packed[0] == 0:
            return None
        return Scope.PRIVATE if address.is_private or address in _CARRIER_GRADE_NAT else Scope.GLOBAL
    if address.is_site_local or address.is_private:
        return Scope.PRIVATE
    return None if address.is_reserved else Scope.GLOBAL
