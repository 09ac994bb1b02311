"""Stories of a list of addresses that are shut out: nobody in it is met, and another list holds at once."""

from __future__ import annotations

import asyncio
from typing import cast

from tests.simulation.test_story_tracker_edits import codes
from tests.support.sim_files import MemoryFiles
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import Node, StorySwarm
from tests.support.swarm_content import single_file

from shoal.api.commands import AddPeers, BanPeer, CancelIpFilter, ChangeSettings, UpdateIpFilter
from shoal.api.snapshots import IpFilterStep

LIST = "/lists/ipfilter.dat"
ELSEWHERE = b"203.0.113.0 - 203.0.113.255 , 000 , elsewhere\n"


def write(node: Node, data: bytes) -> None:
    cast(MemoryFiles, node.machine.files).write_file(LIST, data)


def shut_out(*nodes: Node) -> bytes:
    return b"# a list\n" + b"".join(f"somebody:{node.address[0]}-{node.address[0]}\n".encode() for node in nodes)


def ranges(node: Node) -> int:
    return node.session.totals().ip_filter.ranges


def test_connected_peers_that_a_list_shuts_out_go_and_nobody_of_it_is_met_again() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(4_000_000))
        bad = await swarm.seed("bad", up=100_000)
        good = await swarm.seed("good", up=1_000_000)
        leech = await swarm.leech("leech", peers=[bad])
        await leech.until(lambda: leech.row.pieces_done >= 1, 30, "on its way")
        write(leech, shut_out(bad) + b"rubbish\n")
        await leech.execute(ChangeSettings((("ip_filter", LIST),)))
        await leech.until(lambda: leech.row.peers == 0, 1, "alone")
        assert (await codes(leech))[-1] == "peers-filtered"
        told = leech.session.totals().ip_filter
        assert (told.step, told.ranges, told.unreadable, told.problem) == (IpFilterStep.READY, 1, 1, None)
        await leech.execute(AddPeers(leech.torrent_id, (bad.address,)))
        await bad.execute(AddPeers(bad.torrent_id, (leech.address,)))
        for _ in range(60):
            await asyncio.sleep(1)
            assert leech.row.peers == 0
        assert bad.uploaded < 4_000_000
        await leech.meet(good)
        await leech.completed(120)
        await swarm.close()

    run_story(story, seed=1)


def test_from_the_start_nobody_is_met_before_the_list_is_read() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(500_000))
        bad = await swarm.seed("bad", up=1_000_000)
        good = await swarm.seed("good", up=1_000_000)
        machine = sim.add_host("leech", job_seconds={"lists": 20.0})
        cast(MemoryFiles, machine.files).write_file(LIST, shut_out(bad))
        leech = await swarm.boot(machine, settings={"ip_filter": LIST})
        await swarm.add(leech, [bad, good])
        await good.execute(AddPeers(good.torrent_id, (leech.address,)))
        for _ in range(19):
            await asyncio.sleep(1)
            assert leech.row.peers == 0
        await leech.completed(600)
        assert bad.uploaded == 0
        await swarm.close()

    run_story(story, seed=2)


def test_a_file_that_changes_is_read_again_and_those_who_are_free_again_are_dialled() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(4_000_000))
        seed = await swarm.seed("seed", up=2_000)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.until(lambda: leech.row.peers == 1, 30, "connected")
        write(leech, ELSEWHERE)
        await leech.execute(ChangeSettings((("ip_filter", LIST),)))
        await leech.until(lambda: ranges(leech) == 1, 2, "filtering")
        assert leech.row.peers == 1
        write(leech, ELSEWHERE + shut_out(seed))
        await leech.until(lambda: leech.row.peers == 0, 62, "alone")
        assert ranges(leech) == 2
        write(leech, b"<html>nothing</html>")
        await asyncio.sleep(130)
        told = leech.session.totals().ip_filter
        assert told.problem is not None
        assert told.problem.code == "ip-filter-unusable"
        assert (told.ranges, leech.row.peers) == (2, 0), "the former list holds"
        write(leech, ELSEWHERE)
        await leech.until(lambda: leech.row.peers == 1, 70, "connected again")
        assert leech.session.totals().ip_filter.problem is None
        write(leech, shut_out(seed))
        await leech.execute(ChangeSettings((("ip_filter_update", False),)))
        await asyncio.sleep(300)
        assert leech.row.peers == 1, "nobody wants it to be kept up to date"
        await leech.execute(UpdateIpFilter())
        await leech.until(lambda: leech.row.peers == 0, 2, "alone")
        await leech.execute(ChangeSettings((("ip_filter", ""),)))
        await leech.until(lambda: leech.row.peers == 1, 10, "connected again")
        assert leech.session.totals().ip_filter.step is IpFilterStep.OFF
        await swarm.close()

    run_story(story, seed=3)


def test_reading_can_be_cancelled_and_leaves_all_as_it_was() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(4_000_000))
        seed = await swarm.seed("seed", up=2_000)
        leech = await swarm.leech("leech", peers=[seed], job_seconds={"lists": 30.0})
        await leech.until(lambda: leech.row.peers == 1, 30, "connected")
        write(leech, shut_out(seed))
        await leech.execute(ChangeSettings((("ip_filter", LIST), ("ip_filter_update", False))))
        await asyncio.sleep(5)
        assert leech.session.totals().ip_filter.step is IpFilterStep.READING
        await leech.execute(CancelIpFilter())
        await asyncio.sleep(90)
        told = leech.session.totals().ip_filter
        assert told.problem is not None
        assert (told.step, told.problem.code, told.ranges) == (IpFilterStep.READY, "ip-filter-cancelled", 0)
        assert leech.row.peers == 1
        await swarm.close()

    run_story(story, seed=4)


def test_bans_by_hand_hold_beside_the_list() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(4_000_000))
        seed = await swarm.seed("seed", up=2_000)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.until(lambda: leech.row.peers == 1, 30, "connected")
        await leech.execute(BanPeer(seed.address[0], always=True))
        write(leech, shut_out(seed))
        await leech.execute(ChangeSettings((("ip_filter", LIST),)))
        await leech.until(lambda: ranges(leech) == 1, 2, "filtering")
        await leech.execute(ChangeSettings((("banned_hosts", ""),)))
        await asyncio.sleep(120)
        assert leech.row.peers == 0
        await leech.execute(ChangeSettings((("ip_filter", ""),)))
        await leech.until(lambda: leech.row.peers == 1, 3_700, "connected again")
        await swarm.close()

    run_story(story, seed=5)
