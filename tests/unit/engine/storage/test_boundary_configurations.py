"""Any layout, any priorities in any order: bytes go where they belong and every verified piece reads back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.sim_files import MemoryFiles
from tests.unit.engine.storage.storage_scene import NORMAL, SKIP, Scene, make_data, make_layout

from shoal.engine.storage.checker import good_pieces

PIECE = 64


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[int], set[int], list[tuple[list[bool], list[int]]], bool]:
    sizes = draw(st.lists(st.integers(0, 200), min_size=1, max_size=8).filter(any))
    pads = {index for index in range(len(sizes)) if draw(st.integers(0, 5)) == 0}
    pieces = -(-sum(sizes) // PIECE)
    phase = st.tuples(
        st.lists(st.booleans(), min_size=len(sizes), max_size=len(sizes)),
        st.lists(st.integers(0, pieces - 1), max_size=6),
    )
    return sizes, pads, draw(st.lists(phase, min_size=1, max_size=4)), draw(st.booleans())


@settings(max_examples=150, deadline=None)
@given(stories())
def test_bytes_go_where_they_belong(
    story: tuple[list[int], set[int], list[tuple[list[bool], list[int]]], bool],
) -> None:
    sizes, pads, phases, must_restart = story
    layout = make_layout(sizes, PIECE, pads=pads)
    scene = Scene("/d", layout, make_data(layout), MemoryFiles(), descriptors=2)
    was_wanted = [False] * len(sizes)
    claimed: set[int] = set()
    disk = None
    for wanted, writes in phases:
        was_wanted = [before or now for before, now in zip(was_wanted, wanted, strict=True)]
        priorities = [NORMAL if is_wanted else SKIP for is_wanted in wanted]
        if disk is None:
            disk = scene.disk(priorities)
            disk.prepare()
        else:
            assert disk.set_priorities(priorities) == ()
        if must_restart:
            disk = scene.disk(priorities, fresh_handles=True)
            disk.prepare()
        scene.write(disk, writes)
        claimed.update(writes)
        for index in claimed:
            assert scene.read_piece(disk, index) == scene.piece(index)
        good = good_pieces(disk, range(scene.piece_count))
        # A piece of zeros (padding, empty room) is good without having been written.
        assert all(good >> index & 1 for index in claimed)
        assert disk.lacking_pieces() & good == 0
        files = scene.files
        assert isinstance(files, MemoryFiles)
        on_disk = set(files.paths())
        unasked = {scene.path(index) for index in range(len(sizes)) if not was_wanted[index] or index in pads}
        assert on_disk & unasked == set()
        if all(wanted):
            assert scene.part_path not in on_disk
    assert disk is not None
    disk.delete_files()
    assert isinstance(scene.files, MemoryFiles)
    assert scene.files.paths() == []
    disk.close()
    assert scene.files.open_handles == 0
