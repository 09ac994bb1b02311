"""What is believed of saved pieces when a torrent comes up."""

import pytest
from tests.unit.engine.storage.storage_scene import make_layout

from shoal.engine.torrent.resume import KnownFile, TorrentOptions, saved_pieces, trusted_at_start
from shoal.metainfo.bitfield import to_wire
from shoal.runtime.world import FileStat

PIECE = 16_384
LAYOUT = make_layout([2 * PIECE, 100, 3 * PIECE], PIECE)
COUNT = 6
ALL = (1 << COUNT) - 1
FILE_0, FILE_1, FILE_2 = 0b000011, 0b000100, 0b111100
KNOWN: tuple[KnownFile, ...] = ((2 * PIECE, 10), (100, 20), (3 * PIECE, 30))


def stat(size: int, mtime: int, *, regular: bool = True) -> FileStat:
    return FileStat(size, mtime, size, regular)


SAME = tuple(stat(*known) for known in KNOWN if known is not None)


def options(claimed: int = ALL, known: tuple[KnownFile, ...] = KNOWN) -> TorrentOptions:
    return TorrentOptions("/downloads", 0.0, have_bits=to_wire(claimed, COUNT), known_files=known)


def believe(
    saved: TorrentOptions,
    stats: tuple[FileStat | None, ...] = SAME,
    *,
    have: int = 0,
    lacking: int = 0,
    check_existing: bool = True,
) -> tuple[int, int]:
    return trusted_at_start(saved, LAYOUT, stats, have, lacking=lacking, check_existing=check_existing)


def test_files_as_they_were_are_believed() -> None:
    assert believe(options()) == (ALL, 0)
    assert believe(options(0b010101)) == (0b010101, 0)


@pytest.mark.parametrize("changed", [stat(2 * PIECE, 11), stat(2 * PIECE - 1, 10), stat(2 * PIECE + 5, 99)])
def test_a_file_of_another_size_or_time_is_checked_and_only_that(changed: FileStat) -> None:
    assert believe(options(), (changed, *SAME[1:])) == (ALL & ~FILE_0, FILE_0)


def test_pieces_shared_with_a_changed_file_are_checked_too() -> None:
    trusted, suspect = believe(options(), (SAME[0], stat(100, 21), SAME[2]))
    assert suspect == FILE_1
    assert trusted == ALL & ~FILE_1


def test_pieces_that_were_not_claimed_are_looked_for_in_a_changed_file() -> None:
    """Written just before a crash, and not yet saved."""
    trusted, suspect = believe(options(0b000001), (stat(2 * PIECE, 12), *SAME[1:]))
    assert (trusted, suspect) == (0, FILE_0)
    assert believe(options(0b000001), (stat(2 * PIECE, 12), *SAME[1:]), check_existing=False) == (0, 0b000001)


def test_pieces_without_their_bytes_are_neither_believed_nor_checked() -> None:
    assert believe(options(), (None, *SAME[1:]), lacking=FILE_0) == (ALL & ~FILE_0, 0)
    assert believe(options(), (stat(PIECE, 11), *SAME[1:]), lacking=0b10) == (ALL & ~FILE_0, 0b01)


def test_a_new_torrent_checks_what_is_there_when_asked() -> None:
    fresh = TorrentOptions("/downloads", 0.0)
    assert believe(fresh) == (0, ALL)
    assert believe(fresh, check_existing=False) == (0, 0)
    assert believe(fresh, (None, None, None), lacking=ALL) == (0, 0)


def test_what_is_no_file_is_not_believed() -> None:
    stats = (stat(2 * PIECE, 10, regular=False), *SAME[1:])
    trusted, suspect = believe(options(), stats, lacking=FILE_0)
    assert not trusted & FILE_0
    assert not suspect & FILE_0


def test_records_of_another_number_of_files_are_not_believed() -> None:
    assert believe(options(known=KNOWN[:2])) == (0, ALL)


@pytest.mark.parametrize("bits", [b"", b"\xff", b"\xff\xff\xff", b"\xfd"])
def test_a_bitfield_that_does_not_fit_claims_nothing(bits: bytes) -> None:
    saved = TorrentOptions("/downloads", 0.0, have_bits=bits, known_files=KNOWN)
    if bits == b"\xfd":
        assert saved_pieces(saved, COUNT) == 0
    assert saved_pieces(saved, 13) == 0
    assert believe(TorrentOptions("/d", 0.0, have_bits=b"\xff\xff", known_files=KNOWN))[0] == 0


def test_what_was_verified_in_this_run_counts_more_than_what_was_saved() -> None:
    assert believe(options(0b1), have=0b111) == (0b111, 0)


def test_the_part_file_is_hidden_beside_the_files() -> None:
    assert TorrentOptions("/downloads", 0.0).part_path("abc").replace("\\", "/") == "/downloads/.abc.shoal-parts"


def test_after_a_whole_check_the_record_counts_no_more() -> None:
    saved = options()
    saved.forget_files()
    assert saved_pieces(saved, COUNT) == 0
    assert saved.known_files == ()
