import pytest
from tests.unit.engine.storage.storage_scene import make_layout

from shoal.api.errors import UserError
from shoal.engine.policy.availability import Availability
from shoal.engine.policy.picker import Picker
from shoal.engine.torrent.selection import Selection

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


def test_done_bytes_are_those_of_wanted_files_in_verified_pieces() -> None:
    chosen, picker = selection((4, 0, 4, 4))
    assert chosen.done_bytes() == 0
    picker.have = 0b000101
    assert chosen.done_bytes() == PIECE + (PIECE - 100)
    picker.have = 0b111111
    assert chosen.done_bytes() == 5 * PIECE
