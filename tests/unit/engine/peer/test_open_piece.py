from shoal.engine.peer.open_piece import KEY_SHIFT, OpenPiece
from shoal.metainfo.pieces import BLOCK_LENGTH


def piece(size: int = 3 * BLOCK_LENGTH + 100, index: int = 5) -> OpenPiece[str]:
    return OpenPiece(index, size, bytearray(size))


def test_blocks_and_the_short_last_one() -> None:
    opened = piece()
    assert opened.block_count == 4
    assert [opened.length_of(block) for block in range(4)] == [BLOCK_LENGTH] * 3 + [100]
    assert opened.key == 5 << KEY_SHIFT
    whole = piece(2 * BLOCK_LENGTH)
    assert [whole.length_of(block) for block in range(2)] == [BLOCK_LENGTH] * 2
    tiny = piece(1)
    assert (tiny.block_count, tiny.length_of(0)) == (1, 1)


def test_a_pooled_buffer_may_be_larger_than_the_piece() -> None:
    opened: OpenPiece[str] = OpenPiece(0, 100, bytearray(200))
    assert len(opened.view) == 100


def test_free_blocks_are_taken_lowest_first_and_once() -> None:
    opened = piece()
    assert opened.take(3) == [0, 1, 2]
    assert opened.take(3) == [3]
    assert opened.take(3) == []


def test_a_block_that_arrived_late_is_not_handed_out_again() -> None:
    opened = piece()
    opened.senders[1] = "late peer"
    assert opened.take(4) == [0, 2, 3]


def test_a_block_given_back_is_free_again_once() -> None:
    opened = piece()
    assert opened.take(4) == [0, 1, 2, 3]
    assert opened.give_back(2)
    assert not opened.give_back(2)
    assert opened.take(4) == [2]


def test_a_block_that_has_arrived_is_not_given_back() -> None:
    opened = piece()
    opened.take(4)
    opened.senders[2] = "peer"
    assert not opened.give_back(2)
    assert opened.free == []


def test_giving_a_block_back_forgets_who_was_asked_for_it() -> None:
    opened = piece()
    opened.take(4)
    opened.requesters[2] = ["one", "other"]
    opened.give_back(2)
    assert opened.requesters == {}


def test_an_abandoned_piece_wants_nothing_and_holds_no_memory() -> None:
    buffer = bytearray(BLOCK_LENGTH)
    opened: OpenPiece[str] = OpenPiece(0, BLOCK_LENGTH, buffer)
    opened.take(1)
    opened.abandon()
    assert not opened.give_back(0)
    assert opened.remaining == 0
    assert opened.take(1) == []
    # No view is left that would keep the buffer from being resized.
    buffer.extend(b"x")
