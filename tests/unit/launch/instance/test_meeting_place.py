"""Starts of one profile find the same place, which nobody else can have made."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from shoal.launch.instance.meeting_place import NoMeetingPlaceError, make_private, meeting_place

pytestmark = pytest.mark.skipif(os.name == "nt", reason="users and modes of POSIX")


def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_RUNTIME_DIR": str(tmp_path)}


def test_one_profile_one_place_whatever_it_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shoal.launch.instance.meeting_place.LONGEST_SOCKET_PATH", 1000)
    (tmp_path / "state").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "state")
    place = meeting_place(tmp_path / "state", environ(tmp_path))
    assert place == meeting_place(tmp_path / "link", environ(tmp_path))
    assert place != meeting_place(tmp_path / "other", environ(tmp_path))
    assert Path(place.lock).parent == Path(place.address).parent == tmp_path / "shoal"
    assert stat.S_IMODE((tmp_path / "shoal").stat().st_mode) == 0o700


def test_a_folder_that_is_open_to_others_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "shoal"
    folder.mkdir(mode=0o755)
    make_private(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_somebody_else_has_put_there_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(NoMeetingPlaceError):
        make_private(tmp_path / "link")
    (tmp_path / "theirs").mkdir()
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(NoMeetingPlaceError):
        make_private(tmp_path / "theirs")


def test_a_name_too_long_for_a_socket_leads_to_a_shorter_folder(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    place = meeting_place(tmp_path / "state", {"XDG_RUNTIME_DIR": str(long), "TMPDIR": "/tmp"})
    assert Path(place.address).parent == Path(f"/tmp/shoal-{os.getuid()}")


def test_windows_meets_at_a_pipe(tmp_path: Path) -> None:
    place = meeting_place(tmp_path / "state", {"LOCALAPPDATA": str(tmp_path)}, "win32")
    assert place.address.startswith(r"\\.\pipe\shoal-")
    assert place.lock.startswith(str(tmp_path / "shoal" / "run"))
