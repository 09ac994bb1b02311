"""The menu of the tray, as the interface specification's section 11 has it; only what changed is touched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from shoal.gui.desktop.tray_facts import Line, TrayFacts, headline
from shoal.gui.style.wording import clean, say

Fill = Callable[[QMenu], None]
"""Fills an empty menu just before it is shown."""
Do = Callable[[], object]
LONGEST_NAME = 48


@dataclass(frozen=True, slots=True)
class TrayHooks:
    """What the entries do; whoever has the window gives them."""

    toggle: Do
    """The icon was clicked."""
    show_window: Do
    add_torrent: Do
    paste: Do
    resume: Do
    quit: Do
    reveal: Callable[[str], object]
    """Show this transfer, which needs the user."""
    open_folder: Callable[[str], object]
    fill_down_limits: Fill
    fill_up_limits: Fill
    fill_pauses: Fill
    fill_endings: Fill
    """What is done when all downloads are done."""
    host_lost: Do
    """There is no icon any more by which a hidden window could be brought back."""
    opened: Do
    """The menu is about to be seen: fresh figures are wanted."""
    fill_profiles: Fill | None = None


class TrayMenu(QObject):
    """`menu` belongs to `owner`, and goes with it."""

    def __init__(self, hooks: TrayHooks, owner: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._hooks = hooks
        self._needing: tuple[Line, ...] | None = None
        self._finished: tuple[Line, ...] | None = None
        self.menu = menu = QMenu(owner)
        self._headline = menu.addAction("")
        self._headline.setEnabled(False)
        menu.addSeparator()
        self._do(menu, say("Show Shoal"), hooks.show_window)
        menu.addSeparator()
        self._do(menu, say("Add torrent\u2026"), hooks.add_torrent)
        self._do(menu, say("Paste magnet link"), hooks.paste)
        menu.addSeparator()
        if hooks.fill_profiles is not None:
            self._filled(say("Profile"), hooks.fill_profiles)
        self._filled(say("Download limit"), hooks.fill_down_limits)
        self._filled(say("Upload limit"), hooks.fill_up_limits)
        menu.addSeparator()
        self._pauses = self._filled(say("Pause everything"), hooks.fill_pauses)
        self._resume = self._do(menu, say("Resume"), hooks.resume)
        self._filled(say("When all is done"), hooks.fill_endings)
        menu.addSeparator()
        self._needs_you = menu.addMenu("")
        self._just_finished = menu.addMenu(say("Just finished"))
        self._line = menu.addSeparator()
        self._do(menu, say("Quit Shoal"), hooks.quit)
        menu.aboutToShow.connect(hooks.opened)
        self.show_facts(TrayFacts())

    def show_facts(self, facts: TrayFacts) -> None:
        """Also while it is open."""
        text = headline(facts)
        if self._headline.text() != text:
            self._headline.setText(text)
        self._pauses.menuAction().setVisible(not facts.is_paused)
        self._resume.setVisible(facts.is_paused)
        if facts.first_needing != self._needing or str(facts.needs_you) not in self._needs_you.title():
            self._needing = facts.first_needing
            self._needs_you.setTitle(say("Needs you ({n})", n=facts.needs_you))
            self._list(self._needs_you, facts.first_needing, lambda line: self._hooks.reveal(line.torrent_id))
        if facts.just_finished != self._finished:
            self._finished = facts.just_finished
            self._list(self._just_finished, facts.just_finished, lambda line: self._hooks.open_folder(line.folder))
        # Not every tray draws two lines as one.
        self._line.setVisible(bool(facts.first_needing or facts.just_finished))

    def show_ending(self, text: str) -> None:
        """Nothing can be asked for any more: `text` alone is left."""
        for action in self.menu.actions():
            action.setVisible(action is self._headline)
        self._headline.setText(text)

    def _do(self, menu: QMenu, text: str, act: Do) -> QAction:
        action = menu.addAction(text)
        action.triggered.connect(partial(_without_state, act))
        return action

    def _filled(self, name: str, fill: Fill) -> QMenu:
        into = self.menu.addMenu(name)

        def refill() -> None:
            into.clear()
            fill(into)

        into.aboutToShow.connect(refill)
        # Some trays show no menu that was empty when they were told of it.
        refill()
        return into

    def _list(self, menu: QMenu, lines: Sequence[Line], act: Callable[[Line], object]) -> None:
        menu.clear()
        for line in lines:
            self._do(menu, clean(line.name, LONGEST_NAME).replace("&", "&&"), partial(act, line))
        menu.menuAction().setVisible(bool(lines))


def _without_state(act: Do, _checked: bool = False) -> None:
    act()
