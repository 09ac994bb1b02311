"""From a magnet link to its file list and to the first byte, beside libtorrent: `python -m tests.bench.magnet_links`.

One libtorrent seed on loopback, named in the link; both sides in turn, each time with a fresh engine. Medians in
milliseconds and the ratio Shoal / libtorrent are printed.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.bench.processes import QUIET

from shoal.api.commands import AddMagnet
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.session import open_session
from shoal.metainfo.authoring import build_metainfo, plan_files
from shoal.metainfo.torrent_file import parse_metainfo
from shoal.runtime.system_world import system_world
from shoal.settings.engine_settings import EngineSettings

ROUNDS = int(os.environ.get("SHOAL_BENCH_ROUNDS", "7"))
MEBIBYTES = int(os.environ.get("SHOAL_BENCH_MIB", "64"))
PIECE_LENGTH = 16 * 1024
"""Small pieces make a file list of several blocks."""
LOOK_SECONDS = 0.001
LONGEST_SECONDS = 30.0


class Times(NamedTuple):
    """Seconds since the link was added."""

    file_list: float
    first_byte: float


def make_torrent(folder: Path) -> bytes:
    """A file of chance bytes in `folder`; its torrent."""

    data = os.urandom(MEBIBYTES << 20)
    (folder / "bench.bin").write_bytes(data)
    plan = plan_files("bench.bin", [((), len(data))], piece_length=PIECE_LENGTH)
    hashes = b"".join(hashlib.sha1(data[at : at + PIECE_LENGTH]).digest() for at in range(0, len(data), PIECE_LENGTH))
    return build_metainfo(plan, hashes)


async def until(happened: Callable[[], bool]) -> float:
    """The moment when it has."""
    end = time.perf_counter() + LONGEST_SECONDS
    while not happened():
        if time.perf_counter() > end:
            raise TimeoutError("the other side never sent it")
        await asyncio.sleep(LOOK_SECONDS)
    return time.perf_counter()


async def shoal(link: str, folder: Path) -> Times:
    """One run of ours."""
    world = system_world(asyncio.get_running_loop())
    settings = EngineSettings(listen_hosts="127.0.0.1", dht=False)
    client: LocalClient = await open_session(world, SessionConfig(settings))
    try:
        start = time.perf_counter()
        torrent_id = str(await client.execute(AddMagnet(link, str(folder))))
        torrents = client._session.torrents
        known = await until(lambda: torrent_id in torrents)
        torrent = torrents[torrent_id]
        first = await until(lambda: any(peer.downloaded for peer in torrent.swarm.connected.values()))
        return Times(known - start, first - start)
    finally:
        await client.close()
        world.workers.close()


async def libtorrent(link: str, folder: Path) -> Times:
    """One run of theirs."""
    import libtorrent as lt

    session = lt.session(dict(QUIET))
    start = time.perf_counter()
    parameters = lt.parse_magnet_uri(link)
    parameters.save_path = str(folder)
    handle = session.add_torrent(parameters)
    known = await until(lambda: bool(handle.status().has_metadata))
    first = await until(lambda: handle.status().total_payload_download > 0)
    session.pause()
    return Times(known - start, first - start)


async def run(folder: Path) -> None:
    """All rounds, then the figures."""
    import libtorrent as lt

    (folder / "seed").mkdir()
    data = make_torrent(folder / "seed")
    metainfo = parse_metainfo(data)
    seed = lt.session(dict(QUIET))
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(lt.bdecode(data))
    parameters.save_path = str(folder / "seed")
    handle = seed.add_torrent(parameters)
    await until(lambda: bool(handle.status().is_seeding))
    link = f"magnet:?xt=urn:btih:{metainfo.torrent_id}&x.pe=127.0.0.1:{seed.listen_port()}"
    sides = {"Shoal": shoal, "libtorrent": libtorrent}
    found: dict[str, list[Times]] = {name: [] for name in sides}
    for number in range(ROUNDS):
        for name, side in sides.items():
            to = folder / f"{name} {number}"
            to.mkdir()
            found[name].append(await side(link, to))
    print(f"file list of {len(metainfo.info_bytes) // 1024} KiB, {ROUNDS} rounds, medians")
    for title, field in (("magnet to file list", "file_list"), ("magnet to first byte", "first_byte")):
        ours, theirs = (statistics.median(getattr(times, field) for times in found[name]) for name in sides)
        print(
            f"{title:<22} Shoal {1000 * ours:7.1f} ms   libtorrent {1000 * theirs:7.1f} ms   ratio {ours / theirs:.2f}"
        )


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
