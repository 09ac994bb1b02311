"""The blocks asked of one peer, as its messages come in."""

import pytest
from tests.support.wire_peer import FakeHost, Wire, WireScene, piece_message

from shoal.engine.peer.connection import PeerConnection
from shoal.engine.peer.open_piece import OpenPiece
from shoal.metainfo.pieces import BLOCK_LENGTH
from shoal.protocol import peer_wire

SIZE = 3 * BLOCK_LENGTH + 100
Piece = OpenPiece[PeerConnection]


def block(number: int, length: int = BLOCK_LENGTH) -> bytes:
    return bytes([number + 1]) * length


def opened(index: int = 1, size: int = SIZE) -> Piece:
    return OpenPiece(index, size, bytearray(size))


class Scene(WireScene):
    def __init__(self) -> None:
        self.host = FakeHost()
        super().__init__(self.host)

    def ready(self) -> Wire:
        return self.wire().handshake()


def ask(wire: Wire, piece: Piece, *blocks: int) -> None:
    for number in blocks:
        if number in piece.free:
            piece.free.remove(number)
    wire.peer.requests.asked(piece, list(blocks), wire.scene.clock.now())


def test_blocks_fill_their_piece_in_any_order() -> None:
    wire, piece = Scene().ready(), opened()
    ask(wire, piece, 0, 1, 2, 3)
    for number in (2, 0, 1):
        wire.feed(piece_message(1, number * BLOCK_LENGTH, block(number)))
    assert wire.peer.requests.completed == []
    assert wire.peer.downloaded == 3 * BLOCK_LENGTH
    wire.feed(piece_message(1, 3 * BLOCK_LENGTH, block(3, 100)))
    assert wire.peer.requests.completed == [piece]
    assert bytes(piece.view) == block(0) + block(1) + block(2) + block(3, 100)
    assert piece.senders == [wire.peer] * 4
    assert not wire.peer.requests.outstanding
    assert wire.peer.downloaded == SIZE
    assert wire.peer.wasted == 0


def test_a_block_that_was_not_asked_for_is_counted_and_dropped() -> None:
    wire, piece = Scene().ready(), opened()
    ask(wire, piece, 0)
    wire.feed(piece_message(1, BLOCK_LENGTH, block(1)) + piece_message(9, 0, b"abc") + piece_message(1, 5, b"abc"))
    assert wire.is_open
    assert wire.peer.wasted == BLOCK_LENGTH + 6
    assert wire.peer.downloaded == 0
    assert piece.remaining == 4
    assert list(wire.peer.requests.outstanding) == [piece.key]


def test_the_same_block_twice_counts_once() -> None:
    wire, piece = Scene().ready(), opened()
    ask(wire, piece, 0)
    wire.feed(piece_message(1, 0, block(0)) + piece_message(1, 0, block(7)))
    assert wire.peer.downloaded == BLOCK_LENGTH
    assert wire.peer.wasted == BLOCK_LENGTH
    assert bytes(piece.view[:BLOCK_LENGTH]) == block(0)


@pytest.mark.parametrize(
    ("number", "length"),
    [(0, 0), (0, BLOCK_LENGTH - 1), (0, BLOCK_LENGTH + 1), (0, 100), (3, 99), (3, 101), (3, BLOCK_LENGTH), (3, 0)],
)
def test_a_block_of_another_length_ends_the_connection_and_loses_nothing(number: int, length: int) -> None:
    scene, piece = Scene(), opened()
    wire = scene.ready()
    ask(wire, piece, 0, 3)
    wire.feed(piece_message(1, number * BLOCK_LENGTH, bytes(length)))
    assert not wire.is_open
    assert "block of" in scene.host.reasons()[0]
    assert piece.senders == [None] * 4
    # What it owed can be given to others.
    assert wire.peer.requests.release_all() == [piece]
    assert sorted(piece.free) == [0, 1, 2, 3]


@pytest.mark.parametrize("length", [BLOCK_LENGTH - 1, 100])
def test_a_late_block_of_another_length_ends_the_connection_too(length: int) -> None:
    wire, piece = Scene().ready(), opened()
    ask(wire, piece, 0)
    wire.peer.requests.release_all()
    wire.feed(piece_message(1, 0, bytes(length)))
    assert not wire.is_open
    assert piece.senders == [None] * 4
    assert sorted(piece.free) == [0, 1, 2, 3]


@pytest.mark.parametrize("begin", [1 << 30, 1 << 31, 3 << 30, (1 << 30) + BLOCK_LENGTH])
def test_an_offset_beyond_any_piece_is_no_block_of_another_piece(begin: int) -> None:
    """The key of a block has 16 bits for its number: offset 2^30 of piece 0 must not be taken for piece 1."""
    wire = Scene().ready()
    ask(wire, opened(1), 0, 1)
    ask(wire, opened(2), 0, 1)
    ask(wire, opened(3), 0, 1)
    wire.feed(piece_message(0, begin, block(0)))
    assert wire.is_open
    assert wire.peer.wasted == BLOCK_LENGTH
    assert len(wire.peer.requests.outstanding) == 6
    assert wire.peer.requests.rejected(0, begin) is None
    assert len(wire.peer.requests.outstanding) == 6


def test_a_rejected_block_is_free_again() -> None:
    wire, piece = Scene().ready(), opened()
    ask(wire, piece, 0, 1)
    assert wire.peer.requests.rejected(1, 0) is piece
    assert piece.free[-1] == 0
    assert wire.peer.requests.rejected(1, 0) is None
    assert wire.peer.requests.rejected(1, BLOCK_LENGTH + 1) is None
    assert wire.peer.requests.rejected(7, 0) is None
    assert list(wire.peer.requests.outstanding) == [piece.key | 1]


def test_a_block_rejected_by_one_stays_asked_of_the_other() -> None:
    scene, piece = Scene(), opened()
    one, other = scene.ready(), scene.ready()
    ask(one, piece, 0)
    ask(other, piece, 0)
    piece.requesters[0] = [one.peer, other.peer]
    one.peer.requests.rejected(1, 0)
    assert 0 not in piece.free
    other.peer.requests.rejected(1, 0)
    assert 0 in piece.free


def test_blocks_are_given_back_in_their_order_and_welcome_when_they_come_late() -> None:
    wire, piece = Scene().ready(), opened()
    ask(wire, piece, *piece.take(4))
    wire.feed(piece_message(1, BLOCK_LENGTH, block(1)))
    assert wire.peer.requests.release_all() == [piece]
    assert piece.take(2) == [0, 2]
    wire.feed(piece_message(1, 3 * BLOCK_LENGTH, block(3, 100)))
    assert wire.peer.wasted == 0
    assert piece.senders[3] is wire.peer
    assert piece.take(4) == []


def test_a_late_block_that_another_sent_meanwhile_is_waste() -> None:
    scene, piece = Scene(), opened()
    slow, quick = scene.ready(), scene.ready()
    ask(slow, piece, 0)
    slow.peer.requests.release_all()
    ask(quick, piece, *piece.take(1))
    quick.feed(piece_message(1, 0, block(0)))
    slow.feed(piece_message(1, 0, block(9)))
    assert slow.peer.wasted == BLOCK_LENGTH
    assert bytes(piece.view[:BLOCK_LENGTH]) == block(0)
    assert piece.remaining == 3


def test_a_late_block_of_an_abandoned_piece_is_waste() -> None:
    wire, piece = Scene().ready(), opened()
    ask(wire, piece, 0)
    wire.peer.requests.release_all()
    piece.abandon()
    wire.feed(piece_message(1, 0, block(0)))
    assert wire.is_open
    assert wire.peer.wasted == BLOCK_LENGTH


def test_the_first_of_several_senders_cancels_the_request_of_the_others() -> None:
    scene, piece = Scene(), opened()
    one, other = scene.ready(), scene.ready()
    ask(one, piece, 3)
    ask(other, piece, 3)
    piece.requesters[3] = [one.peer, other.peer]
    one.feed(piece_message(1, 3 * BLOCK_LENGTH, block(3, 100)))
    assert other.take() == [("cancel", 1, 3 * BLOCK_LENGTH, 100)]
    assert one.take() == []
    assert not other.peer.requests.outstanding
    # It was on its way already.
    other.feed(piece_message(1, 3 * BLOCK_LENGTH, block(3, 100)))
    assert other.is_open
    assert other.peer.wasted == 100


def test_a_block_of_two_debtors_is_free_only_when_both_went() -> None:
    scene, piece = Scene(), opened()
    one, other = scene.ready(), scene.ready()
    ask(one, piece, 0)
    ask(other, piece, 0)
    piece.requesters[0] = [one.peer, other.peer]
    assert one.peer.requests.release_all() == []
    assert 0 not in piece.free
    assert other.peer.requests.release_all() == [piece]
    assert piece.free.count(0) == 1


def test_latency_is_measured_from_the_last_request_of_a_batch_to_its_block() -> None:
    wire, piece = Scene().ready(), opened()
    ask(wire, piece, 0, 1)
    wire.scene.clock.time += 0.5
    wire.feed(piece_message(1, 0, block(0)))
    assert wire.peer.requests.latency == 0.0
    wire.scene.clock.time += 0.25
    wire.feed(piece_message(1, BLOCK_LENGTH, block(1)))
    assert wire.peer.requests.latency == 0.75


def test_a_sample_that_will_not_be_answered_is_forgotten() -> None:
    wire, piece = Scene().ready(), opened()
    ask(wire, piece, 0)
    wire.peer.requests.rejected(1, 0)
    wire.scene.clock.time += 100
    ask(wire, piece, 1)
    wire.scene.clock.time += 2
    wire.feed(piece_message(1, BLOCK_LENGTH, block(1)))
    assert wire.peer.requests.latency == 2


def test_a_piece_completed_right_before_the_connection_ends_is_still_handed_over() -> None:
    """The last block and a fault in one read: the piece must not hang for ever, complete but never verified."""
    scene, piece = Scene(), opened(size=BLOCK_LENGTH)
    wire = scene.ready()
    ask(wire, piece, 0)
    wire.feed(piece_message(1, 0, block(0)) + peer_wire.encode_have(999))
    assert not wire.is_open
    kinds = [told[0] for told in scene.host.told]
    assert kinds.index("delivered") < kinds.index("closed")
    assert wire.peer.downloaded == BLOCK_LENGTH


def test_a_piece_completed_right_before_the_torrent_closes_the_peer_is_still_handed_over() -> None:
    scene, piece = Scene(), opened(size=BLOCK_LENGTH)
    wire = scene.ready()
    ask(wire, piece, 0)
    scene.host.peer_has_pieces = lambda peer, before: peer.close("both sides are seeds")  # type: ignore[method-assign]
    wire.feed(piece_message(1, 0, block(0)) + peer_wire.HAVE_ALL)
    kinds = [told[0] for told in scene.host.told]
    assert kinds.index("delivered") < kinds.index("closed")


def test_blocks_behind_the_end_of_the_connection_fill_nothing() -> None:
    scene, piece = Scene(), opened(size=BLOCK_LENGTH)
    wire = scene.ready()
    ask(wire, piece, 0)

    def give_up(peer: PeerConnection, reason: str) -> None:
        peer.requests.release_all()

    scene.host.peer_closed = give_up  # type: ignore[method-assign]
    scene.host.peer_interest_changed = lambda peer: peer.close("enough")  # type: ignore[method-assign]
    wire.feed(peer_wire.INTERESTED + piece_message(1, 0, block(0)))
    assert piece.remaining == 1
    assert piece.free == [0]
    assert wire.peer.requests.completed == []
