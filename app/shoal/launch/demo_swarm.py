"""The swarm that the demo downloads from: made-up files, a tracker and two seeds of the real engine, on loopback.

It lives in a thread with a loop of its own, so that it is the same beside a window and beside a terminal.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from shoal.api.client import Client
from shoal.api.commands import AddTorrent
from shoal.api.errors import UserError
from shoal.api.snapshots import TorrentState
from shoal.cli.watch import Watch
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.session import open_session
from shoal.launch.shared_tree import SharedTree
from shoal.metainfo.authoring import build_metainfo, plan_files
from shoal.metainfo.torrent_file import Metainfo, parse_metainfo
from shoal.runtime.event_loop import loop_factory
from shoal.runtime.system_world import system_world
from shoal.runtime.world import World
from shoal.settings.engine_settings import DHT_OFF, EngineSettings
from shoal.tracker_server.server import TrackerServer

LOOPBACK = "127.0.0.1"
SEEDS = 2
AIMED_SECONDS = 11
"""How long the download should take: long enough to watch, short enough to wait for."""

LEAST_SEED_RATE = 256 << 10
"""Bytes/s of one seed; a tiny demo is over sooner."""

READY_SECONDS = 60.0
CLOSE_SECONDS = 20.0
NAME = "Shoal demo"
_SHARES = (("Open water.bin", 0.55), ("Reef.bin", 0.3), ("Shallows/Kelp.bin", 0.1), ("Shallows/Sand.bin", 0.05))
_README = (
    "These files were made up by the demo of Shoal and hold nothing but random bytes.\n"
    "A tracker and two seeds on this machine shared them; no other machine was asked.\n"
)
_WRITE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class DemoTorrent:
    """What the swarm shares, and the SHA-256 of each file by its path below the torrent's folder."""

    path: Path
    metainfo: Metainfo
    digests: dict[str, str]


def write_files(folder: Path, size_bytes: int, seed: int = 2024) -> dict[str, str]:
    """Make the demo's files in `folder`, always the same for a `seed`; answers their SHA-256 in hex by path."""
    bytes_of = random.Random(seed).randbytes
    digests: dict[str, str] = {}
    for name, share in _SHARES:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        left = max(int(size_bytes * share), 1)
        with place.open("wb") as file:
            while left:
                part = bytes_of(min(left, _WRITE_BYTES))
                file.write(part)
                digest.update(part)
                left -= len(part)
        digests[name] = digest.hexdigest()
    (folder / "About this demo.txt").write_text(_README, "utf-8")
    digests["About this demo.txt"] = hashlib.sha256(_README.encode()).hexdigest()
    return digests


def differing_files(folder: Path, digests: dict[str, str]) -> list[str]:
    """The files of `digests` that are missing in `folder` or not the same."""
    return [name for name, digest in digests.items() if _digest_of(folder / name) != digest]


def _digest_of(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


class DemoSwarm:
    """While entered, the torrent is shared. Entering raises what went wrong in the thread."""

    def __init__(self, folder: Path, size_bytes: int) -> None:
        self._folder = folder
        self._size_bytes = size_bytes
        self._ready: Future[DemoTorrent] = Future()
        self._thread = threading.Thread(target=self._live, name="demo swarm", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None

    def __enter__(self) -> DemoTorrent:
        self._thread.start()
        try:
            return self._ready.result(READY_SECONDS)
        except TimeoutError:
            self._stop()
            raise UserError("unexpected", detail="the seeds of the demo did not start in time") from None
        except BaseException:
            self._stop()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._loop is not None and self._end is not None:
            with contextlib.suppress(RuntimeError):  # its loop has ended already
                self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(CLOSE_SECONDS)

    def _live(self) -> None:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            try:
                runner.run(self._share())
            except BaseException as error:
                if not self._ready.done():
                    self._ready.set_exception(error)
                    return
                raise

    async def _share(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        world = system_world(self._loop)
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(world.workers.close)
            tracker = TrackerServer(world, host=LOOPBACK)
            await tracker.start()
            stack.push_async_callback(tracker.stop)
            torrent, raw = await self._author(world, tracker.http_url)
            rate = max(self._size_bytes // (SEEDS * AIMED_SECONDS), LEAST_SEED_RATE)
            for _ in range(SEEDS):
                settings = EngineSettings(listen_hosts=LOOPBACK, up_limit=rate, dht=DHT_OFF)
                client = await open_session(world, SessionConfig(settings=settings))
                stack.push_async_callback(client.close)
                await self._seed(client, raw, torrent.metainfo.torrent_id)
            self._ready.set_result(torrent)
            await self._end.wait()

    async def _author(self, world: World, tracker_url: str) -> tuple[DemoTorrent, bytes]:
        source = self._folder / NAME
        digests = await world.workers.run(lambda: write_files(source, self._size_bytes), lane="slow")
        tree = SharedTree(world, str(source), threads=2)
        plan = plan_files(NAME, await tree.list())
        hashes = await tree.hash(plan.piece_length, lambda done, total: None)
        raw = build_metainfo(
            plan, hashes, trackers=[(tracker_url,)], comment="Made by the demo of Shoal", created_by="Shoal demo"
        )
        path = self._folder / f"{NAME}.torrent"
        path.write_bytes(raw)
        return DemoTorrent(path, parse_metainfo(raw), digests), raw

    async def _seed(self, client: Client, raw: bytes, torrent_id: str) -> None:
        with Watch(client) as watch:
            await client.execute(AddTorrent(raw, str(self._folder)))
            while True:
                row = watch.row(torrent_id)
                if row is not None and row.state is TorrentState.SEEDING:
                    return
                if row is not None and row.state is TorrentState.ERROR and row.reason is not None:
                    raise UserError(row.reason.code, **row.reason.params)
                if row is not None and row.state is TorrentState.DOWNLOADING:
                    raise UserError("unexpected", detail="a seed of the demo lacks its own data")
                await watch.news(1.0)
