"""Making, changing and deleting speed profiles, and when which is in force; every change can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from shoal.gui.dialogs.edit_profile import EditProfile, title_of
from shoal.gui.dialogs.metered_profile import MeteredProfile
from shoal.gui.dialogs.profile_schedule import ProfileSchedule
from shoal.gui.link.awaitable import Turns
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.speed_switch import SpeedSwitch
from shoal.gui.link.undoable import Undoable
from shoal.gui.style.profile_text import name_of
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import clean, say, say_count
from shoal.settings.profiles import (
    LONGEST_NAME,
    MOST_PROFILES,
    QUIET,
    SpeedProfile,
    as_delivered,
    new_key,
)

CanUndo = Callable[[str, Undoable], None]
"""Tells what was done, and offers to take it back."""


class ProfileEditing(QObject):
    """`parent` of a dialog is the window that asked for it; None for the main window."""

    def __init__(
        self, theme: Theme, window: QWidget, link: ClientLink, turns: Turns, switch: SpeedSwitch, *, can_undo: CanUndo
    ) -> None:
        super().__init__(window)
        self._theme, self._window, self._link, self._turns = theme, window, link, turns
        self._switch, self._can_undo = switch, can_undo

    def told_by(self, can_undo: CanUndo, parent: QObject) -> ProfileEditing:
        """The same for another window, which `can_undo` tells; it goes with `parent`."""
        other = ProfileEditing(self._theme, self._window, self._link, self._turns, self._switch, can_undo=can_undo)
        other.setParent(parent)
        return other

    def fill(self, menu: QMenu, key: str, parent: QWidget | None = None) -> None:
        """What can be done with the profile `key`, and with all of them."""
        is_own = as_delivered(key) is None
        is_full = len(self._switch.profiles) >= MOST_PROFILES
        self._add(menu, say("Edit\u2026"), partial(self.edit, key, parent))
        self._add(menu, say("Duplicate"), partial(self.duplicate, key)).setEnabled(not is_full)
        self._add(menu, say("New profile\u2026"), partial(self.make, parent)).setEnabled(not is_full)
        if is_own:
            self._add(menu, say("Delete"), partial(self.delete, key))
        else:
            back = self._add(menu, say("Back to as delivered"), partial(self.reset, key))
            back.setEnabled(self._switch.profile(key) != as_delivered(key))
        menu.addSeparator()
        self._add(menu, say("Schedule\u2026"), partial(self.schedule, key, parent))
        self._add(menu, say("On metered network use\u2026"), partial(self.ask_metered, parent))

    def edit(self, key: str, parent: QWidget | None = None) -> None:
        """Ask for the figures of a profile."""
        self._run(self._edit(self._switch.profile(key), parent, is_new=False))

    def make(self, parent: QWidget | None = None) -> None:
        """Ask for the figures of a new one."""
        profile = SpeedProfile(new_key(self._switch.profiles), up_share=0.8)
        self._run(self._edit(profile, parent, is_new=True))

    def duplicate(self, key: str) -> None:
        """A person's own with the same figures, named so that it is told apart."""
        profile = self._switch.profile(key)
        taken = {name_of(other).casefold() for other in self._switch.profiles}
        plain = clean(name_of(profile))
        numbers = range(2, MOST_PROFILES + 2)
        names = (say("{name} {number}", name=plain[: LONGEST_NAME - 3], number=number) for number in numbers)
        name = next(name for name in names if name.casefold() not in taken)
        back = self._switch.keep(replace(profile, key=new_key(self._switch.profiles), name=name))
        self._can_undo(say("Profile {name} added", name=name), Undoable(say("Undo adding a profile"), act=back))

    def delete(self, key: str) -> None:
        """Only a person's own."""
        name = name_of(self._switch.profile(key))
        back = self._switch.remove(key)
        self._can_undo(say("Profile {name} deleted", name=name), Undoable(say("Undo deleting a profile"), act=back))

    def reset(self, key: str) -> None:
        """As Shoal brings it."""
        delivered = as_delivered(key)
        if delivered is None:
            return
        back = self._switch.keep(delivered)
        done = say("Profile {name} is as delivered", name=name_of(delivered))
        self._can_undo(done, Undoable(say("Undo changing a profile"), act=back))

    def schedule(self, key: str = QUIET, parent: QWidget | None = None) -> None:
        """Ask when which is in force; new times are for the profile `key`."""
        self._run(self._schedule(key, parent))

    def ask_metered(self, parent: QWidget | None = None) -> None:
        """Ask what a metered network is to have."""
        self._run(self._ask_metered(parent))

    # -- inside

    async def _edit(self, profile: SpeedProfile, parent: QWidget | None, *, is_new: bool) -> None:
        title = say("New profile") if is_new else title_of(profile)
        taken = [clean(name_of(other)) for other in self._switch.profiles if other.key != profile.key]
        lines = self._switch.lines
        dialog = EditProfile(self._theme, parent or self._window, title, profile, lines, taken=taken)
        answer = await self._turns.ask(dialog, lambda: (dialog.profile(), dialog.lines()))
        if answer is None or answer == (profile, lines):
            return
        changed, new_lines = answer
        back = self._switch.keep(changed, lines=None if new_lines == lines else new_lines)
        name = name_of(changed)
        if is_new:
            done, undo = say("Profile {name} added", name=name), say("Undo adding a profile")
        else:
            done, undo = say("Profile {name} changed", name=name), say("Undo changing a profile")
        self._can_undo(done, Undoable(undo, act=back))

    async def _schedule(self, key: str, parent: QWidget | None) -> None:
        switch = self._switch
        dialog = ProfileSchedule(self._theme, parent or self._window, switch.profiles, switch.times, first=key)
        times = await self._turns.ask(dialog, dialog.times)
        if times is None or times == switch.times:
            return
        back = switch.set_times(times)
        done = say_count(len(times), "Schedule saved, {n} time", "Schedule saved, {n} times")
        self._can_undo(
            done if times else say("Schedule removed"), Undoable(say("Undo changing the schedule"), act=back)
        )

    async def _ask_metered(self, parent: QWidget | None) -> None:
        switch = self._switch
        present = switch.metered_profile
        dialog = MeteredProfile(
            self._theme,
            parent or self._window,
            switch.profiles,
            present,
            is_told=switch.knows_metered_networks(),
        )
        key = await self._turns.ask(dialog, dialog.key)
        if key is None or key == present:
            return
        back = switch.set_metered_profile(key)
        if key:
            done = say("On a metered network: {name}", name=name_of(switch.profile(key)))
        else:
            done = say("A metered network has no profile of its own")
        self._can_undo(done, Undoable(say("Undo changing the profile for metered networks"), act=back))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._link.run(work, self._window)

    def _add(self, menu: QMenu, text: str, act: Callable[[], None]) -> QAction:
        action = menu.addAction(text)
        action.triggered.connect(partial(_without_state, act))
        return action


def _without_state(act: Callable[[], None], _checked: bool = False) -> None:
    act()
