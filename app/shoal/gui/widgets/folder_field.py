"""Where to: the folder as text, those used lately, and a button that asks for another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton

from shoal.gui.style.shown_path import short_path
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import clean, say
from shoal.gui.widgets.field_frame import FieldFrame


class FolderField(FieldFrame):
    """`edit.textChanged` tells of every change; `choose_wanted` asks the owner for a dialog."""

    choose_wanted = Signal()
    menu_opened = Signal(object)
    """The `QMenu` of recent folders."""

    def __init__(self, theme: Theme, folder: str, recent: Sequence[str] = ()) -> None:
        super().__init__(theme, "folder", say("Folder to save in"))
        self._recent = tuple(recent)
        self.change = QPushButton(say("Change"))
        self.change.setProperty("link", "true")
        self.change.setAutoDefault(False)
        self.change.setToolTip(say("Folders used lately, and another one"))
        self.change.clicked.connect(self._change)
        self.add_end(self.change)
        self.set_folder(folder)

    def folder(self) -> str:
        """What was typed; a leading `~` is the home folder. Absolute when `is_absolute`."""
        text = self.edit.text().strip()
        # Only one's own home: to find another's, the system may have to ask the network.
        return str(Path.home()) + text[1:] if text == "~" or text.startswith(("~/", "~\\")) else text

    def set_folder(self, folder: str) -> None:
        self.edit.setText(short_folder(folder))

    def is_absolute(self) -> bool:
        folder = self.folder()
        return "\0" not in folder and Path(folder).is_absolute()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Down:
            self._change()
        else:
            super().keyPressEvent(event)

    def _change(self) -> None:
        if not self._recent:
            self.choose_wanted.emit()
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for folder in self._recent:
            # In a menu, `&` marks a key.
            action = menu.addAction(clean(short_folder(folder)).replace("&", "&&"))
            action.triggered.connect(lambda _=False, chosen=folder: self.set_folder(chosen))
        menu.addSeparator()
        menu.addAction(say("Choose a folder\u2026")).triggered.connect(self.choose_wanted)
        self.menu_opened.emit(menu)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))


def short_folder(folder: str) -> str:
    """`folder` with `~` for the home folder."""
    return short_path(folder, str(Path.home()))
