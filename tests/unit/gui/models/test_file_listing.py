"""Files as ranges: totals, filters, kinds and names, without a window."""

from __future__ import annotations

import pytest

from shoal.gui.models.file_choice import FileChoice
from shoal.gui.models.file_listing import FileListing, ListedFile, build_tree, natural_key
from shoal.metainfo.priorities import FilePriority

PATHS = ("b/x.mkv", "a.txt", "b/c/[old] y.mkv", "b/z 1.flac", "d/x.mkv")


@pytest.fixture
def listing() -> FileListing:
    return build_tree("Top", [ListedFile(at, tuple(path.split("/")), 10**at) for at, path in enumerate(PATHS)])


def shown(listing: FileListing, needle: str) -> list[str] | None:
    mask = listing.matching(needle)
    if mask is None:
        return None
    return [listing.path(listing.node(slot)) for slot in range(listing.count) if mask[slot]]


def test_a_folder_is_a_range_of_its_files(listing: FileListing) -> None:
    folders = {folder.name: listing.folder_node(folder) for folder in listing.folders}
    assert [listing.path(listing.node(slot)) for slot in range(5)] == [PATHS[at] for at in (0, 2, 3, 1, 4)]
    assert (folders["b"].first, folders["b"].last, folders["b"].size) == (0, 3, 1_101)
    assert (folders["c"].file_count, folders["Top"].size) == (1, 11_111)
    assert (listing.path(folders["c"]), listing.path(folders["Top"])) == ("b/c", "")
    assert listing.slot_of(1) == 3


@pytest.mark.parametrize(
    ("needle", "expected"),
    [
        ("", None),
        ("  ", None),
        ("X.MKV", ["b/x.mkv", "d/x.mkv"]),
        ("[old]", ["b/c/[old] y.mkv"]),
        ("top", []),
        ("c", ["b/c/[old] y.mkv", "b/z 1.flac"]),
        ("*.mkv", ["b/x.mkv", "b/c/[old] y.mkv", "d/x.mkv"]),
        ("?.mkv", ["b/x.mkv", "d/x.mkv"]),
        ("[old]*", ["b/c/[old] y.mkv"]),
        ("*", [PATHS[at] for at in (0, 2, 3, 1, 4)]),
    ],
)
def test_names_match(listing: FileListing, needle: str, expected: list[str] | None) -> None:
    assert shown(listing, needle) == expected


def test_kinds_are_told_by_the_name(listing: FileListing) -> None:
    assert list(listing.of_kinds(frozenset({"audio"}))) == [0, 0, 255, 0, 0]
    assert listing.of_kinds(frozenset()) == bytes(5)


def test_numbers_in_names_compare_as_numbers() -> None:
    assert sorted(["Part 10", "part 2", "Part \u00b2"], key=natural_key) == ["part 2", "Part 10", "Part \u00b2"]


def test_a_choice_changes_only_what_its_mask_lets() -> None:
    choice = FileChoice(4)
    choice.set_level(0, 3, FilePriority.HIGH, bytes((255, 0, 255, 255)))
    assert list(choice.levels) == [6, 4, 6, 4]
    choice.set_ticked(0, 4, False, bytes((255, 255, 0, 0)))
    assert list(choice.levels) == [0, 0, 6, 4]
    choice.set_ticked(0, 4, True)
    assert list(choice.levels) == [6, 4, 6, 4]
    choice.keep_only(bytes((0, 255, 0, 0)))
    assert list(choice.levels) == [0, 4, 0, 0]
    assert choice.wanted([1, 2, 4, 8]) == 2
    assert choice.found(0, 4) == {0, 4}
    assert choice.found(0, 4, bytes((255, 0, 0, 0))) == {0}


def test_a_skip_from_elsewhere_can_be_taken_back() -> None:
    choice = FileChoice(2)
    choice.set_level(0, 1, FilePriority.LOW)
    choice.replace(bytes((0, 7)))
    choice.set_ticked(0, 2, True)
    assert list(choice.levels) == [1, 7]
