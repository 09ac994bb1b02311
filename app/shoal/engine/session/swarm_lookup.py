"""How large a swarm is, asked of its trackers before anything of it is in the list: scrapes only, never an announce."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

from shoal.api.details import SwarmLookup
from shoal.engine.discovery import http_tracker
from shoal.engine.discovery.announce_gate import AnnounceGate
from shoal.engine.discovery.errors import TrackerError
from shoal.engine.transport.http_client import HttpClient
from shoal.protocol.announce import ScrapeEntry

logger = logging.getLogger(__name__)

LOOKUP_SECONDS = 10.0
"""For all trackers together."""
UDP_ATTEMPT_SECONDS = (2.0, 3.0, 4.0)
MORE_SECONDS = 1.0
"""Once one tracker has told its numbers, those that were asked with it get so much longer."""
MOST_AT_A_TIME = 3
MOST_TRACKERS = 20
"""A torrent could name thousands, and a lookup must not be a way to make us knock at all of them."""
HASH_LENGTHS = (20, 32)

_SILENT = frozenset({"unknown-host", "unreachable", "reset", "timeout", "tls"})
"""Causes that will keep an announce from working, too. Any other says only that it cannot be scraped."""


class UdpScrapes(Protocol):
    """What the lookup needs of `UdpTracker`."""

    async def scrape(
        self, url: str, info_hashes: Sequence[bytes], *, attempt_seconds: Sequence[float]
    ) -> tuple[ScrapeEntry, ...]: ...


class SwarmLookups:
    """Looks swarms up for a session. Scrapes go through the gate of its announces."""

    def __init__(self, http: HttpClient, udp: UdpScrapes, gate: AnnounceGate) -> None:
        self._http, self._udp, self._gate = http, udp, gate

    async def look_up(self, trackers: Sequence[str], info_hash: bytes) -> SwarmLookup:
        """Ask `trackers` in their order, until one tells its numbers; the largest of what was told.

        Raises ValueError unless `info_hash` is that of version 1 (20 bytes) or 2 (32, of which trackers know 20).
        """
        if len(info_hash) not in HASH_LENGTHS:
            raise ValueError(f"an info-hash of {len(info_hash)} bytes")
        return await _Lookup(self._http, self._udp, self._gate, info_hash[:20]).run(trackers)


class _Lookup:
    """One lookup under way."""

    def __init__(self, http: HttpClient, udp: UdpScrapes, gate: AnnounceGate, info_hash: bytes) -> None:
        self._http, self._udp, self._gate, self._info_hash = http, udp, gate, info_hash
        self._answered = ""
        self._told: list[ScrapeEntry] = []
        self._asking: dict[str, str] = {}
        """Host by address of those that were asked and have not answered."""
        self._failed: list[tuple[str, str]] = []

    async def run(self, trackers: Sequence[str]) -> SwarmLookup:
        waiting = iter([url for url in dict.fromkeys(trackers) if _scheme_of(url)][:MOST_TRACKERS])
        tasks: set[asyncio.Task[None]] = set()
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                while not self._told:
                    while len(tasks) < MOST_AT_A_TIME and (url := next(waiting, None)) is not None:
                        tasks.add(asyncio.create_task(self._ask(url)))
                    if not tasks:
                        break
                    done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        task.result()
                if tasks:
                    await asyncio.wait(tasks, timeout=MORE_SECONDS)
        except TimeoutError:
            self._failed += [(host, "timeout") for host in self._asking.values()]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return SwarmLookup(
            answered=self._answered,
            seeds=max((entry.seeds for entry in self._told), default=None),
            peers=max((entry.leeches for entry in self._told), default=None),
            failed=tuple(dict.fromkeys(self._failed)),
        )

    async def _ask(self, url: str) -> None:
        await self._gate.enter()
        host = _host_of(url)
        self._asking[url] = host
        try:
            entries = await self._scrape(url)
        except TrackerError as error:
            logger.debug("a tracker was not scraped: %s", error.code)
            if error.code in _SILENT:
                self._failed.append((host, error.code))
        else:
            self._answered = self._answered or host
            # Over HTTP some leave out what they do not know or do not want to tell: that is no zero.
            self._told += [entry for entry in entries if entry.info_hash == self._info_hash]
        finally:
            # At the end of the time it stays, as one that was asked and was silent.
            self._gate.leave()
        del self._asking[url]

    async def _scrape(self, url: str) -> tuple[ScrapeEntry, ...]:
        if _scheme_of(url) == "udp":
            return await self._udp.scrape(url, [self._info_hash], attempt_seconds=UDP_ATTEMPT_SECONDS)
        return await http_tracker.scrape(self._http, url, [self._info_hash])


def _scheme_of(url: str) -> str:
    """`http`, `https` or `udp`; empty for what cannot be asked."""
    scheme = url.partition(":")[0].lower()
    return scheme if scheme in ("http", "https", "udp") and _host_of(url) else ""


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
