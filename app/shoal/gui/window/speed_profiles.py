"""Speed profiles as the window offers them: in the status bar, in menus, by keys; every change with its way back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from shoal.gui.link.speed_switch import Cause, SpeedSwitch
from shoal.gui.link.undoable import Undoable
from shoal.gui.style.profile_text import (
    MEANT_FOR,
    by_hand_text,
    done_text,
    figures_text,
    held_text,
    icon_of,
    metered_text,
    name_of,
    scheduled_text,
)
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_phrase
from shoal.gui.widgets.profile_bar import ProfileBar, ProfileEntry
from shoal.gui.window.actions import Actions
from shoal.settings.profiles import SpeedProfile

CanUndo = Callable[[str, Undoable], None]
"""Tells what was done, and offers to take it back."""


class SpeedProfiles(QObject):
    """`bar` is the switch for the status bar; `fill_menu` fills any menu with the profiles."""

    def __init__(
        self,
        theme: Theme,
        window: QWidget,
        switch: SpeedSwitch,
        actions: Actions,
        *,
        can_undo: CanUndo,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__(window)
        self._switch, self._actions, self._can_undo, self._now = switch, actions, can_undo, now
        self.bar = ProfileBar(theme, fill_menu=self.fill_menu, menu_for=self._context_menu)
        self.bar.chosen.connect(self.choose)
        for at, action in enumerate(actions.profiles):
            action.triggered.connect(partial(self._choose_nth, at))
        switch.changed.connect(self._show)
        self._show()

    def choose(self, key: str) -> None:
        """Put a profile in force, and say what that means."""
        profile = self._switch.profile(key)
        back = self._switch.choose(key)
        profile = self._switch.profile(key)
        done = done_text(name_of(profile), self._switch.values_of(profile))
        self._can_undo(done, Undoable(say("Undo choosing profile {name}", name=name_of(profile)), act=back))

    def fill_menu(self, menu: QMenu) -> None:
        """Every profile as a radio button; the keys are those of the window."""
        group = QActionGroup(menu)
        current = self._switch.in_force.profile.key
        for at, profile in enumerate(self._switch.profiles):
            if at < len(self._actions.profiles):
                menu.addAction(self._actions.profiles[at])
                continue
            action = QAction(name_of(profile), group, checkable=True, checked=profile.key == current)
            action.triggered.connect(partial(self._choose_from_menu, profile.key))
            menu.addAction(action)

    def offer_profile(self, menu: QMenu) -> None:
        """Where figures were changed by hand, the way back to the profile; for the menus of limits."""
        in_force = self._switch.in_force
        if in_force.is_by_hand:
            menu.addSeparator()
            use = menu.addAction(say("Use profile {name}", name=name_of(in_force.profile)))
            use.triggered.connect(partial(self._choose_from_menu, in_force.profile.key))

    # -- inside

    def _choose_nth(self, at: int, _checked: bool = False) -> None:
        profiles = self._switch.profiles
        self._show_actions()
        if at < len(profiles):
            self.choose(profiles[at].key)

    def _choose_from_menu(self, key: str, _checked: bool = False) -> None:
        self.choose(key)

    def _context_menu(self, key: str, parent: QWidget) -> QMenu:
        menu = QMenu(parent)
        use = menu.addAction(say("Use profile {name}", name=name_of(self._switch.profile(key))))
        use.triggered.connect(partial(self._choose_from_menu, key))
        return menu

    def _show(self) -> None:
        entries = [
            ProfileEntry(profile.key, name_of(profile), icon_of(profile), self._effect(profile))
            for profile in self._switch.profiles
        ]
        self.bar.show_profiles(entries, self._switch.in_force.profile.key, self._note())
        self._show_actions()

    def _show_actions(self) -> None:
        current = self._switch.in_force.profile.key
        for action, profile in zip(self._actions.profiles, self._switch.profiles, strict=False):
            action.setText(name_of(profile))
            action.setChecked(profile.key == current)

    def _effect(self, profile: SpeedProfile) -> str:
        figures = figures_text(self._switch.values_of(profile))
        if profile.key not in MEANT_FOR:
            return figures
        return say("{purpose}. {figures}", purpose=say_phrase(MEANT_FOR[profile.key]), figures=figures)

    def _note(self) -> str:
        """What is to be said of the profile in force; "" when it was chosen and nothing else is."""
        in_force = self._switch.in_force
        name = name_of(in_force.profile)
        if in_force.is_by_hand:
            return by_hand_text(name)
        match in_force.cause:
            case Cause.SCHEDULED if in_force.until is not None:
                return scheduled_text(name, in_force.until, self._now())
            case Cause.HELD:
                return held_text(name, in_force.until, self._now())
            case Cause.METERED:
                return metered_text(name)
            case _:
                return ""
