"""Shoal and the clients people have: data goes both ways, found through every kind of tracker."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.live_shoal import LiveShoal, live_shoal
from tests.support.live_trackers import LiveTracker, live_tracker
from tests.support.real_clients import CLIENTS, RealClient
from tests.support.swarm_content import Content, single_file

from shoal.api.commands import AnnounceNow

pytestmark = pytest.mark.timeout(90)

TRACKERS = (("ours", "http"), ("ours", "udp"), ("opentracker", "http"), ("opentracker", "udp"))
# Each client meets every kind of tracker once; libtorrent each of them in both directions.
ENCOUNTERS = [
    *(("libtorrent", direction, *tracker) for direction in ("seeds", "downloads") for tracker in TRACKERS),
    *(
        (client, "seeds" if number % 2 == 0 else "downloads", *tracker)
        for shift, client in enumerate(name for name in CLIENTS if name != "libtorrent")
        for number, tracker in enumerate(TRACKERS[shift:] + TRACKERS[:shift])
    ),
]
DONE_SECONDS = 45.0


@contextlib.asynccontextmanager
async def running(name: str, place: Path, torrent: bytes, data: Path) -> AsyncIterator[RealClient]:
    """A client that shares `torrent` in `data`; what it said is added to a failure."""
    data.mkdir(parents=True, exist_ok=True)
    client = CLIENTS[name](place, torrent, data)
    try:
        yield client
    except BaseException as error:
        error.add_note(client.story())
        raise
    finally:
        # Its last announce may go to our tracker, which must be able to answer meanwhile.
        await asyncio.to_thread(client.stop)


async def until_same(content: Content, folder: Path, shoal: LiveShoal, torrent_id: str, tracker: LiveTracker) -> None:
    """Wait until a client has written every file as it must be.

    transmission does not connect to loopback by itself: once the tracker knows it Shoal asks again, and goes to it.
    """
    has_asked = False
    async with asyncio.timeout(DONE_SECONDS):
        while content.differing(folder):
            if not has_asked and (await tracker.counts(content.info_hash))[1]:
                has_asked = True
                await shoal.client.execute(AnnounceNow(torrent_id, force=True))
            await asyncio.sleep(0.2)


@pytest.mark.parametrize(("name", "role", "kind", "scheme"), ENCOUNTERS)
async def test_data_goes_between_shoal_and_a_real_client(
    name: str, role: str, kind: str, scheme: str, tmp_path: Path
) -> None:
    content = single_file(3_000_017)
    async with live_tracker(kind, tmp_path / "tracker", content.info_hash) as tracker:
        torrent = content.torrent(tracker.url(scheme))
        if role == "seeds":
            content.write_to(tmp_path / "theirs")
            async with running(name, tmp_path / name, torrent, tmp_path / "theirs"):
                await tracker.until(content.info_hash, seeds=1)
                async with live_shoal() as shoal:
                    torrent_id = await shoal.add(torrent, tmp_path / "ours")
                    await shoal.until_complete(torrent_id, DONE_SECONDS)
                    await shoal.until(torrent_id, lambda row: row.downloaded >= content.size, 5.0)
            assert not content.differing(tmp_path / "ours")
        else:
            content.write_to(tmp_path / "ours")
            async with live_shoal() as shoal:
                torrent_id = await shoal.add(torrent, tmp_path / "ours")
                await shoal.until_complete(torrent_id)
                await tracker.until(content.info_hash, seeds=1)
                async with running(name, tmp_path / name, torrent, tmp_path / "theirs"):
                    await until_same(content, tmp_path / "theirs", shoal, torrent_id, tracker)
                row = await shoal.until(torrent_id, lambda row: row.uploaded >= content.size, 5.0)
                assert row.is_complete
