"""Names of a torrent's files: renamed, refused, saved and read back."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.api.errors import UserError
from shoal.engine.storage.torrent_names import TOP, TorrentNames
from shoal.metainfo.file_layout import FileLayout, TorrentFile
from shoal.metainfo.safe_paths import is_safe_element

PATHS = [("a", "one.bin"), ("a", "two.bin"), ("b", "c", "three.bin"), ("four.bin",)]
LAYOUT = FileLayout(
    tuple(TorrentFile(path, 10 + index, sum(range(10, 10 + index))) for index, path in enumerate(PATHS)), 16
)
NAMES = TorrentNames(LAYOUT, ("Album",), (b"Album",))


def test_a_file_and_a_folder_get_new_names() -> None:
    names = NAMES.with_name(("a", "one.bin"), "1.bin").with_name(("a",), "first").with_name(("b", "c"), "d")
    assert [names.path(index) for index in range(4)] == [
        ("first", "1.bin"),
        ("first", "two.bin"),
        ("b", "d", "three.bin"),
        ("four.bin",),
    ]
    assert names.elements(0) == ("Album", "first", "1.bin")
    assert NAMES.path(0) == ("a", "one.bin")
    assert NAMES.with_name((), "Record").elements(3) == ("Record", "four.bin")
    assert names.largest == "four.bin"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("..", "empty"),
        ("a/b", "separator"),
        ("a\\b", "separator"),
        ("x" * 300, "too-long"),
        ("CON", "reserved"),
        ("com1.txt", "reserved"),
        ("a:b", "characters"),
        ("a\0b", "characters"),
        ("dot.", "characters"),
        ("a\u202eb", "characters"),
    ],
)
def test_a_name_that_some_system_cannot_hold_is_refused(name: str, why: str) -> None:
    for path in (("four.bin",), ("a",), ()):
        with pytest.raises(UserError, match="bad-name") as caught:
            NAMES.with_name(path, name)
        assert caught.value.reason.params == {"name": name, "why": why}


@pytest.mark.parametrize(
    ("path", "name"),
    [(("a", "one.bin"), "two.bin"), (("a", "one.bin"), "TWO.bin"), (("a",), "four.bin"), (("four.bin",), "B")],
)
def test_a_name_that_another_file_or_folder_has_is_refused(path: tuple[str, ...], name: str) -> None:
    with pytest.raises(UserError, match="name-taken"):
        NAMES.with_name(path, name)


def test_what_is_not_in_the_torrent_cannot_be_renamed() -> None:
    for names, path in ((NAMES, ("zzz",)), (NAMES, ("a", "one.bin", "x")), (TorrentNames(LAYOUT), ())):
        with pytest.raises(UserError, match="no-such-file"):
            names.with_name(path, "new")


@pytest.mark.parametrize(
    "saved",
    [
        [(0, "../../etc/passwd")],
        [(0, "a/b/c")],
        [(99, "a/b")],
        [(0, "a/two.bin")],
        [(TOP, "..")],
        [(TOP, "a/b")],
        [(0, "a/x"), (1, "a/CON")],
    ],
)
def test_saved_names_are_believed_no_more_than_metainfo(saved: list[tuple[int, str]]) -> None:
    assert NAMES.restored(saved) == NAMES


steps = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.one_of(st.sampled_from("abcd"), st.text(max_size=12))),
    max_size=8,
)


@given(steps)
def test_whatever_is_renamed_names_stay_safe_and_distinct_and_survive_being_saved(
    chosen: list[tuple[int, int, str]],
) -> None:
    names = NAMES
    for index, depth, name in chosen:
        path = names.path(index)[:depth]
        with contextlib.suppress(UserError):
            names = names.with_name(path, name)
        assert names.are_distinct()
        assert all(is_safe_element(element) for index in range(4) for element in names.elements(index))
    again = NAMES.restored(names.saved())
    assert [again.elements(index) for index in range(4)] == [names.elements(index) for index in range(4)]
