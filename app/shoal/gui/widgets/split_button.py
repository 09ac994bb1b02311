"""The primary button of the toolbar with a second, narrow one at its end that opens a menu of more ways."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from shoal.gui.style.theme import Theme

ICON, CHEVRON = 18, 14


class SplitButton(QWidget):
    """`clicked` is the wide part; `menu` belongs to the narrow one."""

    clicked = Signal()

    def __init__(self, theme: Theme, icon: str, text: str, more: str, menu: QMenu) -> None:
        """`more` names the narrow part."""
        super().__init__()
        self._theme, self._icon, self._text = theme, icon, text
        self.menu = menu
        self.main = QPushButton(text)
        self.more = QPushButton()
        menu.setParent(self, menu.windowFlags())
        for button, part in ((self.main, "start"), (self.more, "end")):
            button.setProperty("primary", "true")
            button.setProperty("split", part)
            # A style sheet does not mirror its corners.
            button.setProperty("mirrored", "true" if self.isRightToLeft() else "")
        self.main.setAccessibleName(text)
        self.more.setAccessibleName(more)
        self.more.setToolTip(more)
        self.main.clicked.connect(self.clicked)
        self.more.clicked.connect(self._open)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(self.main)
        row.addWidget(self.more)
        theme.changed.connect(self._paint)
        self._paint()

    def set_text_shown(self, shown: bool) -> None:
        """With its words, or the icon alone."""
        self.main.setText(self._text if shown else "")
        self.main.setProperty("bare", "" if shown else "true")
        self.main.style().unpolish(self.main)
        self.main.style().polish(self.main)

    def _open(self) -> None:
        self.menu.popup(self.mapToGlobal(QPoint(0, self.height() + self._theme.px(2))))

    def _paint(self) -> None:
        theme, ratio = self._theme, self.devicePixelRatioF()
        for button, icon, size in ((self.main, self._icon, ICON), (self.more, "chevron-down", CHEVRON)):
            button.setIconSize(QSize(theme.px(size), theme.px(size)))
            button.setIcon(QIcon(theme.pixmap(icon, "onacc", theme.px(size), ratio)))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
