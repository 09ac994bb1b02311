"""Stories of files on the move: another folder, another disk, cancelled, full, killed; other names."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from functools import cache
from pathlib import Path

import pytest
from tests.support.faulty_files import PowerLossFiles
from tests.support.sim_files import MemoryFiles
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import FOLDER, Node, StorySwarm, read_file
from tests.support.swarm_content import Content, many_files, single_file

from shoal.api.commands import (
    AddTorrent,
    CancelMove,
    Detail,
    MoveFiles,
    RecheckTorrent,
    RemoveTorrent,
    RenamePath,
    SetFilePriorities,
    StartTorrent,
    StopTorrent,
    UseFolder,
)
from shoal.api.errors import UserError
from shoal.api.snapshots import Alert, TorrentState, Update
from shoal.engine.storage import file_copy, relocation

LINE = 100_000
USB = "/usb"
TARGET = "/usb/films"


@cache
def album() -> Content:
    return many_files([80_000, 100_000, 0, 50_000], piece_length=1 << 15)


def disk_with_usb(capacity: int | None = None) -> PowerLossFiles:
    disk = PowerLossFiles()
    disk.make_folders(USB)
    disk.volumes[USB] = capacity
    return disk


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small torrent takes several steps, too."""
    monkeypatch.setattr(relocation, "STEP_BYTES", 60_000)
    monkeypatch.setattr(relocation, "STEP_FILES", 2)
    monkeypatch.setattr(file_copy, "SLICE_BYTES", 20_000)


class Heard:
    """The alerts that a front end hears."""

    def __init__(self, node: Node) -> None:
        self.alerts: list[Alert] = []
        node.client.subscribe(self._update, beat_seconds=0.1)

    def _update(self, update: Update) -> None:
        self.alerts += update.alerts

    def of(self, code: str) -> Alert:
        return next(alert for alert in self.alerts if alert.code == code)

    @property
    def codes(self) -> set[str]:
        return {alert.code for alert in self.alerts}


def below(node: Node, folder: str) -> list[str]:
    disk = getattr(node.machine.files, "inner", node.machine.files)
    assert isinstance(disk, MemoryFiles)
    return [path for path in disk.paths() if path.startswith(folder + "/")]


def assert_files_at(node: Node, folder: str) -> None:
    for path, data in node.content.files:
        found = read_file(node.machine.files, "/".join((folder, node.content.name, *path)))
        assert hashlib.sha256(found).digest() == hashlib.sha256(data).digest()


async def moved(node: Node, folder: str) -> None:
    await node.until(lambda: node.torrent.record.folder == folder and is_still(node), 30, f"moved to {folder}")


def is_still(node: Node) -> bool:
    return node.torrent.lifecycle.state is not TorrentState.MOVING and not node.torrent.record.journal


@pytest.mark.parametrize("target", ["/elsewhere/deep", TARGET], ids=["same disk", "other disk"])
@pytest.mark.parametrize("content", [album(), single_file(200_000)], ids=["album", "single"])
def test_a_seed_moves_and_goes_on_seeding_without_a_check(target: str, content: Content) -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, content)
        seed = await swarm.seed("seed", up=LINE, files=disk_with_usb())
        heard = Heard(seed)
        checks = seed.machine.workers.seconds
        checks["check"] = 1000.0  # a check would never end
        await seed.execute(MoveFiles(seed.torrent_id, target))
        assert seed.torrent.lifecycle.state is TorrentState.MOVING
        await moved(seed, target)
        await seed.until(lambda: seed.is_complete, 10, "seeding again")
        assert_files_at(seed, target)
        assert below(seed, FOLDER) == []
        assert FOLDER + "/" + content.name not in seed.machine.files._nodes  # type: ignore[attr-defined]
        await asyncio.sleep(0.3)
        assert heard.of("moved").params["folder"] == target
        assert seed.row.folder == target
        assert seed.row.content_path == f"{target}/{content.name}"
        leech = await swarm.leech("leech", peers=[seed])
        await leech.completed(60)
        await swarm.close()

    run_story(story, seed=1)


@pytest.mark.parametrize("target", ["/elsewhere", TARGET], ids=["same disk", "other disk"])
def test_a_download_moves_in_the_middle_keeps_its_pieces_and_its_part_file(target: str) -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed], files=disk_with_usb(), file_priorities=(4, 0, 4, 4))
        await leech.until(lambda: leech.row.pieces_done >= 3, 30, "on its way")
        await leech.execute(MoveFiles(leech.torrent_id, target))
        kept = leech.torrent.picker.have
        await moved(leech, target)
        assert leech.torrent.picker.have & kept == kept
        leech.assert_claims_are_true()
        await leech.until(lambda: leech.torrent.lifecycle.is_running, 10, "going on")
        await leech.meet(seed)
        await leech.completed(60)
        assert below(leech, FOLDER) == []
        await leech.execute(SetFilePriorities(leech.torrent_id, ((1, 4),)))
        await leech.until(lambda: leech.row.is_complete and leech.is_complete, 60, "complete with the skipped file")
        assert_files_at(leech, target)
        await swarm.close()

    run_story(story, seed=2)


def test_a_stopped_torrent_moves_and_stays_stopped() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seed = await swarm.seed("seed", files=disk_with_usb())
        await seed.execute(StopTorrent(seed.torrent_id))
        await seed.execute(MoveFiles(seed.torrent_id, TARGET))
        await moved(seed, TARGET)
        assert seed.torrent.lifecycle.state is TorrentState.STOPPED
        assert seed.row.pieces_done == album().piece_count
        await seed.execute(StartTorrent(seed.torrent_id))
        await seed.until(lambda: seed.is_complete, 10, "seeding")
        assert_files_at(seed, TARGET)
        await swarm.close()

    run_story(story, seed=3)


async def moving_slowly(sim: SimWorld) -> tuple[StorySwarm, Node, Heard]:
    """A seed whose move takes a second for each step."""
    swarm = StorySwarm(sim, album())
    seed = await swarm.seed("seed", files=disk_with_usb())
    heard = Heard(seed)
    seed.machine.workers.seconds["move"] = 1.0
    await seed.execute(MoveFiles(seed.torrent_id, TARGET))
    await seed.until(lambda: bool(below(seed, USB)), 30, "copying")
    return swarm, seed, heard


def test_a_cancelled_move_leaves_everything_as_it_was() -> None:
    async def story(sim: SimWorld) -> None:
        swarm, seed, heard = await moving_slowly(sim)
        await seed.execute(CancelMove(seed.torrent_id))
        await seed.until(lambda: seed.is_complete, 30, "seeding at the old place")
        assert below(seed, USB) == []
        assert_files_at(seed, FOLDER)
        assert seed.row.folder == FOLDER
        assert not heard.codes & {"moved", "move-failed"}
        await swarm.close()

    run_story(story, seed=4)


def test_stop_recheck_and_remove_cancel_a_move_first() -> None:
    async def stop(sim: SimWorld) -> None:
        swarm, seed, _ = await moving_slowly(sim)
        await seed.execute(StopTorrent(seed.torrent_id))
        assert seed.torrent.lifecycle.state is TorrentState.STOPPED
        assert below(seed, USB) == []
        assert_files_at(seed, FOLDER)
        await swarm.close()

    async def recheck(sim: SimWorld) -> None:
        swarm, seed, _ = await moving_slowly(sim)
        await seed.execute(RecheckTorrent(seed.torrent_id))
        await seed.until(lambda: seed.is_complete, 30, "checked")
        assert below(seed, USB) == []
        await swarm.close()

    async def remove(sim: SimWorld) -> None:
        swarm, seed, _ = await moving_slowly(sim)
        await seed.execute(RemoveTorrent(seed.torrent_id, delete_data=True))
        assert below(seed, USB) == []
        assert below(seed, FOLDER) == []
        await swarm.close()

    for story in (stop, recheck, remove):
        run_story(story, seed=5)


def test_a_move_is_refused_for_want_of_room_for_a_name_in_the_way_and_for_no_move_at_all() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        disk = disk_with_usb(capacity=100_000)
        seed = await swarm.seed("seed", files=disk)
        with pytest.raises(UserError, match="disk-full") as full:
            await seed.execute(MoveFiles(seed.torrent_id, TARGET))
        assert full.value.reason.params["missing"] > 0  # type: ignore[operator]
        with pytest.raises(UserError, match="same-folder"):
            await seed.execute(MoveFiles(seed.torrent_id, FOLDER + "/"))
        taken = f"/other/{album().name}/{'/'.join(album().plan.files[0].path)}"
        disk.write_file(taken, b"somebody's")
        with pytest.raises(UserError, match="name-taken") as caught:
            await seed.execute(MoveFiles(seed.torrent_id, "/other"))
        assert caught.value.reason.params["path"] == taken
        assert seed.is_complete, "a refused move must not disturb"
        assert disk.read_file(taken) == b"somebody's"
        await swarm.close()

    run_story(story, seed=6)


def test_a_disk_that_fills_during_the_move_is_told_and_the_torrent_goes_on_at_the_old_place() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        disk = disk_with_usb(capacity=300_000)
        seed = await swarm.seed("seed", files=disk)
        heard = Heard(seed)
        seed.machine.workers.seconds["move"] = 1.0
        await seed.execute(MoveFiles(seed.torrent_id, TARGET))
        disk.volumes[USB] = 120_000
        await seed.until(lambda: "move-failed" in heard.codes, 30, "aware of it")
        failed = heard.of("move-failed")
        assert (failed.params["code"], failed.params["folder"]) == ("disk-full", TARGET)
        await seed.until(lambda: seed.is_complete, 30, "seeding at the old place")
        assert below(seed, USB) == []
        assert_files_at(seed, FOLDER)
        await swarm.close()

    run_story(story, seed=7)


def test_others_go_on_while_one_moves() -> None:
    async def story(sim: SimWorld) -> None:
        swarm, node, _ = await moving_slowly(sim)
        other = single_file(300_000, seed=9, name="other.bin")
        source = await StorySwarm(sim, other).seed("source", up=LINE)
        node.machine.workers.seconds["move"] = 100.0
        await node.client.execute(AddTorrent(other.torrent(), FOLDER, peers=(source.address,)))
        torrent = node.session.torrents[other.info_hash.hex()]
        await node.until(lambda: torrent.lifecycle.state is TorrentState.SEEDING, 60, "done with the other")
        assert node.torrent.lifecycle.state is TorrentState.MOVING
        node.machine.workers.seconds["move"] = 0.0
        await node.until(lambda: node.row.folder == TARGET and is_still(node), 200, "moved")
        await source.close()
        await swarm.close()

    run_story(story, seed=8)


def test_a_new_folder_is_kept_across_a_restart(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        state = str(tmp_path / "resume.db")
        seed = await swarm.seed("seed", files=disk_with_usb(), state_path=state)
        await seed.execute(MoveFiles(seed.torrent_id, TARGET))
        await moved(seed, TARGET)
        await seed.close()
        again = await swarm.boot(seed.machine, state_path=state)
        again.machine.workers.seconds["check"] = 1000.0
        await again.until(lambda: again.is_complete, 10, "seeding without a check")
        assert again.row.folder == TARGET
        assert_files_at(again, TARGET)
        await swarm.close()

    run_story(story, seed=9)


@pytest.mark.parametrize("power", [False, True], ids=["kill", "power loss"])
@pytest.mark.parametrize("seconds", [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5])
def test_killed_in_the_middle_of_a_move_everything_is_there(tmp_path: Path, seconds: float, power: bool) -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        old, new = tmp_path / "old", tmp_path / "new"
        seed = await swarm.seed("seed", files=disk_with_usb(), state_path=str(old / "resume.db"))
        await asyncio.sleep(1)
        seed.machine.workers.seconds["move"] = 1.0
        await seed.execute(MoveFiles(seed.torrent_id, TARGET))
        await asyncio.sleep(seconds)
        shutil.copytree(old, new)
        machine = sim.lose_power("seed") if power else sim.kill("seed")
        again = await swarm.boot(machine, state_path=str(new / "resume.db"))
        again.machine.workers.seconds["move"] = 0.0
        await again.until(lambda: again.is_complete, 20, "seeding")
        folder = again.row.folder
        assert folder in {FOLDER, TARGET}
        assert_files_at(again, folder)
        assert below(again, FOLDER if folder == TARGET else USB) == []
        await again.close()
        await seed.client.close()

    run_story(story, seed=10)


def test_files_are_found_elsewhere_and_what_is_right_is_kept() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        disk = disk_with_usb()
        seed = await swarm.seed("seed", files=disk)
        await seed.execute(StopTorrent(seed.torrent_id))
        disk.make_folders("/found")
        disk.rename(f"{FOLDER}/{album().name}", f"/found/{album().name}")
        await seed.execute(StartTorrent(seed.torrent_id))
        await seed.until(lambda: seed.torrent.lifecycle.state is TorrentState.ERROR, 10, "missing its files")
        with pytest.raises(UserError, match="files-not-there"):
            await seed.execute(UseFolder(seed.torrent_id, "/usb"))
        # The person may also point at the torrent's own folder.
        await seed.execute(UseFolder(seed.torrent_id, f"/found/{album().name}"))
        await seed.until(lambda: seed.is_complete, 30, "seeding from there")
        assert seed.row.folder == "/found"
        assert seed.row.pieces_done == album().piece_count
        await swarm.close()

    run_story(story, seed=11)


def test_a_file_and_the_folder_are_renamed_while_it_downloads_and_after_a_restart(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        state = str(tmp_path / "resume.db")
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed], files=disk_with_usb(), state_path=state)
        await leech.until(lambda: leech.row.pieces_done >= 3, 30, "on its way")
        first = "/".join(album().plan.files[0].path)
        name = first.rpartition("/")[2]
        folder = first.rpartition("/")[0]
        before = leech.row.files_revision
        await leech.execute(RenamePath(leech.torrent_id, first, "renamed.bin"))
        assert leech.torrent.lifecycle.is_running
        assert leech.row.files_revision > before
        await leech.execute(RenamePath(leech.torrent_id, "", "My album"))
        assert leech.row.content_path == f"{FOLDER}/My album"
        new = f"{folder}/renamed.bin".lstrip("/")
        rows = (await leech.client.details(leech.torrent_id, frozenset({Detail.FILES}))).files
        assert rows is not None
        assert rows[0].path == new
        for wrong, why in [("", "empty"), ("a/b", "separator"), ("NUL", "reserved"), ("a:b", "characters")]:
            with pytest.raises(UserError, match="bad-name") as caught:
                await leech.execute(RenamePath(leech.torrent_id, new, wrong))
            assert caught.value.reason.params["why"] == why
        await leech.completed(60)
        assert read_file(leech.machine.files, f"{FOLDER}/My album/{new}") == album().files[0][1]
        assert not any(name in path.rsplit("/", 1) for path in below(leech, FOLDER))
        await leech.close()
        again = await swarm.boot(leech.machine, state_path=state)
        again.machine.workers.seconds["check"] = 1000.0
        await again.until(lambda: again.is_complete, 10, "seeding without a check")
        assert again.row.content_path == f"{FOLDER}/My album"
        await again.close()
        await seed.close()

    run_story(story, seed=12)


def test_deleting_uses_the_wastebasket_and_says_when_it_cannot() -> None:
    async def story(sim: SimWorld) -> None:
        for has_one in (True, False):
            swarm = StorySwarm(sim, album())
            disk = disk_with_usb()
            disk.has_wastebasket = has_one
            seed = await swarm.seed(f"seed {has_one}", files=disk)
            heard = Heard(seed)
            await seed.execute(RemoveTorrent(seed.torrent_id, delete_data=True))
            assert disk.paths() == []
            await asyncio.sleep(0.3)
            assert disk.trashed == ([f"{FOLDER}/{album().name}"] if has_one else [])
            assert ("deleted-for-good" in heard.codes) is not has_one
            await swarm.close()

    run_story(story, seed=13)


def test_disks_are_told_by_device_with_what_their_transfers_still_need() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        disk = disk_with_usb(capacity=10_000_000)
        seed = await swarm.seed("seed", files=disk)
        others = [single_file(200_000, seed=number, name=f"{number}.bin") for number in (1, 2)]
        for number, other in enumerate(others):
            await seed.execute(
                AddTorrent(other.torrent(), f"{USB}/{number}", start=False, full_allocation=bool(number))
            )
        await asyncio.sleep(3)
        totals = seed.session.totals()
        usb, system = totals.disks
        assert usb.folders == (f"{USB}/0", f"{USB}/1")
        assert (usb.total, usb.due) == (10_000_000, 400_000)
        assert usb.free == totals.free_bytes[f"{USB}/0"] > 0
        assert (system.folders, system.due) == ((FOLDER,), 0)
        # Once all room is reserved nothing is due.
        await seed.execute(StartTorrent(others[1].info_hash.hex()))
        await asyncio.sleep(3)
        assert seed.session.totals().disks[0].due == 200_000
        await seed.execute(MoveFiles(seed.torrent_id, TARGET))
        await moved(seed, TARGET)
        await asyncio.sleep(3)
        assert [disk.folders for disk in seed.session.totals().disks] == [(f"{USB}/0", f"{USB}/1", TARGET)]
        await swarm.close()

    run_story(story, seed=14)
