"""A sentence in passing at the foot of the window, with at most one button; gone by itself after ten seconds."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QEnterEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say

SHOWN_MILLISECONDS = 10_000
ICON, MARGIN = 16, 16
MOST_TEXT_WIDTH = 560


class Toast(QFrame):
    """Lies over the foot of `over`. A new sentence replaces the old one; pointer or focus on it keep it."""

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(over)
        self._theme, self._over = theme, over
        self._then: Callable[[], None] = lambda: None
        self.setProperty("toast", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self.button = QPushButton()
        self.button.setProperty("link", "true")
        self.button.clicked.connect(self._press)
        self._close = QPushButton()
        self._close.setProperty("link", "true")
        self._close.setToolTip(say("Close"))
        self._close.setAccessibleName(say("Close"))
        self._close.clicked.connect(self.hide)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(16), theme.px(6), theme.px(6), theme.px(6))
        row.setSpacing(theme.px(12))
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MILLISECONDS)
        self._timer.timeout.connect(self._end)
        over.installEventFilter(self)
        theme.changed.connect(self._paint)
        self._paint()
        self.hide()

    @property
    def text(self) -> str:
        """What it says now; "" while it is not seen."""
        return self._text.text() if self.isVisible() else ""

    def say(self, text: str, button: str = "", then: Callable[[], None] | None = None) -> None:
        """Show `text`, and `button` that does `then`."""
        self._then = then or (lambda: None)
        self._text.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()
        announce(self, text)

    def _press(self) -> None:
        self.hide()
        self._then()

    def _end(self) -> None:
        if self.underMouse() or self.button.hasFocus() or self._close.hasFocus():
            self._timer.start()
        else:
            self.hide()

    def _place(self) -> None:
        margin = self._theme.px(MARGIN)
        room = max(self._over.width() - 2 * margin, 1)
        metrics = self._text.fontMetrics()
        words = min(metrics.horizontalAdvance(self._text.text()) + 4, self._theme.px(MOST_TEXT_WIDTH))
        beside = self._row.sizeHint().width() - self._text.sizeHint().width()
        width = min(words + beside, room)
        self._text.setMinimumWidth(min(words, room - beside))
        height = max(self._row.heightForWidth(width), self._row.sizeHint().height())
        self.setGeometry((self._over.width() - width) // 2, self._over.height() - height - margin, width, height)

    def _paint(self) -> None:
        size = self._theme.px(ICON)
        self._close.setIcon(self._theme.pixmap("cross", "ink2", size, self.devicePixelRatioF()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        self._timer.start()
        super().enterEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            self._over.setFocus()
        else:
            super().keyPressEvent(event)


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say `text` when it has finished what it is saying."""
    if QAccessible.isActive():
        event = QAccessibleAnnouncementEvent(widget, text)
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
        QAccessible.updateAccessibility(event)
