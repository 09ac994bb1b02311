from shoal.engine.policy.availability import Availability
from shoal.metainfo.bitfield import all_pieces, iterate

COUNT = 10
ALL = all_pieces(COUNT)


def bits(*pieces: int) -> int:
    return sum(1 << piece for piece in pieces)


def of(*peers: int) -> Availability:
    availability = Availability(COUNT)
    for peer in peers:
        availability.add(peer)
    return availability


def counts(availability: Availability) -> list[int]:
    return [availability.count(index) for index in range(COUNT)]


def test_nobody_has_anything_at_first() -> None:
    fresh = Availability(COUNT)
    assert counts(fresh) == [0] * COUNT
    assert (fresh.present, fresh.single, fresh.seeds, fresh.copies()) == (0, 0, 0, 0.0)
    assert fresh.rarest(ALL) == ALL


def test_each_holder_of_a_piece_counts_once() -> None:
    availability = of(bits(0, 1, 2), bits(1, 2), bits(2), ALL)
    assert counts(availability)[:4] == [2, 3, 4, 1]
    assert availability.seeds == 1


def test_a_peer_that_left_counts_no_more() -> None:
    availability = of(bits(0, 1), bits(1), ALL)
    availability.remove(ALL)
    availability.remove(bits(1))
    assert counts(availability) == [1, 1] + [0] * 8
    availability.remove(bits(0, 1))
    assert counts(availability) == [0] * COUNT


def test_the_rarest_candidates_are_those_with_the_fewest_holders() -> None:
    availability = of(bits(0, 1, 2, 3), bits(1, 2, 3), bits(2, 3))
    assert availability.rarest(bits(1, 2, 3)) == bits(1)
    assert availability.rarest(bits(2, 3)) == bits(2, 3)
    assert availability.rarest(bits(0, 9)) == bits(9)
    assert availability.rarest(0) == 0


def test_present_and_single_pieces() -> None:
    availability = of(bits(0, 1), bits(1, 2))
    assert availability.present == bits(0, 1, 2)
    assert availability.single == bits(0, 2)


def test_one_seed_makes_the_pieces_that_no_other_peer_has_single() -> None:
    availability = of(bits(0, 1), bits(1), ALL)
    assert availability.present == ALL
    assert availability.single == ALL & ~bits(0, 1)
    availability.add(ALL)
    assert availability.single == 0


def test_a_peer_becomes_a_seed_with_its_last_piece() -> None:
    availability = Availability(3)
    availability.add(0b011)
    availability.replace(0b011, 0b111)
    assert availability.seeds == 1
    assert availability.present == 0b111
    availability.remove(0b111)
    assert (availability.seeds, availability.present) == (0, 0)


def test_a_torrent_of_one_piece() -> None:
    availability = Availability(1)
    availability.replace(0, 1)
    assert (availability.seeds, availability.count(0), availability.copies()) == (1, 1, 1.0)


def test_copies_are_whole_copies_and_the_share_of_pieces_above_them() -> None:
    half = bits(0, 1, 2, 3, 4)
    assert of(half).copies() == 0.5
    assert of(half, ALL & ~half).copies() == 1.0
    assert of(half, ALL & ~half, half).copies() == 1.5
    assert of(ALL, ALL, half).copies() == 2.5
    assert of(ALL, ALL).copies() == 2.0


def test_counting_stays_right_past_every_carry() -> None:
    availability = Availability(COUNT)
    for peers in range(1, 70):
        availability.add(bits(3, 4) if peers % 2 else bits(4))
        assert availability.count(4) == peers
        assert availability.count(3) == (peers + 1) // 2
    assert list(iterate(availability.rarest(bits(3, 4)))) == [3]
