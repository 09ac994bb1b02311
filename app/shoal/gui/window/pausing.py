"""Pause everything, for a time or until somebody resumes: in the menus, in the tray, and taken back like others."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu

from shoal.api.commands import PauseSession, ResumeSession
from shoal.api.snapshots import SessionTotals
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.undoable import Undoable
from shoal.gui.style.sentences import paused_text
from shoal.gui.style.wording import Template, phrase, say, say_phrase
from shoal.gui.window.transfer_commands import TransferCommands

PAUSES: tuple[tuple[float | None, Template], ...] = (
    (1800.0, phrase("30 minutes")),
    (3600.0, phrase("1 hour")),
    (None, phrase("Until I resume")),
)
"""Seconds, and how a menu names them."""


class Pausing:
    """`paused_until` as in `SessionTotals`. `clock` tells wall-clock seconds."""

    def __init__(self, link: ClientLink, commands: TransferCommands, *, clock: Callable[[], float] = time.time) -> None:
        self._link, self._commands, self._clock = link, commands, clock
        self.paused_until = 0.0

    def follow(self, totals: SessionTotals) -> None:
        self.paused_until = totals.paused_until

    def fill(self, menu: QMenu) -> None:
        """What the menu "Pause everything" holds now."""
        if self.paused_until:
            menu.addAction(say("Resume")).triggered.connect(self.resume)
            menu.addSeparator()
        for seconds, name in PAUSES:
            menu.addAction(say_phrase(name)).triggered.connect(partial(self._pause, seconds))

    def pause(self, seconds: float | None) -> None:
        """From now on for so long; None = until `resume`."""
        was_paused, before = self.paused_until != 0, self._left()
        self._send(PauseSession(seconds))
        until = -1.0 if seconds is None else self._clock() + seconds
        back = PauseSession(before) if was_paused else ResumeSession()
        self._commands.can_undo(paused_text(until), Undoable(say("Undo pausing"), (back,)))

    def resume(self) -> None:
        """Nothing when nothing is paused."""
        if not self.paused_until:
            return
        before = self._left()
        self._send(ResumeSession())
        self._commands.can_undo(say("Everything goes on"), Undoable(say("Undo resuming"), (PauseSession(before),)))

    def _pause(self, seconds: float | None, _checked: bool = False) -> None:
        self.pause(seconds)

    def _left(self) -> float | None:
        """Seconds that the pause would still last; None = until somebody resumes."""
        return max(1.0, self.paused_until - self._clock()) if self.paused_until > 0 else None

    def _send(self, command: PauseSession | ResumeSession) -> None:
        self._link.send(command)
        # Chosen in the tray, too: its icon answers at once.
        self._link.hurry()
