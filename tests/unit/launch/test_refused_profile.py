"""A profile whose folder cannot be made: told in the terminal, or on the screen where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoal.api.errors import Reason
from shoal.launch import lone_message, window_start


@pytest.mark.parametrize("has_terminal", [True, False])
def test_a_profile_that_is_a_file_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, has_terminal: bool
) -> None:
    taken = tmp_path / "profile"
    taken.write_text("a file")
    shown: list[Reason] = []
    monkeypatch.setattr(window_start, "_has_terminal", lambda: has_terminal)
    monkeypatch.setattr(window_start, "has_display", lambda environ: True)
    monkeypatch.setattr(window_start, "can_open_window", lambda environ: True)
    monkeypatch.setattr(lone_message, "show_refusal", shown.append)
    assert window_start.start_window([], str(taken)) != 0
    assert str(taken) in capsys.readouterr().err
    assert [reason.code for reason in shown] == ([] if has_terminal else ["folder-refused"])
