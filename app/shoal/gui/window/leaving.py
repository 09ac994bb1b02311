"""What closing and quitting do: hide in the tray, minimise, ask, or end. The tray's click belongs here, too."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtWidgets import QApplication, QWidget

from shoal.gui.desktop.tray import Tray
from shoal.gui.dialogs.quitting import QuitDialog
from shoal.gui.link.awaitable import ask
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.memory import Memory
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.window.coming_forward import come_forward

JUST_NOW_SECONDS = 0.3
"""Some panels take the focus from the window before they tell of the click."""


class Leaving(QObject):
    """`finish` ends the program's window for good; `say_here` tells something that stays in the window."""

    def __init__(
        self,
        theme: Theme,
        window: QWidget,
        link: ClientLink,
        memory: Memory,
        tray: Tray,
        *,
        finish: Callable[[], None],
        say_here: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(window)
        self._theme, self._window, self._link, self._memory, self._tray = theme, window, link, memory, tray
        self._finish, self._say_here, self._clock = finish, say_here, clock
        self._is_over = False
        self._question: QuitDialog | None = None
        self._place: QPoint | None = None
        self._left_at = -JUST_NOW_SECONDS
        window.installEventFilter(self)

    def may_close(self) -> bool:
        """The window was asked to close. False when it stays, is hidden, or a question is open now."""
        if self._is_over:
            return True
        if self._memory.settings.close_to_tray:
            self._go_aside()
            return False
        if self._must_ask():
            self._ask()
            return False
        self._is_over = True
        return True

    def leave(self) -> None:
        """Quit, after a question where something is downloading."""
        if self._must_ask():
            self._ask()
        else:
            self.end()

    def end(self) -> None:
        """Quit now: the user has said so, or nobody is there to ask."""
        if not self._is_over:
            self._is_over = True
            self._finish()

    def toggle(self) -> None:
        """The tray was clicked: hide the window that has the focus; show, or bring to the front, any other."""
        window = self._window
        is_in_use = window.isActiveWindow() or self._clock() - self._left_at < JUST_NOW_SECONDS
        is_seen = window.isVisible() and not window.isMinimized()
        # What is asked would be out of sight and still wait for an answer.
        if is_seen and is_in_use and QApplication.activeModalWidget() is None:
            window.hide()
        else:
            come_forward(window)

    def on_host_lost(self) -> None:
        """No icon is left by which a hidden window could be brought back."""
        if not self._window.isVisible() and not self._is_over:
            self._window.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The window comes back where it was: window managers place anew what was hidden."""
        if event.type() is QEvent.Type.WindowDeactivate:
            self._left_at = self._clock()
        elif event.type() is QEvent.Type.Hide and not event.spontaneous():
            is_placed = not (self._window.isMaximized() or self._window.isFullScreen() or self._window.isMinimized())
            self._place = self._window.pos() if is_placed else None
        elif event.type() is QEvent.Type.Show and not event.spontaneous() and self._place is not None:
            self._window.move(self._place)
            self._place = None
        return False

    def _go_aside(self) -> None:
        is_first = not self._memory.settings.tray_told
        if self._tray.is_there:
            self._window.hide()
            if is_first:
                self._tray.say(
                    say("Shoal keeps running"),
                    say("Click its icon to bring the window back. Its menu has Quit Shoal."),
                )
        else:
            self._window.showMinimized()
            if is_first:
                self._say_here(
                    say("There is no tray here, so closing has only minimised the window. File > Quit Shoal ends it.")
                )
        if is_first:
            self._memory.remember(tray_told=True)

    def _must_ask(self) -> bool:
        return not self._is_over and self._memory.settings.confirm_quit and self._tray.facts.downloading > 0

    def _ask(self) -> None:
        if self._question is not None:
            self._question.raise_()
            self._question.activateWindow()
            return
        facts = self._tray.facts
        close_popups()
        # Before what is open already: quitting never waits for another answer.
        asking = QApplication.activeModalWidget()
        if asking is None and not self._window.isVisible():
            come_forward(self._window)
        self._question = QuitDialog(self._theme, asking or self._window, facts.downloading, facts.seconds_left)
        self._question.finished.connect(self._on_answered)
        self._link.run(self._end_after(self._question), self._window)

    def _on_answered(self) -> None:
        self._question = None

    async def _end_after(self, question: QuitDialog) -> None:
        asks_again = await ask(question, question.asks_again)
        if asks_again is None:
            return
        if not asks_again:
            self._memory.remember(confirm_quit=False)
        self.end()


def close_popups() -> None:
    """Menus that are open would keep mouse and keyboard from everything else."""
    while (popup := QApplication.activePopupWidget()) is not None and popup.close():
        continue
