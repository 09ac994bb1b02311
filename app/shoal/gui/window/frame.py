"""The middle of the window: filters at the left, the list over the details, and how the room is shared."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from shoal.gui.style.screen_room import least_height
from shoal.gui.style.theme import Theme
from shoal.gui.window.sidebar import Sidebar

NARROW = 1100
"""Window widths below this have no room for words at the left and in the toolbar."""
FIRST_LIST, FIRST_DETAILS = 470, 300
LEAST_LIST = 150
FIRST_ROWS = 228
"""The head of the table and four rows, which a low window shows before the details have all their height."""


class Frame(QWidget):
    """`upper` is the list with what stands below it, `details` the pane; none until there is one."""

    narrow_changed = Signal(bool)

    def __init__(self, theme: Theme, sidebar: Sidebar, upper: QWidget, details: QWidget | None) -> None:
        super().__init__()
        self._theme, self._sidebar, self.upper, self._details = theme, sidebar, upper, details
        self._is_narrow: bool | None = None
        self._is_full_page = False
        self._is_shared_by_hand = False
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(theme.px(5))
        upper.setMinimumHeight(least_height(theme.px(LEAST_LIST)))
        self.splitter.addWidget(upper)
        if details is not None:
            self.splitter.addWidget(details)
            self.splitter.setStretchFactor(0, 1)
            self.splitter.setStretchFactor(1, 0)
            self.splitter.setSizes([theme.px(FIRST_LIST), theme.px(FIRST_DETAILS)])
            self.splitter.splitterMoved.connect(self._on_moved)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(sidebar)
        row.addWidget(self.splitter, 1)

    @property
    def is_full_page(self) -> bool:
        return self._is_full_page

    def set_full_page(self, on: bool) -> None:
        """The details alone, or the list again."""
        if self._details is not None:
            self._is_full_page = on
            if not on:
                self._details.setContentsMargins(0, 0, 0, 0)
            self.upper.setVisible(not on)

    def leave_room(self, height: int) -> None:
        """What lies over the foot of the window takes `height` pixels: details on a full page end above it."""
        if self._details is not None and (self._is_full_page or not height):
            self._details.setContentsMargins(0, 0, 0, height)

    def restore_state(self, state: str) -> None:
        """What `state` returned once; anything else is ignored."""
        if state:
            self._is_shared_by_hand = True
            self.splitter.restoreState(QByteArray.fromBase64(state.encode()))
            self.splitter.setOrientation(Qt.Orientation.Vertical)
            self.splitter.setChildrenCollapsible(False)

    def state(self) -> str:
        """How the height is shared, in base64."""
        return bytes(self.splitter.saveState().toBase64().data()).decode()

    def _on_moved(self) -> None:
        self._is_shared_by_hand = True

    def _share_height(self) -> None:
        """Until somebody has moved the divider: four rows first, and then the details in their full height."""
        if self._details is None or self._is_shared_by_hand or self._is_full_page or self._details.isHidden():
            return
        height, px = self.splitter.height() - self.splitter.handleWidth(), self._theme.px
        details = max(self._details.minimumSizeHint().height(), min(px(FIRST_DETAILS), height - px(FIRST_ROWS)))
        self.splitter.setSizes([height - details, details])

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._share_height()
        is_narrow = self.width() < self._theme.px(NARROW)
        if is_narrow is not self._is_narrow:
            self._is_narrow = is_narrow
            self._sidebar.set_rail(is_narrow)
            self.narrow_changed.emit(is_narrow)


def column_of(*widgets: tuple[QWidget, int]) -> QWidget:
    """Widgets with their stretch, one above the other without gaps."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget, stretch in widgets:
        column.addWidget(widget, stretch)
    return box
