"""Shoals among themselves on real sockets."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from tests.support.live_shoal import LiveShoal, live_shoal
from tests.support.live_trackers import live_tracker
from tests.support.swarm_content import single_file

from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.settings.engine_settings import EngineSettings

pytestmark = pytest.mark.timeout(90)

LEECHES = 5


async def test_five_leeches_complete_from_one_seed_and_give_to_each_other(tmp_path: Path) -> None:
    content = single_file(6_000_019)
    content.write_to(tmp_path / "seed")
    # The seed is slow, so that most of what a leech gets comes from the others.
    slow = EngineSettings(listen_hosts="127.0.0.1", up_limit=1_500_000)
    async with live_tracker("ours", tmp_path / "tracker", content.info_hash) as tracker, AsyncExitStack() as stack:
        torrent = content.torrent(tracker.http_url)
        seed = await stack.enter_async_context(live_shoal(slow))
        torrent_id = await seed.add(torrent, tmp_path / "seed")
        await seed.until_complete(torrent_id)
        await tracker.until(content.info_hash, seeds=1)
        leeches: list[LiveShoal] = []
        for number in range(LEECHES):
            leech = await stack.enter_async_context(live_shoal())
            await leech.add(torrent, tmp_path / f"leech {number}")
            leeches.append(leech)
        await asyncio.gather(*(leech.until_complete(torrent_id, 60.0) for leech in leeches))

        def has_all(row: TorrentRow) -> bool:
            return row.downloaded >= content.size

        rows = [await leech.until(torrent_id, has_all, 5.0) for leech in leeches]
        given = sum(row.uploaded for row in rows)
        from_seed = seed.rows[torrent_id].uploaded
        assert given > content.size, [row.uploaded for row in rows]
        assert from_seed < LEECHES * content.size - given / 2
        assert all(row.wasted <= content.size // 10 for row in rows), [row.wasted for row in rows]
    for number in range(LEECHES):
        assert not content.differing(tmp_path / f"leech {number}")


async def test_a_seed_goes_to_a_leech_that_does_not_know_it(tmp_path: Path) -> None:
    content = single_file(1_000_003)
    content.write_to(tmp_path / "seed")
    async with live_shoal() as seed, live_shoal() as leech:
        torrent_id = await leech.add(content.torrent(), tmp_path / "leech")
        await leech.until(torrent_id, lambda row: row.state is TorrentState.DOWNLOADING, 10.0)
        await seed.add(content.torrent(), tmp_path / "seed", ("127.0.0.1", leech.totals.listen_port))
        await leech.until_complete(torrent_id, 20.0)
    assert not content.differing(tmp_path / "leech")
