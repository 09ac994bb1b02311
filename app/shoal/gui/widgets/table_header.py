"""The header of tables: quiet words, and an arrow beside the one that orders the rows, never over it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QCursor, QPainter
from PySide6.QtWidgets import QHeaderView, QStyle, QWidget

from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.detail_cells import PADDING

HEIGHT, ARROW, LEAST_WIDTH = 32, 11, 40


class TableHeader(QHeaderView):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setFixedHeight(theme.px(HEIGHT))
        self.setMinimumSectionSize(theme.px(LEAST_WIDTH))
        self.setHighlightSections(False)
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setMouseTracking(True)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:  # noqa: N802
        theme, px, model, across = self._theme, self._theme.px, self.model(), Qt.Orientation.Horizontal
        at = self.viewport().mapFromGlobal(QCursor.pos())
        is_hovered = self.underMouse() and rect.contains(QPoint(at.x(), rect.center().y()))
        painter.save()
        painter.fillRect(rect, theme.colour("hover" if is_hovered else "surf"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.colour("line"))
        alignment = model.headerData(section, across, Qt.ItemDataRole.TextAlignmentRole)
        is_number = bool(int(alignment) & Qt.AlignmentFlag.AlignRight)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if is_number != mirrored else Qt.AlignmentFlag.AlignLeft
        inside = rect.adjusted(px(PADDING), 0, -px(PADDING), 0)
        painter.setFont(theme.fonts[Role.SECONDARY])
        painter.setPen(theme.colour("ink" if is_hovered else "ink2"))
        text = str(model.headerData(section, across))
        metrics = painter.fontMetrics()
        if self.isSortIndicatorShown() and section == self.sortIndicatorSection():
            space = px(ARROW + 4)
            width = min(metrics.horizontalAdvance(text), inside.width() - space)
            left = inside.right() + 1 - width - space if is_number else inside.left() + width + px(4)
            arrow = QRect(left, rect.center().y() - px(ARROW) // 2, px(ARROW), px(ARROW))
            is_reversed = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
            pixmap = theme.pixmap("up" if is_reversed else "down", "ink2", px(ARROW), self.devicePixelRatioF())
            painter.drawPixmap(QStyle.visualRect(self.layoutDirection(), rect, arrow).topLeft(), pixmap)
            inside = inside.adjusted(space, 0, 0, 0) if is_number else inside.adjusted(0, 0, -space, 0)
        visible = QStyle.visualRect(self.layoutDirection(), rect, inside)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, visible.width())
        painter.drawText(visible, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()
