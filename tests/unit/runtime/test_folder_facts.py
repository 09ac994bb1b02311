"""A folder before anything is written there: is it there, how much room, and does it hold what is wanted."""

from __future__ import annotations

from pathlib import Path

from shoal.runtime.folder_facts import holds_all, look_at_folder


def test_a_folder_that_is_not_there_has_the_disk_of_its_parent(tmp_path: Path) -> None:
    here, later = look_at_folder(str(tmp_path)), look_at_folder(str(tmp_path / "not" / "yet"))
    assert (here.exists, later.exists) == (True, False)
    assert here.disk == later.disk
    assert here.free is not None
    assert here.total is not None
    assert 0 < here.free <= here.total


def test_a_file_in_the_way_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    facts = look_at_folder(str(tmp_path / "file" / "below"))
    assert not facts.exists
    assert facts.free is not None


def test_all_files_must_be_there_with_their_sizes(tmp_path: Path) -> None:
    (tmp_path / "cd").mkdir()
    (tmp_path / "cd" / "one").write_bytes(bytes(10))
    (tmp_path / "two").write_bytes(bytes(5))
    both = [("cd/one", 10), ("two", 5)]
    assert holds_all(str(tmp_path), both)
    assert not holds_all(str(tmp_path), [*both, ("three", 0)])
    assert not holds_all(str(tmp_path), [("two", 6)])
    assert not holds_all(str(tmp_path), [("cd", 10)])
    assert not holds_all(str(tmp_path / "gone"), [])


def test_a_link_is_not_the_file(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(bytes(5))
    (tmp_path / "link").symlink_to("real")
    assert not holds_all(str(tmp_path), [("link", 5)])
