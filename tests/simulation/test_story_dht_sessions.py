"""Whole engines and the DHT: downloads by it alone, its memory, its switch, and private torrents that it never sees."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.support.dht_swarm import DhtSwarm, until
from tests.support.sim_network import SimUdpPort
from tests.support.sim_world import Machine, SimWorld, run_story
from tests.support.story_swarm import FOLDER, Node, StorySwarm, lay_out
from tests.support.swarm_content import Content, single_file

from shoal.api.commands import AddTorrent, AnnounceNow, ChangeSettings, Detail, StopTorrent
from shoal.api.details import TrackerRow
from shoal.metainfo.authoring import build_metainfo
from shoal.protocol.bencode import decode, encode
from shoal.runtime.world import Address

ON = {"dht": "on"}


def entrance(net: DhtSwarm) -> dict[str, str]:
    first = net.nodes[0].address
    return {"dht": "on", "dht_hosts": f"{first.host}:{first.port}"}


async def network(sim: SimWorld, count: int = 10) -> DhtSwarm:
    """A DHT of strangers."""
    net = DhtSwarm(sim)
    await net.grow(count)
    await asyncio.sleep(10)
    return net


async def dht_row(node: Node) -> TrackerRow | None:
    details = await node.client.details(node.torrent_id, frozenset({Detail.TRACKERS}))
    return next((row for row in details.trackers or () if row.url == "dht"), None)


async def searched(node: Node) -> TrackerRow:
    """Its row when the first search has ended."""
    for _ in range(300):
        row = await dht_row(node)
        if row is not None and row.state == "working":
            return row
        await asyncio.sleep(0.1)
    raise AssertionError(f"no search ended: {row}")


def listen_in(machine: Machine, left: list[tuple[bytes, Address]]) -> None:
    """Note every datagram that leaves this machine."""
    send = machine.host.send_datagram

    def record(port: SimUdpPort, data: bytes, to: Address) -> None:
        left.append((data, to))
        send(port, data, to)

    machine.host.send_datagram = record  # type: ignore[method-assign]


def private(content: Content) -> bytes:
    """Its torrent file with the private flag, and with nodes that must not be asked."""
    torrent = build_metainfo(
        content.plan, content.hashes, trackers=[["udp://tracker.invalid:1/announce"]], private=True
    )
    fields = decode(torrent)
    assert isinstance(fields, dict)
    return encode({**fields, b"nodes": [[b"66.6.6.6", 6881]]})


def test_strangers_meet_by_the_dht_alone() -> None:
    async def story(sim: SimWorld) -> None:
        net = await network(sim)
        swarm = StorySwarm(sim, single_file(500_000))
        seed = await swarm.seed("seed", settings=entrance(net))
        await until(lambda: seed.session.finding.status.nodes > 0)
        row = await searched(seed)
        assert row.nodes >= 8
        assert row.next_announce_in is not None
        assert row.next_announce_in > 200
        leech = await swarm.leech("leech", settings=entrance(net))
        await leech.completed(30)
        assert (await searched(leech)).peers_received >= 1
        assert leech.torrent.swarm.known.source(seed.address) == "dht"
        assert leech.session.totals().dht_state == "working"
        assert leech.session.totals().dht_nodes >= 8
        await swarm.close()
        await net.stop()

    run_story(story, seed=3)


def test_peers_tell_each_other_where_their_nodes_are() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(200_000))
        seed = await swarm.seed("seed", settings=ON)
        assert seed.session.totals().dht_state == "starting"
        leech = await swarm.leech("leech", settings=ON, peers=(seed,))
        await leech.completed(30)
        await until(lambda: leech.session.finding.status.nodes > 0 and seed.session.finding.status.nodes > 0)
        await swarm.close()

    run_story(story)


def test_a_private_torrent_is_never_seen_by_the_dht() -> None:
    """Both sides have a working DHT; everything that leaves by UDP is read."""

    async def story(sim: SimWorld) -> None:
        net = await network(sim)
        content = single_file(200_000)
        swarm = StorySwarm(sim, content)
        left: list[tuple[bytes, Address]] = []
        torrent = private(content)
        nodes: list[Node] = []
        for name in ("seed", "leech"):
            machine = sim.add_host(name, up=50_000)
            listen_in(machine, left)
            node = await swarm.boot(machine, settings=entrance(net))
            nodes.append(node)
            await until(lambda node=node: node.session.finding.status.nodes > 0)  # type: ignore[misc]
        seed, leech = nodes
        disk = seed.machine.files
        lay_out(disk, content)
        for node, peers in ((seed, ()), (leech, (seed.address,))):
            node.torrent_id = str(await node.client.execute(AddTorrent(torrent, FOLDER, peers=peers)))
        await until(lambda: bool(leech.torrent.swarm.connected))
        (peer,) = leech.torrent.swarm.connected.values()
        assert not peer.has_dht, "the other side does not even say that it has a node"
        await until(lambda: leech.is_complete, 60)
        await leech.client.execute(AnnounceNow(leech.torrent_id, force=True))
        await asyncio.sleep(2_000)
        info_hash = leech.torrent.info_hash
        assert len(left) > 20, "the DHT goes on beside it"
        assert not [data for data, _ in left if info_hash in data]
        assert not [to for _, to in left if to.host == "66.6.6.6"], "its nodes were asked"
        for node in nodes:
            assert await dht_row(node) is None
            assert node.torrent.peer_host.dht_port("99.9.9.9") == 0
        await swarm.close()
        await net.stop()

    run_story(story)


def test_a_stopped_torrent_is_looked_for_no_more() -> None:
    async def story(sim: SimWorld) -> None:
        net = await network(sim)
        swarm = StorySwarm(sim, single_file(100_000))
        leech = await swarm.leech("leech", settings=entrance(net))
        await until(lambda: leech.session.finding.status.nodes > 0)
        await until(lambda: len(leech.session.finding.dht._wanted) == 1)
        await leech.execute(StopTorrent(leech.torrent_id))
        assert leech.session.finding.dht._wanted == {}
        await swarm.close()
        await net.stop()

    run_story(story)


def test_nodes_of_the_last_run_are_the_way_in_of_the_next(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        net = await network(sim)
        swarm = StorySwarm(sim, single_file(100_000))
        machine = sim.add_host("home")
        state = str(tmp_path / "state.db")
        first = await swarm.boot(machine, settings=entrance(net), state_path=state)
        await until(lambda: first.session.finding.status.nodes >= 8)
        own_id = first.session.finding.dht._upkeep[4].node.own_id
        await first.close()
        again = await swarm.boot(machine, settings=ON, state_path=state)
        assert again.session.finding.dht._upkeep[4].node.own_id == own_id
        await until(lambda: again.session.finding.status.nodes >= 8, 10)
        await again.close()
        await net.stop()

    run_story(story)


def test_the_switch_takes_effect_at_once() -> None:
    async def story(sim: SimWorld) -> None:
        net = await network(sim)
        swarm = StorySwarm(sim, single_file(100_000))
        node = await swarm.leech("home", settings=entrance(net))
        finding = node.session.finding
        await until(lambda: finding.status.nodes > 0)
        port = node.session.connections.listen_port
        assert finding.dht.port("1.2.3.4") == port
        await node.client.execute(ChangeSettings((("dht", "off"),)))
        assert node.session.totals().dht_state == "off"
        assert finding.udp.families == ()
        row = await dht_row(node)
        assert row is not None
        assert row.state == "off"
        await node.client.execute(ChangeSettings((("dht", "read-only"),)))
        await until(lambda: finding.status.nodes > 0)
        assert finding.status.is_read_only
        assert finding.dht.port("1.2.3.4") == 0
        await node.client.execute(ChangeSettings((("dht", "on"), ("listen_port", 7777))))
        assert finding.dht.port("1.2.3.4") == 7777
        await until(lambda: finding.status.nodes > 0)
        await swarm.close()
        await net.stop()

    run_story(story)


def test_it_says_when_nobody_answers() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(100_000))
        node = await swarm.leech("home", settings={"dht": "on", "dht_hosts": "nobody.invalid:1 45.99.99.99:2"})
        assert node.session.totals().dht_state == "starting"
        await until(lambda: node.session.totals().dht_state == "no-answer", 60)
        row = await dht_row(node)
        assert row is not None
        assert row.state == "failing"
        await swarm.close()

    run_story(story)


def test_one_silent_host_holds_nobody_up() -> None:
    async def story(sim: SimWorld) -> None:
        net = await network(sim)
        first = net.nodes[0].address
        swarm = StorySwarm(sim, single_file(100_000))
        hosts = f"45.99.99.99:1 nobody.invalid:1 {first.host}:{first.port}"
        node = await swarm.leech("home", settings={"dht": "on", "dht_hosts": hosts})
        await until(lambda: node.session.finding.status.nodes >= 8, 5)
        await swarm.close()
        await net.stop()

    run_story(story)
