"""The search field: a magnifier inside, a cross that clears it, and so does Esc."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QToolButton

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say

FIND_WIDTH, FIND_ICON = 262, 16
INSET, TARGET = 10, 24
"""From the edge to the magnifier; the side of the cross's target."""


class FindField(QLineEdit):
    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._hints: tuple[str, ...] = ("",)
        self.setFixedWidth(theme.px(FIND_WIDTH))
        # A torrent that is dropped here is added, and no text to search for.
        self.setAcceptDrops(False)
        self.setAccessibleName(name)
        self.cross = QToolButton(self)
        self.cross.setProperty("inside", "true")
        self.cross.setAccessibleName(say("Clear search"))
        self.cross.setToolTip(say("Clear search"))
        # By keyboard it is Esc.
        self.cross.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.cross.setCursor(Qt.CursorShape.ArrowCursor)
        self.cross.setFixedSize(theme.px(TARGET), theme.px(TARGET))
        self.cross.setIconSize(QSize(theme.px(FIND_ICON), theme.px(FIND_ICON)))
        self.cross.hide()
        self.cross.clicked.connect(self.clear)
        self.textChanged.connect(self._show_cross)
        theme.changed.connect(self._paint_cross)
        self._paint_cross()
        self._place()

    def set_hint(self, *texts: str) -> None:
        """What the empty field says: the first of `texts` that fits, so begin with the longest."""
        self._hints = texts
        self._show_hint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        px = self._theme.px
        left = self.width() - px(INSET) - px(FIND_ICON) if self.isRightToLeft() else px(INSET)
        painter = QPainter(self)
        pixmap = self._theme.pixmap("search", "ink3", px(FIND_ICON), self.devicePixelRatioF())
        painter.drawPixmap(left, (self.height() - px(FIND_ICON)) // 2, pixmap)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LayoutDirectionChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._place()

    def _place(self) -> None:
        """Room for the magnifier before the text and for the cross behind it, which changes sides with the text."""
        px = self._theme.px
        before, behind = px(INSET + FIND_ICON), px(TARGET)
        cross_at = self.width() - px(TARGET) - px(3)
        if self.isRightToLeft():
            self.setTextMargins(behind, 0, before, 0)
            cross_at = px(3)
        else:
            self.setTextMargins(before, 0, behind, 0)
        self.cross.move(cross_at, (self.height() - self.cross.height()) // 2)
        self._show_hint()

    def _show_hint(self) -> None:
        margins, metrics = self.textMargins(), self.fontMetrics()
        # Less the style sheet's padding, and two pixels that Qt leaves at each end of a line.
        room = self.width() - margins.left() - margins.right() - 2 * self._theme.px(8) - 6
        fitting = (text for text in self._hints if metrics.horizontalAdvance(text) <= room)
        shown = next(fitting, metrics.elidedText(self._hints[-1], Qt.TextElideMode.ElideRight, room))
        self.setPlaceholderText(shown)

    def _show_cross(self, text: str) -> None:
        self.cross.setVisible(bool(text))

    def _paint_cross(self) -> None:
        size = self._theme.px(FIND_ICON)
        self.cross.setIcon(QIcon(self._theme.pixmap("cross", "ink2", size, self.devicePixelRatioF())))
        self.update()
