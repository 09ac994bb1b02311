"""Readers and writers under a limit: the mean holds and nobody starves."""

import pytest
from tests.support.wire_peer import FakeHost, Wire, WireScene, piece_message

from shoal.engine.peer import chatter
from shoal.engine.policy.rate_limit import TokenBucket
from shoal.engine.session.limits import BEAT_SECONDS, SHARE_BYTES, LimitedPeers
from shoal.metainfo.bitfield import all_pieces
from shoal.protocol import peer_wire

BLOCK = 16_384


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The strangers here send what nobody asked for; the limits are what is looked at, not the patience with that."""
    monkeypatch.setattr(chatter, "MOST_CHATTER", 1 << 50)


class Limited:
    """Some peers of one torrent that are served by the beat."""

    def __init__(self, peers: int, *, down: float = 0.0, up: float = 0.0) -> None:
        self.peers = LimitedPeers()
        self.host = FakeHost(have=all_pieces(16))
        self.host.blocks = {(index, 0): bytes(BLOCK) for index in range(16)}
        self.scene = WireScene(self.host)
        self.scene.environment.pause_reading = self.peers.wait_to_read
        self.scene.environment.pause_sending = self.peers.wait_to_send
        self.host.down_bucket = TokenBucket(down, now=self.scene.clock.time)
        self.host.up_bucket = TokenBucket(up, now=self.scene.clock.time)
        self.wires = [self.scene.wire().handshake() for _ in range(peers)]
        self.read = [0] * peers
        self.sent = [0] * peers

    def beat(self) -> None:
        self.scene.clock.time += BEAT_SECONDS
        self.peers.beat(self.scene.clock.time)
        self.scene.turn.end()

    def run_readers(self, seconds: float, message: bytes) -> None:
        for _ in range(round(seconds / BEAT_SECONDS)):
            for number, wire in enumerate(self.wires):
                # Each stranger always has more to send.
                self.read[number] += self.pour(wire, message)
            self.beat()

    @staticmethod
    def pour(wire: Wire, message: bytes) -> int:
        """As much of an endless run of `message` as is read now."""
        count = 0
        while not wire.transport.is_paused and wire.is_open and count < 10_000_000:
            used = wire.feed(message[wire.offset :])
            wire.offset = (wire.offset + used) % len(message)
            count += used
        return count


@pytest.mark.parametrize("rate", [10_000, 100_000, 2_000_000])
@pytest.mark.parametrize("peers", [1, 7])
@pytest.mark.parametrize("length", [100, BLOCK])
def test_the_mean_of_all_readers_keeps_the_limit(rate: int, peers: int, length: int) -> None:
    limited = Limited(peers, down=rate)
    limited.run_readers(20, piece_message(0, 0, bytes(length)))
    # What every connection may read before it is ever charged, and one whole message each in debt.
    allowance = peers * (SHARE_BYTES + length + 100)
    assert 0.9 * rate * 20 - allowance <= sum(limited.read) <= 1.02 * rate * 20 + allowance


def test_readers_get_alike_shares() -> None:
    limited = Limited(10, down=200_000)
    limited.run_readers(20, piece_message(0, 0, bytes(BLOCK)))
    assert min(limited.read) > 0.8 * max(limited.read)


def test_a_reader_that_went_is_forgotten() -> None:
    limited = Limited(2, down=50_000)
    limited.run_readers(1, piece_message(0, 0, bytes(BLOCK)))
    limited.wires[0].peer.close("gone")
    before = limited.read[0]
    limited.run_readers(30, piece_message(0, 0, bytes(BLOCK)))
    assert limited.read[0] == before
    assert limited.read[1] > 1_000_000


def test_readers_go_on_when_the_limit_is_lifted() -> None:
    limited = Limited(3, down=1_000)
    limited.run_readers(2, piece_message(0, 0, bytes(BLOCK)))
    assert all(wire.transport.is_paused for wire in limited.wires)
    limited.host.down_bucket.set_rate(0, limited.scene.clock.time)
    limited.beat()
    assert not any(wire.transport.is_paused for wire in limited.wires)


def keep_asking(limited: Limited, number: int, waiting: int) -> None:
    """The stranger keeps `waiting` requests in our queue; what it got counts as sent."""
    wire = limited.wires[number]
    wire.peer.set_choking(False)
    limited.sent[number] += len(wire.take("piece")) * BLOCK
    missing = waiting - len(wire.peer.uploads)
    if missing > 0:
        wire.feed(peer_wire.encode_request(number % 16, 0, BLOCK) * missing)


@pytest.mark.parametrize("rate", [20_000, 300_000, 3_000_000])
def test_senders_keep_the_limit_and_share_alike(rate: int) -> None:
    limited = Limited(5, up=rate)
    for _ in range(200):
        for number in range(5):
            keep_asking(limited, number, 30)
        limited.beat()
    assert 0.85 * rate * 20 <= sum(limited.sent) <= 1.02 * rate * 20 + 5 * BLOCK
    if rate > 100_000:
        assert min(limited.sent) > 0.6 * max(limited.sent)


def test_a_peer_that_asks_bit_by_bit_does_not_starve_those_who_wait() -> None:
    limited = Limited(3, up=300_000)
    for _ in range(200):
        for number in (1, 2):
            keep_asking(limited, number, 30)
        for _ in range(10):
            # Ten times a beat it asks for one block: it is never in the queue when the beat comes.
            limited.scene.clock.time += BEAT_SECONDS / 10
            keep_asking(limited, 0, 1)
        limited.scene.clock.time -= BEAT_SECONDS
        limited.beat()
    assert min(limited.sent[1:]) > 0.5 * limited.sent[0]


def test_senders_go_on_when_the_limit_is_lifted() -> None:
    limited = Limited(2, up=1_000)
    for number in range(2):
        keep_asking(limited, number, 50)
    limited.beat()
    limited.host.up_bucket.set_rate(0, limited.scene.clock.time)
    limited.beat()
    assert [len(wire.take("piece")) >= 49 for wire in limited.wires] == [True, True]


def test_a_flood_of_what_nobody_asked_for_waits_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chatter, "MOST_CHATTER", 100_000)
    limited = Limited(2)
    limited.run_readers(20, peer_wire.encode_have(0))
    for read in limited.read:
        assert 0.9 * 20 * chatter.CHATTER_RATE < read < 100_000 + 1.2 * 20 * chatter.CHATTER_RATE
