"""A label to type, or to choose from those that are in use."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QMenu, QToolButton

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import clean, say
from shoal.gui.widgets.field_frame import FieldFrame

LONGEST_LABEL = 64


class LabelField(FieldFrame):
    """`edit.textChanged` tells of every change."""

    menu_opened = Signal(object)
    """The `QMenu` of labels."""

    def __init__(self, theme: Theme, label: str, known: Sequence[str] = ()) -> None:
        super().__init__(theme, "tag", say("Label"))
        self._known = tuple(known)
        self.edit.setMaxLength(LONGEST_LABEL)
        self.edit.setPlaceholderText(say("No label"))
        self.edit.setText(label)
        self.open_button = QToolButton()
        self.open_button.setAccessibleName(say("Labels in use"))
        self.open_button.setToolTip(say("Labels in use"))
        self.open_button.setFixedSize(theme.px(26), theme.px(26))
        self.open_button.setProperty("field", "true")
        self.open_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.open_button.clicked.connect(self._open)
        self.add_end(self.open_button)
        theme.changed.connect(self._paint_chevron)
        self._paint_chevron()

    def label(self) -> str:
        return self.edit.text().strip()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Down:
            self._open()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(say("No label")).triggered.connect(lambda: self.edit.setText(""))
        if self._known:
            menu.addSeparator()
        for label in self._known:
            # In a menu, `&` marks a key.
            action = menu.addAction(clean(label).replace("&", "&&"))
            action.triggered.connect(lambda _=False, chosen=label: self.edit.setText(chosen))
        self.menu_opened.emit(menu)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _paint_chevron(self) -> None:
        size = self._theme.px(13)
        self.open_button.setIcon(QIcon(self._theme.pixmap("chevron-down", "ink2", size, self.devicePixelRatioF())))
        self.open_button.setIconSize(QSize(size, size))
