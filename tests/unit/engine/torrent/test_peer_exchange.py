"""Peer exchange of one torrent (BEP 11): who is told of whom, and whose word counts."""

from __future__ import annotations

from tests.support.small_swarm import SmallSwarm, Stranger

from shoal.engine.policy.known_peers import MAX_KNOWN_PEERS
from shoal.engine.policy.peer_gossip import LISTEN_SECONDS, TELL_SECONDS
from shoal.engine.torrent.peer_exchange import PeerExchange
from shoal.protocol.ut_pex import PexFlag, PexMessage, decode_pex
from shoal.runtime.world import Address

THEIR_ID = 7
NO_FLAGS = PexFlag(0)


class Gossiping:
    """A swarm with peer exchange."""

    def __init__(self) -> None:
        self.small = SmallSwarm()
        self.is_on = True
        self.exchange = PeerExchange(self.small.swarm, lambda: self.is_on)

    def join(self, host: str, *, incoming: bool = False, listen_port: int = 0, takes_part: bool = True) -> Stranger:
        stranger = self.small.join(0, host=host, incoming=incoming)
        stranger.peer.remote_listen_port = listen_port
        stranger.peer.extensions.pex_id = THEIR_ID if takes_part else 0
        stranger.wire.take()
        return stranger

    def tell(self, seconds: float) -> None:
        self.small.scene.clock.time += seconds
        self.exchange.second(self.small.now)
        self.small.scene.turn.end()

    def take(self, stranger: Stranger, *addresses: tuple[str, int], flags: PexFlag = NO_FLAGS) -> None:
        self.exchange.take(stranger.peer, PexMessage(dict.fromkeys(addresses, flags)), self.small.now)


def told(stranger: Stranger) -> list[PexMessage]:
    messages = stranger.wire.take("extended")
    return [decode_pex(payload) for _, number, payload in messages if number == THEIR_ID]


def test_peers_hear_of_each_other_where_they_listen_and_not_of_themselves() -> None:
    gossip = Gossiping()
    dialled = gossip.join("198.51.1.1")
    came = gossip.join("198.51.1.2", incoming=True, listen_port=7000)
    gossip.join("198.51.1.3", incoming=True)  # nobody knows where it listens
    gossip.tell(20)
    assert [dict(message.added) for message in told(dialled)] == [{("198.51.1.2", 7000): PexFlag(0)}]
    assert [dict(message.added) for message in told(came)] == [{tuple(dialled.peer.address): PexFlag.REACHABLE}]


def test_who_left_is_told_of_a_minute_later() -> None:
    gossip = Gossiping()
    stays, goes = gossip.join("198.51.1.1"), gossip.join("198.51.1.2")
    gossip.tell(20)
    told(stays)
    goes.wire.hang_up()
    gossip.tell(1)
    assert told(stays) == []
    gossip.tell(TELL_SECONDS)
    assert [message.dropped for message in told(stays)] == [(tuple(goes.peer.address),)]


def test_who_takes_no_part_or_when_it_is_off_nobody_is_told() -> None:
    gossip = Gossiping()
    silent, other = gossip.join("198.51.1.1", takes_part=False), gossip.join("198.51.1.2")
    gossip.tell(20)
    assert told(silent) == []
    assert len(told(other)) == 1
    gossip.is_on = False
    gossip.join("198.51.1.3")
    gossip.tell(10 * TELL_SECONDS)
    gossip.take(other, ("203.0.113.5", 5))
    assert (told(other), gossip.small.swarm.known.count) == ([], 0)


def test_a_stranger_hears_nothing_of_our_private_network() -> None:
    gossip = Gossiping()
    stranger, neighbour = gossip.join("8.8.8.8"), gossip.join("192.168.1.2")
    gossip.tell(20)
    assert told(stranger) == []
    assert [dict(message.added) for message in told(neighbour)] == [
        {("8.8.8.8", stranger.peer.address.port): PexFlag.REACHABLE}
    ]


def test_what_a_stranger_says_of_private_networks_is_not_believed() -> None:
    gossip = Gossiping()
    stranger = gossip.join("8.8.8.8")
    gossip.take(stranger, ("192.168.1.1", 80), ("127.0.0.1", 22), ("224.0.0.1", 9), ("169.254.1.1", 1), ("9.9.9.9", 99))
    known = gossip.small.swarm.known
    assert (Address("9.9.9.9", 99) in known, known.count, gossip.exchange.heard) == (True, 1, 1)
    assert known.source(Address("9.9.9.9", 99)) == "pex"


def test_more_than_one_message_a_minute_does_not_count() -> None:
    gossip = Gossiping()
    stranger = gossip.join("8.8.8.8")
    for number in range(1, 100):
        gossip.take(stranger, ("9.9.9.9", number))
    assert gossip.small.swarm.known.count == 1
    gossip.small.scene.clock.time += LISTEN_SECONDS
    gossip.take(stranger, ("9.9.9.9", 2))
    assert gossip.small.swarm.known.count == 2


def test_known_peers_stay_bounded() -> None:
    gossip = Gossiping()
    strangers = [gossip.join(f"8.8.{number}.8") for number in range(80)]
    for teller, stranger in enumerate(strangers):
        gossip.take(stranger, *((f"9.{teller}.{number}.9", 1) for number in range(50)))
    assert gossip.small.swarm.known.count == MAX_KNOWN_PEERS


def test_a_liar_does_not_make_seeds_of_the_peers_that_we_know() -> None:
    gossip = Gossiping()
    known = gossip.small.swarm.known
    ours, new = Address("9.9.9.9", 9), Address("9.9.9.8", 8)
    known.add(ours, "tracker", gossip.small.now)
    gossip.take(gossip.join("8.8.8.8"), ours, new, flags=PexFlag.UPLOAD_ONLY)
    assert known.next_to_dial(gossip.small.now, 10, gossip.small.rng, skip_seeds=True) == [ours]
