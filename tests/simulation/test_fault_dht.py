"""What strangers may try on our DHT node: floods, forged ids and addresses, giant and endless answers, nonsense."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from tests.support.dht_swarm import DhtMachine, DhtSwarm, until
from tests.support.sim_world import SimWorld, run_story

from shoal.engine.policy.dht.routing_table import PER_NETWORK
from shoal.protocol import krpc
from shoal.protocol.dht_nodes import Contact
from shoal.protocol.errors import ProtocolError
from shoal.protocol.krpc import Failure, Method, Query, Reply
from shoal.runtime.world import Address, UdpPort

HASH = bytes(range(20))
VERSION = b"XX\0\1"
PORT = 6881


class Stranger:
    """A machine that sends what it likes, and answers questions as `answer` says; None stays silent."""

    def __init__(self, sim: SimWorld, name: str, host: str) -> None:
        self.machine = sim.add_host(name, addresses=(host,))
        self.node_id = sim.random.randbytes(20)
        self.heard: list[bytes] = []
        self.answer: Callable[[Query], Reply | bytes | None] = lambda query: Reply(query.transaction, self.node_id)
        self._port: UdpPort | None = None
        self._count = 0

    async def open(self) -> None:
        self._port = await self.machine.world.network.open_udp(self._came, "0.0.0.0", PORT)

    def send(self, data: bytes, to: Address) -> None:
        assert self._port is not None
        self._port.send(data, to)

    def ask(self, to: Address, method: Method, **fields: object) -> bytes:
        """Send a question; the bytes of it."""
        self._count += 1
        query = Query(b"%04d" % self._count, self.node_id, method, **fields)  # type: ignore[arg-type]
        packet = krpc.encode_query(query, VERSION)
        self.send(packet, to)
        return packet

    def replies(self) -> list[Reply | Failure]:
        found = [krpc.decode_message(data) for data in self.heard]
        return [message for message in found if not isinstance(message, Query)]

    def _came(self, datagram: memoryview, source: Address) -> None:
        self.heard.append(bytes(datagram))
        try:
            message = krpc.decode_message(datagram)
        except ProtocolError:
            return
        if isinstance(message, Query):
            answer = self.answer(message)
            if answer is not None:
                self.send(answer if isinstance(answer, bytes) else krpc.encode_reply(answer, VERSION), source)


async def scene(sim: SimWorld, honest: int = 12) -> tuple[DhtSwarm, DhtMachine]:
    """Some honest nodes that know each other, and the one that is attacked."""
    swarm = DhtSwarm(sim)
    await swarm.grow(honest)
    await asyncio.sleep(15)
    return swarm, swarm.nodes[-1]


async def lookup_still_works(swarm: DhtSwarm, victim: DhtMachine) -> None:
    giver = swarm.nodes[2]
    gift = giver.give(HASH)
    await until(lambda: gift.announced_to > 0)
    victim.seek(HASH)
    await until(lambda: Address(giver.address.host, 7000) in victim.peers)


def test_a_flood_is_not_answered_and_others_are_served() -> None:
    async def story(sim: SimWorld) -> None:
        swarm, victim = await scene(sim)
        flooder = Stranger(sim, "flooder", "99.1.1.1")
        await flooder.open()
        for _ in range(5_000):
            flooder.ask(victim.address, Method.FIND_NODE, target=HASH)
        await asyncio.sleep(2)
        assert len(flooder.replies()) <= 60
        before = len(flooder.replies())
        await asyncio.sleep(60)
        flooder.ask(victim.address, Method.PING)
        await asyncio.sleep(2)
        assert len(flooder.replies()) == before, "it is blocked for five minutes"
        await lookup_still_works(swarm, victim)
        await swarm.stop()

    run_story(story)


def test_an_address_that_proves_nothing_gets_little_more_than_it_sent() -> None:
    async def story(sim: SimWorld) -> None:
        swarm, victim = await scene(sim)
        forger = Stranger(sim, "silent", "99.1.1.1")
        forger.answer = lambda query: None
        await forger.open()
        asked = sum(len(forger.ask(victim.address, Method.GET_PEERS, target=HASH)) for _ in range(20))
        await asyncio.sleep(20)
        assert 0 < sum(map(len, forger.heard)) <= 1.5 * asked
        await swarm.stop()

    run_story(story)


def test_an_address_that_answers_is_answered_in_full_and_taken_in() -> None:
    async def story(sim: SimWorld) -> None:
        swarm, victim = await scene(sim)
        polite = Stranger(sim, "polite", "99.1.1.1")
        await polite.open()
        polite.ask(victim.address, Method.GET_PEERS, target=HASH)
        await asyncio.sleep(2)
        (reply,) = polite.replies()
        assert isinstance(reply, Reply)
        assert len(reply.nodes4) == 8
        assert reply.token
        assert reply.your_address == ("99.1.1.1", PORT)
        nodes = {node.contact for upkeep in victim.dht._upkeep.values() for node in upkeep.node.table}
        assert Contact(polite.node_id, "99.1.1.1", PORT) in nodes
        await swarm.stop()

    run_story(story)


def test_a_read_only_asker_is_answered_and_never_asked() -> None:
    async def story(sim: SimWorld) -> None:
        swarm, victim = await scene(sim)
        shy = Stranger(sim, "shy", "99.1.1.1")
        await shy.open()
        packet = shy.ask(victim.address, Method.FIND_NODE, target=HASH, is_read_only=True)
        await asyncio.sleep(5)
        (reply,) = shy.heard
        assert isinstance(krpc.decode_message(reply), Reply)
        assert len(reply) <= 1.5 * len(packet)
        await swarm.stop()

    run_story(story)


def test_announces_need_a_token_of_ours_from_the_same_address() -> None:
    async def story(sim: SimWorld) -> None:
        swarm, victim = await scene(sim)
        one, other = Stranger(sim, "one", "99.1.1.1"), Stranger(sim, "other", "98.1.1.1")
        await one.open()
        await other.open()
        one.ask(victim.address, Method.GET_PEERS, target=HASH)
        await asyncio.sleep(2)
        (reply,) = one.replies()
        assert isinstance(reply, Reply)
        token = reply.token or b""
        other.ask(victim.address, Method.ANNOUNCE_PEER, target=HASH, port=1, token=token)
        one.ask(victim.address, Method.ANNOUNCE_PEER, target=HASH, port=1, token=b"guess")
        one.ask(victim.address, Method.ANNOUNCE_PEER, target=bytes(20), port=1, token=token)
        await asyncio.sleep(2)
        failures = [message for message in (*one.replies(), *other.replies()) if isinstance(message, Failure)]
        assert [failure.code for failure in failures] == [krpc.PROTOCOL_ERROR] * 3
        store = victim.dht._upkeep[4].node.store
        assert store.torrent_count == 0
        one.ask(victim.address, Method.ANNOUNCE_PEER, target=HASH, port=0, token=token)
        await asyncio.sleep(2)
        assert store.peers(HASH, 9, sim.loop.time(), sim.random) == [("99.1.1.1", PORT)]
        await swarm.stop()

    run_story(story)


def test_forged_answers_of_strangers_count_for_nothing() -> None:
    """Replies to questions that were never asked, or asked of somebody else."""

    async def story(sim: SimWorld) -> None:
        swarm, victim = await scene(sim)
        liar = Stranger(sim, "liar", "99.1.1.1")
        await liar.open()
        before = {node.contact for node in victim.dht._upkeep[4].node.table}
        victim.seek(HASH)
        for number in range(40):
            peers = ((f"66.6.6.{number}", 666),)
            liar.send(
                krpc.encode_reply(Reply(number.to_bytes(4, "big"), liar.node_id, peers=peers), VERSION), victim.address
            )
        await asyncio.sleep(10)
        assert victim.peers == []
        assert liar.node_id not in {
            contact.node_id for contact in before ^ {n.contact for n in victim.dht._upkeep[4].node.table}
        }
        await swarm.stop()

    run_story(story)


def test_nodes_that_invent_others_neither_hold_a_search_up_nor_fill_the_table() -> None:
    async def story(sim: SimWorld) -> None:
        swarm, victim = await scene(sim)
        rng = random.Random(5)

        def invented(query: Query) -> Reply:
            target = query.target or bytes(20)
            named = tuple(
                Contact(target[:18] + rng.randbytes(2), f"{rng.randrange(100, 120)}.{rng.randrange(256)}.1.1", 9)
                for _ in range(30)
            )
            return Reply(query.transaction, liars[0].node_id, nodes4=named, token=b"t")

        liars = [Stranger(sim, f"liar {number}", f"77.7.7.{number + 1}") for number in range(6)]
        for number, liar in enumerate(liars):
            liar.node_id = HASH[:19] + bytes([number])
            await liar.open()
            liar.answer = invented
            liar.ask(victim.address, Method.FIND_NODE, target=HASH)
            await asyncio.sleep(1)
        await lookup_still_works(swarm, victim)
        wish = victim.seek(bytes(20))
        await until(lambda: wish.asked_at is not None, 60)
        hosts = [node.contact.host for node in victim.dht._upkeep[4].node.table]
        assert sum(host.startswith("77.7.7.") for host in hosts) <= PER_NETWORK
        assert sum(100 <= int(host.partition(".")[0]) < 120 for host in hosts) == 0, (
            "who did not answer is not taken in"
        )
        await swarm.stop()

    run_story(story)


def test_answers_too_large_or_of_nonsense_are_dropped() -> None:
    async def story(sim: SimWorld) -> None:
        swarm, victim = await scene(sim)
        rng = random.Random(6)
        giant = b"d1:rd2:id20:" + HASH + b"5:token60000:" + b"x" * 60_000 + b"e1:t4:aaaa1:y1:re"
        deep = b"d1:x" + b"l" * 400 + b"e" * 400 + b"e"
        liars = [Stranger(sim, f"liar {number}", f"7{number}.7.7.1") for number in range(3)]
        for liar, nonsense in zip(liars, (giant, deep, b"d"), strict=True):
            await liar.open()
            liar.answer = lambda query, nonsense=nonsense: nonsense  # type: ignore[misc]
            for _ in range(20):
                liar.ask(victim.address, Method.FIND_NODE, target=rng.randbytes(20))
                liar.send(nonsense, victim.address)
                liar.send(b"d" + rng.randbytes(200), victim.address)
        await asyncio.sleep(10)
        await lookup_still_works(swarm, victim)
        await swarm.stop()

    run_story(story)


def test_peers_and_nodes_of_private_networks_are_not_believed() -> None:
    async def story(sim: SimWorld) -> None:
        swarm, victim = await scene(sim, honest=4)
        liar = Stranger(sim, "liar", "77.7.7.1")
        liar.node_id = HASH
        await liar.open()
        liar.answer = lambda query: Reply(
            query.transaction,
            liar.node_id,
            nodes4=(Contact(HASH[::-1], "192.168.0.1", 53), Contact(HASH[1:] + b"x", "127.0.0.1", 22)),
            peers=(("10.0.0.1", 80), ("127.0.0.1", 22), ("224.0.0.1", 9), ("8.8.4.4", 6000)),
            token=b"t",
        )
        liar.ask(victim.address, Method.FIND_NODE, target=HASH)
        await asyncio.sleep(2)
        wish = victim.seek(HASH)
        await until(lambda: wish.asked_at is not None)
        assert victim.peers == [Address("8.8.4.4", 6000)]
        await swarm.stop()

    run_story(story)
