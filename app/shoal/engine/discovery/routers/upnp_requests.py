"""HTTP for the UPnP library, as far as a router may be trusted: its own address only, few, small and quick answers."""

from __future__ import annotations

import asyncio

import aiohttp
from async_upnp_client.client import UpnpRequester
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import UpnpCommunicationError

from shoal.engine.discovery.routers.own_url import is_own_url

REQUEST_SECONDS = 6.0
MAX_BODY_BYTES = 96 * 1024
"""The longest description seen of a home router has a third of it."""
MAX_DESCRIPTIONS = 24
"""Requests until a router is understood: its description and one for each service."""
MOST_WORDS = {b"<": 4_000, b"stateVariable": 160, b"deviceList": 24, b"argument": 1_200, b"icon": 200}
"""What the library takes long over on the loop, by what stands in a document; a home router has a third of it."""
_READ_BYTES = 16_384


class RouterRequests(UpnpRequester):
    """`UpnpRequester` of one router. Anything out of bounds is an `UpnpCommunicationError`."""

    def __init__(self, host: str) -> None:
        """`host` is the router's numeric address: nothing else is asked, also not by a redirect."""
        self._host = host
        self._session: aiohttp.ClientSession | None = None
        self.left = MAX_DESCRIPTIONS
        """Requests that may still be made."""

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """One request. The library's own time-outs are longer than ours and do not count."""
        if not is_own_url(http_request.url, self._host):
            raise UpnpCommunicationError("the router names an address that is not its own")
        if self.left <= 0:
            raise UpnpCommunicationError("the router has too many services")
        self.left -= 1
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                return await self._request(http_request)
        except TimeoutError as error:
            raise UpnpCommunicationError("the router takes too long") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise UpnpCommunicationError(f"no answer of the router: {type(error).__name__}") from error

    async def close(self) -> None:
        """A request under way fails."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _request(self, asked: HttpRequest) -> HttpResponse:
        body = bytearray()
        headers = {**asked.headers, "Accept-Encoding": "identity"}
        async with self._open().request(
            asked.method, asked.url, headers=headers, data=asked.body, allow_redirects=False
        ) as response:
            while data := await response.content.read(_READ_BYTES):
                body += data
                if len(body) > MAX_BODY_BYTES:
                    raise UpnpCommunicationError(f"the router's answer is larger than {MAX_BODY_BYTES} bytes")
            for word, most in MOST_WORDS.items():
                if body.count(word) > most:
                    raise UpnpCommunicationError(f"the router's answer has more than {most} times {word.decode()}")
            return HttpResponse(response.status, dict(response.headers), body.decode("utf-8", "replace"))

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True, limit=2),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self._session
