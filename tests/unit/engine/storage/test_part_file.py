"""The part file's own format: what survives, what is told from damage, and that it stays small."""

from __future__ import annotations

import pytest
from tests.support.sim_files import MemoryFiles

from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.open_files import OpenFiles
from shoal.engine.storage.part_file import PartFile

PIECE = 16_384
PATH = "/folder/.parts"


def part(files: MemoryFiles, *, identity: bytes = b"i" * 20, count: int = 50) -> PartFile:
    made = PartFile(files, OpenFiles(files), PATH, piece_length=PIECE, piece_count=count, identity=identity)
    made.load()
    return made


def piece(number: int) -> memoryview:
    return memoryview(bytes([number]) * PIECE)


def read(made: PartFile, number: int, begin: int, end: int) -> bytes:
    buffer = bytearray(end - begin)
    made.read(number, begin, memoryview(buffer))
    return bytes(buffer)


def test_what_was_written_is_there_after_a_restart() -> None:
    files = MemoryFiles()
    first = part(files)
    first.write(7, piece(7), 100, 200)
    first.write(3, piece(3), 0, PIECE)
    again = part(files)
    assert again.held == {3, 7}
    assert again.holds(7, 100, 200)
    assert not again.holds(7, 99, 200)
    assert read(again, 7, 150, 200) == bytes([7]) * 50
    assert again.read_checked(3) == piece(3)


def test_the_range_of_a_piece_grows_and_never_shrinks() -> None:
    made = part(MemoryFiles())
    made.write(7, piece(7), 100, 200)
    made.write(7, piece(7), 5_000, 6_000)
    assert made.held_range(7) == (100, 6_000)
    assert made.read_checked(7) == bytes([7]) * 5_900


def test_bytes_that_are_not_held_are_missing() -> None:
    made = part(MemoryFiles())
    made.write(7, piece(7), 100, 200)
    for number, begin in ((6, 100), (7, 50), (7, 150)):
        with pytest.raises(StorageError) as caught:
            read(made, number, begin, begin + 80)
        assert caught.value.code == "missing"


def test_slots_are_used_again_and_the_file_goes_with_the_last_piece() -> None:
    files = MemoryFiles()
    made = part(files)
    for number in range(5):
        made.write(number, piece(number), 0, PIECE)
    size = files.stat(PATH)
    made.drop({1, 2, 99})
    made.write(20, piece(20), 0, PIECE)
    made.write(21, piece(21), 0, PIECE)
    assert files.stat(PATH) == size
    again = part(files)
    assert again.held == {0, 3, 4, 20, 21}
    assert all(again.read_checked(number) == piece(number) for number in again.held)
    again.drop(set(again.held))
    assert files.stat(PATH) is None
    again.write(1, piece(1), 0, 10)
    assert part(files).held == {1}


@pytest.mark.parametrize("offset", [0, 9, 30, 47])
def test_a_damaged_file_is_set_aside_and_not_deleted(offset: int) -> None:
    files = MemoryFiles()
    part(files).write(7, piece(7), 0, PIECE)
    raw = bytearray(files.read_file(PATH))
    raw[offset] ^= 1
    files.write_file(PATH, bytes(raw))
    made = part(files)
    assert made.held == frozenset()
    assert files.read_file(PATH + ".damaged") == raw
    made.write(7, piece(7), 0, 5)
    assert part(files).held == {7}


def test_another_torrents_file_is_not_used() -> None:
    files = MemoryFiles()
    part(files).write(7, piece(7), 0, PIECE)
    assert part(files, identity=b"o" * 20).held == frozenset()
    assert files.stat(PATH + ".damaged") is not None


def test_a_damaged_slot_costs_only_its_own_piece() -> None:
    files = MemoryFiles()
    made = part(files)
    made.write(7, piece(7), 0, PIECE)
    made.write(8, piece(8), 0, PIECE)
    raw = bytearray(files.read_file(PATH))
    raw[4096 + 5] ^= 1
    files.write_file(PATH, bytes(raw))
    again = part(files)
    assert again.held == {8}
    assert again.read_checked(8) == piece(8)


def test_rotten_bytes_are_told_from_good_ones() -> None:
    files = MemoryFiles()
    part(files).write(7, piece(7), 0, PIECE)
    raw = bytearray(files.read_file(PATH))
    raw[-1] ^= 1
    files.write_file(PATH, bytes(raw))
    assert part(files).read_checked(7) is None
    files.write_file(PATH, bytes(raw[:-1]))
    assert part(files).read_checked(7) is None


def test_hostile_headers_are_not_believed() -> None:
    files = MemoryFiles()
    part(files, count=50).write(49, piece(1), 0, PIECE)
    small = part(MemoryFiles(), count=50)
    assert small.held == frozenset()
    endless = bytearray(files.read_file(PATH)) + bytes(200 * (PIECE + 4096))
    files.write_file(PATH, bytes(endless))
    # 201 slots for 50 pieces: the walk ends with the pieces, and the piece found is still good.
    again = part(files)
    assert again.held == {49}


def test_a_folder_in_its_place_is_an_error() -> None:
    files = MemoryFiles()
    files.make_folders(PATH)
    with pytest.raises(StorageError) as caught:
        part(files)
    assert caught.value.code == "not-a-file"


def test_one_that_vanished_under_us_does_not_come_back_without_its_other_pieces() -> None:
    files = MemoryFiles()
    made = PartFile(files, OpenFiles(files, 1), PATH, piece_length=PIECE, piece_count=9, identity=b"i" * 20)
    made.write(1, piece(1), 0, 10)
    made._open_files.forget(PATH)
    files.remove(PATH)
    with pytest.raises(StorageError) as caught:
        made.write(2, piece(2), 0, 10)
    assert caught.value.code == "missing"
    assert files.paths() == []
