"""Which peers a restart goes back to."""

import asyncio
from pathlib import Path

from tests.support.sim_world import SimWorld, run_story
from tests.support.small_swarm import SmallSwarm
from tests.support.swarm_content import single_file

from shoal.api.commands import AddTorrent, SetLimits
from shoal.api.snapshots import TorrentState
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.session import Session
from shoal.engine.torrent.resume import MOST_PEERS, peers_to_keep
from shoal.runtime.world import Address

CONTENT = single_file(600_000, piece_length=1 << 15)
ID = CONTENT.info_hash.hex()


def test_reached_and_useful_ones_come_first_and_callers_are_left_out() -> None:
    small = SmallSwarm()
    swarm = small.swarm
    idle, busy, caller = small.join(), small.join(), small.join(incoming=True)
    busy.peer.uploaded = 5
    useful, useless, banned = (Address(f"45.0.0.{number}", 6881) for number in (101, 102, 103))
    swarm.add_addresses([useful, useless], "tracker", None, small.now)
    swarm.known.closed(useful, small.now, was_useful=True)
    swarm.known.ban(banned)
    kept = peers_to_keep(swarm, [tuple(banned), ("::1", 7), tuple(useful)])
    assert kept == (tuple(busy.peer.address), tuple(useful), tuple(idle.peer.address), ("::1", 7))
    assert tuple(caller.peer.address) not in kept


def test_no_more_are_kept_than_are_of_use() -> None:
    older = [("45.0.0.1", port) for port in range(1, MOST_PEERS + 20)]
    assert peers_to_keep(SmallSwarm().swarm, older) == tuple(older[:MOST_PEERS])


def test_a_restart_finds_its_peers_without_a_tracker(tmp_path: Path) -> None:
    state = str(tmp_path / "state")

    async def main(sim: SimWorld) -> None:
        seed = Session(sim.add_host("seed").world, SessionConfig(), None)
        await seed.open()
        files = seed.world.files
        handle = files.open(f"/downloads/{CONTENT.name}", write=True, create=True)
        files.pwrite(handle, memoryview(CONTENT.stream), 0)
        files.close(handle)
        await LocalClient(seed).execute(AddTorrent(CONTENT.torrent(), "/downloads"))
        there = (sim.machines["seed"].host.addresses[0], seed.connections.listen_port)
        leech = sim.add_host("leech").world
        first = Session(leech, SessionConfig(state_path=state), None)
        await first.open()
        await LocalClient(first).execute(AddTorrent(CONTENT.torrent(), "/downloads", down_limit=20_000, peers=(there,)))
        await asyncio.sleep(10)
        assert 0 < first.torrents[ID].counters.downloaded < CONTENT.size
        await first.close()
        # A run that reaches nobody forgets nobody.
        sim.machines["seed"].host.is_black_hole = True
        second = Session(leech, SessionConfig(state_path=state), None)
        await second.open()
        await asyncio.sleep(10)
        await second.close()
        sim.machines["seed"].host.is_black_hole = False
        third = Session(leech, SessionConfig(state_path=state), None)
        await third.open()
        await LocalClient(third).execute(SetLimits(ID, down=0))
        await asyncio.sleep(20)
        assert third.torrents[ID].lifecycle.state is TorrentState.SEEDING
        await third.close()
        await seed.close()

    run_story(main)
