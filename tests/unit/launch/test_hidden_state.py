"""The hidden files beside a download: one process at a time, and nothing left behind at the end."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shoal.api.errors import UserError
from shoal.launch import hidden_state
from shoal.launch.hidden_state import HiddenState

ID = "ab" * 20


def test_state_lies_hidden_beside_the_download(tmp_path: Path) -> None:
    with HiddenState(str(tmp_path), ID) as hidden:
        assert hidden.path == str(tmp_path / f".shoal-{ID}.resume")


def test_removing_takes_all_of_the_store_and_nothing_else(tmp_path: Path) -> None:
    for ending in ("", "-wal", "-shm", ".previous", ".previous.new", ".lock"):
        (tmp_path / f".shoal-{ID}.resume{ending}").write_bytes(b"x")
    kept = sorted((f".shoal-{'cd' * 20}.resume", f".shoal-{ID}.resume.damaged-20260101-000000", "data"))
    for name in kept:
        (tmp_path / name).write_bytes(b"x")
    with HiddenState(str(tmp_path), ID) as hidden:
        hidden.remove()
    assert sorted(os.listdir(tmp_path)) == kept


def test_a_full_disk_is_named_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, flags: int, mode: int) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(UserError, match="disk-full"):
        HiddenState(str(tmp_path), ID).__enter__()


def test_second_one_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with HiddenState(str(tmp_path), ID):
        with pytest.raises(UserError, match="in-use"):
            HiddenState(str(tmp_path), ID).__enter__()
        with HiddenState(str(tmp_path), "cd" * 20):
            pass
    with HiddenState(str(tmp_path), ID):
        pass


def test_lock_ends_with_its_process(tmp_path: Path) -> None:
    code = (
        "import os, sys; from shoal.launch.hidden_state import HiddenState;"
        f"HiddenState({str(tmp_path)!r}, {ID!r}).__enter__(); os.kill(os.getpid(), 9)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(hidden_state.__file__).parents[2])}
    killed = subprocess.run([sys.executable, "-c", code], env=environment, timeout=30, check=False)
    assert killed.returncode == -9
    assert os.listdir(tmp_path) == [f".shoal-{ID}.lock"]
    with HiddenState(str(tmp_path), ID):
        pass
    assert os.listdir(tmp_path) == []


def test_folder_that_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="folder-refused"):
        HiddenState(str(tmp_path / "file"), ID).__enter__()


@pytest.mark.skipif(not hasattr(os, "symlink") or sys.platform == "win32", reason="symlinks need rights there")
def test_lock_does_not_follow_a_link(tmp_path: Path) -> None:
    (tmp_path / f".shoal-{ID}.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="folder-refused"):
        HiddenState(str(tmp_path), ID).__enter__()
    assert not (tmp_path / "elsewhere").exists()
