"""What would run is known by its name."""

from __future__ import annotations

import pytest

from shoal.gui.style.runnable import is_runnable


@pytest.mark.parametrize(
    "name", ["setup.exe", "Photo.JPG.exe", "run.SH", "a/b/x.desktop", "c:\\y\\z.bat", "tool", "evil.scr. ", "lib.jar"]
)
def test_programs(name: str) -> None:
    assert is_runnable(name)


@pytest.mark.parametrize("name", ["film.mkv", "song.flac", "a.exe/readme.txt", "book.pdf", "pictures.zip"])
def test_contents(name: str) -> None:
    assert not is_runnable(name)


def test_a_folder_may_be_called_as_it_likes_unless_it_is_a_bundle() -> None:
    assert not is_runnable("Archipelago", is_folder=True)
    assert is_runnable("Archipelago.app", is_folder=True)
