"""Get a .torrent file from an http(s) address that someone typed: bounded in size, time and redirects.

A redirect may never lead from the public internet into a private network, whatever its name resolves to.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from shoal.api.errors import UserError

MOST_REDIRECTS = 5
CONNECT_SECONDS = 10.0
WHOLE_SECONDS = 30.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_STEP = 1 << 16
_LONGEST_ADDRESS = 8192


class _RefusedError(Exception):
    """An address that is not followed; the text says why."""


class _GuardedResolver(AbstractResolver):
    """Resolves names; once the first answer was public, later ones that are not are refused."""

    def __init__(self) -> None:
        self._names = ThreadedResolver()
        self._began_public: bool | None = None

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._names.resolve(host, port, family)
        for entry in found:
            self.judge(entry["host"])
        return found

    async def close(self) -> None:
        await self._names.close()

    def judge(self, address: str) -> None:
        """Remember where the way began; raise `OSError` when it leads from public to private."""
        is_public = ipaddress.ip_address(address.partition("%")[0]).is_global
        if self._began_public is None:
            self._began_public = is_public
        elif self._began_public and not is_public:
            raise OSError("it leads into a private network")


async def fetch_torrent(address: str, most_bytes: int, local_host: str | None = None) -> bytes:
    """The body at `address`, at most `most_bytes`; `local_host` is the local address to connect from.

    Raises `UserError`: `source-fetch` with the reason, `source-too-large`.
    """
    resolver = _GuardedResolver()
    connector = aiohttp.TCPConnector(resolver=resolver, local_addr=(local_host, 0) if local_host else None)
    timeout = aiohttp.ClientTimeout(total=WHOLE_SECONDS, sock_connect=CONNECT_SECONDS)
    headers = {"Accept-Encoding": "identity", "User-Agent": "Shoal"}
    try:
        async with (
            asyncio.timeout(WHOLE_SECONDS),
            aiohttp.ClientSession(
                connector=connector, timeout=timeout, headers=headers, auto_decompress=False, trust_env=False
            ) as session,
        ):
            return await _follow(session, resolver, address, most_bytes)
    except _RefusedError as error:
        raise UserError("source-fetch", source=address, detail=str(error)) from error
    except TimeoutError as error:
        raise UserError("source-fetch", source=address, detail="no answer in time") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise UserError("source-fetch", source=address, detail=str(error) or type(error).__name__) from error


async def _follow(session: aiohttp.ClientSession, resolver: _GuardedResolver, address: str, most_bytes: int) -> bytes:
    place = address
    for _ in range(MOST_REDIRECTS + 1):
        parts = urlsplit(place)
        if parts.scheme not in {"http", "https"} or not parts.hostname or len(place) > _LONGEST_ADDRESS:
            raise _RefusedError("it leads to something that is not an http address")
        try:
            numeric = str(ipaddress.ip_address(parts.hostname))
        except ValueError:
            pass  # a name: the resolver judges what it stands for
        else:
            resolver.judge(numeric)
        async with session.get(place, allow_redirects=False) as answer:
            if answer.status in _REDIRECTS and "Location" in answer.headers:
                place = urljoin(place, answer.headers["Location"])
                continue
            if answer.status != 200:
                raise _RefusedError(f"the server answered {answer.status} {answer.reason or ''}".strip())
            body = bytearray()
            async for part in answer.content.iter_chunked(_STEP):
                body += part
                if len(body) > most_bytes:
                    raise UserError("source-too-large", source=address, limit=most_bytes // 1_000_000)
            return bytes(body)
    raise _RefusedError(f"it redirects more than {MOST_REDIRECTS} times")
