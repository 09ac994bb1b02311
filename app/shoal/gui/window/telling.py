"""Notices in the window, and what a person answered to them, here or in a notification of the desktop."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from shoal.gui.desktop.notice import Answer, Notice, NoticeKind, answer_name
from shoal.gui.desktop.notifications import Balloon
from shoal.gui.desktop.services import Front
from shoal.gui.window.coming_forward import come_forward
from shoal.gui.window.main_window import MainWindow
from shoal.gui.window.opening import is_program, open_path

TRIES, TRY_MILLISECONDS = 20, 50
"""How often a window is asked whether it is in front by now; a desktop may refuse that."""
WindowOf = Callable[[], MainWindow]
"""The window, whichever it is just now."""


def is_seen(window: MainWindow) -> bool:
    return window.isVisible() and not window.isMinimized()


def is_in_front(window: MainWindow) -> bool:
    """Whether the person is at the window, or at a dialog of it."""
    return is_seen(window) and QApplication.activeWindow() is not None


def front_of(window_of: WindowOf, owner: QObject, tray: Balloon) -> Front:
    """The window for what tells a person, which outlives a window."""

    def tell(text: str) -> None:
        window_of().notices.say(text)

    return Front(
        is_in_front=lambda: is_in_front(window_of()),
        inside=WindowNotifier(window_of, owner),
        answered=lambda notice, answer, token: answer_notice(window_of(), notice, answer, token),
        tell=tell,
        balloon=lambda: tray,
    )


class WindowNotifier(QObject):
    """A toast. While the window is closed or minimised the weightiest notice waits for who opens it."""

    def __init__(self, window_of: WindowOf, parent: QObject) -> None:
        super().__init__(parent)
        self._window_of = window_of
        self._waiting: Notice | None = None

    async def show(self, notice: Notice) -> bool:
        window = self._window_of()
        if is_seen(window):
            self._toast(notice)
        elif self._waiting is None:
            self._waiting = notice
            window.installEventFilter(self)
        elif self._waiting.kind is not NoticeKind.NEEDS_YOU:
            self._waiting = notice
        return True

    async def close(self) -> None:
        self._waiting = None
        self._window_of().removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Of the window, only while something waits for it."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.WindowStateChange, QEvent.Type.WindowActivate):
            # It is seen when the event is over.
            QTimer.singleShot(0, self, self._catch_up)
        return False

    def _catch_up(self) -> None:
        if self._waiting is None:
            return
        window = self._window_of()
        if is_seen(window):
            notice, self._waiting = self._waiting, None
            window.removeEventFilter(self)
            self._toast(notice)

    def _toast(self, notice: Notice) -> None:
        window = self._window_of()
        toast = window.toast
        first = next((answer for answer in notice.answers if answer is not Answer.SHOW), None)
        # What can be taken back is offered for its whole time.
        if first is None or (toast.text and toast.button.text()):
            toast.say(notice.sentence)
        else:
            toast.say(notice.sentence, answer_name(first), partial(answer_notice, window, notice, first))


def answer_notice(window: MainWindow, notice: Notice, answer: Answer, activation: str = "") -> None:
    """Do what the person chose. `activation` is the desktop's token by which the window may come forward."""
    rows = [row for found in notice.transfers if (row := window.model.row_of(found)) is not None]
    row = rows[0] if len(rows) == 1 else None
    match answer:
        case Answer.OPEN if row is not None:
            if is_program(row):
                # It is asked for first.
                come_forward(window, activation)
            window.opener.open(row)
        case Answer.OPEN_FOLDER if row is not None or notice.folder:
            open_path(row.folder if row is not None else notice.folder)
        case Answer.FIX if row is not None:
            come_forward(window, activation)
            window.reveal(row.torrent_id)
            _when_active(window, partial(window.explainer.explain, row.torrent_id))
        case _:
            come_forward(window, activation)
            if rows:
                window.reveal(rows[0].torrent_id)
                window.list.select_ids([row.torrent_id for row in rows])


def _when_active(window: MainWindow, then: Callable[[], None], tries: int = TRIES) -> None:
    """Do `then` when the window has been laid out and has the focus, which a panel over it would keep away for good."""
    if tries and not window.isActiveWindow():
        QTimer.singleShot(TRY_MILLISECONDS, window, partial(_when_active, window, then, tries - 1))
    else:
        QTimer.singleShot(0, window, then)
