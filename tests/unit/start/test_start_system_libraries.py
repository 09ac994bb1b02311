"""Qt's system libraries are looked for before Qt starts, by what the session offers."""

from __future__ import annotations

import sys

import pytest

from bootstrap import debian_packages, system_libraries
from bootstrap.errors import StartError
from bootstrap.system_libraries import EVERY_PLATFORM, WAYLAND, X11, explain, is_loadable, missing_libraries


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":0"}, EVERY_PLATFORM),
        ({"QT_QPA_PLATFORM": "offscreen:size=1x1"}, EVERY_PLATFORM),
        ({"DISPLAY": ":0"}, EVERY_PLATFORM | X11),
        ({"QT_QPA_PLATFORM": "xcb"}, EVERY_PLATFORM | X11),
        ({"WAYLAND_DISPLAY": "wayland-0"}, EVERY_PLATFORM | WAYLAND),
        ({"QT_QPA_PLATFORM": "wayland-egl", "DISPLAY": ":0"}, EVERY_PLATFORM | WAYLAND),
        ({}, EVERY_PLATFORM),
    ],
)
def test_each_session_needs_its_own_set(environ: dict[str, str], wanted: dict[str, str]) -> None:
    assert missing_libraries(environ, lambda library: False) == wanted
    assert missing_libraries(environ, lambda library: library in wanted) == {}


def test_one_of_x11_and_wayland_is_enough() -> None:
    both = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}
    assert missing_libraries(both, lambda library: library not in X11) == {}
    assert missing_libraries(both, lambda library: library not in WAYLAND) == {}
    assert missing_libraries(both, lambda library: library in EVERY_PLATFORM) == WAYLAND


def test_the_loader_is_asked() -> None:
    assert not is_loadable("libshoal-does-not-exist.so.99")


def test_missing_library_is_named_with_the_command_to_type() -> None:
    text = explain({"libxcb-cursor.so.0": "libxcb-cursor0"}, has_apt=True)
    assert "libxcb-cursor.so.0" in text
    assert "sudo apt-get install libxcb-cursor0" in text
    assert "apt-get" not in explain({"libxcb-cursor.so.0": "libxcb-cursor0"}, has_apt=False)


def test_missing_libraries_are_installed_where_that_is_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    there: set[str] = set()

    def install(packages: list[str]) -> bool:
        there.update(packages)
        return True

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system_libraries, "missing_libraries", lambda environ: {} if there else EVERY_PLATFORM)
    monkeypatch.setattr(debian_packages, "install", install)
    system_libraries.provide({})
    assert there == set(EVERY_PLATFORM.values())


def test_missing_libraries_that_cannot_be_installed_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system_libraries, "missing_libraries", lambda environ: X11)
    monkeypatch.setattr(debian_packages, "install", lambda packages: False)
    with pytest.raises(StartError, match=r"libxcb-cursor\.so\.0"):
        system_libraries.provide({})


def test_other_systems_bring_their_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(system_libraries, "missing_libraries", lambda environ: asked.append(environ) or {})
    system_libraries.provide({})
    assert asked == []
