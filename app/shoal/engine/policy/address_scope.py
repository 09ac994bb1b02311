"""Whose word is enough to dial an address: no stranger may aim us at a private network. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoal.protocol.ip_scope import Scope, scope_of

if TYPE_CHECKING:
    from shoal.runtime.world import Address


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
