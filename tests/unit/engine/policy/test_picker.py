import random
from collections import Counter

from shoal.engine.policy.availability import Availability
from shoal.engine.policy.picker import RANDOM_FIRST_PIECES, Picker
from shoal.metainfo.bitfield import all_pieces
from shoal.metainfo.priorities import FilePriority

COUNT = 20
ALL = all_pieces(COUNT)
TRADED = all_pieces(RANDOM_FIRST_PIECES) << (COUNT - RANDOM_FIRST_PIECES)
"""Enough verified pieces, at the end, for rarest first."""


def bits(*pieces: int) -> int:
    return sum(1 << piece for piece in pieces)


def picker_of(*peers: int, wanted: int = ALL, have: int = TRADED, edges: int = 0, sequential: bool = False) -> Picker:
    availability = Availability(COUNT)
    for peer in peers:
        availability.add(peer)
    picker = Picker(availability)
    picker.have = have
    picker.set_wanted({FilePriority.NORMAL: wanted}, edges=edges, sequential=sequential)
    return picker


def chosen(picker: Picker, peer: int, times: int = 60) -> set[int | None]:
    """All that is picked with different luck."""
    return {picker.next_piece(peer, random.Random(seed)) for seed in range(times)}


def test_nothing_is_wanted_of_a_peer_without_news() -> None:
    picker = picker_of(ALL)
    assert picker.next_piece(0, random.Random(1)) is None
    assert picker.next_piece(TRADED, random.Random(1)) is None


def test_open_finished_and_skipped_pieces_are_not_offered() -> None:
    picker = picker_of(ALL, wanted=bits(0, 1, 2, 19))
    picker.open = bits(1)
    assert chosen(picker, ALL) == {0, 2}
    assert picker.missing == bits(0, 1, 2)
    assert picker.unopened == bits(0, 2)


def test_the_rarest_piece_of_the_peer_comes_first() -> None:
    picker = picker_of(ALL, ALL & ~bits(3), ALL & ~bits(3, 4), ALL & ~bits(4))
    assert chosen(picker, ALL) == {3, 4}
    assert chosen(picker, ALL & ~bits(3)) == {4}


def test_equally_rare_pieces_are_chosen_by_chance() -> None:
    picker = picker_of(ALL)
    assert chosen(picker, ALL, 400) == set(range(COUNT - RANDOM_FIRST_PIECES))


def test_with_nothing_to_trade_the_first_pieces_are_random_not_rarest() -> None:
    picker = picker_of(ALL, ALL & ~bits(3), have=bits(0, 1, 2))
    picks = Counter(picker.next_piece(ALL, random.Random(seed)) for seed in range(400))
    assert set(picks) == set(range(3, COUNT))
    picker.have = bits(0, 1, 2, 19)
    assert chosen(picker, ALL) == {3}


def test_a_higher_priority_wins_over_rarity() -> None:
    picker = picker_of(ALL, ALL & ~bits(0))
    picker.set_wanted({FilePriority.HIGH: bits(7, 8), FilePriority.NORMAL: ALL & ~bits(7, 8)})
    assert chosen(picker, ALL) == {7, 8}
    assert chosen(picker, ALL & ~bits(7, 8)) == {0}
    assert picker.wanted == ALL


def test_the_mask_of_skipped_files_is_not_wanted() -> None:
    picker = picker_of(ALL, have=0)
    picker.set_wanted({FilePriority.SKIP: bits(0, 1), FilePriority.LOW: bits(1, 2)})
    assert picker.wanted == bits(1, 2)
    assert picker.best(bits(0)) == 0
    assert chosen(picker, ALL) == {1, 2}


def test_edges_come_before_others_of_the_same_priority_only() -> None:
    picker = picker_of(ALL, edges=bits(5, 9))
    assert chosen(picker, ALL) == {5, 9}
    picker.set_wanted({FilePriority.HIGH: bits(2), FilePriority.NORMAL: ALL}, edges=bits(5, 9))
    assert chosen(picker, ALL) == {2}


def test_in_order_when_sequential() -> None:
    picker = picker_of(ALL, ALL & ~bits(9), sequential=True)
    assert chosen(picker, ALL & ~bits(0)) == {1}
    picker.set_wanted({FilePriority.NORMAL: ALL}, edges=bits(6, 8), sequential=True)
    assert chosen(picker, ALL) == {6}


def test_nothing_is_wanted_when_every_file_is_skipped() -> None:
    picker = picker_of(ALL, have=0)
    picker.set_wanted({FilePriority.SKIP: ALL})
    assert (picker.wanted, picker.missing) == (0, 0)
    assert picker.next_piece(ALL, random.Random(1)) is None
