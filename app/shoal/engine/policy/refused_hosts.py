"""Everybody with whom nothing is to be had: banned by hand, or in the list of addresses that are shut out. Pure."""

from __future__ import annotations

from collections.abc import Container

SHUT_OUT = "its address is in the list of those that are shut out"
"""Why a connection ended, for the log."""


class RefusedHosts:
    """Asked for every address before it is dialled, and for every connection that comes in."""

    __slots__ = ("_banned", "_filtered")

    def __init__(self, banned: Container[str], filtered: Container[str]) -> None:
        self._banned, self._filtered = banned, filtered

    def __contains__(self, host: object) -> bool:
        return host in self._banned or host in self._filtered


class AdmittedHosts:
    """Those whom a former list shut out and a new one does not."""

    __slots__ = ("_after", "_before")

    def __init__(self, before: Container[str], after: Container[str]) -> None:
        self._before, self._after = before, after

    def __contains__(self, host: object) -> bool:
        return host in self._before and host not in self._after
