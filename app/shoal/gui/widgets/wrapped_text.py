"""Plain text that is always whole: broken between words where it can be, else anywhere, as hashes and paths need it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.detail_cells import wrapped

INSET = 4
"""Above and below the text, so that its lines stand level with the buttons beside it."""


class WrappedText(QWidget):
    """Copied by Ctrl+C or its menu; `copied` text may differ from the shown one. Lines of the text stay lines."""

    def __init__(self, theme: Theme, *, is_mono: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._is_mono = is_mono
        self._text = ""
        self._lines: list[str] = []
        self.copied = ""
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        return self._text

    def set_text(self, text: str, copied: str | None = None) -> None:
        """Both are plain; the caller has cleaned what came from strangers."""
        self.copied = text if copied is None else copied
        if text != self._text:
            self._text = text
            self._lines = text.split("\n")
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        font = self._font()
        tall = sum(wrapped(line, font, width).boundingRect().height() for line in self._lines or [""])
        return round(tall) + 2 * self._theme.px(INSET)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(200), self.heightForWidth(max(1, self.width())))

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.copied)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(say("Copy"), self.copy)
        menu.popup(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour("acc"), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 3, 3)
        painter.setPen(self._theme.colour("ink"))
        font, top = self._font(), float(self._theme.px(INSET))
        for line in self._lines:
            layout = wrapped(line, font, self.width(), self.layoutDirection())
            layout.draw(painter, QPointF(0, top))
            top += layout.boundingRect().height()
        painter.end()

    def _font(self) -> QFont:
        return self._theme.fonts.mono() if self._is_mono else self._theme.fonts[Role.BODY]


def address_text(theme: Theme, address: str, width: int) -> WrappedText:
    """A web address in full, which is cleaned already, on as many lines of `width` pixels as it needs."""
    shown = WrappedText(theme)
    shown.set_text(address)
    shown.setFixedWidth(width)
    shown.setFixedHeight(shown.heightForWidth(width))
    return shown
