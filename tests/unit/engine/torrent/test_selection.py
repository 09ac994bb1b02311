import random

import pytest
from tests.unit.engine.storage.storage_scene import make_layout

from shoal.api.errors import UserError
from shoal.engine.policy.availability import Availability
from shoal.engine.policy.picker import Picker
from shoal.engine.torrent.selection import Selection
from shoal.metainfo.priorities import done_bytes_per_file

PIECE = 16_384
SIZES = [2 * PIECE, 100, 3 * PIECE, 0]
"""Pieces 0-1; the end of 2 is shared; 2-5 ...; an empty file."""


def selection(priorities: tuple[int, ...] | None = None, *, edges: bool = False) -> tuple[Selection, Picker]:
    layout = make_layout(SIZES, PIECE)
    picker = Picker(Availability(layout.geometry.piece_count))
    chosen = Selection(layout, priorities, picker, sequential=False, first_last_first=edges)
    return chosen, picker


def test_all_is_wanted_unless_said_otherwise() -> None:
    chosen, picker = selection()
    assert chosen.priorities == (4, 4, 4, 4)
    assert chosen.wanted_bytes == sum(SIZES)
    assert picker.wanted == 0b111111


def test_skipped_files_are_not_wanted_but_shared_pieces_are() -> None:
    chosen, picker = selection((4, 0, 0, 0))
    assert chosen.wanted_bytes == 2 * PIECE
    assert picker.wanted == 0b000011
    chosen, picker = selection((0, 4, 0, 0))
    assert picker.wanted == 0b000100
    assert chosen.wanted_bytes == 100


def test_changes_take_effect_at_once_and_say_whether_anything_changed() -> None:
    chosen, picker = selection()
    assert not chosen.change([(0, 4), (1, 4)])
    assert chosen.change([(0, 0), (2, 7)])
    assert chosen.priorities == (0, 4, 7, 4)
    assert picker.wanted == 0b111100
    assert picker.best(0b111111) == 0b111100


@pytest.mark.parametrize(
    ("index", "priority", "code"), [(4, 4, "no-such-file"), (-1, 4, "no-such-file"), (0, 5, "bad-priorities")]
)
def test_a_wrong_change_is_refused_whole(index: int, priority: int, code: str) -> None:
    chosen, picker = selection()
    before = picker.wanted
    with pytest.raises(UserError) as caught:
        chosen.change([(2, 0), (index, priority)])
    assert caught.value.code == code
    assert chosen.priorities == (4, 4, 4, 4)
    assert picker.wanted == before


def test_a_wrong_number_of_priorities_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        selection((4, 4))
    assert caught.value.reason.params == {"expected": 4, "got": 2}


def test_first_and_last_pieces_of_wanted_files_come_first_when_asked() -> None:
    chosen, picker = selection((0, 0, 4, 4), edges=True)
    assert chosen.first_last_first
    assert picker._edges == 0b100100
    chosen.set_order(sequential=True, first_last_first=False)
    assert picker.sequential
    assert picker._edges == 0


def test_the_ends_of_many_files_are_those_of_each_of_them_whatever_is_chosen() -> None:
    rng = random.Random(11)
    for _ in range(60):
        sizes = [rng.choice((0, 1, 100, PIECE, PIECE - 1, 5 * PIECE, rng.randrange(1, 9 * PIECE))) for _ in range(12)]
        pads = {index for index in range(12) if rng.random() < 0.2}
        layout = make_layout([*sizes, 7], PIECE, pads=pads)
        picker = Picker(Availability(layout.geometry.piece_count))
        chosen = Selection(layout, None, picker, sequential=False, first_last_first=True)
        for _ in range(5):
            chosen.change([(rng.randrange(13), rng.choice((0, 1, 4, 7))) for _ in range(4)])
            ends = 0
            wanted = 0
            for index, (entry, priority) in enumerate(zip(layout.files, chosen.priorities, strict=True)):
                if priority and entry.size and not entry.is_pad:
                    pieces = layout.pieces_of_file(index)
                    ends |= 1 << pieces.start | 1 << pieces.stop - 1
                    wanted += entry.size
            assert picker._edges == ends
            assert chosen.wanted_bytes == wanted


def test_done_bytes_are_those_of_wanted_files_in_verified_pieces() -> None:
    chosen, picker = selection((4, 0, 4, 4))
    assert chosen.done_bytes() == 0
    picker.have = 0b000101
    assert chosen.done_bytes() == PIECE + (PIECE - 100)
    picker.have = 0b111111
    assert chosen.done_bytes() == 5 * PIECE


def test_done_bytes_that_follow_the_pieces_are_those_of_a_count_anew() -> None:
    rng = random.Random(5)
    chosen, picker = selection()
    for step in range(300):
        picker.have ^= 1 << rng.randrange(6)
        if step % 7 == 0:
            chosen.change([(rng.randrange(4), rng.choice((0, 1, 4, 7)))])
        if step % 50 == 0:
            picker.have = rng.getrandbits(6)
        anew, other = selection(chosen.priorities)
        other.have = picker.have
        assert chosen.done_bytes() == anew.done_bytes()
        if step % 3 == 0:
            spread = done_bytes_per_file(make_layout(SIZES, PIECE), picker.have)
            assert chosen.done_bytes() == sum(
                done for done, priority in zip(spread, chosen.priorities, strict=True) if priority
            )


def test_nothing_is_chosen_when_every_file_is_skipped() -> None:
    assert selection((0, 0, 0, 0))[0].is_empty
    assert not selection((0, 0, 0, 4))[0].is_empty, "an empty file is a choice, too"
