"""What a table of the detail pane tells its painter about a cell, beside its text."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import Qt


class CellRole(IntEnum):
    """Item data roles above Qt's own."""

    TOKEN = Qt.ItemDataRole.UserRole.value + 1
    """Name of the token in whose colour the text is drawn."""
    STRONG = Qt.ItemDataRole.UserRole.value + 2
    """True for a semi-bold text."""
    SHARE = Qt.ItemDataRole.UserRole.value + 3
    """0..1: a bar before the text; None for no bar."""
    ICON = Qt.ItemDataRole.UserRole.value + 4
    """Name of an icon before the text, in the text's colour; empty for none."""
