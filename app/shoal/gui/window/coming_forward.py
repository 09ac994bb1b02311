"""The window comes to the front because somebody asked for it: a second start, a click on the tray, a notification."""

from __future__ import annotations

import os

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

_TOKEN = "XDG_ACTIVATION_TOKEN"


def come_forward(window: QWidget, activation: str = "") -> None:
    """Show `window`, also when it was hidden or minimised, before the others and with the focus.

    `activation` is the token by which the desktop allows that to who was not used last; '' where there is none.
    """
    if activation:
        # Qt takes it from here, once, for the next window that wants to be active.
        os.environ[_TOKEN] = activation
    if window.isMinimized():
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
    # What is asked lies before the window and keeps the focus.
    asking = QApplication.activeModalWidget()
    if asking is not None and asking is not window:
        asking.raise_()
        asking.activateWindow()
    os.environ.pop(_TOKEN, None)
