"""Where to: the folder as text, and a button that asks for another."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say

WIDTH, HEIGHT = 262, 40


class FolderField(QFrame):
    """`edit.textChanged` tells of every change; `change` is the button, whose press the owner answers."""

    def __init__(self, theme: Theme, folder: str, *, width: int = WIDTH) -> None:
        super().__init__()
        px = theme.px
        self.setProperty("field", "true")
        self.setFixedSize(px(width), px(HEIGHT))
        inside = QHBoxLayout(self)
        inside.setContentsMargins(px(12), 0, px(8), 0)
        inside.setSpacing(px(8))
        picture = QLabel()
        picture.setPixmap(theme.pixmap("folder", "ink2", px(17), self.devicePixelRatioF()))
        self.edit = QLineEdit()
        self.edit.setFrame(False)
        self.edit.setStyleSheet("border: none; padding: 0; background: transparent;")
        self.edit.setAccessibleName(say("Folder to save in"))
        self.change = QPushButton(say("Change"))
        self.change.setProperty("link", "true")
        self.change.setAutoDefault(False)
        inside.addWidget(picture)
        inside.addWidget(self.edit, 1)
        inside.addWidget(self.change)
        self.set_folder(folder)

    def folder(self) -> str:
        """What was typed; a leading `~` is the home folder. Absolute when `is_absolute`."""
        text = self.edit.text().strip()
        return str(Path(text).expanduser()) if text.startswith("~") else text

    def set_folder(self, folder: str) -> None:
        home = str(Path.home())
        under_home = folder == home or folder.startswith(home.rstrip("/\\") + "/")
        self.edit.setText("~" + folder[len(home) :] if under_home else folder)

    def is_absolute(self) -> bool:
        return Path(self.folder()).is_absolute()
