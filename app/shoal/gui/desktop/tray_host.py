"""The place beside the clock: what the tray needs of it, and the one that the system has.

A host may come later than Shoal, as a panel at login does, and may go while Shoal runs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

LOOK_MILLISECONDS = 2000
SETTLE_MILLISECONDS = 500
_WATCHER = "org.kde.StatusNotifierWatcher"


Do = Callable[[], None]


class TrayHost(Protocol):
    """Where an icon with a menu can be put. Nothing is seen of it before `show`."""

    @property
    def is_there(self) -> bool:
        """There is a place for an icon now."""

    def follow(self, *, clicked: Do, double_clicked: Do, message_clicked: Do, changed: Do) -> None:
        """From now on `clicked` is called for a click on the icon, also for the first of two that are one
        `double_clicked`; `message_clicked` for one on what was said last; `changed` whenever `is_there` has changed."""

    def show(self, shown: bool) -> None: ...

    def set_icon(self, icon: QIcon) -> None: ...

    def set_tooltip(self, text: str) -> None: ...

    def set_menu(self, menu: QMenu) -> None: ...

    def say(self, title: str, text: str) -> None:
        """A message beside the icon."""

    def close(self) -> None:
        """Take the icon away for good."""


class NoTray:
    """A system without a tray, and tests that have none."""

    is_there = False

    def follow(self, *, clicked: Do, double_clicked: Do, message_clicked: Do, changed: Do) -> None:
        """Nothing of that ever happens."""

    def show(self, shown: bool) -> None:
        """Nowhere."""

    def set_icon(self, icon: QIcon) -> None:
        """Nobody sees it."""

    def set_tooltip(self, text: str) -> None:
        """Nobody reads it."""

    def set_menu(self, menu: QMenu) -> None:
        """Nobody opens it."""

    def say(self, title: str, text: str) -> None:
        """Nobody hears it."""

    def close(self) -> None:
        """Nothing to take away."""


class SystemTray(QObject):
    """The system's own, by Qt: StatusNotifierItem or XEmbed on Linux, the notification area, the menu bar of macOS.

    Qt tells nobody that a tray came or went. On the message bus its watcher is followed by name; an XEmbed tray, which
    is no more than a window that owns a selection, is looked for every 2 s.
    """

    def __init__(self) -> None:
        super().__init__()
        self._clicked: Do = lambda: None
        self._double_clicked: Do = lambda: None
        self._message_clicked: Do = lambda: None
        self._changed: Do = lambda: None
        self._icon = QSystemTrayIcon(self)
        self._icon.activated.connect(self._on_activated)
        self._icon.messageClicked.connect(self._on_message_clicked)
        self._is_there = QSystemTrayIcon.isSystemTrayAvailable()
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MILLISECONDS)
        self._settling.timeout.connect(self._look)
        self._looking = QTimer(self)
        self._looking.setInterval(LOOK_MILLISECONDS)
        self._looking.timeout.connect(self._look)
        if QGuiApplication.platformName() in ("xcb", "wayland") and not self._watch_bus():
            self._looking.start()

    @property
    def is_there(self) -> bool:
        return self._is_there

    def follow(self, *, clicked: Do, double_clicked: Do, message_clicked: Do, changed: Do) -> None:
        self._clicked, self._double_clicked, self._changed = clicked, double_clicked, changed
        self._message_clicked = message_clicked

    def show(self, shown: bool) -> None:
        self._icon.setVisible(shown)

    def set_icon(self, icon: QIcon) -> None:
        self._icon.setIcon(icon)

    def set_tooltip(self, text: str) -> None:
        self._icon.setToolTip(text)

    def set_menu(self, menu: QMenu) -> None:
        self._icon.setContextMenu(menu)

    def say(self, title: str, text: str) -> None:
        self._icon.showMessage(title, text, self._icon.icon())

    def close(self) -> None:
        self._looking.stop()
        self._settling.stop()
        self._icon.hide()
        self._icon.setContextMenu(None)  # type: ignore[arg-type]  # Qt takes none, its stubs do not

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        # On macOS a click opens the menu, and tells of itself as well.
        if sys.platform == "darwin":
            return
        if reason is QSystemTrayIcon.ActivationReason.DoubleClick:
            self._double_clicked()
        elif reason is not QSystemTrayIcon.ActivationReason.Context:
            self._clicked()

    def _on_message_clicked(self) -> None:
        self._message_clicked()

    def _watch_bus(self) -> bool:
        """Follow the tray of the message bus; False when there is none, and an XEmbed tray is what may be here."""
        if not sys.platform.startswith("linux"):
            return False
        from PySide6.QtDBus import QDBusConnection, QDBusServiceWatcher  # noqa: PLC0415 (Linux only)

        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            return False
        self._watcher = QDBusServiceWatcher(_WATCHER, bus, QDBusServiceWatcher.WatchModeFlag.WatchForOwnerChange, self)
        # The watcher comes before the panel that shows the icons.
        self._watcher.serviceOwnerChanged.connect(self._settling.start)
        return self._is_there and bool(bus.interface().isServiceRegistered(_WATCHER).value())

    def _look(self) -> None:
        is_there = QSystemTrayIcon.isSystemTrayAvailable()
        if is_there != self._is_there:
            self._is_there = is_there
            self._changed()
