"""Stories of magnet links: the metainfo comes from peers, whoever else answers first, and nothing chosen is lost."""

from __future__ import annotations

import asyncio
import shutil
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from tests.support import metadata_peers as peers
from tests.support.hostile_peers import RawHost
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import FOLDER, SETTINGS, Node, StorySwarm, measured
from tests.support.swarm_content import Content, many_files, single_file
from tests.support.tracker_fakes import ScriptedHttp

from shoal.api import commands
from shoal.api.details import MagnetProgress
from shoal.api.errors import UserError
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.session import open_session
from shoal.engine.torrent.magnet import Magnet
from shoal.engine.torrent.magnet_row import magnet_row
from shoal.engine.transport.http_client import HttpReply
from shoal.metainfo.ids import InfoHash
from shoal.metainfo.magnet import MagnetLink, link_text
from shoal.metainfo.torrent_file import parse_metainfo
from shoal.protocol.ut_metadata import BLOCK_BYTES
from shoal.runtime.world import Address


@cache
def content() -> Content:
    """Its metadata has several blocks."""
    made = single_file(48_000_000, piece_length=16_384)
    assert len(parse_metainfo(made.torrent()).info_bytes) > 3 * BLOCK_BYTES
    return made


@cache
def small() -> Content:
    return single_file(300_000)


def link(of: Content, *known: tuple[str, int], **fields: object) -> str:
    return link_text(MagnetLink(InfoHash(of.info_hash), None, "A link", peers=known, **fields))  # type: ignore[arg-type]


async def follow(node: Node, text: str, **options: object) -> str:
    """Add a magnet link; its id."""
    node.torrent_id = str(await node.client.execute(commands.AddMagnet(text, FOLDER, **options)))  # type: ignore[arg-type]
    return node.torrent_id


def magnet_of(node: Node) -> Magnet:
    return node.session.magnets.listed[node.torrent_id]


def row_of(node: Node) -> TorrentRow:
    return magnet_row(magnet_of(node), node.machine.clock.now())


async def known(node: Node, within: float) -> float:
    """Wait for the metainfo; the virtual seconds it took."""
    start = node.machine.clock.now()
    deadline = start + within
    while node.torrent_id not in node.session.torrents:
        assert node.machine.clock.now() < deadline, f"no metainfo within {within:g} s: {row_of(node).reason}"
        await asyncio.sleep(0.05)
    return node.machine.clock.now() - start


def test_a_link_with_a_peer_is_enough() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, small())
        seed = await swarm.seed("seed")
        leech = await swarm.boot(sim.add_host("leech"))
        await follow(leech, link(small(), seed.address), label="Films", down_limit=900_000, sequential=True)
        assert row_of(leech).name == "A link"
        assert not row_of(leech).has_metainfo
        measured("seconds to the file list", await known(leech, 10))
        await leech.completed(30)
        leech.assert_data_is_right()
        row = leech.row
        assert (row.label, row.down_limit, row.sequential, row.name) == ("Films", 900_000, True, small().name)
        assert row.has_metainfo
        assert (row.files_revision, row.events_revision) >= (1, 2)
        swarm.assert_nobody_banned()
        await swarm.close()

    run_story(story)


@pytest.mark.parametrize(
    "kind",
    [
        peers.FalseContent,
        peers.FalseSize,
        peers.HugeSize,
        peers.Contradicting,
        peers.SilentOnMetadata,
        peers.Refusing,
        peers.Ignorant,
        peers.MetadataGarbage,
    ],
)
@pytest.mark.parametrize("count", [1, 30])
def test_liars_that_answer_first_do_not_keep_an_honest_peers_metadata_away(
    kind: type[peers.MetadataPeer], count: int
) -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, content())
        liars = [RawHost(sim.add_host(f"liar {number}").host, content(), kind, number) for number in range(count)]
        places = [await liar.listen(6000) for liar in liars]
        leech = await swarm.boot(sim.add_host("leech", down=2_000_000))
        await follow(leech, link(content(), *places))
        await asyncio.sleep(5)
        assert leech.torrent_id not in leech.session.torrents
        honest = RawHost(sim.add_host("honest").host, content(), peers.MetadataPeer)
        place = await honest.listen(6000)
        await leech.client.execute(commands.AddPeers(leech.torrent_id, (place,)))
        measured(f"{kind.__name__} x {count}", await known(leech, 30))
        assert not leech.torrent.swarm.known.is_banned(Address(*place), honest.peers[0].peer_id)
        await leech.close()

    run_story(story)


def test_a_liar_behind_the_same_address_does_not_take_the_honest_one_with_it() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, small())
        machine = sim.add_host("shared")
        liar = await RawHost(machine.host, small(), peers.FalseContent).listen(6000)
        leech = await swarm.boot(sim.add_host("leech"))
        await follow(leech, link(small(), liar))
        await asyncio.sleep(3)
        honest = await RawHost(machine.host, small(), peers.MetadataPeer).listen(6001)
        await leech.client.execute(commands.AddPeers(leech.torrent_id, (honest,)))
        await known(leech, 10)
        await leech.completed(30)
        await leech.close()

    run_story(story)


def test_what_the_list_says_while_nobody_has_it() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, small())
        asked = [await RawHost(sim.add_host(f"{n}").host, small(), peers.Ignorant, n).listen(6000) for n in range(14)]
        leech = await swarm.boot(sim.add_host("leech"))
        await follow(leech, link(small(), *asked))
        await asyncio.sleep(10)
        reason = row_of(leech).reason
        assert reason is not None
        assert reason.code == "asking-metadata"
        assert (reason.params["asked"], reason.params["offering"]) == (14, 0)
        assert row_of(leech).state is TorrentState.DOWNLOADING
        assert not row_of(leech).is_complete
        assert row_of(leech).progress == 0.0
        await leech.close()

    run_story(story)


def test_the_link_says_which_files() -> None:
    async def story(sim: SimWorld) -> None:
        made = many_files([100_000, 100_000, 100_000])
        swarm = StorySwarm(sim, made)
        seed = await swarm.seed("seed")
        leech = await swarm.boot(sim.add_host("leech"))
        await follow(leech, link(made, seed.address, select_only=(1, 99)))
        await known(leech, 10)
        assert leech.torrent.selection.priorities == (0, 4, 0)
        await leech.completed(30)
        leech.assert_data_is_right(only=[made.plan.files[1].path])
        await swarm.close()

    run_story(story)


def test_it_stops_for_the_choice_of_files_when_that_was_asked_for() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, small())
        seed = await swarm.seed("seed")
        for name, above, stops in (("always", 0, True), ("large", 100_000, True), ("small", 1_000_000, False)):
            leech = await swarm.boot(sim.add_host(name))
            await follow(leech, link(small(), seed.address), choose_above=above)
            await known(leech, 10)
            await asyncio.sleep(2)
            reason = leech.row.reason
            assert (leech.row.state is TorrentState.STOPPED) is stops
            assert (reason is not None and reason.code == "choose-files") is stops
            if stops:
                await leech.execute(commands.StartTorrent(leech.torrent_id))
            await leech.completed(30)
        await swarm.close()

    run_story(story)


def test_start_stop_queue_and_the_place_in_the_list() -> None:
    async def story(sim: SimWorld) -> None:
        others = [single_file(50_000, seed=n, name=f"other {n}") for n in range(2)]
        swarm = StorySwarm(sim, small())
        seed = await swarm.seed("seed")
        leech = await swarm.boot(sim.add_host("leech"), settings={"active_downloads": 1})
        first = await follow(leech, link(others[0]))
        second = await follow(leech, link(small()))
        third = await follow(leech, link(others[1]))
        await asyncio.sleep(2)
        states = {key: entry.lifecycle.state for key, entry in leech.session.entries.items()}
        assert states == {
            first: TorrentState.DOWNLOADING, second: TorrentState.QUEUED, third: TorrentState.QUEUED,
        }  # fmt: skip
        leech.torrent_id = second
        await leech.execute(commands.StopTorrent(first))
        await asyncio.sleep(8)
        assert magnet_of(leech).lifecycle.is_running
        await leech.execute(commands.AddPeers(second, (seed.address,)))
        await known(leech, 20)
        assert leech.session.order.ids == [first, second, third]
        await leech.completed(30)
        await leech.execute(commands.PlaceInQueue((third,), first))
        assert leech.session.order.ids == [third, first, second]
        await swarm.close()

    run_story(story)


def test_remove_and_undo() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, small())
        seed = await swarm.seed("seed")
        leech = await swarm.boot(sim.add_host("leech"))
        await follow(leech, link(single_file(10_000, seed=9, name="after")))
        other = leech.torrent_id
        await follow(leech, link(small(), seed.address), start=False, label="Films")
        await leech.execute(commands.PlaceInQueue((leech.torrent_id,), other))
        await leech.execute(commands.RemoveTorrent(leech.torrent_id))
        assert list(leech.session.entries) == [other]
        await leech.execute(commands.RestoreTorrent(leech.torrent_id))
        assert leech.session.order.ids == [leech.torrent_id, other]
        assert row_of(leech).state is TorrentState.STOPPED
        await leech.execute(commands.StartTorrent(leech.torrent_id))
        await known(leech, 10)
        await leech.completed(30)
        assert leech.row.label == "Films"
        with pytest.raises(UserError, match="no-file-list"):
            await leech.execute(commands.RecheckTorrent(other))
        await swarm.close()

    run_story(story)


def test_the_same_link_again_tells_how_many_trackers_are_new() -> None:
    async def story(sim: SimWorld) -> None:
        leech = await StorySwarm(sim, small()).boot(sim.add_host("leech"))
        await follow(leech, link(small(), trackers=(("udp://a.example:1/announce",),)), start=False)
        again = link(small(), trackers=(("udp://a.example:1/announce",), ("udp://b.example:1/announce",)))
        with pytest.raises(UserError) as caught:
            await follow(leech, again)
        assert caught.value.reason.params["new_trackers"] == 1
        await leech.execute(commands.AddTrackers(leech.torrent_id, ("udp://b.example:1/announce",)))
        details = await leech.client.details(leech.torrent_id, frozenset({commands.Detail.TRACKERS}))
        assert [row.url for row in details.trackers or () if row.is_tracker] == [
            "udp://a.example:1/announce",
            "udp://b.example:1/announce",
        ]
        assert "b.example" in details.magnet
        await leech.close()

    run_story(story)


def test_its_torrent_file_is_as_good_as_its_peers() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, small())
        seed = await swarm.seed("seed")
        leech = await swarm.boot(sim.add_host("leech"))
        await follow(leech, link(small(), trackers=(("udp://a.example:1/announce",),)))
        await swarm.add(leech, [seed])
        assert not leech.session.magnets.listed
        assert leech.torrent.announcer.tiers == (("udp://a.example:1/announce",),)
        await leech.completed(30)
        await swarm.close()

    run_story(story)


def test_a_kill_while_waiting_and_after_arrival_loses_nothing(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, small())
        seed = await swarm.seed("seed")
        old = tmp_path / "old" / "resume.db"
        leech = await swarm.boot(sim.add_host("leech"), state_path=str(old), settings={"save_seconds": 1.0})
        await follow(leech, link(small(), select_only=(0,)), label="Films")
        await asyncio.sleep(3)
        shutil.copytree(old.parent, tmp_path / "waiting")
        await leech.execute(commands.AddPeers(leech.torrent_id, (seed.address,)))
        await known(leech, 10)
        await asyncio.sleep(1)
        shutil.copytree(old.parent, tmp_path / "arrived")
        await leech.close()
        waiting = await swarm.boot(sim.add_host("waiting"), state_path=str(tmp_path / "waiting" / "resume.db"))
        waiting.torrent_id = leech.torrent_id
        await asyncio.sleep(2)
        assert (row_of(waiting).label, row_of(waiting).state) == ("Films", TorrentState.DOWNLOADING)
        await waiting.execute(commands.AddPeers(leech.torrent_id, (seed.address,)))
        await known(waiting, 10)
        await waiting.completed(30)
        arrived = await swarm.boot(sim.add_host("arrived"), state_path=str(tmp_path / "arrived" / "resume.db"))
        assert not arrived.session.magnets.listed
        assert arrived.row.label == "Films"
        await waiting.close()
        await arrived.close()
        await seed.close()

    run_story(story)


def test_somebody_looks_at_a_link_and_leaves_nothing_behind() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, small())
        seed = await swarm.seed("seed")
        leech = await swarm.boot(sim.add_host("leech"))
        told: list[MagnetProgress] = []
        data = await leech.client.fetch_metainfo(link(small(), seed.address), told.append)
        assert parse_metainfo(data).torrent_id == small().info_hash.hex()
        assert not leech.session.entries
        empty = asyncio.ensure_future(leech.client.fetch_metainfo(link(content()), told.append))
        await asyncio.sleep(3)
        assert told[-1] == MagnetProgress(has_sources=False)
        empty.cancel()
        await asyncio.wait({empty})
        await asyncio.sleep(6)
        assert not leech.session.magnets._looks
        assert not leech.session.entries
        assert not leech.session.connections._peers
        await swarm.close()

    run_story(story)


def test_what_was_looked_at_and_is_added_goes_on_with_what_it_found() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, small())
        seed = await swarm.seed("seed")
        leech = await swarm.boot(sim.add_host("leech"))
        # Before its metainfo is here:
        slow = await swarm.boot(sim.add_host("slow"))
        text = link(small())
        looking = asyncio.ensure_future(slow.client.fetch_metainfo(text, lambda progress: None))
        await asyncio.sleep(2)
        await follow(slow, text, label="Films")
        await slow.execute(commands.AddPeers(slow.torrent_id, (seed.address,)))
        assert parse_metainfo(await looking).torrent_id == slow.torrent_id
        await known(slow, 5)
        await slow.completed(30)
        assert slow.row.label == "Films"
        # After it:
        data = await leech.client.fetch_metainfo(link(small(), seed.address), lambda progress: None)
        leech.torrent_id = str(await leech.client.execute(commands.AddTorrent(data, FOLDER)))
        await leech.completed(30)
        await swarm.close()

    run_story(story)


def test_a_pause_of_everything_holds_links_too() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, small())
        seed = await swarm.seed("seed")
        leech = await swarm.boot(sim.add_host("leech"))
        await leech.execute(commands.PauseSession())
        await follow(leech, link(small(), seed.address))
        told: list[MagnetProgress] = []
        looking = asyncio.ensure_future(leech.client.fetch_metainfo(link(content(), seed.address), told.append))
        await asyncio.sleep(5)
        assert row_of(leech).state is TorrentState.QUEUED
        assert told[-1].is_paused
        assert not leech.session.connections._peers
        await leech.execute(commands.ResumeSession())
        await known(leech, 10)
        looking.cancel()
        await leech.completed(30)
        await swarm.close()

    run_story(story)


def test_two_links_do_not_hold_each_other_up() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, small())
        one = await swarm.boot(sim.add_host("one"))
        other = await swarm.boot(sim.add_host("other"))
        await follow(one, link(small()))
        await follow(other, link(small(), one.address))
        await asyncio.sleep(5)
        assert len(magnet_of(one).swarm.connected) == 1
        seed = await swarm.seed("seed")
        await one.execute(commands.AddPeers(one.torrent_id, (seed.address,)))
        await known(one, 10)
        await known(other, 100)
        await swarm.all_completed([one, other], 200)
        await swarm.close()

    run_story(story)


def test_a_link_that_cannot_be_followed_is_refused() -> None:
    async def story(sim: SimWorld) -> None:
        leech = await StorySwarm(sim, small()).boot(sim.add_host("leech"))
        for text, code in (
            ("magnet:?dn=nothing", "bad-magnet"),
            ("magnet:?xt=urn:btmh:1220" + "ab" * 32, "v2-only"),
        ):
            with pytest.raises(UserError, match=code):
                await follow(leech, text)
            with pytest.raises(UserError, match=code):
                await leech.client.fetch_metainfo(text, lambda progress: None)
        await leech.close()

    run_story(story)


def test_trackers_hear_of_the_end_of_a_look_unless_it_is_added() -> None:
    asked: list[str] = []

    async def answer(url: str) -> HttpReply:
        asked.append(dict(parse_qsl(url.partition("?")[2], errors="replace")).get("event", ""))
        return HttpReply(200, b"d8:intervali1800e5:peers0:e", url, "9.9.9.9")

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, small())
        seed = await swarm.seed("seed")
        machine = sim.add_host("leech")
        client = await open_session(machine.world, SessionConfig(SETTINGS), http=ScriptedHttp({"t.example": answer}))
        leech = Node(machine, client, small(), machine.clock.now())
        text = link(small(), seed.address, trackers=(("http://t.example/announce",),))
        data = await client.fetch_metainfo(text, lambda progress: None)
        await asyncio.sleep(5)
        assert asked == ["started"]
        leech.torrent_id = str(await client.execute(commands.AddTorrent(data, FOLDER)))
        await leech.completed(30)
        await asyncio.sleep(400)
        assert "stopped" not in asked
        await client.execute(commands.RemoveTorrent(leech.torrent_id, delete_data=True))
        asked.clear()
        await client.fetch_metainfo(text, lambda progress: None)
        await asyncio.sleep(400)
        assert asked == ["started", "stopped"]
        await leech.close()
        await seed.close()

    run_story(story)
