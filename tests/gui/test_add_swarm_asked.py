"""The add window asks the trackers while one looks: those of the shown torrent, once; else nobody is asked."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tests.gui.conftest import WindowRun, opened, until
from tests.support.torrent_samples import torrent_bytes

from shoal.api.details import SwarmLookup
from shoal.gui.application import Application
from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.style.swarm_health import Health
from shoal.metainfo.torrent_file import parse_metainfo

GOOD, THIN = SwarmLookup("127.0.0.1", 9, 31), SwarmLookup("127.0.0.1", 0, 2)


@pytest.fixture
def torrents(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{name}.torrent" for name in ("first", "second")]
    for path in paths:
        path.write_bytes(torrent_bytes(path.stem, {"one.mkv": 30_000}))
    return paths


def hash_of(path: Path) -> str:
    found = parse_metainfo(path.read_bytes(), max_bytes=1_000_000).info_hash_v1
    assert found is not None
    return found.hex()


def test_the_head_tells_that_the_tracker_answers_and_how_large_the_swarm_is(
    run: WindowRun, torrents: list[Path]
) -> None:
    run.client.lookups = {hash_of(torrents[0]): GOOD}

    async def story(application: Application) -> None:
        may_answer = run.client.may_answer = asyncio.Event()
        application.window.open_sources([str(torrents[0])])
        header = (await opened(run, AddTorrentDialog)).header
        await until(lambda: run.client.looked_up)
        assert header.badge.word == "Asking\u2026"
        assert header.facts.accessibleName() == "30 kB in 1 file \u00b7 tracker 127.0.0.1"
        may_answer.set()
        await until(lambda: header.badge.level is Health.GOOD)
        assert header.badge.accessibleName() == "Good swarm: 9 seeds \u00b7 31 peers"
        assert header.facts.accessibleName() == "30 kB in 1 file \u00b7 tracker 127.0.0.1 answers"

    run.play(story)
    ((trackers, info_hash),) = run.client.looked_up
    assert info_hash == hash_of(torrents[0])
    assert all("127.0.0.1" in url for url in trackers)


def test_of_several_only_the_shown_one_is_asked_and_each_once(run: WindowRun, torrents: list[Path]) -> None:
    first, second = map(hash_of, torrents)
    run.client.lookups = {first: GOOD, second: THIN}

    async def story(application: Application) -> None:
        application.window.open_sources([str(path) for path in torrents])
        dialog = await opened(run, AddTorrentDialog)
        badge = dialog.header.badge
        await until(lambda: badge.level is Health.GOOD)
        assert [info_hash for _, info_hash in run.client.looked_up] == [first]
        dialog.ticks.setCurrentRow(1)
        assert badge.level is Health.UNKNOWN
        await until(lambda: badge.level is Health.VERY_THIN)
        dialog.ticks.setCurrentRow(0)
        assert badge.level is Health.GOOD

    run.play(story)
    assert [info_hash for _, info_hash in run.client.looked_up] == [first, second]


def test_an_answer_for_another_torrent_is_not_shown(run: WindowRun, torrents: list[Path]) -> None:
    first, second = map(hash_of, torrents)
    run.client.lookups = {first: GOOD}

    async def story(application: Application) -> None:
        may_answer = run.client.may_answer = asyncio.Event()
        application.window.open_sources([str(path) for path in torrents])
        dialog = await opened(run, AddTorrentDialog)
        await until(lambda: run.client.looked_up)
        dialog.ticks.setCurrentRow(1)
        may_answer.set()
        await until(lambda: len(run.client.looked_up) == 2)
        await until(lambda: dialog.header.badge.word == "Unknown until started")
        assert dialog.entries[0].lookup is None
        dialog.ticks.setCurrentRow(0)
        await until(lambda: dialog.header.badge.level is Health.GOOD)

    run.play(story)
    assert [info_hash for _, info_hash in run.client.looked_up] == [first, second, first]


def test_a_window_that_is_closed_asks_no_more(run: WindowRun, torrents: list[Path]) -> None:
    async def story(application: Application) -> None:
        given_up = asyncio.Event()

        class Waiting(asyncio.Event):
            async def wait(self) -> bool:  # type: ignore[override]
                try:
                    await asyncio.Event().wait()
                finally:
                    given_up.set()
                return True

        run.client.may_answer = Waiting()
        application.window.open_sources([str(torrents[0])])
        dialog = await opened(run, AddTorrentDialog)
        await until(lambda: run.client.looked_up)
        dialog.reject()
        await asyncio.wait_for(given_up.wait(), 5)
        assert len(run.client.looked_up) == 1

    run.play(story)


def test_nobody_is_asked_where_no_window_asks(run: WindowRun, torrents: list[Path]) -> None:
    run.settings = replace(run.settings, ask_before_adding=False)

    async def story(application: Application) -> None:
        application.window.open_sources([str(torrents[0])])
        await until(lambda: run.client.commands)

    run.play(story)
    assert run.client.looked_up == []
