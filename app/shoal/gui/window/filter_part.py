"""The Configuration's block on who is shut out: how the IP filter list is, and the way to the bans by hand."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from shoal.api.commands import CancelIpFilter, UpdateIpFilter
from shoal.api.snapshots import IpFilterState, IpFilterStep, Update
from shoal.gui.link.client_link import ClientLink
from shoal.gui.preferences.changes import Changes
from shoal.gui.style.filter_sentences import filter_line, filter_problem
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.window.lifting_bans import LiftingBans
from shoal.gui.window.limits import Limits

MakePart = Callable[[Theme, Changes], QWidget]
_BUSY = frozenset({IpFilterStep.FETCHING, IpFilterStep.READING})


def filter_part(link: ClientLink, limits: Limits, bans: LiftingBans) -> MakePart:
    """Makes the part for each opening of the Configuration; `limits` knows how the session is."""
    return lambda theme, changes: FilterPart(theme, link, limits.totals.ip_filter, bans.ask)


class FilterPart(QWidget):
    """Follows the engine's updates while it is there; `show_bans` opens the list of the lasting bans."""

    def __init__(
        self,
        theme: Theme,
        link: ClientLink,
        state: IpFilterState,
        show_bans: Callable[[], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        px = theme.px
        self._link, self._clock = link, clock
        self.setAccessibleName(say("Addresses that are shut out"))
        self.line = plain_label("", "secondary", wraps=True)
        self.problem = plain_label("", "problem", wraps=True)
        self.update_button = self._button(say("Read the list now"), lambda: link.send(UpdateIpFilter(), self))
        self.cancel_button = self._button(say("Cancel"), lambda: link.send(CancelIpFilter(), self))
        self.cancel_button.setAccessibleName(say("Cancel reading the IP filter list"))
        self.bans_button = self._button(say("Banned addresses\u2026"), show_bans)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        for button in (self.update_button, self.cancel_button, self.bans_button):
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(12), px(12), px(12), px(8))
        layout.setSpacing(px(6))
        layout.addWidget(plain_label(self.accessibleName(), "setting-title", wraps=True))
        layout.addWidget(self.line)
        layout.addWidget(self.problem)
        layout.addLayout(buttons)
        self._show(state)
        link.updated.connect(self._follow)

    def _button(self, text: str, press: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(press)
        return button

    def _follow(self, update: Update) -> None:
        self._show(update.totals.ip_filter)

    def _show(self, state: IpFilterState) -> None:
        is_busy = state.step in _BUSY
        self.line.setText(filter_line(state, self._clock()))
        problem = "" if is_busy else filter_problem(state)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        had_focus = self.update_button.hasFocus() or self.cancel_button.hasFocus()
        self.update_button.setVisible(not is_busy)
        self.update_button.setEnabled(state.step is IpFilterStep.READY)
        self.cancel_button.setVisible(is_busy)
        if had_focus:
            (self.cancel_button if is_busy else self.update_button).setFocus()
