"""The two sides of a bench as processes of their own, so that CPU and memory belong to one of them.

Run as `python -m tests.bench.processes ROLE JSON`; each prints `READY ...` or one JSON object and obeys its stdin.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

POLL_SECONDS = 0.02
"""How often both sides are asked whether they are done: seldom enough to cost nothing."""
QUIET = {
    "listen_interfaces": "127.0.0.1:0",
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_outgoing_utp": False,
    "enable_incoming_utp": False,
    "allow_multiple_connections_per_ip": True,
    "alert_mask": 0,
}


def usage() -> dict[str, float]:
    """CPU seconds and peak memory (MB) of this process."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu": own.ru_utime + own.ru_stime, "rss_mb": _peak_kilobytes(own.ru_maxrss) / 1000}


def _peak_kilobytes(fallback: int) -> int:
    """Linux counts what the parent had before this program began into ru_maxrss, but not into VmHWM."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return fallback
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM:"))


def libtorrent_seeds(count: int, metainfo: str, folder: str) -> None:
    """Seed until stdin ends; prints the ports."""
    import libtorrent as lt

    sessions = []
    for _ in range(count):
        session = lt.session(QUIET)
        params = lt.load_torrent_buffer(Path(metainfo).read_bytes())
        params.save_path = folder
        params.flags |= lt.torrent_flags.seed_mode
        params.flags &= ~(lt.torrent_flags.paused | lt.torrent_flags.auto_managed)
        session.add_torrent(params)
        sessions.append(session)
    print("READY", *(session.listen_port() for session in sessions), flush=True)
    before = usage()["cpu"]
    for _ in sys.stdin:
        print(json.dumps({"cpu": usage()["cpu"] - before, **{"rss_mb": usage()["rss_mb"]}}), flush=True)


def libtorrent_leech(metainfo: str, folder: str, ports: list[int]) -> None:
    import libtorrent as lt

    session = lt.session(QUIET)
    params = lt.load_torrent_buffer(Path(metainfo).read_bytes())
    params.save_path = folder
    params.flags &= ~(lt.torrent_flags.paused | lt.torrent_flags.auto_managed)
    cpu, start = usage()["cpu"], time.perf_counter()
    handle = session.add_torrent(params)
    for port in ports:
        handle.connect_peer(("127.0.0.1", port))
    while not handle.status().is_seeding:
        time.sleep(POLL_SECONDS)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, **_since(cpu)}), flush=True)


def libtorrent_check(metainfo: str, folder: str, threads: int) -> None:
    import libtorrent as lt

    session = lt.session({**QUIET, **({"hashing_threads": threads} if threads else {})})
    params = lt.load_torrent_buffer(Path(metainfo).read_bytes())
    params.save_path = folder
    params.flags &= ~(lt.torrent_flags.paused | lt.torrent_flags.auto_managed)
    cpu, start = usage()["cpu"], time.perf_counter()
    handle = session.add_torrent(params)
    while not handle.status().is_seeding:
        time.sleep(POLL_SECONDS)
    print(json.dumps({"seconds": time.perf_counter() - start, **_since(cpu)}), flush=True)


def _since(cpu: float) -> dict[str, float]:
    now = usage()
    return {"cpu": now["cpu"] - cpu, "rss_mb": now["rss_mb"]}


async def _open_shoal(threads: int = 0) -> Any:
    from shoal.engine.session.config import SessionConfig
    from shoal.engine.session.session import open_session
    from shoal.runtime.system_world import system_world
    from shoal.settings.engine_settings import EngineSettings

    world = system_world(asyncio.get_running_loop(), check_threads=threads)
    settings = EngineSettings(listen_hosts="127.0.0.1", check_threads=threads)
    return world, await open_session(world, SessionConfig(settings=settings))


async def _until_seeding(client: Any) -> None:
    from shoal.api.snapshots import TorrentState, Update

    done = asyncio.Event()

    def receive(update: Update) -> None:
        if any(row.state is TorrentState.SEEDING for row in update.changed):
            done.set()

    subscription = client.subscribe(receive, beat_seconds=0.0)
    await done.wait()
    subscription.close()


async def shoal_leech(metainfo: str, folder: str, ports: list[int]) -> None:
    from shoal.api.commands import AddTorrent, Detail

    world, client = await _open_shoal()
    data = Path(metainfo).read_bytes()
    cpu, start = usage()["cpu"], time.perf_counter()
    peers = tuple(("127.0.0.1", port) for port in ports)
    torrent_id = await client.execute(AddTorrent(metainfo=data, folder=folder, peers=peers))
    total = None
    while True:
        pieces = (await client.details(torrent_id, frozenset({Detail.PIECES}))).pieces
        total = total or len(pieces)
        if pieces.count(3) == total:
            break
        await asyncio.sleep(POLL_SECONDS)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, **_since(cpu)}), flush=True)
    await client.close()
    world.workers.close()


async def shoal_seed(metainfo: str, folder: str) -> None:
    from shoal.api.commands import AddTorrent

    world, client = await _open_shoal()
    waiting = asyncio.ensure_future(_until_seeding(client))
    await client.execute(AddTorrent(metainfo=Path(metainfo).read_bytes(), folder=folder))
    await waiting
    ports: list[int] = []
    client.subscribe(lambda update: ports.append(update.totals.listen_port), beat_seconds=0.0)
    while not ports:
        await asyncio.sleep(0.05)
    print("READY", ports[0], flush=True)
    before = usage()["cpu"]
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        now = usage()
        print(json.dumps({"cpu": now["cpu"] - before, "rss_mb": now["rss_mb"]}), flush=True)
    await client.close()
    world.workers.close()


async def shoal_check(metainfo: str, folder: str, threads: int) -> None:
    from shoal.api.commands import AddTorrent, Detail

    world, client = await _open_shoal(threads)
    cpu, start = usage()["cpu"], time.perf_counter()
    torrent_id = await client.execute(AddTorrent(metainfo=Path(metainfo).read_bytes(), folder=folder))
    while True:
        pieces = (await client.details(torrent_id, frozenset({Detail.PIECES}))).pieces
        if pieces.count(3) == len(pieces):
            break
        await asyncio.sleep(POLL_SECONDS)
    print(json.dumps({"seconds": time.perf_counter() - start, **_since(cpu)}), flush=True)
    await client.close()
    world.workers.close()


def main() -> None:
    role, arguments = sys.argv[1], json.loads(sys.argv[2])
    work = globals()[role](**arguments)
    if asyncio.iscoroutine(work):
        from shoal.runtime.event_loop import run

        run(work, use_uvloop=os.environ.get("SHOAL_BENCH_LOOP") == "uvloop")


if __name__ == "__main__":
    main()
