"""How much room a screen has, so that nothing is made larger than can be seen: at 200 % text a small one has little."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication

LARGEST_SHARE = 4
"""A part of the window that can do with less asks for a quarter of the height at most."""


def screen_room() -> QSize:
    """The first screen without its panels, in the pixels that widgets are measured in."""
    return QGuiApplication.primaryScreen().availableGeometry().size()


def least_height(wanted: int) -> int:
    """`wanted` pixels, or less on a screen so low that several such parts would not fit."""
    return min(wanted, screen_room().height() // LARGEST_SHARE)
