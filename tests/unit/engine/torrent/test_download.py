"""Blocks and pieces on their way in, with strangers that behave well and badly."""

import pytest
from tests.support.small_swarm import SmallSwarm, Stranger
from tests.support.wire_peer import piece_message

from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.piece_buffer import MIN_PIECES
from shoal.engine.torrent.download import peer_key
from shoal.engine.torrent.endgame import MOST_REQUESTERS
from shoal.metainfo.bitfield import span
from shoal.metainfo.pieces import BLOCK_LENGTH
from shoal.metainfo.priorities import FilePriority
from shoal.protocol import peer_wire


def is_clean(small: SmallSwarm) -> bool:
    """Nothing is open and no buffer is out."""
    return small.buffers.in_use == 0 and small.picker.open == 0 and not list(small.download.open_pieces)


def serve(small: SmallSwarm, *strangers: Stranger, seconds: int = 120) -> None:
    """Let the strangers give all they are asked for until we have everything."""
    for _ in range(seconds):
        for stranger in strangers:
            stranger.give_all()
        small.workers.do()
        if small.is_complete():
            break
        small.pass_seconds(1)
    assert small.is_complete(), f"pieces {small.picker.missing:b} are missing"
    assert is_clean(small)
    assert b"".join(small.disk.pieces[index] for index in range(small.piece_count)) == small.content


@pytest.mark.parametrize(
    ("pieces", "piece_length", "tail"),
    [
        (1, 1, 0),
        (1, BLOCK_LENGTH, 100),
        (5, 1000, 1),
        (3, BLOCK_LENGTH, 0),
        (7, 3 * BLOCK_LENGTH, BLOCK_LENGTH + 1),
        (4, 20_000, 0),
    ],
)
@pytest.mark.parametrize("fast", [True, False])
def test_one_seed_gives_everything(pieces: int, piece_length: int, tail: int, fast: bool) -> None:
    small = SmallSwarm(pieces=pieces, piece_length=piece_length, tail=tail)
    seed = small.join(fast=fast)
    serve(small, seed)
    assert sorted(small.good) == list(range(pieces))
    assert seed.peer.wasted == 0


def test_several_peers_share_the_work_and_nothing_is_asked_of_two() -> None:
    small = SmallSwarm(pieces=40, piece_length=4 * BLOCK_LENGTH)
    strangers = [small.join() for _ in range(4)]
    while not small.is_complete() and small.picker.unopened:
        for stranger in strangers:
            stranger.give_all(3)
        small.workers.do()
    asked = [block for stranger in strangers for block in (*stranger.given, *stranger.pending)]
    assert len(asked) == len(set(asked))
    assert all(stranger.given for stranger in strangers)
    serve(small, *strangers)


def test_nothing_is_asked_of_a_peer_that_has_nothing_for_us() -> None:
    small = SmallSwarm()
    small.picker.have = 0b1111
    poor = small.join(0b1111)
    poor.listen()
    assert not poor.peer.am_interested
    assert not poor.pending
    poor.have(5)
    assert poor.peer.am_interested
    assert {block[0] for block in poor.pending} == {5}


def test_pieces_of_peers_that_complement_each_other_come_together() -> None:
    small = SmallSwarm(pieces=8)
    serve(small, small.join(0b00001111), small.join(0b11111000, fast=False))


def test_a_peer_that_chokes_hands_its_blocks_to_others() -> None:
    small = SmallSwarm(pieces=2, piece_length=4 * BLOCK_LENGTH)
    first = small.join(fast=False)
    assert len(first.pending) == 8
    first.give(next(iter(first.pending)))
    first.choke()
    other = small.join()
    other.listen()
    assert len(other.pending) == 7
    serve(small, other)


def test_a_fast_peer_that_chokes_rejects_each_block_first() -> None:
    small = SmallSwarm(pieces=1, piece_length=4 * BLOCK_LENGTH)
    first, other = small.join(), small.join(unchoke=False)
    first.choke()
    other.unchoke()
    for block in list(first.pending):
        first.reject(block)
    serve(small, other)


def test_allowed_fast_pieces_are_asked_for_while_choked_and_no_other() -> None:
    small = SmallSwarm(pieces=8, piece_length=20 * BLOCK_LENGTH)
    stranger = small.join()
    begun = next(iter(stranger.pending))[0]
    stranger.give_all(1)
    stranger.choke()
    for block in list(stranger.pending):
        stranger.reject(block)
    allowed = (begun + 1) % 8
    stranger._feed(peer_wire.encode_allowed_fast(allowed))
    assert {block[0] for block in stranger.pending} == {allowed}


def test_a_peer_that_goes_leaves_its_pieces_to_the_next() -> None:
    small = SmallSwarm(pieces=4, piece_length=4 * BLOCK_LENGTH)
    first = small.join()
    first.give_all(5)
    begun = {block[0] for block in first.given}
    first.hang_up()
    other = small.join()
    assert next(iter(other.pending))[0] in begun, "pieces that are begun come first"
    serve(small, other)


def test_a_silent_peer_is_snubbed_and_its_late_blocks_are_welcome() -> None:
    small = SmallSwarm(pieces=1, piece_length=3 * BLOCK_LENGTH)
    slow = small.join()
    owed = list(slow.pending)
    small.pass_seconds(22)
    assert slow.peer.is_snubbed
    other = small.join()
    slow.give(owed[2])
    assert slow.peer.wasted == 0
    assert slow.peer.is_snubbed
    small.pass_seconds(1)
    assert not slow.peer.is_snubbed
    serve(small, other)


def test_a_snubbed_peer_is_asked_for_one_block_at_a_time() -> None:
    small = SmallSwarm(pieces=20)
    slow = small.join()
    assert len(slow.pending) > 1
    small.pass_seconds(22)
    assert len(slow.peer.requests.outstanding) == 1


def test_in_the_endgame_a_slow_peer_holds_nobody_up() -> None:
    small = SmallSwarm(pieces=2, piece_length=4 * BLOCK_LENGTH)
    slow, quick = small.join(), small.join()
    assert len(slow.pending) == 8
    small.pass_seconds(1)
    for _ in range(4):
        quick.give_all()
        small.workers.do()
        small.pass_seconds(1)
    slow.listen()
    assert small.is_complete()
    assert is_clean(small)
    assert not slow.pending, "its requests were cancelled"
    assert len(slow.stale) == 8
    for block in list(slow.stale):
        slow.give(block)
    assert slow.peer.wasted == len(small.content)


def test_in_the_endgame_few_are_asked_for_the_same_block() -> None:
    small = SmallSwarm(pieces=1, piece_length=BLOCK_LENGTH)
    strangers = [small.join() for _ in range(8)]
    small.pass_seconds(2)
    for stranger in strangers:
        stranger.listen()
    assert sum(len(stranger.pending) for stranger in strangers) == MOST_REQUESTERS


def test_a_block_rejected_in_the_endgame_is_not_asked_again_of_its_other_debtor() -> None:
    small = SmallSwarm(pieces=1, piece_length=4 * BLOCK_LENGTH)
    first, second = small.join(), small.join()
    small.pass_seconds(1)
    second.listen()
    both = [block for block in second.pending if block in first.pending]
    assert both
    first.reject(both[0])
    small.pass_seconds(2)
    # `listen` complains when it is asked for the block it still owes.
    second.listen()
    serve(small, second)


def test_memory_bounds_the_pieces_and_waiting_peers_go_on_when_there_is_room() -> None:
    small = SmallSwarm(pieces=30, memory=1)
    strangers = [small.join() for _ in range(6)]
    for stranger in strangers:
        stranger.listen()
    assert small.buffers.in_use == MIN_PIECES
    serve(small, *strangers)


def test_a_bad_piece_from_one_peer_bans_it() -> None:
    small = SmallSwarm(pieces=2)
    liar = small.join()
    liar.give_all(2, spoil=True)
    small.workers.do()
    assert small.bad[0][1] == frozenset({peer_key(liar.peer)})
    assert not liar.is_here
    assert small.swarm.banned_total == 1
    serve(small, small.join())


def test_of_several_senders_the_one_whose_block_was_bad_is_banned() -> None:
    small = SmallSwarm(pieces=1, piece_length=4 * BLOCK_LENGTH)
    liar = small.join()
    blocks = list(liar.pending)
    liar.give(blocks[0], spoil=True)
    liar.give(blocks[1])
    honest = small.join(unchoke=False)
    liar.choke()
    for block in blocks[2:]:
        liar.reject(block)
    honest.unchoke()
    honest.give_all()
    small.workers.do()
    assert small.bad == [(0, frozenset())]
    assert liar.is_here
    assert honest.is_here
    serve(small, honest)
    assert honest.is_here
    assert not liar.is_here
    assert "banned" in small.closed[liar.peer.key]


def test_a_piece_that_failed_is_asked_of_one_peer_alone() -> None:
    small = SmallSwarm(pieces=1, piece_length=4 * BLOCK_LENGTH)
    liar = small.join(fast=False)
    liar.give(next(iter(liar.pending)), spoil=True)
    liar.choke()
    helper = small.join()
    helper.give_all()
    small.workers.do()
    assert small.bad
    helper.listen()
    other = small.join()
    small.pass_seconds(3)
    other.listen()
    assert not other.pending
    helper.hang_up()
    small.pass_seconds(1)
    assert len(other.pending) == 0 or other.listen() is None
    other.listen()
    assert len(other.pending) == 4, "what the first sent so far is void"
    serve(small, other)


def test_a_disk_error_is_told_and_the_piece_given_up() -> None:
    small = SmallSwarm(pieces=2)
    seed = small.join()
    small.disk.failure = StorageError("disk-full", "/downloads/x")
    seed.give_all(2)
    small.workers.do()
    assert [error.code for error in small.failures] == ["disk-full"]
    serve(small, seed)


def test_an_unforeseen_error_is_raised_and_leaves_nothing_behind() -> None:
    small = SmallSwarm(pieces=1)
    seed = small.join()
    small.disk.failure = ZeroDivisionError()
    idle: list[bool] = []
    seed.give_all(2)
    small.download.when_idle(lambda: idle.append(True))
    with pytest.raises(ZeroDivisionError):
        small.workers.do()
    assert idle == [True]
    serve(small, seed)


def test_stopping_forgets_what_is_in_flight_and_waits_for_what_is_verified() -> None:
    small = SmallSwarm(pieces=6)
    seed = small.join()
    seed.give_all(3)
    assert small.download.is_verifying
    idle: list[bool] = []
    small.download.stop()
    small.download.when_idle(lambda: idle.append(True))
    assert small.buffers.in_use == 1
    assert idle == []
    small.workers.do()
    assert idle == [True]
    assert is_clean(small)
    assert len(small.good) == 1
    assert not seed.peer.requests.outstanding
    seed.listen()
    assert not seed.pending
    small.download.start()
    small.pass_seconds(1)
    serve(small, seed)


def test_pieces_that_nobody_wants_any_more_are_dropped() -> None:
    small = SmallSwarm(pieces=8)
    seed = small.join()
    seed.give(next(iter(seed.pending)))
    small.picker.set_wanted({FilePriority.SKIP: span(0, 4), FilePriority.NORMAL: span(4, 8)})
    small.download.selection_changed()
    seed.listen()
    assert all(block[0] >= 4 for block in seed.pending)
    assert all(index >= 4 for index in small.download.open_pieces)
    for _ in range(5):
        seed.give_all()
        small.workers.do()
        small.pass_seconds(1)
    assert small.have == span(4, 8)
    assert is_clean(small)


def test_a_completed_piece_is_verified_though_its_sender_went_in_the_same_breath() -> None:
    small = SmallSwarm(pieces=2, piece_length=BLOCK_LENGTH)
    rude = small.join()
    block = next(iter(rude.pending))
    rude.wire.feed(piece_message(block[0], block[1], small.block(block)) + b"\xff" * 40)
    assert not rude.is_here
    small.workers.do()
    assert small.good == [block[0]]
    serve(small, small.join())


def test_a_wrong_length_loses_no_block() -> None:
    small = SmallSwarm(pieces=30, piece_length=3 * BLOCK_LENGTH, tail=BLOCK_LENGTH + 7, memory=1)
    for number in range(12):
        rude = small.join()
        index, begin, length = next(iter(rude.pending))
        rude.wire.feed(piece_message(index, begin, bytes(length + (1 if number % 2 else -1))))
        assert not rude.is_here
    serve(small, small.join())
