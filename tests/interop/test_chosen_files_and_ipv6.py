"""Parts of a torrent, and the other address family, with real clients at the far end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.live_shoal import live_shoal, until
from tests.support.live_trackers import live_tracker
from tests.support.real_clients import LibtorrentClient, RealClient, start_rtorrent
from tests.support.swarm_content import Content, many_files, single_file

from shoal.api.commands import Detail, SetFilePriorities
from shoal.metainfo.priorities import FilePriority
from shoal.settings.engine_settings import EngineSettings

pytestmark = pytest.mark.timeout(60)

SKIPPED = (1, 2)
IPV6 = EngineSettings(listen_hosts="::1")


@contextlib.asynccontextmanager
async def told_on_failure(client: RealClient) -> AsyncIterator[RealClient]:
    """Ends the client; what it said is added to a failure."""
    try:
        yield client
    except BaseException as error:
        error.add_note(client.story())
        raise
    finally:
        await asyncio.to_thread(client.stop)


def chosen_content() -> tuple[Content, tuple[int, ...], list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Files whose ends share pieces; the priorities that skip some; the paths wanted and the paths skipped."""
    content = many_files([400_009, 150_001, 290_001, 500_003, 120_011], piece_length=1 << 16)
    paths = [entry.path for entry in content.plan.files]
    priorities = tuple(
        int(FilePriority.SKIP if index in SKIPPED else FilePriority.NORMAL) for index in range(len(paths))
    )
    skipped = [paths[index] for index in SKIPPED]
    return content, priorities, [path for path in paths if path not in skipped], skipped


async def test_skipped_files_are_not_created_and_come_when_they_are_wanted(tmp_path: Path) -> None:
    content, priorities, wanted, skipped = chosen_content()
    content.write_to(tmp_path / "theirs")
    async with live_tracker("ours", tmp_path / "tracker", content.info_hash) as tracker:
        torrent = content.torrent(tracker.http_url)
        rtorrent = start_rtorrent(tmp_path / "rtorrent", torrent, tmp_path / "theirs")
        async with told_on_failure(rtorrent), live_shoal() as shoal:
            await tracker.until(content.info_hash, seeds=1)
            torrent_id = await shoal.add(torrent, tmp_path / "ours", priorities=priorities)
            row = await shoal.until_complete(torrent_id)
            assert row.wanted == sum(len(data) for path, data in content.files if path in wanted)
            assert row.pieces_done < row.pieces_total
            assert not content.differing(tmp_path / "ours", wanted)
            assert not [path for path in skipped if content.path_in(tmp_path / "ours", path).exists()]

            everything = tuple((index, int(FilePriority.NORMAL)) for index in SKIPPED)
            await shoal.client.execute(SetFilePriorities(torrent_id, everything))
            await shoal.until(torrent_id, lambda row: row.pieces_done == row.pieces_total, 30.0)
            assert not content.differing(tmp_path / "ours")


async def test_a_part_of_a_torrent_is_given_on(tmp_path: Path) -> None:
    content, priorities, wanted, _ = chosen_content()
    content.write_to(tmp_path / "whole")
    async with live_shoal() as seed, live_shoal() as partial:
        torrent_id = await seed.add(content.torrent(), tmp_path / "whole")
        await seed.until_complete(torrent_id)
        source = ("127.0.0.1", seed.totals.listen_port)
        await partial.add(content.torrent(), tmp_path / "part", source, priorities=priorities)
        row = await partial.until_complete(torrent_id)
        assert row.pieces_done < row.pieces_total
        client = LibtorrentClient(content.torrent(), tmp_path / "theirs")
        async with told_on_failure(client):
            # The pieces that lie across a skipped file's end come from the hidden part file.
            client.connect("127.0.0.1", partial.totals.listen_port)
            await until(lambda: client.pieces_done >= row.pieces_done, 30.0)
            assert not content.differing(tmp_path / "theirs", wanted)


async def test_ipv6_download_from_libtorrent(tmp_path: Path) -> None:
    content = single_file(2_000_003)
    content.write_to(tmp_path / "theirs")
    client = LibtorrentClient(content.torrent(), tmp_path / "theirs", host="::1")
    async with told_on_failure(client), live_shoal(IPV6) as shoal:
        torrent_id = await shoal.add(content.torrent(), tmp_path / "ours", ("::1", client.port))
        await shoal.until_complete(torrent_id)
    assert not content.differing(tmp_path / "ours")


async def test_ipv6_seeding_to_libtorrent_through_our_tracker(tmp_path: Path) -> None:
    content = single_file(2_000_003)
    content.write_to(tmp_path / "ours")
    async with live_tracker("ours", tmp_path / "tracker", content.info_hash, host="::1") as tracker:
        torrent = content.torrent(tracker.http_url)
        async with live_shoal(IPV6) as shoal:
            torrent_id = await shoal.add(torrent, tmp_path / "ours")
            await shoal.until_complete(torrent_id)
            await tracker.until(content.info_hash, seeds=1)
            client = LibtorrentClient(torrent, tmp_path / "theirs", host="::1")
            async with told_on_failure(client):
                await until(lambda: not content.differing(tmp_path / "theirs"), 30.0)
                peers = (await shoal.client.details(torrent_id, frozenset({Detail.PEERS}))).peers
                assert all(peer.host == "::1" for peer in peers or ())
                await shoal.until(torrent_id, lambda row: row.uploaded >= content.size, 5.0)
