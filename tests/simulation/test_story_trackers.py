"""Stories of trackers: a swarm that knows nothing but a tracker, trackers that die, and a polite end."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass

from tests.support.sim_world import Machine, SimWorld, run_story
from tests.support.story_swarm import FOLDER, Node, StorySwarm, measured
from tests.support.swarm_content import single_file

from shoal.api.commands import AddTorrent, Detail, StopTorrent
from shoal.protocol.announce import AnnounceEvent
from shoal.tracker_server.swarm_table import SwarmTable
from shoal.tracker_server.udp_endpoint import UdpEndpoint

LINE = 200_000
INTERVAL = 1800
NAME = "tracker.example.org"
URL = f"udp://{NAME}:6969/announce"


@dataclass
class Tracker:
    """Our own tracker on a machine of the simulation."""

    machine: Machine
    table: SwarmTable

    async def wake(self) -> None:
        """Answer from now on."""
        await UdpEndpoint(self.machine.world, self.table).start("0.0.0.0", 6969)

    def place(self, info_hash: bytes, host: str, rng: random.Random) -> None:
        """Make it name a peer that never announced."""
        now = self.machine.clock.now()
        self.table.announce(
            info_hash, (host, 6881), left=1, event=AnnounceEvent.STARTED, num_want=0, now=now, rng=rng, ipv6=False
        )

    def counts(self, info_hash: bytes) -> tuple[int, int]:
        """(seeds, leeches) as a scrape tells."""
        (entry,) = self.table.scrape([info_hash], self.machine.clock.now())
        return entry.seeds or 0, entry.leeches or 0


async def start_tracker(sim: SimWorld, name: str = NAME, *, is_alive: bool = True) -> Tracker:
    machine = sim.add_host(name)
    sim.internet.names[name] = [machine.host.addresses[0]]
    tracker = Tracker(machine, SwarmTable(INTERVAL))
    if is_alive:
        await tracker.wake()
    return tracker


def test_strangers_meet_through_a_udp_tracker_and_leave_politely() -> None:
    async def story(sim: SimWorld) -> None:
        tracker = await start_tracker(sim)
        swarm = StorySwarm(sim, single_file(1_000_000), trackers=(URL,))
        seed = await swarm.seed("seed", up=LINE)
        await asyncio.sleep(2)
        leeches = [await swarm.leech(f"leech {number}", up=LINE) for number in range(4)]
        await asyncio.sleep(3)
        assert tracker.counts(swarm.content.info_hash) == (1, 4)
        seconds = await swarm.all_completed(leeches, 120)
        measured("slowest leech, seconds", max(seconds))
        await asyncio.sleep(2)
        assert tracker.counts(swarm.content.info_hash) == (5, 0), "`completed` was not announced"
        rows = (await leeches[0].client.details(leeches[0].torrent_id, frozenset({Detail.TRACKERS}))).trackers
        assert rows is not None
        assert [(row.url, row.state) for row in rows if row.is_tracker] == [(URL, "working")]
        await leeches[0].execute(StopTorrent(leeches[0].torrent_id))
        assert tracker.counts(swarm.content.info_hash) == (4, 0)
        await swarm.close()
        assert tracker.counts(swarm.content.info_hash) == (0, 0), "`stopped` was not announced at the end"
        assert seed.session.connections.count == 0

    run_story(story, seed=1)


def test_closing_waits_at_most_five_seconds_for_a_dead_tracker() -> None:
    async def story(sim: SimWorld) -> None:
        tracker = await start_tracker(sim)
        swarm = StorySwarm(sim, single_file(500_000), trackers=(URL,))
        seed = await swarm.seed("seed", up=LINE)
        await asyncio.sleep(2)
        assert tracker.counts(swarm.content.info_hash) == (1, 0)
        tracker.machine.host.vanish(silently=True)
        begun = sim.loop.time()
        await seed.client.close()
        measured("seconds to close", sim.loop.time() - begun)
        assert sim.loop.time() - begun <= 6

    run_story(story, seed=2)


def test_tracker_dies_and_what_is_connected_goes_on_and_the_next_tier_takes_over() -> None:
    async def story(sim: SimWorld) -> None:
        first = await start_tracker(sim, is_alive=False)
        second = await start_tracker(sim, "second.example.org")
        urls = (URL, "udp://second.example.org:6969/announce")
        swarm = StorySwarm(sim, single_file(1_000_000), trackers=urls)
        await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech")
        await leech.completed(180)
        measured("seconds with a dead first tracker", leech.seconds)
        assert second.counts(swarm.content.info_hash)[0] >= 1
        assert first.counts(swarm.content.info_hash) == (0, 0)
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=3)


def test_tracker_that_comes_back_is_used_again() -> None:
    async def story(sim: SimWorld) -> None:
        tracker = await start_tracker(sim, is_alive=False)
        swarm = StorySwarm(sim, single_file(500_000), trackers=(URL,))
        await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech")

        def is_told() -> bool:
            reason = leech.row.reason
            return reason is not None and reason.code == "tracker-failed"

        await leech.until(is_told, 300, "saying that its tracker fails")
        await tracker.wake()
        back = sim.loop.time()
        await leech.completed(2400)
        measured("seconds from the tracker's return to the end", sim.loop.time() - back)
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=4)


def test_three_hundred_torrents_do_not_stampede_their_tracker() -> None:
    """All are started at once: announces are spread, each torrent asks once, and the tracker sees no burst."""

    async def story(sim: SimWorld) -> None:
        tracker = await start_tracker(sim)
        swarm = StorySwarm(sim, single_file(20_000), trackers=(URL,))
        node = await swarm.boot(sim.add_host("busy"), settings={"active_downloads": 0})
        contents = [single_file(20_000, seed=number, name=f"file {number}") for number in range(300)]
        for content in contents:
            await node.client.execute(AddTorrent(content.torrent(URL), FOLDER, check_existing=False))
        for _ in range(240):
            await asyncio.sleep(0.5)
        arrivals = [
            event.at
            for event in sim.internet.events
            if event.kind == "datagram" and event.target.port == 6969 and event.size > 20
        ]
        known = sum(tracker.counts(content.info_hash)[1] for content in contents)
        assert known == 300
        per_second = Counter(int(at) for at in arrivals)
        measured("announces", len(arrivals))
        measured("most in one second", max(per_second.values()))
        assert len(arrivals) <= 2 * 300
        begun = sim.loop.time()
        await node.client.close()
        measured("seconds to say goodbye for 300", sim.loop.time() - begun)
        assert sum(tracker.counts(content.info_hash)[1] for content in contents) == 0

    run_story(story, seed=5, record=True)


def test_tracker_that_names_150_dead_peers_still_helps() -> None:
    async def story(sim: SimWorld) -> None:
        tracker = await start_tracker(sim)
        swarm = StorySwarm(sim, single_file(500_000), trackers=(URL,))
        for number in range(150):
            tracker.place(swarm.content.info_hash, f"46.{number // 250}.7.{number % 250 + 1}", sim.random)
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech")
        await leech.completed(900)
        measured("seconds among 150 that do not answer", leech.seconds)
        assert seed.uploaded > 0
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=6)


def test_tracker_scope_is_believed_only_as_far_as_it_reaches() -> None:
    """A public tracker that names loopback and private addresses is not believed."""

    async def story(sim: SimWorld) -> None:
        tracker = await start_tracker(sim)
        swarm = StorySwarm(sim, single_file(500_000), trackers=(URL,))
        for host in ("10.1.2.3", "192.168.1.7", "169.254.3.4", "224.0.0.1"):
            tracker.place(swarm.content.info_hash, host, sim.random)
        leech: Node = await swarm.leech("leech")
        await asyncio.sleep(30)
        assert leech.torrent.swarm.known.count == 0
        await swarm.close()

    run_story(story, seed=7)
