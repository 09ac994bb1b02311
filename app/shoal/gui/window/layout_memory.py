"""Place and size of the window, its columns, its splitter and its tab, as they were with the same screens."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from shoal.gui.details.pane import DetailPane
from shoal.gui.link.memory import Memory
from shoal.gui.style.screen_room import screen_room
from shoal.gui.style.theme import Theme
from shoal.gui.window.frame import Frame
from shoal.gui.window.screens import ScreenWatch, screen_set
from shoal.gui.window.torrent_list import TorrentList

FIRST_WIDTH, FIRST_HEIGHT = 1280, 800
MINIMUM_WIDTH, MINIMUM_HEIGHT = 900, 560
TITLE_BAR = 40
"""Height that a window manager's title takes at most of the screen, at 100 % text."""


class LayoutMemory(QObject):
    """Made after the parts, before the window is shown; `remember` when it closes."""

    def __init__(
        self, theme: Theme, window: QMainWindow, memory: Memory, frame: Frame, table: TorrentList, details: DetailPane
    ) -> None:
        super().__init__(window)
        self._theme, self._window, self._memory = theme, window, memory
        self._frame, self._table, self._details = frame, table, details
        window.setMinimumSize(QSize(MINIMUM_WIDTH, MINIMUM_HEIGHT).boundedTo(self._largest_size()))
        memory.use_screens(screen_set())
        self.restore()
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            self._watch = ScreenWatch(app, self)
            self._watch.changed.connect(self.on_screens)

    def restore(self) -> None:
        """As it was; as it is at first where nothing is known."""
        settings = self._memory.settings
        geometry = settings.window_geometry
        if not (geometry and self._window.restoreGeometry(QByteArray.fromBase64(geometry.encode()))):
            self._window.resize(self._first_size())
        self._frame.restore_state(settings.details_state)
        self._table.restore()
        self._details.open_tab(settings.detail_tab)

    def _first_size(self) -> QSize:
        """No larger than the screen has room for: the status bar would be out of sight."""
        first = QSize(self._theme.px(FIRST_WIDTH), self._theme.px(FIRST_HEIGHT))
        return first.boundedTo(self._largest_size())

    def _largest_size(self) -> QSize:
        """What the screen has room for below a title bar."""
        return screen_room() - QSize(0, self._theme.px(TITLE_BAR))

    def remember(self) -> None:
        self._table.remember()
        self._memory.remember(
            window_geometry=bytes(self._window.saveGeometry().toBase64().data()).decode(),
            details_state=self._frame.state(),
        )

    def on_screens(self, screens: str) -> None:
        """Other screens: as it was when these were last in use, else as it is."""
        if self._memory.use_screens(screens):
            self.restore()
