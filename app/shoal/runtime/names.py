"""Looking up host names off the loop, on daemon threads of our own.

The system's resolver cannot be interrupted and may take half a minute. On the loop's default executor a few
dead names would hold up everybody, and the program's end as well.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

from shoal.runtime.world import Address

MAX_LOOKUPS = 16
"""At most so many threads look names up at the same time; further lookups wait."""

MAX_NAME_CHARACTERS = 253
"""The longest host name that DNS can express (RFC 1035, section 2.3.4, in text form)."""

Lookup = Callable[..., list[tuple[Any, Any, int, str, Any]]]


def numeric_address(host: str, port: int) -> Address | None:
    """Return the address when `host` is an IPv4 or IPv6 address in text form, else None."""
    try:
        return Address(str(ipaddress.ip_address(host)), port)
    except ValueError:
        return None


class NameResolver:
    """`Network.resolve` of the real world; must be used from the loop's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, lookup: Lookup = socket.getaddrinfo) -> None:
        self._loop = loop
        self._lookup = lookup
        self._slots = asyncio.Semaphore(MAX_LOOKUPS)
        self._under_way: dict[str, asyncio.Future[list[str]]] = {}

    async def resolve(self, host: str, port: int) -> list[Address]:
        """See `Network.resolve`. Simultaneous lookups of one name share one thread; each address comes once."""
        numeric = numeric_address(host, port)
        if numeric is not None:
            return [numeric]
        if not host or len(host) > MAX_NAME_CHARACTERS or "\0" in host:
            raise OSError(errno.EINVAL, "not a host name")
        future = self._under_way.get(host)
        if future is None:
            await self._slots.acquire()
            # Somebody may have started the same lookup while this one waited for a slot.
            future = self._under_way.get(host)
            if future is None:
                future = self._start(host)
            else:
                self._slots.release()
        return [Address(found, port) for found in await asyncio.shield(future)]

    def _start(self, host: str) -> asyncio.Future[list[str]]:
        """Start the thread; it keeps the caller's slot to its end, even when nobody waits any more."""
        future: asyncio.Future[list[str]] = self._loop.create_future()
        thread = threading.Thread(target=self._look_up, args=(host, future), name="shoal-names", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            self._slots.release()
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from error
        self._under_way[host] = future
        return future

    def _look_up(self, host: str, future: asyncio.Future[list[str]]) -> None:
        """In a thread."""
        result: list[str] | OSError
        try:
            result = self._hosts(host)
        except OSError as error:
            result = error
        except (UnicodeError, ValueError) as error:  # what the standard library says to malformed names
            result = OSError(errno.EINVAL, f"not a host name: {error}")
        try:
            self._loop.call_soon_threadsafe(self._ended, host, future, result)
        except RuntimeError:
            return  # the loop is closed, nobody waits any more

    def _hosts(self, host: str) -> list[str]:
        try:
            found = self._lookup(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
        except socket.gaierror:
            # AI_ADDRCONFIG does not count loopback, so a machine without a network would not even know "localhost".
            found = self._lookup(host, None, type=socket.SOCK_STREAM)
        hosts = [str(place[0]) for family, _, _, _, place in found if family in (socket.AF_INET, socket.AF_INET6)]
        if not hosts:
            raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
        return list(dict.fromkeys(hosts))

    def _ended(self, host: str, future: asyncio.Future[list[str]], result: list[str] | OSError) -> None:
        self._slots.release()
        self._under_way.pop(host, None)
        if future.done():
            return
        if isinstance(result, OSError):
            future.set_exception(result)
            future.exception()  # seen, even when everybody who waited has been cancelled
        else:
            future.set_result(result)
