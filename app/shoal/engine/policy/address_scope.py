"""How far an address reaches, and whose word is enough to dial it (no stranger may aim us at a private network).

Pure: works on numeric addresses only.
"""

from __future__ import annotations

import ipaddress
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shoal.runtime.world import Address

_CARRIER_GRADE_NAT = ipaddress.ip_network("100.64.0.0/10")


class Scope(IntEnum):
    """Ordered from the narrowest to the widest."""

    LOOPBACK = 0
    LINK_LOCAL = 1
    PRIVATE = 2
    GLOBAL = 3


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


def is_believable(address: Address, source_host: str | None) -> bool:
    """True when `address` may be dialled on the word of `source_host` (numeric; None = the person said so).

    An address of a narrower scope is believed only from a source of that scope or a narrower one; port 0, multicast,
    unspecified and reserved addresses from nobody.
    """
    scope = scope_of(address.host)
    if scope is None or not 0 < address.port <= 65_535:
        return False
    if source_host is None:
        return True
    source_scope = scope_of(source_host)
    return scope >= (Scope.GLOBAL if source_scope is None else source_scope)
