"""How the tabs open their dialogs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

Opener = Callable[[QDialog], None]
"""Opens a dialog window-modal and returns at once; the window gives one that lets dialogs take turns."""


def open_and_forget(dialog: QDialog) -> None:
    """Open it now; it is deleted when it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
