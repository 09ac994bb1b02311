"""Speed profiles as the window offers them: in the status bar, in menus, by keys; every change with its way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from shoal.gui.link.speed_switch import Cause, SpeedSwitch
from shoal.gui.link.undoable import Undoable
from shoal.gui.preferences.changes import Changes
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
from shoal.gui.widgets.mine_panel import MinePanel
from shoal.gui.widgets.profile_bar import ProfileBar, ProfileEntry
from shoal.gui.window.actions import Actions
from shoal.gui.window.profile_editing import CanUndo, ProfileEditing
from shoal.gui.window.profiles_part import ProfilesPart
from shoal.gui.window.transfer_commands import TransferCommands
from shoal.settings.profiles import BYTES_PER_KBIT, MINE, SpeedProfile


class SpeedProfiles(QObject):
    """`bar` is the switch for the status bar; `fill_menu` fills any menu with the profiles."""

    configure_wanted = Signal()
    """The page of the Configuration with all of them."""

    def __init__(
        self,
        theme: Theme,
        window: QWidget,
        switch: SpeedSwitch,
        actions: Actions,
        editing: ProfileEditing,
        commands: TransferCommands,
        tell: Callable[[str], None],
        *,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__(window)
        self._theme, self._window, self._switch, self._actions = theme, window, switch, actions
        self._editing, self._tell, self._now = editing, tell, now
        self._can_undo, self._undoing = commands.can_undo, commands.undoing
        self._undo_mine: Undoable | None = None
        self.bar = ProfileBar(theme, fill_menu=self._fill_bar_menu, menu_for=self._context_menu)
        self.bar.chosen.connect(self._press)
        for at, action in enumerate(actions.profiles):
            action.triggered.connect(partial(self._choose_nth, at))
        switch.changed.connect(self._show)
        self._show()

    def choose(self, key: str, can_undo: CanUndo | None = None) -> None:
        """Put a profile in force, and say what that means; `can_undo` where it is not the window that was asked."""
        before = self._switch.in_force
        is_new = before.profile.key != key or before.is_by_hand
        back = self._switch.choose(key) if is_new else None
        profile = self._switch.profile(key)
        done = done_text(name_of(profile), self._switch.values_of(profile))
        if back is None:
            self._tell(done)
            return
        undo = Undoable(say("Undo choosing profile {name}", name=name_of(profile)), act=back)
        (can_undo or self._can_undo)(done, undo)

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

    def fill_tools_menu(self, menu: QMenu) -> None:
        """The profiles, and where they are changed."""
        self.fill_menu(menu)
        menu.addSeparator()
        menu.addAction(say("Edit profiles\u2026")).triggered.connect(self.configure_wanted)

    def make_part(self, theme: Theme, changes: Changes) -> QWidget:
        """All profiles, for the Configuration: what is done there is told there, and taken back there or here."""

        def can_undo(done: str, entry: Undoable) -> None:
            self._can_undo("", entry)
            changes.record(done, entry, self._undoing)

        self._undoing.changed.connect(changes.look)
        return ProfilesPart(theme, self._switch, self._editing, can_undo, use=partial(self.choose, can_undo=can_undo))

    def open_mine(self) -> None:
        """The sliders of one's own profile, on its button."""
        profile, values = self._switch.profile(MINE), self._switch.values_of(self._switch.profile(MINE))
        line = self._switch.lines[0] * BYTES_PER_KBIT
        panel = MinePanel(
            self._theme, self._window, rate=int(values["up_limit"]), slots=profile.upload_slots, line=line
        )
        self._undo_mine = None
        panel.wanted.connect(self._set_mine)
        panel.open_over(self.bar.one if self.bar.is_one else self.bar.buttons[MINE])

    def offer_profile(self, menu: QMenu) -> None:
        """Where figures were changed by hand, the way back to the profile; for the menus of limits."""
        in_force = self._switch.in_force
        if in_force.is_by_hand:
            menu.addSeparator()
            use = menu.addAction(say("Use profile {name}", name=name_of(in_force.profile)))
            use.triggered.connect(partial(self._choose_from_menu, in_force.profile.key))

    # -- inside

    def _press(self, key: str) -> None:
        if key != MINE or self._switch.in_force.profile.key != MINE:
            self.choose(key)
        if key == MINE:
            self.open_mine()

    def _set_mine(self, rate: int, slots: int) -> None:
        back = self._switch.keep(replace(self._switch.profile(MINE), up_share=None, up_rate=rate, upload_slots=slots))
        if self._undo_mine is None:
            # One step back for all that is moved while the sliders are open.
            self._undo_mine = Undoable(say("Undo changing your own figures"), act=back)
            self._can_undo("", self._undo_mine)

    def _fill_bar_menu(self, menu: QMenu) -> None:
        self.fill_menu(menu)
        menu.addSeparator()
        key = self._switch.in_force.profile.key
        if key == MINE:
            menu.addAction(say("Upload rate and parallel uploads\u2026")).triggered.connect(self.open_mine)
        self._editing.fill(menu, key)

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
        menu.addSeparator()
        self._editing.fill(menu, key)
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
