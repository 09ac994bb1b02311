"""Stories of file choice: what is skipped stays away, what is urgent comes first, and changes count at once."""

from __future__ import annotations

import asyncio
import itertools
from functools import cache

from tests.support.sim_files import MemoryFiles
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import FOLDER, Node, StorySwarm
from tests.support.swarm_content import Content, many_files, single_file

from shoal.api.commands import Detail, SetFilePriorities, SetOrder, StartTorrent, StopTorrent
from shoal.api.snapshots import TorrentState
from shoal.engine.policy.piece_bytes import DONE, NOT_WANTED
from shoal.metainfo.bitfield import span
from shoal.metainfo.priorities import FilePriority

LINE = 100_000
SKIP, LOW, NORMAL, HIGHEST = (
    int(level) for level in (FilePriority.SKIP, FilePriority.LOW, FilePriority.NORMAL, FilePriority.HIGHEST)
)


@cache
def album() -> Content:
    """Four files, none of which ends where a piece does."""
    return many_files([300_000, 200_000, 250_000, 150_000], piece_length=1 << 15)


def names(content: Content) -> list[tuple[str, ...]]:
    """Paths in the order of the torrent."""
    return [entry.path for entry in content.plan.files]


def pieces_of(node: Node, file: int) -> int:
    pieces = node.torrent.metainfo.layout.pieces_of_file(file)
    return span(pieces.start, pieces.stop)


def visible_files(node: Node) -> set[str]:
    disk = node.machine.files
    assert isinstance(disk, MemoryFiles)
    return {path for path in disk.paths() if path.startswith(f"{FOLDER}/") and not path.endswith(".shoal-parts")}


async def watch_have(node: Node, within: float = 60) -> list[int]:
    """The order in which pieces came, until completion."""
    order: list[int] = []
    deadline = node.machine.clock.now() + within
    while not node.is_complete:
        assert node.machine.clock.now() < deadline, node.describe()
        have = node.torrent.picker.have
        order += [index for index in range(node.content.piece_count) if have >> index & 1 and index not in order]
        await asyncio.sleep(0.02)
    have = node.torrent.picker.have
    return order + [index for index in range(node.content.piece_count) if have >> index & 1 and index not in order]


def test_skipped_files_never_appear_and_their_neighbours_are_whole() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed], file_priorities=(SKIP, NORMAL, SKIP, NORMAL))
        await leech.completed(60)
        wanted = [names(album())[1], names(album())[3]]
        assert visible_files(leech) == {leech.path(path) for path in wanted}
        leech.assert_data_is_right(wanted)
        unneeded = album().size - 350_000
        assert leech.downloaded < album().size - unneeded + 4 * album().piece_length
        await swarm.close()

    run_story(story, seed=1)


def test_skipped_file_that_is_wanted_later_completes_from_the_part_file_and_the_swarm() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed], file_priorities=(NORMAL, SKIP, NORMAL, SKIP))
        await leech.completed(60)
        kept = leech.torrent.picker.have
        await leech.execute(SetFilePriorities(leech.torrent_id, ((1, NORMAL), (3, NORMAL))))
        assert not leech.is_complete
        assert leech.torrent.picker.have == kept, "a boundary piece was lost on the way out of the part file"
        # The seed was left when everything wanted was here; it is dialled again by itself.
        await leech.completed(120)
        leech.assert_data_is_right()
        disk = leech.machine.files
        assert isinstance(disk, MemoryFiles)
        assert not [path for path in disk.paths() if path.endswith(".shoal-parts")]
        await swarm.close()

    run_story(story, seed=2)


def test_skipping_during_the_download_takes_effect_within_a_second() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed], sequential=True)
        await leech.until(lambda: leech.row.pieces_done >= 2, 30, "on its way")
        await leech.execute(SetFilePriorities(leech.torrent_id, ((0, SKIP), (1, SKIP), (2, SKIP))))
        changed = sim.loop.time()
        wanted = pieces_of(leech, 3)
        unwanted = [index for index in leech.torrent.download.open_pieces if not wanted >> index & 1]
        assert not unwanted, "pieces of skipped files are still being fetched"
        await leech.completed(30)
        # Its 150 kB at the line's rate, and what was under way before.
        assert sim.loop.time() - changed < 150_000 / LINE + 2.5
        leech.assert_data_is_right([names(album())[3]])
        await swarm.close()

    run_story(story, seed=3)


def test_raised_file_comes_first_within_a_second() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed], sequential=True)
        await leech.until(lambda: leech.row.pieces_done >= 2, 30, "on its way")
        await leech.execute(SetFilePriorities(leech.torrent_id, ((3, HIGHEST),)))
        raised = pieces_of(leech, 3)
        open_before = set(leech.torrent.download.open_pieces)
        have_before = leech.torrent.picker.have
        order = [index for index in await watch_have(leech) if not have_before >> index & 1]
        others_first = 0
        for index in order:
            if raised >> index & 1:
                raised &= ~(1 << index)
                if not raised:
                    break
            elif index not in open_before:
                others_first += 1
        assert others_first <= 2, order
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=4)


def test_one_file_raised_and_another_skipped_are_followed_within_a_second() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seeds = [await swarm.seed(f"seed {number}", up=LINE / 2) for number in range(2)]
        leech = await swarm.leech("leech", peers=seeds)
        await leech.until(lambda: leech.row.pieces_done >= 3, 30, "on its way")
        layout = leech.torrent.metainfo.layout
        raised = max(range(4), key=lambda file: (pieces_of(leech, file) & ~leech.torrent.picker.have).bit_count())
        skipped = next(file for file in (0, 2) if file != raised)
        await leech.execute(SetFilePriorities(leech.torrent_id, ((raised, HIGHEST), (skipped, SKIP))))
        await asyncio.sleep(1.0)
        asked = {
            piece.index
            for peer in leech.torrent.swarm.connected.values()
            for piece in peer.requests.outstanding.values()
        }
        assert asked & set(layout.pieces_of_file(raised)), "nobody is asked for the file that was raised"
        for_skipped = set(layout.pieces_of_file(skipped)[1:-1])
        assert not asked & for_skipped, "pieces of the skipped file are still asked for"
        details = await leech.client.details(leech.torrent_id, frozenset({Detail.FILE_PROGRESS, Detail.PIECES}))
        assert details.file_priorities is not None
        assert (details.file_priorities[raised], details.file_priorities[skipped]) == (HIGHEST, SKIP)
        assert details.pieces is not None
        assert {details.pieces[index] for index in for_skipped} <= {DONE, NOT_WANTED}
        assert {piece.index for piece in details.open_pieces or () if piece.peers} == asked
        await leech.completed(60)
        leech.assert_data_is_right([name for file, name in enumerate(names(album())) if file != skipped])
        await swarm.close()

    run_story(story, seed=10)


def test_levels_come_one_after_the_other() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed], file_priorities=(LOW, NORMAL, HIGHEST, NORMAL))
        order = await watch_have(leech)
        highest = pieces_of(leech, 2)
        last_of_highest = max(place for place, index in enumerate(order) if highest >> index & 1)
        low_only = pieces_of(leech, 0) & ~pieces_of(leech, 1)
        first_of_low = min(place for place, index in enumerate(order) if low_only >> index & 1)
        assert last_of_highest <= pieces_of(leech, 2).bit_count() + 3
        assert first_of_low >= album().piece_count - low_only.bit_count() - 3
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=5)


def test_sequential_order_is_nearly_in_order() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(1_000_000, piece_length=1 << 15))
        seeds = [await swarm.seed(f"seed {number}", up=LINE / 2) for number in range(3)]
        leech = await swarm.leech("leech", peers=seeds, sequential=True)
        order = await watch_have(leech)
        assert max(abs(place - index) for place, index in enumerate(order)) <= 12, order
        await swarm.close()

    run_story(story, seed=6)


def test_first_and_last_pieces_come_before_the_rest() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(1_000_000, piece_length=1 << 15))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed], first_last_first=True)
        order = await watch_have(leech)
        assert set(order[:2]) == {0, swarm.content.piece_count - 1}
        await swarm.close()

    run_story(story, seed=7)


def test_order_changed_during_the_download_counts_for_the_next_pieces() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(2_000_000, piece_length=1 << 15))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.until(lambda: leech.row.pieces_done >= 8, 30, "on its way")
        await leech.execute(SetOrder(leech.torrent_id, sequential=True, first_last_first=False))
        begun = set(leech.torrent.download.open_pieces)
        have = leech.torrent.picker.have
        order = [index for index in await watch_have(leech) if index not in begun and not have >> index & 1]
        assert sum(one > other for one, other in itertools.pairwise(order)) <= 6, order
        await swarm.close()

    run_story(story, seed=8)


def test_without_a_chosen_file_it_rests_and_says_so_until_one_is_chosen() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, album())
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed], file_priorities=(SKIP,) * 4)

        def rests() -> bool:
            return leech.row.has_nothing_chosen and leech.row.state is TorrentState.ERROR

        await leech.until(rests, 5, "resting")
        assert (leech.row.is_complete, leech.row.progress, leech.row.completed_at) == (False, 0.0, None)
        assert not leech.torrent.announcer.is_running
        assert not visible_files(leech)
        await leech.execute(StartTorrent(leech.torrent_id))
        await asyncio.sleep(5)
        assert rests()
        await leech.execute(SetFilePriorities(leech.torrent_id, ((2, NORMAL),)))
        await leech.until(lambda: leech.downloaded > 0, 20, "downloading")
        assert leech.torrent.announcer.is_running
        # All are skipped while data flows: it leaves its peers and its trackers.
        await leech.execute(SetFilePriorities(leech.torrent_id, ((2, SKIP),)))
        assert rests()
        await asyncio.sleep(2)
        assert (leech.row.peers, leech.torrent.announcer.is_running) == (0, False)
        await leech.execute(StopTorrent(leech.torrent_id))
        assert (leech.row.state, leech.row.has_nothing_chosen) == (TorrentState.STOPPED, True)
        await leech.execute(SetFilePriorities(leech.torrent_id, ((2, NORMAL),)))
        assert not leech.row.has_nothing_chosen
        await leech.execute(StartTorrent(leech.torrent_id))
        await leech.meet(seed)
        await leech.completed(60)
        assert visible_files(leech) == {leech.path(names(album())[2])}
        leech.assert_data_is_right([names(album())[2]])
        await leech.execute(SetFilePriorities(leech.torrent_id, ((2, SKIP),)))
        assert rests()
        await asyncio.sleep(1)
        assert (leech.row.is_complete, leech.torrent.announcer.is_running) == (False, False)
        leech.assert_data_is_right([names(album())[2]])
        await swarm.close()

    run_story(story, seed=9)
