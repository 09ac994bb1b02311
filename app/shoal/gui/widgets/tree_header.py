"""The header of the file tree: quiet words over their columns; a click orders, a second one goes back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QStyle, QWidget

from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.file_tree_cells import NUMBER_INSET

HEIGHT = 32
NAME_INSET, WORD_INSET, ARROW = 41, 16, 11


class TreeHeader(QHeaderView):
    """`sorted_column` tells which column orders the rows, -1 for none."""

    def __init__(self, theme: Theme, parent: QWidget, sorted_column: Callable[[], int]) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._sorted_column = sorted_column
        self.setStretchLastSection(False)
        self.setFixedHeight(theme.px(HEIGHT))
        self.setSectionsMovable(False)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(theme.px(48))

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(super().sizeHint().width(), self._theme.px(HEIGHT))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:  # noqa: N802
        theme, px, model = self._theme, self._theme.px, self.model()
        painter.save()
        painter.fillRect(rect, theme.colour("surf"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.colour("line"))
        across = Qt.Orientation.Horizontal
        is_number = bool(
            int(model.headerData(section, across, Qt.ItemDataRole.TextAlignmentRole)) & Qt.AlignmentFlag.AlignRight
        )
        before = px(NAME_INSET) if section == 0 else px(WORD_INSET)
        inside = rect.adjusted(0, 0, -px(NUMBER_INSET), 0) if is_number else rect.adjusted(before, 0, -px(4), 0)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if is_number != mirrored else Qt.AlignmentFlag.AlignLeft
        painter.setFont(theme.fonts[Role.SECONDARY])
        painter.setPen(theme.colour("ink2"))
        text = str(model.headerData(section, across))
        if section == self._sorted_column():
            width = painter.fontMetrics().horizontalAdvance(text)
            at = inside.right() - width - px(ARROW + 3) if is_number else inside.left() + width + px(5)
            arrow = QRect(at, rect.center().y() - px(ARROW) // 2, px(ARROW), px(ARROW))
            pixmap = theme.pixmap("chevron-down", "ink2", px(ARROW), self.devicePixelRatioF())
            painter.drawPixmap(QStyle.visualRect(self.layoutDirection(), rect, arrow).topLeft(), pixmap)
        visible = QStyle.visualRect(self.layoutDirection(), rect, inside)
        painter.drawText(visible, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()
