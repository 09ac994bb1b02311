"""What lies over the window while something is dragged across it: dimmed, with a sentence on what a drop would do."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme

FISH_WIDTH, FISH_HEIGHT = 144, 84
ICON = 48
INSET = 24
DIMNESS = 0.8


class DropOverlay(QWidget):
    """`show_words` while the drag is over the window, `hide` when it has left or ended."""

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(over)
        self._theme, self._over = theme, over
        self._words, self._is_welcome = "", True
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        over.installEventFilter(self)
        self.hide()

    @property
    def words(self) -> str:
        return self._words if self.isVisible() else ""

    def show_words(self, words: str, *, is_welcome: bool) -> None:
        """`is_welcome` False says that a drop would add nothing."""
        self._words, self._is_welcome = words, is_welcome
        self.setAccessibleName(words)
        self.setGeometry(self._over.rect())
        self.show()
        self.raise_()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._over.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(DIMNESS)
        painter.fillRect(self.rect(), theme.colour("win"))
        painter.setOpacity(1.0)
        token = "acc" if self._is_welcome else "ctl"
        pen = QPen(theme.colour(token), 2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        ground = QColor(theme.colour("soft" if self._is_welcome else "surf"))
        ground.setAlphaF(DIMNESS)
        painter.setBrush(ground)
        frame = QRectF(self.rect()).adjusted(px(INSET), px(INSET), -px(INSET), -px(INSET))
        painter.drawRoundedRect(frame, px(12), px(12))
        ratio = self.devicePixelRatioF()
        if self._is_welcome:
            picture = theme.pixmap("fish", "acc", px(FISH_WIDTH), ratio, px(FISH_HEIGHT))
            width, height = px(FISH_WIDTH), px(FISH_HEIGHT)
        else:
            picture = theme.pixmap("cross", "ink3", px(ICON), ratio)
            width = height = px(ICON)
        middle = frame.center()
        painter.drawPixmap(round(middle.x() - width / 2), round(middle.y() - height - px(4)), picture)
        painter.setFont(theme.fonts[Role.DIALOG_TITLE])
        painter.setPen(theme.colour("ink" if self._is_welcome else "ink2"))
        words = QRectF(frame.left() + px(24), middle.y() + px(12), frame.width() - px(48), px(90))
        painter.drawText(
            words, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, self._words
        )
        painter.end()
