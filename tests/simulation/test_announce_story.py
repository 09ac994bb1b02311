"""Stories of many announces on virtual time: no real tracker, no real second."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

import pytest
from tests.support.log_watch import LogWatch
from tests.support.tracker_fakes import DatagramNetwork, ScriptedHttp, tracker_world
from tests.support.virtual_time import run_virtual

from shoal.engine.discovery.announce_gate import MAX_ANNOUNCES, AnnounceGate
from shoal.engine.discovery.announcer import Announcer
from shoal.engine.discovery.asking import AnnounceStats
from shoal.engine.discovery.udp_tracker import UdpTracker
from shoal.engine.transport.http_client import HttpError, HttpReply
from shoal.runtime.world import Address, World
from shoal.tracker_server.swarm_table import SwarmTable
from shoal.tracker_server.udp_endpoint import UdpEndpoint

INTERVAL = 1_800
PEER = b"\x08\x08\x08\x08\x1a\xe1"


def body(peers: bytes = PEER, interval: int = INTERVAL) -> bytes:
    return b"d8:intervali%de5:peers%d:%be" % (interval, len(peers), peers)


async def answer(url: str) -> HttpReply:
    await asyncio.sleep(0.2)
    return HttpReply(200, body(), url, "9.9.9.9")


async def black_hole(url: str) -> HttpReply:
    await asyncio.sleep(30)
    raise HttpError("timeout", "The server did not answer in time")


async def refuse(url: str) -> HttpReply:
    raise HttpError("unreachable", "The server could not be reached: refused")


class Session:
    """Torrents with one ticker of a second, as the engine has it."""

    def __init__(self, http: ScriptedHttp, network: DatagramNetwork | None = None, seed: int = 1) -> None:
        self.network = network or DatagramNetwork()
        self.world: World = tracker_world(self.network, seed)
        self.http = http
        self.udp = UdpTracker(self.world)
        self.gate = AnnounceGate()
        self.announcers: list[Announcer] = []
        self.peers: list[Address] = []
        self.most_at_once = 0

    def add(self, *tiers: Sequence[str], port: int = 6881) -> Announcer:
        number = len(self.announcers)
        announcer = Announcer(
            self.world,
            tiers=tiers,
            info_hash=number.to_bytes(20, "big"),
            peer_id=b"p" * 20,
            http=self.http,
            udp=self.udp,
            gate=self.gate,
            stats=lambda: AnnounceStats(0, 0, 1, port),
            on_peers=lambda peers, source: self.peers.extend(peers),
            on_change=lambda: None,
            key=number,
        )
        self.announcers.append(announcer)
        return announcer

    async def run(self, seconds: float) -> None:
        end = self.world.clock.now() + seconds
        while self.world.clock.now() < end:
            for announcer in self.announcers:
                announcer.tick(self.world.clock.now())
            self.most_at_once = max(self.most_at_once, MAX_ANNOUNCES - self.gate.free)
            await asyncio.sleep(1)


def story(main: Callable[[], Awaitable[None]], limit: float = 3_600.0) -> None:
    async def run() -> None:
        await main()

    run_virtual(run, limit_seconds=limit)


@pytest.mark.parametrize("tracker", [answer, refuse, black_hole])
def test_three_hundred_torrents_do_not_stampede_one_tracker(tracker: Callable[[str], Awaitable[HttpReply]]) -> None:
    async def main() -> None:
        session = Session(ScriptedHttp({"tracker.test": tracker}))
        for _ in range(300):
            session.add(["http://tracker.test/announce"]).start()
        await session.run(3 * INTERVAL)
        assert session.most_at_once <= MAX_ANNOUNCES
        by_torrent: dict[str, list[float]] = {}
        for time, url in session.http.asked:
            by_torrent.setdefault(url.split("info_hash=")[1][:60], []).append(time)
        assert len(by_torrent) == 300
        for times in by_torrent.values():
            pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
            assert min(pauses) >= (INTERVAL if tracker is answer else 60)
        # Once the start is over no second has more than a few of the 300.
        late = Counter(int(time) for time, _ in session.http.asked if time > INTERVAL)
        assert max(late.values()) < 40
        await asyncio.gather(*(announcer.stop() for announcer in session.announcers))
        assert session.gate.free == MAX_ANNOUNCES

    story(main, 4 * INTERVAL)


def test_stopped_is_given_up_after_five_seconds_when_the_tracker_has_become_a_black_hole() -> None:
    async def main() -> None:
        scripts = {"tracker.test": answer}
        session = Session(ScriptedHttp(scripts))
        for number in range(120):
            session.add(["http://tracker.test/announce"] if number % 2 else ["udp://9.9.9.9:6969/announce"]).start()
        table = SwarmTable(INTERVAL)
        endpoint = UdpEndpoint(session.world, table)
        await endpoint.start("9.9.9.9", 6969)
        await session.run(20)
        assert all(announcer.rows(20.0)[0].state == "working" for announcer in session.announcers)
        scripts["tracker.test"] = black_hole
        endpoint.stop()
        before = session.world.clock.now()
        await asyncio.gather(*(announcer.stop() for announcer in session.announcers))
        assert session.world.clock.now() - before <= 5.01
        assert session.gate.free == MAX_ANNOUNCES
        assert any("event=stopped" in url for _, url in session.http.asked)

    story(main)


def test_quitting_does_not_wait_for_trackers_that_never_knew_us() -> None:
    async def main() -> None:
        session = Session(ScriptedHttp({"tracker.test": black_hole}))
        announcer = session.add(["http://tracker.test/announce"], ["udp://9.9.9.9:6969"])
        announcer.start()
        await session.run(10)
        assert {row.state for row in announcer.rows(10.0)} == {"asking"}
        before = session.world.clock.now()
        await announcer.stop()
        assert session.world.clock.now() == before
        assert {row.state for row in announcer.rows(10.0)} == {"waiting"}

    story(main)


def test_peers_come_within_seconds_although_the_first_tiers_are_dead() -> None:
    async def main() -> None:
        session = Session(ScriptedHttp({"hole.test": black_hole, "dead.test": refuse, "good.test": answer}))
        announcer = session.add(
            ["http://hole.test/announce"], ["http://dead.test/announce"], ["http://good.test/announce"]
        )
        announcer.start()
        await session.run(8)
        assert session.peers == [Address("8.8.8.8", 6881)]
        assert [row.state for row in announcer.rows(8.0)] == ["asking", "failing", "working"]
        assert announcer.tracker_host == "good.test"
        await announcer.stop()

    story(main)


def test_first_tracker_takes_over_again_when_it_recovers() -> None:
    async def main() -> None:
        scripts = {"first.test": refuse, "second.test": answer}
        session = Session(ScriptedHttp(scripts))
        announcer = session.add(["http://first.test/announce"], ["http://second.test/announce"])
        announcer.start()
        await session.run(300)
        scripts["first.test"] = answer
        await session.run(2 * INTERVAL + 1_200)
        asked = [(time, url.split("/")[2]) for time, url in session.http.asked]
        assert announcer.tracker_host == "first.test"
        assert [host for time, host in asked if time > 3_000] == ["first.test"]
        await announcer.stop()
        stopped = [url.split("/")[2] for _, url in session.http.asked if "event=stopped" in url]
        assert sorted(stopped) == ["first.test", "second.test"]

    story(main, 10_000)


def test_only_believable_peers_are_handed_on() -> None:
    async def main() -> None:
        unbelievable = b"".join(
            [
                b"\x7f\x00\x00\x01\x1a\xe1",
                b"\x0a\x00\x00\x01\x1a\xe1",
                b"\xe0\x00\x00\x01\x1a\xe1",
                b"\x00\x00\x00\x00\x1a\xe1",
                b"\x08\x08\x08\x08\x00\x00",
            ]
        )

        async def lying(url: str) -> HttpReply:
            return HttpReply(200, body(unbelievable), url, "9.9.9.9")

        session = Session(ScriptedHttp({"liar.test": lying, "good.test": answer}))
        announcer = session.add(["http://liar.test/announce"], ["http://good.test/announce"])
        announcer.start()
        await session.run(3)
        # The liar's answer had no usable peer, so the next tier was asked as well.
        assert session.peers == [Address("8.8.8.8", 6881)]
        assert [row.peers_received for row in announcer.rows(3.0)] == [0, 1]
        await announcer.stop()

    story(main)


def test_a_defect_of_ours_does_not_leave_a_tracker_asking_for_ever(expect_log: LogWatch) -> None:
    expect_log("announcer: started failed")

    async def main() -> None:
        async def broken(url: str) -> HttpReply:
            raise ZeroDivisionError

        session = Session(ScriptedHttp({"tracker.test": broken}))
        announcer = session.add(["http://tracker.test/announce"])
        announcer.start()
        await session.run(2)
        assert [row.state for row in announcer.rows(2.0)] == ["failing"]
        assert session.gate.free == MAX_ANNOUNCES
        await announcer.stop()

    story(main)


def test_stop_in_the_moment_of_the_start_loses_no_slot_of_the_gate() -> None:
    async def main() -> None:
        session = Session(ScriptedHttp({"tracker.test": answer}))
        for _ in range(100):
            session.add(["http://tracker.test/announce"])
        rng = random.Random(2)
        for _ in range(20):
            for announcer in session.announcers:
                announcer.start()
            await asyncio.sleep(rng.choice([0, 0, 0.1, 0.3]))
            await asyncio.gather(*(announcer.stop() for announcer in session.announcers))
            assert session.gate.free == MAX_ANNOUNCES

    story(main)
