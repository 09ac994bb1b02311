"""Stories in which things meet that were built apart: the queue and moves, names and restarts, folders and disks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from tests.simulation.test_story_moving import TARGET, assert_files_at, below, disk_with_usb, is_still, moved
from tests.simulation.test_story_queue import CONTENTS, RUNS, SHARES, STANDS, WAITS, Home, id_of, seed_of, story
from tests.simulation.test_story_trackers import URL, start_tracker
from tests.support.sim_files import MemoryFiles
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import FOLDER, StorySwarm, read_file
from tests.support.swarm_content import Content, many_files

from shoal.api import commands
from shoal.api.commands import Detail, QueueStep, Span
from shoal.api.snapshots import TorrentState
from shoal.engine.storage import file_copy, relocation

LINE = 100_000


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relocation, "STEP_BYTES", 60_000)
    monkeypatch.setattr(relocation, "STEP_FILES", 1)
    monkeypatch.setattr(file_copy, "SLICE_BYTES", 20_000)


@cache
def album() -> Content:
    return many_files([80_000, 100_000, 50_000], piece_length=1 << 15)


def test_whatever_is_done_to_one_that_waits_it_waits_on_and_runs_when_its_turn_comes() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        seed = await seed_of(sim, "abc")
        await home.add("ab")
        home.others = seed.others
        await home.add("c", down_limit=50_000)
        await home.until_runs("ab")
        c = id_of("c")
        await home.do(commands.MoveFiles(c, "/elsewhere"))
        await home.until(lambda: home.row("c").folder == "/elsewhere" and home.those(WAITS) == "c")
        await home.do(commands.RenamePath(c, "c", "other name"))
        await home.do(commands.RecheckTorrent(c))
        await home.do(commands.SetOrder(c, sequential=True, first_last_first=True))
        await home.do(commands.SetFilePriorities(c, ((0, 7),)))
        await home.do(commands.SetLabel(c, "kept"))
        await home.until(lambda: home.those(WAITS) == "c")
        await home.do(commands.RemoveTorrent(c))
        await home.until_runs("ab")
        await home.do(commands.RestoreTorrent(c))
        await home.until(lambda: home.those(WAITS) == "c")
        row = home.row("c")
        assert (row.label, row.content_path, row.queue_position) == ("kept", "/elsewhere/other name", 3)
        assert (row.sequential, row.first_last_first, row.down_limit) == (True, True, 50_000)
        await home.do(commands.AddPeers(c, seed.others))
        await home.do(commands.StopTorrent(id_of("a")))
        await home.until(lambda: home.state("c") is SHARES)
        assert read_file(home.machine.files, "/elsewhere/other name") == CONTENTS["c"].files[0][1]
        await seed.client.close()

    story(main)


def test_one_that_moves_while_its_turn_goes_to_another_waits_behind_it() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        seed = await seed_of(sim, up=50_000)
        home.others = seed.others
        await home.add("abc", down_limit=5_000)
        await home.until(lambda: home.row("a").pieces_done > 0)
        home.machine.workers.seconds["move"] = 2.0
        await home.do(commands.MoveFiles(id_of("a"), "/elsewhere"))
        assert home.state("a") is TorrentState.MOVING
        assert home.those(WAITS) == "c", "it keeps its turn while it moves"
        await home.do(commands.MoveInQueue((id_of("a"),), QueueStep.BOTTOM))
        await home.until_runs("bc")
        await home.until(lambda: home.those(WAITS) == "a", 60)
        assert home.row("a").folder == "/elsewhere"
        assert home.row("a").pieces_done > 0
        await home.do(commands.StopTorrent(id_of("c")))
        await home.until_runs("ab")
        await seed.client.close()

    story(main)


def test_a_seed_that_moves_or_is_checked_takes_no_place_in_the_line() -> None:
    """Also one that was finished in this very run."""

    async def main(sim: SimWorld, home: Home) -> None:
        seed = await seed_of(sim, "a")
        home.others = seed.others
        await home.add("a")
        await home.until(lambda: home.state("a") is SHARES)
        home.others = ()
        await home.add("bcd")
        await home.until_runs("bc")
        home.machine.workers.seconds.update(move=2.0, check=2.0)
        for command in (commands.MoveFiles(id_of("a"), "/elsewhere"), commands.RecheckTorrent(id_of("a"))):
            await home.do(command)
            while home.state("a") is not SHARES:
                torrent = home.session.torrents[id_of("a")]
                assert torrent.seems_complete
                home.session.queue.poke()
                await asyncio.sleep(0.1)
                assert home.those(RUNS) == "bc"
        await seed.client.close()

    story(main)


def test_stopping_one_that_skips_the_queue_brings_it_back_from_its_move_and_frees_nobodys_place() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        seed = await seed_of(sim, up=50_000)
        home.others = seed.others
        await home.add("abc", down_limit=5_000)
        await home.add("d", down_limit=5_000, skip_queue=True)
        await home.until(lambda: home.row("d").pieces_done > 0 and home.those(RUNS) == "abd")
        home.machine.workers.seconds["move"] = 2.0
        await home.do(commands.MoveFiles(id_of("d"), "/elsewhere"))
        await home.do(commands.StopTorrent(id_of("d")))
        assert home.state("d") is STANDS
        home.machine.workers.seconds["move"] = 0.0
        await home.stays(RUNS, "ab", 3)
        assert home.row("d").folder == FOLDER
        await home.do(commands.StartTorrent(id_of("d")))
        await home.until(lambda: home.those(WAITS) == "cd")
        await seed.client.close()

    story(main)


def test_without_a_cap_all_run_and_with_it_again_the_first_do() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        await home.add()
        await home.until_runs("ab")
        for _ in range(3):
            await home.do(commands.ChangeSettings((("active_downloads", 0),)))
            await home.until_runs("abcde")
            assert [home.row(name).reason for name in "cde"] != [None] * 3 or home.those(WAITS) == ""
            await home.do(commands.ChangeSettings((("active_downloads", 2),)))
            await home.until_runs("ab")
            assert home.those(WAITS) == "cde"
        # In quick succession, too.
        for most in (0, 1, 0, 2):
            await home.do(commands.ChangeSettings((("active_downloads", most),)))
        await home.until_runs("ab")
        assert home.those(WAITS) == "cde"

    story(main)


def test_trackers_know_of_it_only_while_it_has_its_turn() -> None:
    async def run(sim: SimWorld) -> None:
        tracker = await start_tracker(sim)
        home = await Home(sim.add_host("home"), most=1).open()
        for name in "ab":
            await home.do(commands.AddTorrent(CONTENTS[name].torrent(URL), FOLDER))

        def known() -> list[tuple[int, int]]:
            return [tracker.counts(CONTENTS[name].info_hash) for name in "ab"]

        await home.until_runs("a")
        await asyncio.sleep(2)
        assert known() == [(0, 1), (0, 0)]
        for turn in "baba":
            await home.do(commands.MoveInQueue((id_of(turn),), QueueStep.TOP))
            await home.until_runs(turn)
            await asyncio.sleep(3)
            assert known() == ([(0, 1), (0, 0)] if turn == "a" else [(0, 0), (0, 1)])
        await home.client.close()
        assert known() == [(0, 0), (0, 0)]

    run_story(run, seed=1)


def test_removed_and_restored_it_is_what_it_was(tmp_path: Path) -> None:
    """Events, speeds, names, folder, trackers, label; and again after a restart."""

    async def run(sim: SimWorld) -> None:
        state = str(tmp_path / "resume.db")
        swarm = StorySwarm(sim, album(), trackers=(URL,))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed], files=disk_with_usb(), state_path=state)
        torrent_id = leech.torrent_id
        await leech.completed(60)
        first = "/".join(album().plan.files[0].path)
        await leech.execute(commands.RenamePath(torrent_id, first, "renamed.bin"))
        await leech.execute(commands.RenamePath(torrent_id, "", "My album"))
        await leech.execute(commands.MoveFiles(torrent_id, TARGET))
        await moved(leech, TARGET)
        await leech.until(lambda: leech.is_complete, 20, "seeding at the new place")
        await leech.execute(commands.AddTrackers(torrent_id, ("udp://other.example.org:1",)))
        await leech.execute(commands.RemoveTrackers(torrent_id, (URL,)))
        await leech.execute(commands.SetLabel(torrent_id, "music"))
        await leech.execute(commands.RenameTorrent(torrent_id, "My name"))

        async def picture() -> tuple[object, ...]:
            row = leech.row
            details = await leech.client.details(torrent_id, frozenset({Detail.EVENTS, Detail.FILES, Detail.TRACKERS}))
            speed = await leech.client.speed_history(torrent_id, Span.ALL)
            assert details.events is not None
            assert details.files is not None
            assert details.trackers is not None
            return (
                (row.name, row.label, row.folder, row.content_path, row.completed_at, row.downloaded),
                [event for event in details.events if not event.code.startswith("tracker-")],
                [file.path for file in details.files],
                [tracker.url for tracker in details.trackers],
                round(sum(speed.down) * speed.step_seconds),
            )

        # The last step of the speed history is drawn when it is over.
        await asyncio.sleep(10)
        before = await picture()
        assert [event.code for event in before[1]].count("finished") == 1  # type: ignore[attr-defined]
        await leech.execute(commands.RemoveTorrent(torrent_id))
        assert torrent_id not in leech.session.torrents
        await asyncio.sleep(30)
        await leech.execute(commands.RestoreTorrent(torrent_id))
        await leech.until(lambda: leech.is_complete, 20, "seeding")
        assert await picture() == before
        await leech.close()
        leech = await swarm.boot(leech.machine, state_path=state)
        await leech.until(lambda: leech.is_complete, 20, "seeding")
        assert await picture() == before
        await swarm.close()

    run_story(run, seed=2)


def test_files_that_are_found_again_elsewhere_get_a_download_going_by_themselves() -> None:
    async def run(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seed = await swarm.seed("seed", up=30_000)
        disk = disk_with_usb()
        leech = await swarm.leech("leech", peers=[seed], files=disk, settings={"save_seconds": 1.0})
        await leech.until(lambda: leech.row.pieces_done >= 2, 30, "on its way")
        await asyncio.sleep(2)
        disk.make_folders("/found")
        disk.rename(leech.path(), f"/found/{album().name}")
        disk.unmount(FOLDER)
        await leech.until(lambda: leech.torrent.lifecycle.state is TorrentState.ERROR, 30, "missing its folder")
        kept = leech.row.pieces_done
        await leech.execute(commands.UseFolder(leech.torrent_id, "/found"))
        await leech.until(lambda: leech.torrent.lifecycle.is_running, 30, "going on")
        assert leech.row.pieces_done >= kept - 1
        assert leech.row.reason is None or leech.row.reason.code != "folder-gone"
        await leech.meet(seed)
        await leech.completed(60)
        assert_files_at(leech, "/found")
        details = await leech.client.details(leech.torrent_id, frozenset({Detail.EVENTS}))
        codes = [event.code for event in details.events or ()]
        assert codes.count("folder-changed") == 1
        assert codes.count("mended") == 1
        await swarm.close()

    run_story(run, seed=3)


def test_a_full_disk_is_left_for_another_and_the_download_goes_on() -> None:
    async def run(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seed = await swarm.seed("seed", up=LINE)
        disk = disk_with_usb()
        disk.capacity_bytes = 120_000
        leech = await swarm.leech("leech", peers=[seed], files=disk)
        await leech.until(lambda: leech.torrent.lifecycle.state is TorrentState.ERROR, 60, "out of room")
        reason = leech.row.reason
        assert reason is not None
        assert reason.code == "disk-full"
        kept = leech.torrent.picker.have
        await leech.execute(commands.MoveFiles(leech.torrent_id, TARGET))
        await moved(leech, TARGET)
        await leech.until(lambda: leech.torrent.lifecycle.is_running, 5, "going on")
        assert leech.torrent.picker.have & kept == kept
        await leech.meet(seed)
        await leech.completed(60)
        assert_files_at(leech, TARGET)
        assert below(leech, FOLDER) == []
        await swarm.close()

    run_story(run, seed=4)


def test_what_was_renamed_is_checked_under_its_new_names_also_while_it_is_being_checked() -> None:
    async def run(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seed = await swarm.seed("seed", files=disk_with_usb())
        first, second, _ = ("/".join(entry.path) for entry in album().plan.files)
        await seed.execute(commands.RenamePath(seed.torrent_id, first, "one"))
        await seed.execute(commands.RenamePath(seed.torrent_id, "", "My album"))
        await seed.execute(commands.RecheckTorrent(seed.torrent_id))
        await seed.until(lambda: seed.is_complete, 20, "checked")
        seed.machine.workers.seconds["check"] = 0.5
        await seed.execute(commands.RecheckTorrent(seed.torrent_id))
        await asyncio.sleep(0.7)
        await seed.execute(commands.RenamePath(seed.torrent_id, second, "two"))
        await seed.until(lambda: seed.is_complete, 60, "checked again")
        assert seed.row.pieces_done == album().piece_count
        assert len(below(seed, f"{FOLDER}/My album")) == 3
        await swarm.close()

    run_story(run, seed=5)


@pytest.mark.parametrize("place", ["old", "new"])
def test_pointing_at_either_place_of_a_move_that_was_cut_short_deletes_nothing(place: str) -> None:
    async def run(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seed = await swarm.seed("seed", files=disk_with_usb())
        await seed.execute(commands.MoveFiles(seed.torrent_id, TARGET))
        await moved(seed, TARGET)
        disk = seed.machine.files
        assert isinstance(disk, MemoryFiles)
        await seed.execute(commands.StopTorrent(seed.torrent_id))
        # As after a kill in the middle: it is still said to be at the old place, or still to have copies there.
        journal = ("move", TARGET) if place == "new" else ("moved", FOLDER)
        there = TARGET if place == "new" else FOLDER
        seed.torrent.keep(replace(seed.torrent.record, journal=journal, folder=FOLDER if place == "new" else TARGET))
        if place == "old":
            disk.make_folders(FOLDER)
            for path, data in album().files:
                disk.write_file("/".join((FOLDER, album().name, *path)), data)
        await seed.execute(commands.UseFolder(seed.torrent_id, there))
        await seed.until(lambda: is_still(seed) and seed.torrent.knows_files, 20, "looked at")
        await seed.execute(commands.StartTorrent(seed.torrent_id))
        await seed.until(lambda: seed.is_complete, 20, "seeding")
        assert_files_at(seed, there)
        await swarm.close()

    run_story(run, seed=6)


def test_what_a_move_left_half_done_is_settled_before_the_next_one_begins() -> None:
    async def run(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        disk = disk_with_usb()
        seed = await swarm.seed("seed", files=disk)
        await seed.execute(commands.StopTorrent(seed.torrent_id))
        # As when it was cut short and could not be brought back, for its disk failed.
        first = "/".join((album().name, *album().plan.files[0].path))
        disk.make_folders(f"/elsewhere/{first.rpartition('/')[0]}")
        disk.rename(f"{FOLDER}/{first}", f"/elsewhere/{first}")
        seed.torrent.keep(replace(seed.torrent.record, journal=("move", "/elsewhere")))
        await seed.execute(commands.MoveFiles(seed.torrent_id, "/third"))
        await moved(seed, "/third")
        await seed.execute(commands.StartTorrent(seed.torrent_id))
        await seed.until(lambda: seed.is_complete, 60, "seeding")
        assert_files_at(seed, "/third")
        assert below(seed, FOLDER) == []
        assert below(seed, "/elsewhere") == []
        await swarm.close()

    run_story(run, seed=7)


def test_the_order_of_pieces_changes_in_the_middle_and_holds_from_then_on() -> None:
    async def run(sim: SimWorld) -> None:
        content = many_files([600_000, 600_000], piece_length=1 << 15)
        swarm = StorySwarm(sim, content)
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.until(lambda: leech.row.pieces_done >= 6, 30, "on its way")
        await leech.execute(commands.SetOrder(leech.torrent_id, sequential=True, first_last_first=True))
        layout = leech.torrent.metainfo.layout
        edges = {
            edge for index in (0, 1) for edge in (layout.pieces_of_file(index)[0], layout.pieces_of_file(index)[-1])
        }
        begun = leech.torrent.picker.have | sum(1 << index for index in leech.torrent.download.open_pieces)
        opened: list[int] = []

        def look() -> bool:
            for index in leech.torrent.download.open_pieces:
                if not begun >> index & 1 and index not in opened:
                    opened.append(index)
            return leech.row.pieces_done >= 24

        await leech.until(look, 30, "half way")
        still_due = [edge for edge in sorted(edges) if not begun >> edge & 1]
        assert set(opened[: len(still_due)]) == set(still_due)
        rest = opened[len(still_due) :]
        assert rest == sorted(rest)
        assert len(rest) > 5
        await leech.execute(commands.SetOrder(leech.torrent_id, sequential=False, first_last_first=False))
        await leech.completed(60)
        leech.assert_data_is_right()
        await swarm.close()

    run_story(run, seed=8)
