"""Magnet links between us and libtorrent on loopback, both ways: by tracker and by a peer in the link."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.live_shoal import LiveShoal, live_shoal, until
from tests.support.live_trackers import live_tracker
from tests.support.real_clients import LibtorrentClient
from tests.support.shoal_process import ShoalProcess
from tests.support.swarm_content import Content, many_files, single_file

from shoal.api.commands import AddMagnet
from shoal.metainfo.ids import InfoHash
from shoal.metainfo.magnet import MagnetLink, link_text

pytestmark = pytest.mark.timeout(60)

BY = ("tracker", "peer")


def content() -> Content:
    """Its metadata has several blocks."""
    return single_file(40_000_000, piece_length=16_384)


def link(of: Content, **fields: object) -> str:
    return link_text(MagnetLink(InfoHash(of.info_hash), None, "A link", **fields))  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def libtorrent(torrent: bytes | str, folder: Path) -> AsyncIterator[LibtorrentClient]:
    folder.mkdir(exist_ok=True)
    client = LibtorrentClient(torrent, folder)
    try:
        yield client
    except BaseException as error:
        error.add_note(client.story())
        raise
    finally:
        await asyncio.to_thread(client.stop)


async def follow(shoal: LiveShoal, text: str, folder: Path, **options: object) -> str:
    folder.mkdir(exist_ok=True)
    return str(await shoal.client.execute(AddMagnet(text, str(folder), **options)))  # type: ignore[arg-type]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("by", BY)
async def test_we_get_a_magnet_link_from_libtorrent(by: str, tmp_path: Path) -> None:
    of = content()
    of.write_to(tmp_path / "theirs")
    async with live_tracker("ours", tmp_path / "tracker", of.info_hash) as tracker:
        torrent = of.torrent(*((tracker.http_url,) if by == "tracker" else ()))
        async with libtorrent(torrent, tmp_path / "theirs") as theirs, live_shoal() as shoal:
            await until(lambda: theirs.is_seeding, 20)
            if by == "tracker":
                await tracker.until(of.info_hash, seeds=1)
                text = link(of, trackers=((tracker.http_url,),))
            else:
                text = link(of, peers=(("127.0.0.1", theirs.port),))
            torrent_id = await follow(shoal, text, tmp_path / "ours")
            await shoal.until(torrent_id, lambda row: row.has_metainfo, 20)
            await shoal.until_complete(torrent_id)
            assert digest(tmp_path / "ours" / of.name) == digest(tmp_path / "theirs" / of.name)


@pytest.mark.parametrize("by", BY)
async def test_libtorrent_gets_a_magnet_link_from_us(by: str, tmp_path: Path) -> None:
    of = content()
    of.write_to(tmp_path / "ours")
    async with live_tracker("ours", tmp_path / "tracker", of.info_hash) as tracker, live_shoal() as shoal:
        torrent_id = await shoal.add(of.torrent(*((tracker.http_url,) if by == "tracker" else ())), tmp_path / "ours")
        await shoal.until_complete(torrent_id)
        await until(lambda: bool(shoal.totals.listen_port), 5)
        if by == "tracker":
            await tracker.until(of.info_hash, seeds=1)
            text = link(of, trackers=((tracker.http_url,),))
        else:
            text = link(of, peers=(("127.0.0.1", shoal.totals.listen_port),))
        async with libtorrent(text, tmp_path / "theirs") as theirs:
            await until(lambda: theirs.has_metadata, 20)
            await until(lambda: theirs.is_seeding, 40)
            assert digest(tmp_path / "ours" / of.name) == digest(tmp_path / "theirs" / of.name)


async def test_two_links_meet_and_a_seed_that_comes_later_serves_both(tmp_path: Path) -> None:
    of = content()
    of.write_to(tmp_path / "seed")
    async with live_shoal() as shoal, libtorrent(link(of), tmp_path / "theirs") as theirs:
        torrent_id = await follow(shoal, link(of, peers=(("127.0.0.1", theirs.port),)), tmp_path / "ours")
        row = await shoal.until(torrent_id, lambda row: row.reason is not None and "asked" in row.reason.params, 20)
        assert not row.has_metainfo
        async with libtorrent(of.torrent(), tmp_path / "seed") as seed:
            await until(lambda: seed.is_seeding, 20)
            await until(lambda: bool(shoal.totals.listen_port), 5)
            seed.connect("127.0.0.1", shoal.totals.listen_port)
            await shoal.until_complete(torrent_id)


async def test_the_command_goes_on_after_a_kill_while_it_waits(tmp_path: Path) -> None:
    of = many_files([300_000, 200_000, 100_000])
    of.write_to(tmp_path / "theirs")
    async with libtorrent(of.torrent(), tmp_path / "theirs") as theirs:
        await until(lambda: theirs.is_seeding, 20)
        words = ("--to", tmp_path / "ours", "--json", "--interface", "127.0.0.1")
        with ShoalProcess("get", link(of), *words) as waiting:
            await asyncio.to_thread(waiting.event, lambda event: event["event"] == "asking")
            waiting.send(signal.SIGKILL)
        text = link(of, peers=(("127.0.0.1", theirs.port),), select_only=(0,))
        with ShoalProcess("get", text, *words) as again:
            assert await asyncio.to_thread(again.wait) == 0
        first = of.plan.files[0].path
        path = of.path_in(tmp_path / "ours", first)
        assert path.read_bytes() == dict(of.files)[first]
        assert not of.path_in(tmp_path / "ours", of.plan.files[1].path).exists()
        assert not list((tmp_path / "ours").glob("*.db*"))
