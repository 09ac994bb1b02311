"""The HTTP side of the embedded tracker: /announce and /scrape (BEP 3, 7, 23, 48) on aiohttp's server.

A refusal is a bencoded failure under status 200, as clients expect. What a client claims as its `ip` is not believed.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Sequence

from aiohttp import web

from shoal.protocol.announce import MIN_INTERVAL_SECONDS, AnnounceReply
from shoal.protocol.compact import address_text
from shoal.protocol.errors import ProtocolError
from shoal.protocol.tracker_http import (
    encode_announce,
    encode_failure,
    encode_scrape,
    parse_announce,
    parse_scrape,
)
from shoal.runtime.world import Address, World
from shoal.tracker_server.swarm_table import SwarmTable, SwarmTableFullError

logger = logging.getLogger(__name__)

MAX_LINE_BYTES = 8_190
"""Of a request line or header field; aiohttp refuses longer ones."""
KEEP_ALIVE_SECONDS = 15.0
MAX_BODY_BYTES = 1_024
"""A tracker's requests have no body."""


class HttpEndpoint:
    """Serves one table over HTTP."""

    def __init__(self, world: World, table: SwarmTable) -> None:
        self._world = world
        self._table = table
        self._runner: web.AppRunner | None = None
        self._addresses: tuple[Address, ...] = ()

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Where it listens, with the real port."""
        return self._addresses

    async def start(self, hosts: Sequence[str], port: int) -> None:
        """Listen at each host on one port (0 = any); OSError when one of them cannot be bound."""
        application = web.Application(client_max_size=MAX_BODY_BYTES)
        application.router.add_get("/announce", self._announce)
        application.router.add_get("/scrape", self._scrape)
        runner = web.AppRunner(
            application, access_log=None, keepalive_timeout=KEEP_ALIVE_SECONDS, max_line_size=MAX_LINE_BYTES
        )
        await runner.setup()
        try:
            for host in hosts:
                await web.TCPSite(runner, host, port).start()
                port = runner.addresses[0][1]
        except BaseException:
            await runner.cleanup()
            raise
        self._runner = runner
        self._addresses = tuple(Address(place[0], place[1]) for place in runner.addresses)

    async def stop(self) -> None:
        """Stop listening and end all connections."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _announce(self, request: web.Request) -> web.Response:
        try:
            asked = parse_announce(_raw_query(request))
            host = _remote_host(request)
            answer = self._table.announce(
                asked.info_hash,
                (host, asked.port),
                left=asked.left,
                event=asked.event,
                num_want=asked.num_want,
                now=self._world.clock.now(),
                rng=self._world.random,
            )
        except ProtocolError as error:
            return _reply(encode_failure(str(error)))
        except SwarmTableFullError:
            return _reply(encode_failure("This tracker is full"))
        reply = AnnounceReply(
            interval=self._table.interval,
            min_interval=min(self._table.interval, MIN_INTERVAL_SECONDS),
            peers=answer.peers,
            seeds=answer.seeds,
            leeches=answer.leeches,
            external_ip=host,
        )
        return _reply(encode_announce(reply, compact=asked.compact))

    async def _scrape(self, request: web.Request) -> web.Response:
        try:
            info_hashes = parse_scrape(_raw_query(request))
        except ProtocolError as error:
            return _reply(encode_failure(str(error)))
        return _reply(encode_scrape(self._table.scrape(info_hashes, self._world.clock.now())))


def _raw_query(request: web.Request) -> str:
    """As it came: info-hashes are percent-encoded bytes, which aiohttp's own parsing would read as text."""
    return request.raw_path.partition("?")[2]


def _remote_host(request: web.Request) -> str:
    try:
        return address_text(ipaddress.ip_address((request.remote or "").partition("%")[0]).packed)
    except ValueError:
        raise ProtocolError("Your address is not known") from None


def _reply(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="text/plain")
