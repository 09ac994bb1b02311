"""Commands on entries of the list: labels, names, and what was removed comes back as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.sim_world import Machine, SimWorld, run_story
from tests.support.story_swarm import FOLDER, lay_out
from tests.support.swarm_content import many_files, single_file

from shoal.api import commands
from shoal.api.errors import UserError
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.removed import MOST_BYTES, MOST_REMOVALS, RemovedTorrents
from shoal.engine.session.session import Session
from shoal.engine.torrent.resume import ResumeRecord
from shoal.engine.torrent.rows import torrent_row
from shoal.settings.engine_settings import EngineSettings

NAMES = "abcde"
CONTENTS = {name: single_file(100_000, piece_length=1 << 15, seed=ord(name), name=name) for name in NAMES}
ALBUM = many_files([100_000, 50_000, 20], piece_length=1 << 15)


def id_of(name: str) -> str:
    return CONTENTS[name].info_hash.hex()


class Room:
    """A session on a simulated machine."""

    def __init__(self, machine: Machine, state_path: Path | None) -> None:
        self.machine = machine
        self._state_path = state_path

    async def open(self) -> None:
        path = None if self._state_path is None else str(self._state_path)
        self.session = Session(self.machine.world, SessionConfig(EngineSettings(), path), None)
        await self.session.open()
        self.client = LocalClient(self.session)

    async def add(self, names: str = NAMES, **values: object) -> None:
        for name in names:
            await self.client.execute(commands.AddTorrent(CONTENTS[name].torrent(), FOLDER, **values))  # type: ignore[arg-type]

    async def do(self, command: commands.Command) -> None:
        await self.client.execute(command)

    async def refused(self, command: commands.Command) -> dict[str, object]:
        with pytest.raises(UserError) as caught:
            await self.client.execute(command)
        return {"code": caught.value.code, **caught.value.reason.params}

    def row(self, torrent_id: str) -> TorrentRow:
        return torrent_row(self.session.torrents[torrent_id], self.machine.clock.now())

    async def until(self, torrent_id: str, state: TorrentState) -> None:
        for _ in range(600):
            if self.session.torrents[torrent_id].lifecycle.state is state:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{self.row(torrent_id)} is not {state}")

    @property
    def order(self) -> str:
        torrents = sorted(self.session.torrents.values(), key=lambda torrent: torrent.queue_position)
        assert [torrent.queue_position for torrent in torrents] == list(range(1, len(torrents) + 1))
        return "".join(torrent.metainfo.name for torrent in torrents)


def story(main: Callable[[Room], Awaitable[None]], state: Path | None = None) -> None:
    async def run(sim: SimWorld) -> None:
        room = Room(sim.add_host("home"), state)
        await room.open()
        await main(room)
        await room.client.close()

    run_story(run)


def test_a_label_is_one_clean_line_of_at_most_64_characters_and_can_be_taken_away() -> None:
    async def main(room: Room) -> None:
        await room.add("a", label=" Linux\u202e\n ")
        assert room.row(id_of("a")).label == "Linux"
        await room.do(commands.SetLabel(id_of("a"), "x" * 64))
        assert room.row(id_of("a")).label == "x" * 64
        refusal = await room.refused(commands.SetLabel(id_of("a"), "x" * 65))
        assert refusal == {"code": "bad-label", "most": 64}
        assert (await room.refused(commands.AddTorrent(ALBUM.torrent(), FOLDER, label="y" * 65)))["code"] == "bad-label"
        assert len(room.session.torrents) == 1
        await room.do(commands.SetLabel(id_of("a"), ""))
        assert room.row(id_of("a")).label == ""
        assert (await room.refused(commands.SetLabel("0" * 40, "z")))["code"] == "no-such-torrent"

    story(main)


def test_another_name_is_for_the_list_only() -> None:
    async def main(room: Room) -> None:
        await room.add("a")
        await room.do(commands.RenameTorrent(id_of("a"), "  Holiday\u200b film "))
        row = room.row(id_of("a"))
        assert (row.name, row.content_path) == ("Holiday film", f"{FOLDER}/a")
        for name, why in (("\u202e\n", "empty"), ("x" * 256, "too-long")):
            refusal = await room.refused(commands.RenameTorrent(id_of("a"), name))
            assert (refusal["code"], refusal["why"]) == ("bad-name", why)
        assert room.row(id_of("a")).name == "Holiday film"
        await room.do(commands.RenameTorrent(id_of("a"), ""))
        assert room.row(id_of("a")).name == "a"

    story(main)


def test_what_a_person_gave_an_entry_survives_a_restart(tmp_path: Path) -> None:
    async def main(room: Room) -> None:
        await room.add("ab", start=False)
        await room.do(commands.SetLabel(id_of("a"), "Music"))
        await room.do(commands.RenameTorrent(id_of("a"), "Live"))
        await room.do(commands.SetOrder(id_of("a"), first_last_first=True))
        await room.do(commands.MoveInQueue((id_of("b"),), commands.QueueStep.TOP))
        await room.client.close()
        await room.open()
        row = room.row(id_of("a"))
        assert (row.label, row.name, row.first_last_first, row.sequential) == ("Music", "Live", True, False)
        assert (row.is_started, room.order) == (False, "ba")

    story(main, tmp_path / "resume.db")


def test_a_row_tells_what_its_transfer_consists_of() -> None:
    async def main(room: Room) -> None:
        album = ALBUM.info_hash.hex()
        urls = [f"http://tracker{number}.invalid/announce" for number in range(10)]
        command = commands.AddTorrent(
            ALBUM.torrent(), FOLDER, file_priorities=(4, 7, 0), start=False, extra_trackers=(*urls, urls[0] + "2")
        )
        await room.do(command)
        row = room.row(album)
        assert (row.file_count, row.files_first, row.content_path) == (3, 1, f"{FOLDER}/album")
        assert (row.is_started, row.active_seconds, row.last_activity) == (False, 0.0, None)
        assert row.trackers == tuple((f"tracker{number}.invalid", "waiting") for number in range(8))
        assert row.trackers is room.row(album).trackers
        await room.do(commands.StartTorrent(album))
        await room.until(album, TorrentState.DOWNLOADING)
        await asyncio.sleep(30)
        row = room.row(album)
        assert row.is_started
        assert 28 <= row.active_seconds <= 32
        assert dict(row.trackers)["tracker0.invalid"] in ("failing", "asking")

    story(main)


def test_an_idle_transfer_tells_its_running_time_about_every_five_minutes() -> None:
    async def main(room: Room) -> None:
        lay_out(room.machine.files, CONTENTS["a"])
        await room.add("a")
        await room.until(id_of("a"), TorrentState.SEEDING)
        await asyncio.sleep(5)
        told: list[float] = []
        room.client.subscribe(lambda update: told.extend(row.active_seconds for row in update.changed))
        await asyncio.sleep(2)
        told.clear()
        await asyncio.sleep(1_000)
        assert 2 <= len(told) <= 4
        assert told == sorted(told)
        assert told[-1] > 600
        # Who looks at it sees it go on.
        told.clear()
        for _ in range(5):
            await room.client.details(id_of("a"), frozenset())
            await asyncio.sleep(1)
        assert len(told) >= 4
        assert told[-1] - told[0] >= 3

    story(main)


def test_what_was_removed_comes_back_as_it_was(tmp_path: Path) -> None:
    async def main(room: Room) -> None:
        lay_out(room.machine.files, CONTENTS["c"])
        await room.add("ab", start=False)
        await room.add("c", label="Films", down_limit=1_000, up_limit=2_000, sequential=True, first_last_first=True)
        await room.add("de", start=False)
        c = id_of("c")
        await room.until(c, TorrentState.SEEDING)
        await room.do(commands.RenameTorrent(c, "The third"))
        await asyncio.sleep(10)
        before = room.row(c)
        await room.do(commands.RemoveTorrent(c))
        await asyncio.sleep(2)
        assert room.order == "abde"
        # Nothing is looked at again, for nothing changed.
        states: list[TorrentState] = []
        room.client.subscribe(lambda update: states.extend(row.state for row in update.changed), beat_seconds=0.1)
        await room.do(commands.RestoreTorrent(c))
        await room.until(c, TorrentState.SEEDING)
        assert TorrentState.CHECKING not in states
        after = room.row(c)
        assert replace(after, active_seconds=before.active_seconds, events_revision=before.events_revision) == before
        assert room.order == "abcde"
        assert (await room.refused(commands.RestoreTorrent(c)))["code"] == "nothing-to-restore"
        await room.client.close()
        await room.open()
        assert room.order == "abcde"
        assert room.row(c).name == "The third"

    story(main, tmp_path / "resume.db")


def test_a_stopped_one_comes_back_stopped_and_a_waiting_one_gets_in_line() -> None:
    async def main(room: Room) -> None:
        await room.add("a", start=False)
        await room.add("bcde")
        await room.until(id_of("e"), TorrentState.QUEUED)
        for name in "ae":
            await room.do(commands.RemoveTorrent(id_of(name)))
            await room.do(commands.RestoreTorrent(id_of(name)))
        await room.until(id_of("a"), TorrentState.STOPPED)
        await room.until(id_of("e"), TorrentState.QUEUED)
        assert not room.row(id_of("a")).is_started
        assert room.order == "abcde"

    story(main)


@pytest.mark.parametrize("back", ["bcd", "dcb", "cbd"])
def test_several_come_back_between_their_neighbours_in_whatever_order(back: str) -> None:
    async def main(room: Room) -> None:
        await room.add(start=False)
        for name in "cbd":
            await room.do(commands.RemoveTorrent(id_of(name)))
            await asyncio.sleep(1)
        assert room.order == "ae"
        for name in back:
            await room.do(commands.RestoreTorrent(id_of(name)))
        assert room.order == "abcde"

    story(main)


def test_a_kept_place_follows_its_neighbour_when_the_order_changes() -> None:
    async def main(room: Room) -> None:
        await room.add(start=False)
        await room.do(commands.RemoveTorrent(id_of("b")))
        await room.do(commands.MoveInQueue((id_of("a"),), commands.QueueStep.BOTTOM))
        await room.do(commands.RestoreTorrent(id_of("b")))
        assert room.order == "cdeab"

    story(main)


def test_what_lost_its_files_or_was_added_anew_has_nothing_to_restore() -> None:
    async def main(room: Room) -> None:
        await room.add("ab")
        await room.do(commands.RemoveTorrent(id_of("a"), delete_data=True))
        await room.do(commands.RemoveTorrent(id_of("b")))
        await room.add("cb", start=False)
        assert room.order == "cb"
        for name in "abe":
            assert (await room.refused(commands.RestoreTorrent(id_of(name))))["code"] == "nothing-to-restore"

    story(main)


def test_only_the_last_removals_are_kept_and_no_endless_metainfo() -> None:
    forgotten: list[str] = []
    removed = RemovedTorrents(forgotten.append)
    for number in range(MOST_REMOVALS + 5):
        removed.keep(ResumeRecord(str(number), b"m", "/x"))
    assert forgotten == ["0", "1", "2", "3", "4"]
    assert removed.take("4") is None
    assert removed.take("5") == ResumeRecord("5", b"m", "/x")
    assert removed.take("5") is None
    large = ResumeRecord("large", bytes(MOST_BYTES + 1), "/x")
    removed.keep(large)
    assert removed.take("104") is None
    assert removed.take("large") is large
    assert "5" not in forgotten
