"""Where files lie: under cleaned names, or under the metainfo's own when only those are there; never outside."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.torrent_names import TorrentNames
from shoal.engine.storage.torrent_paths import TorrentPaths
from shoal.metainfo.file_layout import FileLayout, TorrentFile
from shoal.runtime.files import SystemFiles

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows cannot hold these names")


def paths(root: Path, *named: tuple[tuple[str, ...], tuple[bytes, ...]], original_prefix: bytes = b"") -> TorrentPaths:
    """Files of a torrent whose folder is `Film_`, as (cleaned path, original path)."""
    files = tuple(TorrentFile(path, 1, index, original) for index, (path, original) in enumerate(named))
    layout = FileLayout(files, 16384)
    names = TorrentNames(layout, ("Film_",), (original_prefix or b"Film_",))
    return TorrentPaths(SystemFiles(), names, os.fspath(root))


def touch(root: Path, path: str) -> str:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"x")
    return os.fspath(place)


def test_new_files_get_cleaned_names(tmp_path: Path) -> None:
    assert paths(tmp_path, (("a_b",), (b"a:b",))).path(0) == os.fspath(tmp_path / "Film_" / "a_b")


def test_a_file_that_is_there_under_its_own_name_is_found(tmp_path: Path) -> None:
    there = touch(tmp_path, "Film_/a:b")
    assert paths(tmp_path, (("a_b",), (b"a:b",))).path(0) == there


def test_the_torrents_folder_may_have_its_own_name_too(tmp_path: Path) -> None:
    there = touch(tmp_path, "Film:/a")
    assert paths(tmp_path, (("a",), (b"a",)), original_prefix=b"Film:").path(0) == there


def test_the_cleaned_name_wins_where_both_are_there(tmp_path: Path) -> None:
    touch(tmp_path, "Film_/a:b")
    there = touch(tmp_path, "Film_/a_b")
    assert paths(tmp_path, (("a_b",), (b"a:b",))).path(0) == there


@pytest.mark.parametrize("original", [(b"..", b"x"), (b"a/../../x",), (b"",), (b"x\0",), (b"/x",)])
def test_an_original_name_never_leads_elsewhere(tmp_path: Path, original: tuple[bytes, ...]) -> None:
    touch(tmp_path, "x")
    assert paths(tmp_path, (("clean",), original)).path(0) == os.fspath(tmp_path / "Film_" / "clean")


def test_a_name_that_another_file_of_the_torrent_may_have_is_not_used(tmp_path: Path) -> None:
    touch(tmp_path, "Film_/case")
    twins = paths(tmp_path, (("Case",), (b"Case",)), (("case (2)",), (b"case",)))
    assert twins.path(1) == os.fspath(tmp_path / "Film_" / "case (2)")


def test_a_link_in_the_way_of_an_original_name_is_refused(tmp_path: Path) -> None:
    touch(tmp_path, "elsewhere/a")
    (tmp_path / "Film:").symlink_to(tmp_path / "elsewhere")
    found = paths(tmp_path, (("a",), (b"a",)), original_prefix=b"Film:")
    with pytest.raises(StorageError, match="is-symlink"):
        found.prove(found.path(0))


@pytest.mark.parametrize("element", ["..", ".", "", "a/b", "a\0b"])
def test_elements_that_lead_out_are_refused(tmp_path: Path, element: str) -> None:
    with pytest.raises(StorageError, match="outside-folder"):
        paths(tmp_path, ((element,), ())).path(0)
