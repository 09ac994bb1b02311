"""Laws of the metainfo layer, for all inputs that hypothesis can think of."""

from __future__ import annotations

import random
from collections.abc import Collection
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.fuzz_metainfo import check_metainfo, fuzz_magnet, fuzz_metainfo, fuzz_path_element

from shoal.metainfo import bitfield
from shoal.metainfo.authoring import build_metainfo, plan_files
from shoal.metainfo.file_layout import FileLayout, TorrentFile
from shoal.metainfo.pieces import PieceGeometry
from shoal.metainfo.priorities import (
    FilePriority,
    done_bytes_per_file,
    piece_masks,
    wanted_bytes,
    wanted_done_bytes,
)
from shoal.metainfo.safe_paths import (
    clean_element,
    clean_name,
    decode_name,
    is_safe_element,
    make_distinct,
    same_name_key,
)
from shoal.metainfo.torrent_file import parse_metainfo
from shoal.protocol.errors import ProtocolError

sizes_of_files = st.lists(st.integers(0, 60), min_size=1, max_size=12).filter(any)
priority = st.sampled_from(FilePriority)


def layout_of(sizes: list[int], piece_length: int, pads: Collection[int] = ()) -> FileLayout:
    offsets = accumulate(sizes, initial=0)
    files = [
        TorrentFile((str(i),), size, at, is_pad=i in pads)
        for i, (size, at) in enumerate(zip(sizes, offsets, strict=False))
    ]
    return FileLayout(tuple(files), piece_length)


@given(st.sets(st.integers(0, 400)), st.integers(0, 9))
def test_pieces_come_back_from_the_wire(pieces: set[int], spare: int) -> None:
    count = max(pieces, default=-1) + 1 + spare
    bits = sum(1 << piece for piece in pieces)
    assert bitfield.from_wire(bitfield.to_wire(bits, count), count) == bits
    assert list(bitfield.iterate(bits)) == sorted(pieces)
    if pieces:
        assert bitfield.lowest(bits) == min(pieces)
        assert bitfield.pick_random(bits, random.Random(spare)) in pieces


@given(st.binary(max_size=20), st.integers(0, 170))
def test_bytes_of_a_bitfield_are_taken_or_refused(data: bytes, count: int) -> None:
    try:
        bits = bitfield.from_wire(data, count)
    except ProtocolError:
        return
    assert bits <= bitfield.all_pieces(count)
    assert bitfield.to_wire(bits, count) == data


@given(st.integers(1, 200_000), st.integers(1, 70_000))
def test_pieces_and_blocks_cover_the_torrent_once(total: int, piece_length: int) -> None:
    geometry = PieceGeometry(total, piece_length)
    some = {0, geometry.last_piece, geometry.last_piece // 2}
    assert geometry.piece_offset(geometry.last_piece) + geometry.piece_size(geometry.last_piece) == total
    for piece in some:
        blocks = [geometry.block_size(piece, block) for block in range(geometry.block_count(piece))]
        assert sum(blocks) == geometry.piece_size(piece)
        assert all(blocks)


@given(sizes_of_files, st.integers(1, 25), st.data())
def test_spans_are_the_bytes_asked_for(sizes: list[int], piece_length: int, data: st.DataObject) -> None:
    layout = layout_of(sizes, piece_length)
    owner = [(index, at) for index, size in enumerate(sizes) for at in range(size)]
    offset = data.draw(st.integers(0, len(owner)))
    length = data.draw(st.integers(0, len(owner) - offset))
    found = [(index, at + step) for index, at, count in layout.spans(offset, length) for step in range(count)]
    assert found == owner[offset : offset + length]


@given(sizes_of_files, st.integers(1, 25))
def test_files_and_pieces_know_each_other(sizes: list[int], piece_length: int) -> None:
    layout = layout_of(sizes, piece_length)
    for piece in range(layout.geometry.piece_count):
        holding = {part.file_index for part in layout.piece_spans(piece)}
        assert holding == {index for index in range(len(sizes)) if piece in layout.pieces_of_file(index)}


@given(sizes_of_files, st.integers(1, 25), st.data())
def test_masks_and_done_bytes_agree_with_counting(sizes: list[int], piece_length: int, data: st.DataObject) -> None:
    pads = data.draw(st.sets(st.integers(0, len(sizes) - 1)) | st.just(set()))
    layout = layout_of(sizes, piece_length, pads)
    chosen = data.draw(st.lists(priority, min_size=len(sizes), max_size=len(sizes)))
    have = data.draw(st.integers(0, bitfield.all_pieces(layout.geometry.piece_count)))
    expected: dict[FilePriority, int] = {}
    done = [0] * len(sizes)
    for piece in range(layout.geometry.piece_count):
        parts = layout.piece_spans(piece)
        highest = max((chosen[part.file_index] for part in parts if part.file_index not in pads), default=0)
        if highest:
            expected[highest] = expected.get(highest, 0) | 1 << piece
        if have >> piece & 1:
            for part in parts:
                done[part.file_index] += part.length
    assert piece_masks(layout, chosen) == expected
    assert done_bytes_per_file(layout, have) == done
    wanted = [index for index, level in enumerate(chosen) if level and index not in pads]
    assert wanted_bytes(layout, chosen) == sum(sizes[index] for index in wanted)
    assert wanted_done_bytes(layout, chosen, have) == sum(done[index] for index in wanted)


@given(st.text(max_size=12))
def test_cleaned_names_are_safe_and_stay_so(text: str) -> None:
    name = clean_element(text)
    assert clean_element(name) == name
    assert is_safe_element(name) == bool(name)


# Few, similar names, so that twins and conflicts between files and folders are the rule.
name = st.sampled_from(["a", "A", "a (2)", "a.txt", "A.TXT", "a (2).txt", "é", "e\u0301", "ß", "ss"])


@given(st.lists(st.lists(name, min_size=1, max_size=3).map(tuple), max_size=12))
def test_distinct_paths_never_meet_on_any_system(paths: list[tuple[str, ...]]) -> None:
    result = make_distinct(paths)
    keys = [tuple(map(same_name_key, path)) for path in result]
    assert len(set(keys)) == len(keys)
    folders = {key[:depth] for key in keys for depth in range(1, len(key))}
    assert not folders & set(keys)
    assert [path[:-1] for path in result] == [path[:-1] for path in paths]
    assert all(map(is_safe_element, (element for path in result for element in path)))
    assert make_distinct(result) == result


@given(
    st.lists(
        st.tuples(st.lists(name, min_size=1, max_size=3).map(tuple), st.integers(0, 50_000)), min_size=1, max_size=6
    ),
    st.booleans(),
)
@settings(max_examples=50)
def test_what_we_make_we_read(found: list[tuple[tuple[str, ...], int]], private: bool) -> None:
    if not any(size for _, size in found):
        return
    plan = plan_files("made", found, piece_length=16384)
    metainfo = parse_metainfo(build_metainfo(plan, bytes(20 * plan.piece_count), private=private))
    check_metainfo(metainfo)
    assert metainfo.size == sum(size for _, size in found)
    assert metainfo.private is private
    assert [entry.size for entry in metainfo.files] == [entry.size for entry in plan.files]


@pytest.mark.parametrize("entry", [fuzz_metainfo, fuzz_magnet, fuzz_path_element])
@given(data=st.binary(max_size=300))
@settings(max_examples=150)
def test_any_bytes_give_typed_errors_only(entry: object, data: bytes) -> None:
    assert callable(entry)
    entry(data)


DEVICES = st.sampled_from(["con", "Prn", "AUX", "nul", "CLOCK$", "conin$", "CONOUT$", "com1", "LPT9", "com10", "auxx"])
AROUND = st.text(" .a:1\n-", max_size=3)


@settings(max_examples=500)
@given(st.binary(max_size=12) | st.tuples(AROUND, DEVICES, AROUND).map("".join).map(str.encode))
def test_the_short_cut_for_plain_names_changes_no_verdict(raw: bytes) -> None:
    assert clean_name(raw) == clean_element(decode_name(raw))
