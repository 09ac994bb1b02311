"""Trackers on loopback for tests with real clients: our own, and opentracker."""

from __future__ import annotations

import asyncio
import contextlib
import os
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import bencodepy
from tests.support.debian_clients import require_client
from tests.support.running_program import RunningProgram, free_port

from shoal.runtime.system_world import system_world
from shoal.tracker_server.server import TrackerServer

POLL_SECONDS = 0.1
REQUEST_SECONDS = 5.0


@dataclass(frozen=True)
class LiveTracker:
    """A running tracker: its two announce addresses, which share one table of swarms."""

    http_url: str
    udp_url: str

    def url(self, scheme: str) -> str:
        return self.http_url if scheme == "http" else self.udp_url

    async def counts(self, info_hash: bytes) -> tuple[int, int]:
        """(seeds, leeches) of a swarm, as its scrape page says."""
        query = urllib.parse.urlencode({"info_hash": info_hash})
        url = f"{self.http_url.removesuffix('announce')}scrape?{query}"

        def ask() -> bytes:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(url, timeout=REQUEST_SECONDS) as answer:
                data: bytes = answer.read()
            return data

        files = bencodepy.decode(await asyncio.to_thread(ask)).get(b"files", {})
        entry = files.get(info_hash, {})
        return int(entry.get(b"complete", 0)), int(entry.get(b"incomplete", 0))

    async def until(self, info_hash: bytes, *, seeds: int = 0, leeches: int = 0, seconds: float = 20.0) -> None:
        """Wait until at least so many have announced themselves; TimeoutError else."""
        counts = (0, 0)
        try:
            async with asyncio.timeout(seconds):
                while True:
                    with contextlib.suppress(OSError):
                        counts = await self.counts(info_hash)
                        if counts[0] >= seeds and counts[1] >= leeches:
                            return
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise TimeoutError(f"the tracker knows {counts[0]} seeds, {counts[1]} leeches") from None


@contextlib.asynccontextmanager
async def live_tracker(
    kind: str, place: Path, info_hash: bytes, *, host: str = "127.0.0.1"
) -> AsyncIterator[LiveTracker]:
    """The tracker `kind`: `ours` at `host`, or `opentracker` on IPv4, for the torrent `info_hash` alone."""
    if kind == "ours":
        world = system_world(asyncio.get_running_loop())
        server = TrackerServer(world, host=host)
        await server.start()
        try:
            yield LiveTracker(server.http_url, server.udp_url)
        finally:
            await server.stop()
            world.workers.close()
        return
    program = require_client("opentracker")
    port = free_port()
    swarms = place / "opentracker"
    swarms.mkdir(parents=True)
    # Debian's build serves listed torrents only; started by root it reads the list as nobody, inside its folder.
    allowed = swarms / "allowed"
    allowed.write_text(f"{info_hash.hex()}\n")
    is_root = os.geteuid() == 0
    command = [program, "-i", "127.0.0.1", "-p", str(port), "-P", str(port)]
    command += ["-d", str(swarms), "-w", "/allowed" if is_root else str(allowed)]
    running = RunningProgram(command, place, name="opentracker")
    tracker = LiveTracker(f"http://127.0.0.1:{port}/announce", f"udp://127.0.0.1:{port}/announce")
    try:
        await tracker.until(info_hash)
        yield tracker
    except BaseException as error:
        error.add_note(running.story())
        raise
    finally:
        running.stop()
