"""Shoal beside the clock: an icon whose shape tells how it goes, a tooltip, and a menu.

It follows the engine itself, once a second at most, and every 5 s while the window is hidden. The window gives it what
its entries do, anew whenever another window takes its place.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QWidget

from shoal.api.snapshots import Update
from shoal.gui.desktop.awake import Wakeful
from shoal.gui.desktop.tray_facts import TrayFacts, TrayLedger, TrayState, tooltip
from shoal.gui.desktop.tray_host import TrayHost
from shoal.gui.desktop.tray_menu import TrayHooks, TrayMenu
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.memory import Memory
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say

SIZES = (16, 22, 24, 32, 48, 64)
"""Of icons in panels, in device pixels. Some pictures have a version of their own for a size, as `NAME-22`."""
BEAT_MILLISECONDS = 1000


class Tray(QObject):
    """`is_there`: an icon can be seen, by which a hidden window can be brought back."""

    changed = Signal()
    """`is_there` has changed."""

    def __init__(self, host: TrayHost, theme: Theme, link: ClientLink, memory: Memory) -> None:
        super().__init__(link)
        self._host, self._theme, self._memory = host, theme, memory
        self._ledger = TrayLedger()
        self._hooks: TrayHooks | None = None
        self._menu: TrayMenu | None = None
        self._icons: dict[TrayState, QIcon] = {}
        self._shown: TrayState | None = None
        self._tooltip = ""
        self._message_clicked: Callable[[], None] | None = None
        self._wakeful = Wakeful.NO
        self._was_there = False
        self._is_stale = False
        self._beat = QTimer(self)
        self._beat.setSingleShot(True)
        self._beat.setInterval(BEAT_MILLISECONDS)
        self._beat.timeout.connect(self._on_beat)
        link.updated.connect(self._follow)
        memory.remembered.connect(self._on_remembered)
        host.follow(
            clicked=self._on_click,
            double_clicked=self._on_double_click,
            message_clicked=self._on_message_click,
            changed=self._on_host,
        )

    @property
    def is_there(self) -> bool:
        return self._memory.settings.tray_shown and self._hooks is not None and self._host.is_there

    @property
    def is_offered(self) -> bool:
        """This desktop has a place for the icon, whether or not it is wanted there."""
        return self._host.is_there

    @property
    def facts(self) -> TrayFacts:
        """What the engine does now."""
        return self._ledger.facts()

    def serve(self, hooks: TrayHooks, window: QWidget) -> None:
        """From now on the menu does this, in the language in force; it goes with `window`."""
        former, self._hooks = self._menu, hooks
        self._menu = TrayMenu(hooks, window, self)
        self._host.set_menu(self._menu.menu)
        if former is not None:
            former.deleteLater()
        self._tooltip = ""
        self._refresh()
        self._host.show(self._memory.settings.tray_shown)
        self._was_there = self.is_there

    def say(self, title: str, text: str, clicked: Callable[[], None] | None = None) -> None:
        """A message beside the icon; a click on it does `clicked`, or else shows the window."""
        self._message_clicked = clicked
        self._host.say(title, text)

    def show_awake(self, wakeful: Wakeful) -> None:
        """Whether the computer is kept awake, and for what."""
        self._wakeful = wakeful
        self._refresh()

    def show_ending(self) -> None:
        """The window is gone, the engine still says goodbye."""
        self._beat.stop()
        text = say("Shoal: saving\u2026")
        if self._menu is not None:
            self._menu.show_ending(text)
        self._host.set_tooltip(text)
        self._hooks = None

    def close(self) -> None:
        """Take the icon away; once, at the very end."""
        self._beat.stop()
        self._hooks = None
        self._host.close()

    # -- inside

    def _follow(self, update: Update) -> None:
        self._ledger.apply(update)
        if self._beat.isActive():
            self._is_stale = True
        else:
            self._refresh()
            self._beat.start()

    def _on_beat(self) -> None:
        if self._is_stale:
            self._refresh()
            self._beat.start()

    def _refresh(self) -> None:
        self._is_stale = False
        if self._hooks is None or self._menu is None:
            return
        facts = self.facts
        if facts.state is not self._shown:
            self._shown = facts.state
            self._host.set_icon(self._icon(facts.state))
        text = tooltip(facts, self._wakeful)
        if text != self._tooltip:
            self._tooltip = text
            self._host.set_tooltip(text)
        self._menu.show_facts(facts)

    def _icon(self, state: TrayState) -> QIcon:
        icon = self._icons.get(state)
        if icon is None:
            icon = self._icons[state] = QIcon()
            for size in SIZES:
                own = f"{state.value}-{size}"
                name = own if own in self._theme.icons else state.value
                # Their own colours are seen on light and on dark panels, which cannot be told apart from here.
                icon.addPixmap(self._theme.pixmap(name, "acc", size, 1.0))
        return icon

    def _on_click(self) -> None:
        if self._hooks is not None:
            self._hooks.toggle()

    def _on_double_click(self) -> None:
        """Whoever clicks twice wants the window; its first click may have hidden it."""
        if self._hooks is not None:
            self._hooks.show_window()

    def _on_message_click(self) -> None:
        """Only the newest message is seen, so it is the one that was clicked."""
        clicked, self._message_clicked = self._message_clicked, None
        if self._hooks is None:
            return
        if clicked is not None:
            clicked()
        else:
            self._hooks.show_window()

    def _on_host(self) -> None:
        is_there = self.is_there
        if is_there == self._was_there:
            return
        self._was_there = is_there
        if not is_there and self._hooks is not None:
            self._hooks.host_lost()
        self.changed.emit()

    def _on_remembered(self, names: frozenset[str]) -> None:
        if "tray_shown" in names and self._hooks is not None:
            self._host.show(self._memory.settings.tray_shown)
            self._on_host()
