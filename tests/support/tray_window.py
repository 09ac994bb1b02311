"""`shoal` with its real window and engine, which tells on standard output what is seen of it, a line of JSON each time.

python tray_window.py [OPTION...]: `window` (whether it is on the screen), `paused_until`, and `menu`: the middle of
each entry of a menu that has opened, in pixels of the screen.
"""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QMenu

from shoal.api.snapshots import Update
from shoal.gui import application
from shoal.gui.application import Application
from shoal.gui.window.main_window import MainWindow
from shoal.launch.arguments import main


def tell(**values: object) -> None:
    print(json.dumps(values), flush=True)


class Teller(QObject):
    def __init__(self, of: Application) -> None:
        super().__init__(of.link)
        self._application = of
        self._paused_until = 0.0
        of.link.updated.connect(self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(watched, QMenu) and event.type() is QEvent.Type.Show:
            QTimer.singleShot(100, watched, lambda: self._tell_menu(watched))
        elif isinstance(watched, MainWindow) and event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            tell(window=watched.isVisible(), pos=[watched.pos().x(), watched.pos().y()])
        return False

    def _tell_menu(self, menu: QMenu) -> None:
        shown = [entry for entry in menu.actions() if entry.isVisible() and not entry.isSeparator()]
        middles = [menu.mapToGlobal(menu.actionGeometry(entry).center()) for entry in shown]
        tell(menu={entry.text(): [at.x(), at.y()] for entry, at in zip(shown, middles, strict=True)})

    def _follow(self, update: Update) -> None:
        if update.totals.paused_until != self._paused_until:
            self._paused_until = update.totals.paused_until
            tell(paused_until=self._paused_until)


class TellingApplication(Application):
    def _make_window(self) -> MainWindow:
        self._app.installEventFilter(Teller(self))
        return super()._make_window()


if __name__ == "__main__":
    application.Application = TellingApplication  # type: ignore[misc]
    sys.exit(main())
