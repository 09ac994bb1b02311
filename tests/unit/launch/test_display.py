"""Without a display the window is refused in one sentence, before Qt is loaded."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.support.shoal_process import shoal

from shoal.launch import arguments, desktop
from shoal.launch.display import can_open_window, has_display

NONE = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}


def test_display_is_where_the_environment_names_one() -> None:
    assert not has_display({}, "linux")
    assert not has_display({"DISPLAY": ""}, "linux")
    assert has_display({"DISPLAY": ":0"}, "linux")
    assert has_display({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert has_display({}, "win32")
    assert has_display({}, "darwin")


def test_named_platform_of_qt_is_meant() -> None:
    assert can_open_window({"QT_QPA_PLATFORM": "offscreen"}, "linux")
    assert not has_display({"QT_QPA_PLATFORM": "offscreen"}, "linux")
    assert not can_open_window({"QT_QPA_PLATFORM": ""}, "linux")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
@pytest.mark.parametrize("words", [(), ("a.torrent",), ("-v",)])
def test_window_without_display_is_one_sentence(words: tuple[str, ...], tmp_path: Path) -> None:
    done = shoal("--profile", tmp_path / "p", *words, extra=NONE)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "no display" in done.stderr
    assert "shoal get" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "p").exists()


def test_profile_that_cannot_be_made_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(desktop, "run_desktop", lambda *words, **options: 7)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    (tmp_path / "file").write_bytes(b"")
    place = os.path.join(tmp_path, "file", "profile")
    assert arguments.main(["--profile", place]) == 4
    shown = capsys.readouterr().err
    assert shown.startswith(f"shoal: {place} cannot be written")
    assert shown.count("\n") == 1
    assert arguments.main(["--profile", str(tmp_path / "good")]) == 7
