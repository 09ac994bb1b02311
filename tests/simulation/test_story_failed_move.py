"""A move that was refused or broken off stays told in its row, across restarts, until somebody deals with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.simulation.test_story_moving import TARGET, USB, album, below, disk_with_usb, moved
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import FOLDER, Node, StorySwarm

from shoal.api.commands import CancelMove, Detail, MoveFiles, RecheckTorrent, UseFolder
from shoal.api.errors import Reason, UserError
from shoal.engine.storage import file_copy, relocation


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relocation, "STEP_BYTES", 60_000)
    monkeypatch.setattr(relocation, "STEP_FILES", 2)
    monkeypatch.setattr(file_copy, "SLICE_BYTES", 20_000)


async def history(node: Node) -> list[tuple[str, object]]:
    details = await node.client.details(node.torrent_id, frozenset({Detail.EVENTS}))
    return [(event.code, event.params.get("why")) for event in details.events or ()]


async def refused(swarm: StorySwarm, state_path: str = "") -> Node:
    """A seed whose move to a full disk was refused."""
    seed = await swarm.seed("seed", files=disk_with_usb(capacity=100_000), state_path=state_path or None)
    with pytest.raises(UserError, match="disk-full"):
        await seed.execute(MoveFiles(seed.torrent_id, TARGET))
    return seed


def test_a_refused_move_is_told_by_the_row_and_by_its_history_until_it_is_left() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seed = await refused(swarm)
        told = seed.row.failed_move
        assert told is not None
        at = told.params["at"]
        assert told == Reason("move-failed", {"folder": TARGET, "code": "disk-full", "path": TARGET, "at": at})
        assert at == int(seed.machine.world.clock.wall())
        assert ("move-failed", "disk-full") in await history(seed)
        assert seed.is_complete, "it goes on sharing"
        await seed.execute(CancelMove(seed.torrent_id))
        assert seed.row.failed_move is None
        await swarm.close()

    run_story(story, seed=21)


def test_no_move_at_all_is_nothing_to_mend() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seed = await swarm.seed("seed", files=disk_with_usb())
        with pytest.raises(UserError, match="same-folder"):
            await seed.execute(MoveFiles(seed.torrent_id, FOLDER + "/"))
        assert seed.row.failed_move is None
        await swarm.close()

    run_story(story, seed=22)


@pytest.mark.parametrize("command", [MoveFiles, UseFolder])
def test_a_move_that_works_and_another_folder_end_it(command: type[MoveFiles] | type[UseFolder]) -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seed = await refused(swarm)
        seed.machine.files.volumes[USB] = None  # type: ignore[attr-defined]
        target = TARGET if command is MoveFiles else FOLDER
        await seed.execute(command(seed.torrent_id, target))
        await moved(seed, target)
        await seed.until(lambda: seed.is_complete, 30, "sharing")
        assert seed.row.failed_move is None
        await swarm.close()

    run_story(story, seed=23)


def test_it_is_told_after_a_restart(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        state = str(tmp_path / "resume.db")
        seed = await refused(swarm, state)
        told = seed.row.failed_move
        assert told is not None
        await seed.close()
        again = await swarm.boot(seed.machine, state_path=state)
        await again.until(lambda: again.is_complete, 10, "sharing")
        assert again.row.failed_move == told
        await swarm.close()

    run_story(story, seed=24)


async def on_the_way(swarm: StorySwarm, state_path: str | None = None) -> Node:
    """A seed in the middle of a slow move."""
    seed = await swarm.seed("seed", files=disk_with_usb(), state_path=state_path)
    seed.machine.workers.seconds["move"] = 1.0
    await seed.execute(MoveFiles(seed.torrent_id, TARGET))
    await seed.until(lambda: bool(below(seed, USB)), 30, "copying")
    return seed


def test_a_move_that_a_quit_breaks_off_is_told_at_the_next_start(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        state = str(tmp_path / "resume.db")
        seed = await on_the_way(swarm, state)
        await seed.close()
        again = await swarm.boot(seed.machine, state_path=state)
        await again.until(lambda: again.is_complete, 30, "sharing at the old place")
        assert again.row.folder == FOLDER
        told = again.row.failed_move
        assert told is not None
        at = told.params["at"]
        assert told == Reason("move-failed", {"folder": TARGET, "code": "interrupted", "path": "", "at": at})
        assert ("move-failed", "interrupted") in await history(again)
        await swarm.close()

    run_story(story, seed=25)


def test_a_move_that_was_cancelled_is_not_told_and_one_that_a_check_broke_off_is() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seed = await on_the_way(swarm)
        await seed.execute(CancelMove(seed.torrent_id))
        await seed.until(lambda: seed.is_complete, 30, "sharing at the old place")
        assert seed.row.failed_move is None
        await seed.execute(MoveFiles(seed.torrent_id, TARGET))
        await seed.until(lambda: bool(below(seed, USB)), 30, "copying")
        await seed.execute(RecheckTorrent(seed.torrent_id))
        await seed.until(lambda: seed.is_complete, 30, "checked")
        assert seed.row.failed_move is not None
        assert seed.row.failed_move.params["code"] == "interrupted"
        await swarm.close()

    run_story(story, seed=26)
