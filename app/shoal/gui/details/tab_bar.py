"""The row of tabs over the details: names with counts, the chosen one underlined. Tabs never move and never close."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QTabBar, QToolButton, QWidget

from shoal.gui.style.fonts import Role
from shoal.gui.style.numbers import whole
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say

HEIGHT, PADDING, COUNT_GAP, UNDERLINE, ARROW = 36, 14, 7, 2, 16


class DetailTabBar(QTabBar):
    """`show_count` changes a number; the text of a tab with its number is what a screen reader says."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._counts: dict[int, str] = {}
        self._titles: list[str] = []
        self._hovered = -1
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setMouseTracking(True)
        self.setAccessibleName(say("Details of the transfer"))
        theme.changed.connect(self._paint_arrows)
        self._paint_arrows()

    def _paint_arrows(self) -> None:
        """The buttons that reach the tabs for which there is no room; Qt makes them itself."""
        size = self._theme.px(ARROW)
        for name, icon in (("ScrollLeftButton", "chevron-left"), ("ScrollRightButton", "chevron-right")):
            button = self.findChild(QToolButton, name)
            if isinstance(button, QToolButton):
                button.setArrowType(Qt.ArrowType.NoArrow)
                button.setIcon(QIcon(self._theme.pixmap(icon, "ink", size, self.devicePixelRatioF())))
                button.setIconSize(QSize(size, size))
        self.update()

    def add(self, title: str) -> int:
        """Append a tab; its index."""
        self._titles.append(title)
        return self.addTab(title)

    def show_count(self, index: int, count: int | None) -> None:
        """The number beside the title; None takes it away."""
        text = "" if count is None else whole(count)
        if text == self._counts.get(index, ""):
            return
        self._counts[index] = text
        title = self._titles[index]
        self.setTabText(index, say("{title} {count}", title=title, count=text) if text else title)

    def tabLayoutChange(self) -> None:  # noqa: N802
        super().tabLayoutChange()
        self._paint_arrows()

    def tabSizeHint(self, index: int) -> QSize:  # noqa: N802
        """As wide as when it is chosen, and with room for two digits, so that its neighbours stay where they are."""
        theme = self._theme
        strong = QFontMetrics(theme.fonts[Role.STRONG])
        width = strong.horizontalAdvance(self._titles[index]) + 2 * theme.px(PADDING)
        count = self._counts.get(index)
        if count:
            width += theme.px(COUNT_GAP) + max(strong.horizontalAdvance(count), strong.horizontalAdvance("00"))
        return QSize(width, theme.px(HEIGHT))

    def minimumTabSizeHint(self, index: int) -> QSize:  # noqa: N802
        return self.tabSizeHint(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseMoveEvent(event)
        self._hover(self.tabAt(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self._hover(-1)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index in range(self.count()):
            self._paint_tab(painter, index)
        painter.end()

    def _hover(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            self.update()

    def _paint_tab(self, painter: QPainter, index: int) -> None:
        theme, rect = self._theme, self.tabRect(index)
        chosen = index == self.currentIndex()
        count = self._counts.get(index, "")
        text_token = "ink" if chosen or index == self._hovered else "ink2"
        fonts = theme.fonts
        font = fonts[Role.STRONG] if chosen else fonts[Role.MEDIUM]
        strong = QFontMetrics(fonts[Role.STRONG])
        line = rect.adjusted(0, 0, 0, -theme.px(UNDERLINE))
        title = self._titles[index]
        start = rect.left() + theme.px(PADDING)
        parts = [(title, strong.horizontalAdvance(title), text_token)]
        if count:
            parts.append((count, rect.right() - theme.px(PADDING) - start - parts[0][1] - theme.px(COUNT_GAP), "ink3"))
        if self.isRightToLeft():
            parts.reverse()
        for text, width, token in parts:
            painter.setFont(font if text is title else fonts[Role.MEDIUM])
            painter.setPen(theme.colour(token))
            centred = Qt.AlignmentFlag.AlignHCenter if text is title else Qt.AlignmentFlag.AlignLeft
            painter.drawText(
                QRect(QPoint(start, line.top()), QSize(width + 1, line.height())),
                centred | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute,
                text,
            )
            start += width + theme.px(COUNT_GAP)
        if chosen:
            mark = QRect(rect.left(), rect.bottom() - theme.px(UNDERLINE) + 1, rect.width(), theme.px(UNDERLINE))
            painter.fillRect(mark, theme.colour("acc"))
            if self.hasFocus():
                painter.setPen(QPen(QColor(theme.colour("acc")), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                radius = theme.px(8)
                painter.drawRoundedRect(rect.adjusted(3, 3, -3, -theme.px(UNDERLINE) - 2), radius, radius)
