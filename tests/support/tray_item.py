"""Shoal's place beside the clock by itself, with a menu of one entry; tells on standard output what is done with it.

python tray_item.py: `there` when there is a place, then `clicked`, or `chosen` for the entry.
"""

from __future__ import annotations

import sys

from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QMenu

from shoal.gui.desktop.tray_host import SystemTray


def tell(word: str) -> None:
    print(word, flush=True)


if __name__ == "__main__":
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    host, menu = SystemTray(), QMenu()
    menu.addAction("Quit Shoal").triggered.connect(lambda: tell("chosen"))
    host.follow(
        clicked=lambda: tell("clicked"),
        double_clicked=lambda: None,
        message_clicked=lambda: None,
        changed=lambda: None,
    )
    picture = QPixmap(16, 16)
    picture.fill("red")
    host.set_icon(QIcon(picture))
    host.set_tooltip("Shoal: down 1 MB/s")
    host.set_menu(menu)
    host.show(True)
    tell("there" if host.is_there else "nowhere")
    sys.exit(app.exec())
