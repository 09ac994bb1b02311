"""HTTP(S) requests to strangers' servers (trackers, web seeds): bounded, verified, never led into a private network.

TLS is always verified. Redirects are followed by hand: http and https only, never from a wider address scope into a
narrower one. Every name is looked up once per hop, judged, and the connection made to exactly those addresses. Bodies
are decompressed in bounded steps. Nothing here logs or reports a URL: trackers' URLs carry pass keys.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
import zlib
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from shoal import __version__
from shoal.protocol.errors import ShoalError
from shoal.protocol.ip_scope import Scope, scope_of
from shoal.runtime.world import Network
from shoal.settings.schema import UNKNOWN_ADDRESS

USER_AGENT = f"Shoal/{__version__}"
TOTAL_SECONDS = 30.0
CONNECT_SECONDS = 10.0
MAX_BODY_BYTES = 1 << 20
MAX_REDIRECTS = 5
MAX_URL_LENGTH = 8_192
MAX_CONNECTIONS = 100

_READ_BYTES = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRACKER_SEGMENTS = ("announce", "scrape")

# The host of the hop under way and its addresses; one request and the tasks that aiohttp starts for it see their own.
_judged: ContextVar[tuple[str, tuple[str, ...]]] = ContextVar("judged", default=("", ()))


class HttpError(ShoalError):
    """A request that gave no reply. `text` is a sentence without the URL.

    Kinds: `bad-url`, `refused-address`, `unknown-host`, `unreachable`, `reset`, `timeout`, `tls`, `bad-reply`,
    `too-large`, `redirect`.
    """

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind
        self.text = text


@dataclass(frozen=True, slots=True)
class HttpReply:
    """A complete reply: its status, the decompressed body, where redirects ended.

    `source_host` is the numeric address that answered; of several candidates the one of the widest scope.
    """

    status: int
    body: bytes
    final_url: str
    source_host: str = ""
    etag: str = ""
    modified: str = ""
    """`ETag` and `Last-Modified` as the server gave them, to ask later for something newer only."""


class HttpClient(Protocol):
    """What the engine needs of HTTP."""

    async def get(
        self,
        url: str,
        *,
        total_timeout: float = TOTAL_SECONDS,
        connect_timeout: float = CONNECT_SECONDS,
        max_bytes: int = MAX_BODY_BYTES,
        max_redirects: int = MAX_REDIRECTS,
        tracker: bool = False,
        version: int | None = None,
    ) -> HttpReply:
        """GET `url`, which is percent-encoded already. Times in seconds; `max_bytes` holds after decompression.

        With `tracker`, a server on a loopback, link-local or private address is only asked at a path whose last
        segment starts with `announce` or `scrape`. `version` 4 or 6: only addresses of that version of IP are asked.
        Any status is a reply. Raises `HttpError`.
        """
        ...

    async def versions(self, url: str) -> tuple[int, ...]:
        """The versions of IP over which the server of `url` can be asked; empty when that cannot be found out."""
        ...


class AiohttpClient:
    """`HttpClient` over aiohttp. Connections are closed after each request, so that no later one reuses an address."""

    def __init__(
        self,
        network: Network,
        *,
        local_host: str | None = None,
        refuses: Callable[[str], bool] = lambda host: False,
    ) -> None:
        """`local_host`: the local address that requests leave from; None lets the system choose.

        `refuses` says of numeric addresses that they are never asked.
        """
        self._network = network
        self._local_host = local_host
        self._refuses = refuses
        self._session: aiohttp.ClientSession | None = None

    async def get(
        self,
        url: str,
        *,
        total_timeout: float = TOTAL_SECONDS,
        connect_timeout: float = CONNECT_SECONDS,
        max_bytes: int = MAX_BODY_BYTES,
        max_redirects: int = MAX_REDIRECTS,
        tracker: bool = False,
        version: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpReply:
        """See `HttpClient.get`; `headers` are sent beside our own.

        Nothing is asked, not even for a name, while the local address is none.
        """
        if self._local_host == UNKNOWN_ADDRESS:
            raise HttpError("unreachable", "The local address to connect from is not known")
        try:
            async with asyncio.timeout(total_timeout):
                return await self._follow(
                    _parse_url(url), connect_timeout, max_bytes, max_redirects, tracker, version, headers
                )
        except TimeoutError:
            raise HttpError("timeout", "The server did not answer in time") from None

    async def versions(self, url: str) -> tuple[int, ...]:
        """See `HttpClient.versions`."""
        if self._local_host is not None:
            return () if self._local_host == UNKNOWN_ADDRESS else (_version(self._local_host),)
        try:
            parsed = _parse_url(url)
            async with asyncio.timeout(CONNECT_SECONDS):
                found = await self._network.resolve(parsed.raw_host or "", parsed.port or 0)
        except (HttpError, TimeoutError, OSError):
            return ()
        hosts = (address.host for address in found if scope_of(address.host) is not None)
        return tuple(sorted({_version(host) for host in hosts if not self._refuses(host)}))

    async def leave_from(self, local_host: str | None) -> None:
        """Requests leave from this local address from now on; those under way fail."""
        self._local_host = local_host
        await self.close()

    async def close(self) -> None:
        """Close all connections; a request under way fails."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _follow(
        self,
        url: URL,
        connect_timeout: float,
        max_bytes: int,
        max_redirects: int,
        tracker: bool,
        version: int | None,
        headers: Mapping[str, str] | None,
    ) -> HttpReply:
        scope_before = Scope.LOOPBACK
        for _ in range(max_redirects + 1):
            hosts = await self._judged_hosts(url, scope_before, connect_timeout, tracker, version)
            scope_before = min(scope for _, scope in hosts)
            reply = await self._get_once(url, [host for host, _ in hosts], connect_timeout, max_bytes, headers)
            if isinstance(reply, HttpReply):
                return reply
            url = reply
        raise HttpError("redirect", f"The server redirected more than {max_redirects} times")

    async def _judged_hosts(
        self, url: URL, scope_before: Scope, connect_timeout: float, tracker: bool, version: int | None
    ) -> list[tuple[str, Scope]]:
        """The addresses of the URL's host with their scopes, when all of them may be asked."""
        host = url.raw_host or ""
        try:
            async with asyncio.timeout(connect_timeout):
                found = await self._network.resolve(host, url.port or 0)
        except TimeoutError:
            raise HttpError("unknown-host", "Looking the server's name up took too long") from None
        except OSError as error:
            raise HttpError("unknown-host", "The server's name is unknown") from error
        wanted = (address.host for address in found if version is None or _version(address.host) == version)
        hosts = [(each, scope) for each in wanted if (scope := scope_of(each)) is not None]
        if hosts and all(self._refuses(each) for each, _ in hosts):
            raise HttpError("refused-address", "The list of addresses that are shut out has the server's address")
        hosts = [(each, scope) for each, scope in hosts if not self._refuses(each)]
        if not hosts:
            raise HttpError("refused-address", "The server's address is none that can be asked")
        narrowest = min(scope for _, scope in hosts)
        if narrowest < scope_before:
            raise HttpError("refused-address", "A redirect into a private network was refused")
        if tracker and narrowest < Scope.GLOBAL and not url.raw_name.startswith(_TRACKER_SEGMENTS):
            raise HttpError("refused-address", "A tracker in a private network is only asked at .../announce")
        return hosts

    async def _get_once(
        self,
        url: URL,
        hosts: list[str],
        connect_timeout: float,
        max_bytes: int,
        headers: Mapping[str, str] | None,
    ) -> HttpReply | URL:
        """One request; a URL when the server redirects there."""
        _judged.set((url.raw_host or "", tuple(hosts)))
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect_timeout)
        try:
            async with self._open_session().get(
                url, allow_redirects=False, timeout=timeout, headers=headers
            ) as response:
                if response.status in _REDIRECTS:
                    return _redirect_target(url, response.headers.get("Location"))
                body = await _read_body(response, max_bytes)
                source_host = max(hosts, key=lambda host: scope_of(host) or 0)
                etag, modified = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
                return HttpReply(response.status, body, str(url), source_host, etag, modified)
        except aiohttp.ServerTimeoutError:
            raise HttpError("timeout", "The server could not be connected to in time") from None
        except (aiohttp.ClientSSLError, ssl.SSLError) as error:
            raise HttpError("tls", _tls_text(error)) from error
        except (aiohttp.ServerDisconnectedError, ConnectionResetError, BrokenPipeError) as error:
            raise HttpError("reset", "The server closed the connection early") from error
        except (aiohttp.ClientConnectorError, aiohttp.ClientOSError) as error:
            if error.errno == errno.ECONNRESET:
                raise HttpError("reset", "The server closed the connection early") from error
            reason = os.strerror(error.errno).lower() if error.errno else "no connection"
            raise HttpError("unreachable", f"The server could not be reached: {reason}") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise HttpError("bad-reply", "The server's reply is no valid HTTP") from error

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                resolver=_JudgedResolver(),
                use_dns_cache=False,
                force_close=True,
                limit=MAX_CONNECTIONS,
                local_addr=None if self._local_host is None else (self._local_host, 0),
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
                trust_env=False,
            )
        return self._session


class _JudgedResolver(AbstractResolver):
    """Gives aiohttp exactly the addresses that this request's hop was judged by: a second lookup could differ."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The judged addresses; OSError for any other host."""
        judged_host, addresses = _judged.get()
        if host != judged_host:
            raise OSError("a host that was not judged")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


def _version(host: str) -> int:
    return 6 if ":" in host else 4


def _parse_url(text: str) -> URL:
    try:
        url = URL(text, encoded=True)
        usable = len(text) <= MAX_URL_LENGTH and url.scheme in ("http", "https") and url.raw_host and url.port
    except ValueError:
        usable = False
    if not usable:
        raise HttpError("bad-url", "The address is no usable http or https URL")
    return url


def _redirect_target(url: URL, location: str | None) -> URL:
    if not location:
        raise HttpError("redirect", "The server redirects without saying where to")
    try:
        target = url.join(URL(location, encoded=True))
        usable = len(location) <= MAX_URL_LENGTH and target.scheme in ("http", "https") and target.raw_host
        if not usable or not target.port:
            raise ValueError
    except ValueError:
        raise HttpError("redirect", "The server redirects to something that is no http or https URL") from None
    return target.with_fragment(None)


async def _read_body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """The decompressed body; never holds more than `max_bytes` and one read of it."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("identity", ""):
        inflate = None
    elif encoding in ("gzip", "x-gzip", "deflate"):
        # 32 added to the window size: a gzip or a zlib header is recognised by itself.
        inflate = zlib.decompressobj(32 + zlib.MAX_WBITS)
    else:
        raise HttpError("bad-reply", "The server's reply is compressed in an unknown way")
    body = bytearray()
    received = 0
    while data := await response.content.read(_READ_BYTES):
        received += len(data)
        if inflate is None:
            body += data
        else:
            try:
                body += inflate.decompress(data, max_bytes + 1 - len(body))
            except zlib.error as error:
                raise HttpError("bad-reply", "The server's reply is compressed wrongly") from error
        if max(len(body), received) > max_bytes:
            raise HttpError("too-large", f"The server's reply is larger than {max_bytes} bytes")
    if inflate is not None and not inflate.eof:
        raise HttpError("bad-reply", "The server's compressed reply is cut off")
    return bytes(body)


def _tls_text(error: Exception) -> str:
    certificate_error = getattr(error, "certificate_error", error)
    reason = getattr(certificate_error, "verify_message", "") or getattr(certificate_error, "reason", "") or ""
    return f"The server's identity could not be verified: {reason}" if reason else "No secure connection to the server"
