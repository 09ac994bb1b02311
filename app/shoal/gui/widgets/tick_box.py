"""A check box and a radio button drawn from tokens, with a visible focus ring."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QStyle

from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme

BOX = 18


class TickBox(QAbstractButton):
    """`exclusive` draws it round; put such ones into a `QButtonGroup`. An `&` in its text marks its key."""

    def __init__(self, theme: Theme, text: str, *, exclusive: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._exclusive = exclusive
        self.setText(text)
        self.setCheckable(True)
        self.setAutoExclusive(exclusive)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        px = self._theme.px
        words = QFontMetrics(self._theme.fonts[Role.BODY]).size(Qt.TextFlag.TextShowMnemonic, self.text())
        return QSize(px(BOX) + px(14) + words.width(), px(30))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(px(3), (self.height() - px(BOX)) / 2, px(BOX), px(BOX))
        text_left = int(box.right()) + px(10)
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            box.moveLeft(self.width() - px(3) - box.width())
        radius = box.width() / 2 if self._exclusive else px(4)
        on = self.isChecked()
        painter.setPen(QPen(theme.colour("acc" if on else "ctl"), 1.4))
        painter.setBrush(theme.colour("acc" if on else "surf"))
        painter.drawRoundedRect(box, radius, radius)
        if on and self._exclusive:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("surf"))
            painter.drawEllipse(box.center(), px(3.5), px(3.5))
        elif on:
            inner = box.toRect().adjusted(px(2), px(2), -px(2), -px(2))
            painter.drawPixmap(inner.topLeft(), theme.pixmap("check", "onacc", inner.width(), self.devicePixelRatioF()))
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("acc"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), radius + 3, radius + 3)
        painter.setFont(theme.fonts[Role.BODY])
        painter.setPen(theme.colour("ink" if self.isEnabled() else "ink3"))
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        words = self.rect().adjusted(0, 0, -text_left, 0) if mirrored else self.rect().adjusted(text_left, 0, 0, 0)
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        underlined = self.style().styleHint(QStyle.StyleHint.SH_UnderlineShortcut, None, self)
        mnemonic = Qt.TextFlag.TextShowMnemonic if underlined else Qt.TextFlag.TextHideMnemonic
        painter.drawText(
            words, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter | mnemonic, self.text()
        )
        painter.end()
