"""The bad pair of PySide6 and Python is refused, and the pair that runs these tests keeps its references."""

from __future__ import annotations

import re
import sys
from importlib import metadata

import pytest
from PySide6.QtCore import QObject

from shoal.launch import pyside_pairing
from shoal.launch.pyside_pairing import refuse_bad_pair

CALLS = 10_000


@pytest.mark.parametrize(
    ("python", "pyside"),
    [((3, 11), "6.12.0"), ((3, 11, 7), "6.12"), ((3, 10), "6.12.1"), ((3, 11), "6.13.0a1"), ((3, 11), "7.0.0")],
)
def test_bad_pair_is_refused_with_one_sentence_that_says_what_to_do(python: tuple[int, ...], pyside: str) -> None:
    sentence = refuse_bad_pair(python, pyside)
    assert sentence is not None
    assert pyside in sentence
    assert f"Python {python[0]}.{python[1]}" in sentence
    assert "PySide6-Essentials<6.12" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("python", "pyside"),
    [((3, 11), "6.11.3"), ((3, 11), "6.8.0"), ((3, 12), "6.12.0"), ((3, 14), "7.0"), ((3, 11), "?")],
)
def test_sound_pair_is_let_through(python: tuple[int, ...], pyside: str) -> None:
    assert refuse_bad_pair(python, pyside) is None


def test_check_asks_for_this_python_and_the_installed_pyside(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pyside_pairing.check() is None
    monkeypatch.setattr(metadata, "version", lambda name: "6.12.0" if name == "PySide6-Essentials" else "0")
    monkeypatch.setattr(sys, "version_info", (3, 11, 9, "final", 0))
    assert re.search(r"6\.12\.0 .*3\.11", pyside_pairing.check() or "")


def test_check_is_silent_without_pyside(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert pyside_pairing.check() is None


def test_void_and_true_results_of_qt_keep_their_references() -> None:
    thing = QObject()
    # References of our own: where calls lose them, this test fails instead of taking the interpreter down.
    spare = [None, True] * (2 * CALLS)
    nothing_before, true_before = sys.getrefcount(None), sys.getrefcount(True)
    for _ in range(CALLS):
        thing.setObjectName("shoal")
        thing.setProperty("kept", True)
        thing.blockSignals(False)
    assert sys.getrefcount(None) > nothing_before - CALLS // 2
    assert sys.getrefcount(True) > true_before - CALLS // 2
    assert len(spare) == 4 * CALLS
