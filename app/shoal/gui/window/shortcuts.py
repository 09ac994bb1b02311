"""The keys in force: those that were delivered, and over them those that a person gave to actions."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenuBar

from shoal.gui.link.memory import Memory
from shoal.gui.style.key_choice import KeyEntry, keys_in_force
from shoal.gui.style.wording import Template, phrase, say, say_phrase
from shoal.gui.widgets.mnemonics import mnemonic_of
from shoal.gui.window.actions import Actions

FAMILY_GROUPS: dict[str, Template] = {
    "tabs": phrase("Tabs of the details"),
    "profiles": phrase("Speed profiles"),
}
"""What is in no menu from the start, by the list of `Actions` that it is in."""


class Shortcuts(QObject):
    """Make it when the menus are filled; `entries` are the actions that can be given keys, menu by menu."""

    changed = Signal()
    """Keys were given to actions, or taken from them."""

    def __init__(self, actions: Actions, memory: Memory, bar: QMenuBar, parent: QObject) -> None:
        super().__init__(parent)
        self._actions, self._memory = actions, memory
        self.entries = tuple(_entries(actions, bar))
        self.menu_letters = frozenset(mnemonic_of(top.text()) for top in bar.actions()) - {""}
        memory.remembered.connect(self._follow)
        self._apply()

    def keys_of(self, name: str) -> str:
        """In Qt's portable text; "" for none. Raises KeyError for a name that is no action's."""
        return self._in_force[name]

    def _follow(self, names: frozenset[str]) -> None:
        if "shortcuts" in names:
            self._apply()
            self.changed.emit()

    def _apply(self) -> None:
        self._in_force = keys_in_force(self.entries, self._memory.settings.shortcuts, self.menu_letters)
        self._actions.set_keys(self._in_force)


def _entries(actions: Actions, bar: QMenuBar) -> Iterator[KeyEntry]:
    names = {id(action): name for name, action in actions.named.items()}
    seen: set[str] = set()
    for top in bar.actions():
        group = top.text().replace("&", "")
        for action in _below(top):
            name = names.get(id(action))
            if name is not None and name not in seen:
                seen.add(name)
                yield _entry(actions, name, group)
    for name in actions.named:
        if name not in seen:
            family = FAMILY_GROUPS.get(name.rpartition("_")[0])
            yield _entry(actions, name, say_phrase(family) if family is not None else say("Elsewhere"))


def _entry(actions: Actions, name: str, group: str) -> KeyEntry:
    return KeyEntry(name, actions.titles[name], group, actions.delivered[name], actions.is_in_table(name))


def _below(action: QAction) -> Iterator[QAction]:
    """The entries of its menu and of the menus below that."""
    menu = action.menu()
    for entry in menu.actions() if menu is not None else ():  # type: ignore[attr-defined]
        if entry.menu() is not None:
            yield from _below(entry)
        else:
            yield entry
