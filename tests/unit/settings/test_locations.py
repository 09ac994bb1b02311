"""Where a profile lies: by argument, by variable, by the system; and that its folders are this user's alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shoal.settings.locations import PROFILE_VARIABLE, create_folders, downloads_folder, profile


def test_a_named_profile_keeps_everything_together(tmp_path: Path) -> None:
    places = profile(str(tmp_path / "p"))
    folders = [places.config_folder, places.state_folder, places.cache_folder, places.log_folder]
    assert all(folder.is_relative_to(tmp_path / "p") for folder in folders)
    assert len(set(folders)) == 4
    assert places.engine_settings_file.parent == places.config_folder
    assert places.interface_settings_file.parent == places.config_folder
    assert places.engine_settings_file != places.interface_settings_file
    assert places.resume_database.parent == places.state_folder


def test_the_variable_names_a_profile_and_the_argument_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROFILE_VARIABLE, str(tmp_path / "variable"))
    assert profile() == profile(str(tmp_path / "variable"))
    assert profile(str(tmp_path / "argument")) != profile()


def test_without_either_the_system_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(PROFILE_VARIABLE, raising=False)
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    places = profile()
    assert places.config_folder.is_absolute()
    assert "shoal" in str(places.config_folder).lower()


def test_a_relative_profile_does_not_follow_later_moves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert profile("here").config_folder.is_relative_to(tmp_path)


def test_folders_are_made_for_this_user_alone(tmp_path: Path) -> None:
    places = profile(str(tmp_path / "p"))
    create_folders(places)
    create_folders(places)
    assert places.config_folder.is_dir()
    assert os.name == "nt" or places.state_folder.stat().st_mode & 0o077 == 0


def test_downloads_folder_is_absolute() -> None:
    assert downloads_folder().is_absolute()
