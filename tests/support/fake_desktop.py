"""A tray that a test clicks, a switch of the computer that only remembers, and a system that opens torrent files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu

from shoal.gui.desktop.associations import AssociationStatus, Kind, Opener, Who
from shoal.gui.desktop.power import PowerAct, PowerError


@dataclass
class FakeTrayHost:
    """`come` and `go` are what a panel does; absent at first, as where tests run."""

    is_there: bool = False
    is_shown: bool = False
    tooltip: str = ""
    icon: QIcon | None = None
    icons_set: int = 0
    menu: QMenu | None = None
    said: list[tuple[str, str]] = field(default_factory=list)
    is_closed: bool = False
    click: Callable[[], None] = lambda: None
    double_click: Callable[[], None] = lambda: None
    click_message: Callable[[], None] = lambda: None
    changed: Callable[[], None] = lambda: None

    def follow(
        self,
        *,
        clicked: Callable[[], None],
        double_clicked: Callable[[], None],
        message_clicked: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        self.click, self.double_click, self.changed = clicked, double_clicked, changed
        self.click_message = message_clicked

    def show(self, shown: bool) -> None:
        self.is_shown = shown

    def set_icon(self, icon: QIcon) -> None:
        self.icon = icon
        self.icons_set += 1

    def set_tooltip(self, text: str) -> None:
        self.tooltip = text

    def set_menu(self, menu: QMenu) -> None:
        self.menu = menu

    def say(self, title: str, text: str) -> None:
        self.said.append((title, text))

    def close(self) -> None:
        self.is_closed = True

    def come(self) -> None:
        self.is_there = True
        self.changed()

    def go(self) -> None:
        self.is_there = False
        self.changed()

    # -- the menu

    def open(self) -> list[str]:
        """Open the menu; what it says, "-" for a line."""
        assert self.menu is not None
        self.menu.aboutToShow.emit()
        return texts(self.menu)

    def submenu(self, name: str) -> QMenu:
        """Open a menu below it."""
        found = self.action(name).menu()
        assert isinstance(found, QMenu)
        found.aboutToShow.emit()
        return found

    def action(self, name: str) -> QAction:
        assert self.menu is not None
        return action(self.menu, name)

    def choose(self, *names: str) -> None:
        """Choose an entry by the way to it."""
        *way, last = names
        assert self.menu is not None
        menu = self.submenu(way[0]) if way else self.menu
        action(menu, last).trigger()


def texts(menu: QMenu) -> list[str]:
    """The visible entries, "-" for a line."""
    return ["-" if entry.isSeparator() else entry.text() for entry in menu.actions() if entry.isVisible()]


def action(menu: QMenu, name: str) -> QAction:
    """The visible entry called `name`, whatever its letter."""
    return next(entry for entry in menu.actions() if entry.isVisible() and entry.text().replace("&", "") == name)


@dataclass
class FakePower:
    done: list[PowerAct] = field(default_factory=list)
    refuse: PowerError | None = None

    async def carry_out(self, act: PowerAct) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.done.append(act)


class FakeRegistrar:
    """A system that opens torrent files with another program until Shoal claims them."""

    def __init__(self) -> None:
        self.who = Who.ANOTHER
        self.refuse: OSError | None = None

    def status(self) -> AssociationStatus:
        opener = Opener(self.who, "Transmission" if self.who is Who.ANOTHER else "")
        return AssociationStatus(opener, opener, can_change=True)

    def claim(self, kinds: frozenset[Kind]) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.who = Who.SHOAL

    def release(self) -> None:
        self.who = Who.ANOTHER
