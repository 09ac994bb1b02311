"""Which screens there are, as one text, and being told when that changes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

SETTLE_MILLISECONDS = 1000
"""Screens come and go one by one when a laptop is docked."""


def screen_set() -> str:
    """Number and sizes of the screens, such as `1920x1080 2560x1440`."""
    sizes = sorted((screen.size().width(), screen.size().height()) for screen in QGuiApplication.screens())
    return " ".join(f"{width}x{height}" for width, height in sizes)


class ScreenWatch(QObject):
    """`changed` carries the new set, when it has settled."""

    changed = Signal(str)

    def __init__(self, app: QGuiApplication, parent: QObject) -> None:
        super().__init__(parent)
        self._now = screen_set()
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MILLISECONDS)
        self._settling.timeout.connect(self._look)
        app.screenAdded.connect(self._settling.start)
        app.screenRemoved.connect(self._settling.start)

    def _look(self) -> None:
        now = screen_set()
        if now != self._now:
            self._now = now
            self.changed.emit(now)
