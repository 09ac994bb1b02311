"""What is believed of saved pieces when a torrent comes up."""

import pytest
from tests.unit.engine.storage.storage_scene import make_layout

from shoal.engine.torrent.resume import KnownFile, ResumeRecord, saved_pieces, trusted_at_start
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


def saved_record(claimed: int = ALL, known: tuple[KnownFile, ...] = KNOWN) -> ResumeRecord:
    return ResumeRecord("abc", b"", "/downloads", have_bits=to_wire(claimed, COUNT), file_stats=known)


def believe(
    saved: ResumeRecord,
    stats: tuple[FileStat | None, ...] = SAME,
    *,
    have: int = 0,
    lacking: int = 0,
    check_existing: bool = True,
) -> tuple[int, int]:
    return trusted_at_start(saved, LAYOUT, stats, have, lacking=lacking, check_existing=check_existing)


def test_files_as_they_were_are_believed() -> None:
    assert believe(saved_record()) == (ALL, 0)
    assert believe(saved_record(0b010101)) == (0b010101, 0)


@pytest.mark.parametrize("changed", [stat(2 * PIECE, 11), stat(2 * PIECE - 1, 10), stat(2 * PIECE + 5, 99)])
def test_a_file_of_another_size_or_time_is_checked_and_only_that(changed: FileStat) -> None:
    assert believe(saved_record(), (changed, *SAME[1:])) == (ALL & ~FILE_0, FILE_0)


def test_pieces_shared_with_a_changed_file_are_checked_too() -> None:
    trusted, suspect = believe(saved_record(), (SAME[0], stat(100, 21), SAME[2]))
    assert suspect == FILE_1
    assert trusted == ALL & ~FILE_1


def test_pieces_that_were_not_claimed_are_looked_for_in_a_changed_file() -> None:
    """Written just before a crash, and not yet saved."""
    trusted, suspect = believe(saved_record(0b000001), (stat(2 * PIECE, 12), *SAME[1:]))
    assert (trusted, suspect) == (0, FILE_0)
    assert believe(saved_record(0b000001), (stat(2 * PIECE, 12), *SAME[1:]), check_existing=False) == (0, 0b000001)


def test_pieces_without_their_bytes_are_neither_believed_nor_checked() -> None:
    assert believe(saved_record(), (None, *SAME[1:]), lacking=FILE_0) == (ALL & ~FILE_0, 0)
    assert believe(saved_record(), (stat(PIECE, 11), *SAME[1:]), lacking=0b10) == (ALL & ~FILE_0, 0b01)


def test_a_new_torrent_checks_what_is_there_when_asked() -> None:
    fresh = ResumeRecord("abc", b"", "/downloads")
    assert believe(fresh) == (0, ALL)
    assert believe(fresh, check_existing=False) == (0, 0)
    assert believe(fresh, (None, None, None), lacking=ALL) == (0, 0)


def test_what_is_no_file_is_not_believed() -> None:
    stats = (stat(2 * PIECE, 10, regular=False), *SAME[1:])
    trusted, suspect = believe(saved_record(), stats, lacking=FILE_0)
    assert not trusted & FILE_0
    assert not suspect & FILE_0


def test_records_of_another_number_of_files_are_not_believed() -> None:
    assert believe(saved_record(known=KNOWN[:2])) == (0, ALL)


@pytest.mark.parametrize("bits", [b"", b"\xff", b"\xff\xff\xff", b"\xfd"])
def test_a_bitfield_that_does_not_fit_claims_nothing(bits: bytes) -> None:
    saved = ResumeRecord("abc", b"", "/downloads", have_bits=bits, file_stats=KNOWN)
    if bits == b"\xfd":
        assert saved_pieces(saved, COUNT) == 0
    assert saved_pieces(saved, 13) == 0
    assert believe(ResumeRecord("abc", b"", "/d", have_bits=b"\xff\xff", file_stats=KNOWN))[0] == 0


def test_what_was_verified_in_this_run_counts_more_than_what_was_saved() -> None:
    assert believe(saved_record(0b1), have=0b111) == (0b111, 0)


def test_the_part_file_is_hidden_beside_the_files() -> None:
    assert ResumeRecord("abc", b"", "/downloads").part_path.replace("\\", "/") == "/downloads/.abc.shoal-parts"


def test_after_a_whole_check_the_record_counts_no_more() -> None:
    saved = saved_record().without_claim()
    assert saved_pieces(saved, COUNT) == 0
    assert saved.file_stats == ()
    assert not saved.has_known_files
