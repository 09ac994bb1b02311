"""A sentence in passing at the foot of the window, with at most one button; gone by itself after ten seconds.

The ten seconds stand still while the pointer or the focus is on it. While one with a button is shown, sentences without
one wait: what can be taken back is offered for its whole time.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QEnterEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say

SHOWN_MILLISECONDS = 10_000
ICON, MARGIN = 16, 16
MOST_TEXT_WIDTH = 560
_MOVES = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)


class Toast(QFrame):
    """Lies over the foot of `over`. A new sentence replaces the old one, unless that has a button and this has none."""

    room_taken = Signal(int)
    """Pixels that it covers at the foot of `over`; 0 when it is gone."""

    def __init__(self, theme: Theme, over: QWidget, foot: QWidget | None = None) -> None:
        """While `foot`, which lies in `over`, is seen, it lies at the foot of that."""
        super().__init__(over)
        self._theme, self._over, self._foot = theme, over, foot
        self._then: Callable[[], None] = lambda: None
        self._waiting = ""
        """Said when the one with a button is over; of several the newest."""
        self._is_held = False
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
        self._timer.timeout.connect(self.hide)
        self._is_under_pointer = False
        for part in (self.button, self._close):
            part.installEventFilter(self)
        over.installEventFilter(self)
        if foot is not None:
            foot.installEventFilter(self)
        theme.changed.connect(self._paint)
        self._paint()
        self.hide()

    @property
    def text(self) -> str:
        """What it says now; "" while it is not seen."""
        return self._text.text() if self.isVisible() else ""

    def say(self, text: str, button: str = "", then: Callable[[], None] | None = None) -> None:
        """Show `text`, and `button` that does `then`."""
        if self.isVisible() and self.button.text() and not button:
            self._waiting = text
            announce(self, text)
            return
        self._waiting = ""
        self._show(text, button, then)
        announce(self, text)

    def _show(self, text: str, button: str = "", then: Callable[[], None] | None = None) -> None:
        self._then = then or (lambda: None)
        self._text.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()
        self._timer.start(SHOWN_MILLISECONDS)
        self._is_held = False
        self._hold()

    def _press(self) -> None:
        self.hide()
        self._then()

    def _hold(self) -> None:
        """The time stands still while somebody is at it, and runs anew when they have left."""
        is_held = self.isVisible() and (self._is_under_pointer or self.button.hasFocus() or self._close.hasFocus())
        if is_held == self._is_held:
            return
        self._is_held = is_held
        if is_held:
            self._timer.stop()
        elif self.isVisible():
            self._timer.start(SHOWN_MILLISECONDS)

    def _place(self) -> None:
        margin = self._theme.px(MARGIN)
        room = max(self._over.width() - 2 * margin, 1)
        metrics = self._text.fontMetrics()
        words = min(metrics.horizontalAdvance(self._text.text()) + 4, self._theme.px(MOST_TEXT_WIDTH))
        beside = self._row.sizeHint().width() - self._text.sizeHint().width()
        width = min(words + beside, room)
        self._text.setMinimumWidth(min(words, room - beside))
        height = max(self._row.heightForWidth(width), self._row.sizeHint().height())
        left, right, bottom = 0, self._over.width(), self._over.height()
        if self._foot is not None and self._foot.isVisible():
            at = self._foot.mapTo(self._over, QPoint(0, 0))
            left, right, bottom = at.x(), at.x() + self._foot.width(), at.y() + self._foot.height()
            left = left if right - left >= width else 0
        self.setGeometry(max(left, (left + right - width) // 2), bottom - height - margin, width, height)
        self.room_taken.emit(self._over.height() - self.y())

    def _paint(self) -> None:
        size = self._theme.px(ICON)
        self._close.setIcon(self._theme.pixmap("cross", "ink2", size, self.devicePixelRatioF()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched in (self._over, self._foot):
            if event.type() in _MOVES and self.isVisible():
                self._place()
        elif event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            # The focus has moved when the event is over.
            QTimer.singleShot(0, self, self._hold)
        return False

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        self._is_under_pointer = True
        self._hold()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self._is_under_pointer = False
        self._hold()
        super().leaveEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """What has waited is said now."""
        super().hideEvent(event)
        self._timer.stop()
        self.room_taken.emit(0)
        self._is_under_pointer = self._is_held = False
        if self._waiting and not event.spontaneous():
            text, self._waiting = self._waiting, ""
            QTimer.singleShot(0, self, lambda: self._show(text))

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
