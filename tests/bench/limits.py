"""Rate limits against the clock: `python -m tests.bench.limits [SECONDS]` prints 60 s means beside the set rates.

Four cases run side by side, each with libtorrent at the other end: download and upload, one torrent and three that
share the session's limit.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import libtorrent as lt
from tests.bench.memory_folder import fast_folder
from tests.bench.processes import QUIET

from shoal.api.commands import AddTorrent
from shoal.api.snapshots import SessionTotals, TorrentState, Update
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.session import open_session
from shoal.runtime.event_loop import run
from shoal.runtime.system_world import system_world
from shoal.runtime.world import World
from shoal.settings.engine_settings import EngineSettings

RATE = 1_500_000
WARM_UP_SECONDS = 5.0
PIECE_LENGTH = 1 << 18


@dataclass
class Case:
    """One limited session and its torrents."""

    name: str
    client: LocalClient
    counts_down: bool
    start_bytes: int = 0
    totals: SessionTotals = field(default_factory=SessionTotals)
    states: dict[str, TorrentState] = field(default_factory=dict)

    def moved(self) -> int:
        """Payload bytes so far."""
        return self.totals.downloaded if self.counts_down else self.totals.uploaded

    def receive(self, update: Update) -> None:
        """Keep the newest totals and states."""
        self.totals = update.totals
        self.states.update({row.torrent_id: row.state for row in update.changed})

    @property
    def is_sharing(self) -> bool:
        """All its torrents seed."""
        return bool(self.states) and set(self.states.values()) == {TorrentState.SEEDING}


def _torrents(base: Path, count: int, size: int) -> list[tuple[bytes, Path]]:
    torrents = []
    for number in range(count):
        folder = base / f"source-{number}"
        folder.mkdir(parents=True)
        with open(folder / f"data-{number}.bin", "wb") as file:
            file.write(os.urandom(PIECE_LENGTH))
            file.truncate(size)
        files = lt.file_storage()
        files.add_file(f"data-{number}.bin", size)
        creator = lt.create_torrent(files, PIECE_LENGTH, lt.create_torrent.v1_only)
        lt.set_piece_hashes(creator, os.fspath(folder))
        torrents.append((lt.bencode(creator.generate()), folder))
    return torrents


def _libtorrent(torrents: list[tuple[bytes, Path]], *, folder: Path | None, port: int = 0) -> lt.session:
    """A session that seeds from the torrents' own folders, or downloads into `folder` from `port`."""
    session = lt.session(QUIET)
    for metainfo, source in torrents:
        params = lt.load_torrent_buffer(metainfo)
        params.save_path = os.fspath(folder or source)
        params.flags &= ~(lt.torrent_flags.paused | lt.torrent_flags.auto_managed)
        if folder is None:
            params.flags |= lt.torrent_flags.seed_mode
        handle = session.add_torrent(params)
        if port:
            handle.connect_peer(("127.0.0.1", port))
    return session


async def _case(world: World, base: Path, count: int, *, down: bool, seconds: float) -> tuple[Case, lt.session]:
    size = int(RATE * (seconds + 30) / count)
    torrents = _torrents(base, count, size - size % PIECE_LENGTH)
    limit = {"down_limit": RATE} if down else {"up_limit": RATE}
    settings = EngineSettings(listen_hosts="127.0.0.1", **limit)
    client = await open_session(world, SessionConfig(settings=settings))
    case = Case(f"{'download' if down else 'upload'}, {count} torrent(s)", client, counts_down=down)
    client.subscribe(case.receive, beat_seconds=0.0)
    if down:
        other = _libtorrent(torrents, folder=None)
        target = base / "target"
        target.mkdir()
        peers = (("127.0.0.1", other.listen_port()),)
        for metainfo, _ in torrents:
            await client.execute(AddTorrent(metainfo=metainfo, folder=os.fspath(target), peers=peers))
        return case, other
    for metainfo, source in torrents:
        await client.execute(AddTorrent(metainfo=metainfo, folder=os.fspath(source)))
    while not case.is_sharing:
        await asyncio.sleep(0.1)
    target = base / "target"
    target.mkdir()
    return case, _libtorrent(torrents, folder=target, port=case.totals.listen_port)


async def _measure(base: Path, seconds: float) -> bool:
    world = system_world(asyncio.get_running_loop())
    cases = [
        await _case(world, base / f"{direction}-{count}", count, down=direction == "down", seconds=seconds)
        for direction in ("down", "up")
        for count in (1, 3)
    ]
    await asyncio.sleep(WARM_UP_SECONDS)
    loop = asyncio.get_running_loop()
    start = loop.time()
    for case, _ in cases:
        case.start_bytes = case.moved()
    await asyncio.sleep(seconds)
    elapsed = loop.time() - start
    is_good = True
    for case, _ in cases:
        mean = (case.moved() - case.start_bytes) / elapsed
        off = mean / RATE - 1
        is_good = is_good and abs(off) <= 0.05
        print(f"{case.name:24} set {RATE} B/s   {elapsed:.0f} s mean {mean:9.0f} B/s   {off:+.2%}", flush=True)
    for case, _ in cases:
        await case.client.close()
    world.workers.close()
    return is_good


def main() -> int:
    warnings.simplefilter("ignore", DeprecationWarning)
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    base = fast_folder()
    try:
        return 0 if run(_measure(base, seconds), use_uvloop=False) else 1
    finally:
        shutil.rmtree(base)


if __name__ == "__main__":
    sys.exit(main())
