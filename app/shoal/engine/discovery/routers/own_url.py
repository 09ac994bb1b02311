"""Which addresses a router may name: only its own, in a private network."""

from __future__ import annotations

from yarl import URL

from shoal.protocol.ip_scope import Scope, scope_of


def is_own_url(url: str, host: str) -> bool:
    """Whether `url` is plain HTTP at the numeric `host`, which must be an address of a private network."""
    try:
        parsed = URL(url)
        is_plain = parsed.scheme == "http" and not parsed.user and not parsed.password and bool(parsed.port)
    except ValueError:
        return False
    return is_plain and parsed.host == host and scope_of(host) in (Scope.PRIVATE, Scope.LINK_LOCAL, Scope.LOOPBACK)
