"""Windows: the rows of `windows_rows` in the registry of this user; the choice itself only the person can make."""

from __future__ import annotations

import ctypes
import importlib
import os
from collections.abc import Sequence
from typing import Protocol

from shoal.gui.desktop.associations import AssociationStatus, Kind, Opener, Who
from shoal.gui.desktop.windows_rows import (
    CHOICES,
    CLASSES,
    MAGNET_CLASS,
    OWN_TREES,
    TORRENT_CLASS,
    RegistryRow,
    registry_rows,
)
from shoal.gui.style.wording import say

_ASSOCIATIONS_CHANGED = 0x08000000
"""SHCNE_ASSOCCHANGED of shlobj_core.h."""


class Registry(Protocol):
    """Text values below HKEY_CURRENT_USER; raises OSError."""

    def read(self, key: str, name: str) -> str | None: ...

    def write(self, row: RegistryRow) -> None: ...

    def delete_value(self, key: str, name: str) -> None:
        """Harmless when it is not there."""
        ...

    def delete_tree(self, key: str) -> None:
        """The key with all that is below; harmless when it is not there."""
        ...


class WindowsOpeners:
    """`tell_system` says that associations changed, `open_choice` shows the page where the person chooses."""

    def __init__(self, command: Sequence[str], registry: Registry, shell: Shell) -> None:
        self._command, self._registry, self._shell = tuple(command), registry, shell

    def status(self) -> AssociationStatus:
        torrents, magnets = self._opener(TORRENT_CLASS), self._opener(MAGNET_CLASS)
        # Described, but not chosen: no program may choose for the person.
        is_left = self._registry.read(rf"{CLASSES}\{TORRENT_CLASS}", "") is not None and torrents.who is not Who.SHOAL
        words = say("Choose Shoal in the Windows settings: Apps, Default apps.") if is_left else ""
        return AssociationStatus(torrents, magnets, can_change=True, by_hand=words)

    def claim(self, kinds: frozenset[Kind]) -> None:
        rows = registry_rows(self._command, torrents=Kind.TORRENTS in kinds, magnets=Kind.MAGNETS in kinds)
        former = self._registry.read(rf"{CLASSES}\magnet\shell\open\command", "")
        for row in rows:
            # Another program's word for magnet links is no worse than ours.
            if not (row.key == rf"{CLASSES}\magnet" and former is not None):
                self._registry.write(row)
        self._shell.tell_system()
        status = self.status()
        wanted = {Kind.TORRENTS: status.torrents, Kind.MAGNETS: status.magnets}
        if any(wanted[kind].who is not Who.SHOAL for kind in kinds):
            self._shell.open_choice()

    def release(self) -> None:
        for key in OWN_TREES:
            self._registry.delete_tree(key)
        self._registry.delete_value(rf"{CLASSES}\.torrent\OpenWithProgids", TORRENT_CLASS)
        self._registry.delete_value(r"Software\RegisteredApplications", "Shoal")
        if self._registry.read(rf"{CLASSES}\magnet\shell\open\command", "") is None:
            # No other program's: we made it.
            self._registry.delete_tree(rf"{CLASSES}\magnet")
        self._shell.tell_system()

    def _opener(self, ours: str) -> Opener:
        chosen = self._registry.read(CHOICES[ours], "ProgId")
        if chosen is None:
            return Opener(Who.NOBODY)
        if chosen == ours:
            # What is left of a Shoal that was taken away opens nothing.
            is_there = self._registry.read(rf"{CLASSES}\{ours}\shell\open\command", "") is not None
            return Opener(Who.SHOAL) if is_there else Opener(Who.NOBODY)
        name = self._registry.read(rf"{CLASSES}\{chosen}\Application", "ApplicationName")
        return Opener(Who.ANOTHER, name or chosen)


class Shell(Protocol):
    def tell_system(self) -> None: ...

    def open_choice(self) -> None: ...


class WindowsShell:
    def tell_system(self) -> None:
        """Icons and menus of the Explorer follow."""
        vars(ctypes)["windll"].shell32.SHChangeNotify(_ASSOCIATIONS_CHANGED, 0, None, None)

    def open_choice(self) -> None:
        """The page of the settings for default apps."""
        vars(os)["startfile"]("ms-settings:defaultapps")


class UserRegistry:
    """HKEY_CURRENT_USER by `winreg`."""

    def __init__(self) -> None:
        self._winreg = importlib.import_module("winreg")
        self._root = self._winreg.HKEY_CURRENT_USER

    def read(self, key: str, name: str) -> str | None:
        try:
            with self._winreg.OpenKey(self._root, key) as opened:
                value, _ = self._winreg.QueryValueEx(opened, name)
        except OSError:
            return None
        return value if isinstance(value, str) else None

    def write(self, row: RegistryRow) -> None:
        with self._winreg.CreateKey(self._root, row.key) as opened:
            self._winreg.SetValueEx(opened, row.name, 0, self._winreg.REG_SZ, row.value)

    def delete_value(self, key: str, name: str) -> None:
        try:
            with self._winreg.OpenKey(self._root, key, 0, self._winreg.KEY_SET_VALUE) as opened:
                self._winreg.DeleteValue(opened, name)
        except FileNotFoundError:
            return

    def delete_tree(self, key: str) -> None:
        try:
            with self._winreg.OpenKey(self._root, key) as opened:
                below = [self._winreg.EnumKey(opened, at) for at in range(self._winreg.QueryInfoKey(opened)[0])]
        except FileNotFoundError:
            return
        for name in below:
            self.delete_tree(rf"{key}\{name}")
        self._winreg.DeleteKey(self._root, key)
