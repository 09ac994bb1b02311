"""A field with a picture at its start and something to press at its end; the frame shows which one has the keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from shoal.gui.style.theme import Theme

HEIGHT, ICON = 38, 17


class FieldFrame(QFrame):
    """`edit` is the field."""

    def __init__(self, theme: Theme, icon: str, name: str) -> None:
        super().__init__()
        px = theme.px
        self._theme, self._icon = theme, icon
        self.setFixedHeight(px(HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._inside = QHBoxLayout(self)
        self._inside.setContentsMargins(px(10), 0, px(8), 0)
        self._inside.setSpacing(px(8))
        self._picture = QLabel()
        self._picture.setFixedSize(QSize(px(ICON), px(ICON)))
        self.edit = QLineEdit()
        self.edit.setFrame(False)
        self.edit.setProperty("bare", "true")
        self.edit.setAccessibleName(name)
        self.edit.installEventFilter(self)
        self.setFocusProxy(self.edit)
        self._inside.addWidget(self._picture)
        self._inside.addWidget(self.edit, 1)
        theme.changed.connect(self._paint_icon)
        self._paint_icon()

    def add_end(self, widget: QWidget) -> None:
        self._inside.addWidget(widget)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The frame wears the focus ring of its field."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.edit.hasFocus()
        painter.setPen(QPen(theme.colour("acc" if focused else "ctl"), 2 if focused else 1))
        painter.setBrush(theme.colour("surf"))
        inset = 1.0 if focused else 0.5
        painter.drawRoundedRect(self.rect().toRectF().adjusted(inset, inset, -inset, -inset), theme.px(8), theme.px(8))
        painter.end()

    def _paint_icon(self) -> None:
        size = self._theme.px(ICON)
        self._picture.setPixmap(self._theme.pixmap(self._icon, "ink2", size, self.devicePixelRatioF()))
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.update()
