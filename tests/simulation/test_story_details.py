"""Stories of the detail pane: what it is handed is what goes on."""

from __future__ import annotations

import asyncio
from array import array

import pytest
from tests.support import hostile_peers as hostile
from tests.support.hostile_peers import RawHost
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import StorySwarm
from tests.support.swarm_content import many_files, single_file

from shoal.api.commands import Detail, SetLimits, Span
from shoal.api.details import SourceCount
from shoal.engine.policy.piece_bytes import DONE, IN_FLIGHT, MISSING, NOT_WANTED
from shoal.engine.torrent.strips import HAVE
from shoal.engine.torrent.strips import NOT_WANTED as NOT_CHOSEN

LINE = 100_000
EVERYTHING = frozenset(Detail)


def test_details_of_a_download_on_its_way() -> None:
    async def story(sim: SimWorld) -> None:
        content = many_files([300_000, 200_000, 250_000, 150_000], piece_length=1 << 15)
        swarm = StorySwarm(sim, content)
        seeds = [await swarm.seed(f"seed {number}", up=LINE) for number in range(2)]
        leech = await swarm.leech("leech", peers=seeds, file_priorities=(4, 4, 4, 0))
        await leech.until(lambda: leech.row.pieces_done >= 5, 30, "on its way")
        details = await leech.client.details(leech.torrent_id, EVERYTHING, strips_of=(0, 3, 99))
        torrent = leech.torrent
        assert details.pieces is not None
        assert details.availability == bytes((2,)) * content.piece_count
        assert details.pieces.count(DONE) == torrent.picker.have.bit_count()
        assert set(details.pieces) <= {MISSING, IN_FLIGHT, DONE, NOT_WANTED}
        assert NOT_WANTED in details.pieces
        assert details.open_pieces
        for piece in details.open_pieces:
            assert details.pieces[piece.index] == IN_FLIGHT
            assert 0 <= piece.done <= content.piece_length
        seen_at = {f"{seed.address[0]}:{seed.address[1]}" for seed in seeds}
        assert {peer for piece in details.open_pieces for peer in piece.peers} == seen_at
        assert details.sources == (SourceCount("user", 2, 2),)
        assert details.peers is not None
        assert all(peer.requests > 0 and peer.connected_seconds > 0 for peer in details.peers)
        assert details.file_done is not None
        assert details.files is not None
        assert list(array("Q", details.file_done)) == [row.done for row in details.files]
        assert details.file_priorities == bytes((4, 4, 4, 0))
        assert set(details.file_strips) == {0, 3}
        assert len(details.file_strips[0]) == len(torrent.metainfo.layout.pieces_of_file(0))
        assert NOT_CHOSEN in details.file_strips[3]
        assert details.metainfo == content.torrent()
        assert details.magnet.startswith(f"magnet:?xt=urn:btih:{leech.torrent_id}")
        await leech.completed(60)
        details = await leech.client.details(leech.torrent_id, frozenset({Detail.FILE_PROGRESS}), strips_of=(1,))
        assert list(array("Q", details.file_done or b""))[:3] == [entry.size for entry in content.plan.files[:3]]
        assert set(details.file_strips[1]) == {HAVE}
        assert (details.pieces, details.open_pieces, details.events) == (None, None, None)
        await swarm.close()

    run_story(story, seed=1)


def test_damaged_pieces_are_marked_for_a_minute_and_their_sender_is_named() -> None:
    async def story(sim: SimWorld) -> None:
        content = single_file(3_000_000)
        swarm = StorySwarm(sim, content)
        seed = await swarm.seed("seed", up=LINE)
        attacker = RawHost(sim.add_host("bad").host, content, hostile.Poisoner, 0)
        leech = await swarm.leech("leech", peers=[seed, await attacker.listen(6881)])
        await leech.until(lambda: leech.torrent.swarm.banned_total > 0, 120, "rid of the poisoner")
        details = await leech.client.details(leech.torrent_id, frozenset({Detail.PIECES, Detail.EVENTS}))
        damaged = {event.params["piece"] for event in details.events or () if event.code == "piece-damaged"}
        assert damaged
        assert set(details.failed_pieces) == damaged
        banned = [event.params["host"] for event in details.events or () if event.code == "peer-banned"]
        assert banned == [attacker.host.addresses[0]]
        attacker.stop()
        await leech.completed(120)
        await asyncio.sleep(61)
        details = await leech.client.details(leech.torrent_id, frozenset({Detail.PIECES}))
        assert details.failed_pieces == ()
        await swarm.close()

    run_story(story, seed=2)


def test_session_limits_are_marked_in_its_own_history() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(3_000_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.execute(SetLimits(None, down=30_000))
        await leech.execute(SetLimits(None, down=30_000))
        await asyncio.sleep(20)
        history = await leech.client.speed_history(None, Span.TEN_MINUTES)
        assert [(event.code, event.params) for event in history.events] == [
            ("limits-changed", {"down": 30_000, "up": 0})
        ]
        assert max(history.down[-10:]) == pytest.approx(30_000, rel=0.5)
        await swarm.close()

    run_story(story, seed=3)
