"""Several sources at once: one question for all of them, and one sentence for what came of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.folder_field import FolderField

WIDTH = 420
MOST_NAMES = 3
"""So many failures are named in the sentence; Details has them all."""


class Way(Enum):
    """How several are added."""

    ALL = "all"
    EACH = "each"


class AddSeveralDialog(QDialog):
    """`way` and `folder()` when it was accepted. `change_folder_wanted` asks the owner for another folder."""

    change_folder_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None, count: int, folder: str) -> None:
        super().__init__(parent)
        px = theme.px
        self.way = Way.ALL
        title = say_count(count, "Add {n} torrent", "Add {n} torrents")
        self.setWindowTitle(title)
        picture = QLabel()
        picture.setPixmap(theme.pixmap("plus", "acc", px(28), self.devicePixelRatioF()))
        picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(px(8))
        words.addWidget(_label(title, "dialog-title", px(WIDTH)))
        words.addWidget(
            _label(say("\u201cAdd all\u201d takes every file of each and starts straight away."), "body", px(WIDTH))
        )
        words.addSpacing(px(8))
        words.addWidget(_label(say("Save in"), "section", px(WIDTH)))
        self._field = FolderField(theme, folder, width=WIDTH)
        self._field.change.clicked.connect(self.change_folder_wanted)
        self._field.edit.textChanged.connect(self._refresh)
        words.addWidget(self._field)
        self._note = _label("", "problem", px(WIDTH))
        words.addWidget(self._note)
        top = QHBoxLayout()
        top.setSpacing(px(16))
        top.addWidget(picture)
        top.addLayout(words, 1)
        self.all_button = self._button(say("Add all"), Way.ALL)
        self.all_button.setProperty("primary", "true")
        self.each_button = self._button(say("One by one"), Way.EACH)
        cancel = QPushButton(say("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addStretch()
        for button in (cancel, self.each_button, self.all_button):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(24), px(24), px(16))
        layout.setSpacing(px(16))
        layout.addLayout(top)
        layout.addLayout(row)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        self.all_button.setDefault(True)
        self.all_button.setFocus()
        self._refresh()

    def folder(self) -> str:
        return self._field.folder()

    def set_folder(self, folder: str) -> None:
        self._field.set_folder(folder)

    def _button(self, name: str, way: Way) -> QPushButton:
        button = QPushButton(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self._choose(way))
        return button

    def _choose(self, way: Way) -> None:
        self.way = way
        self.accept()

    def _refresh(self) -> None:
        problem = "" if self._field.is_absolute() else say("The folder must be a full path.")
        self._note.setText(problem)
        self._note.setVisible(bool(problem))
        for button in (self.all_button, self.each_button):
            button.setEnabled(not problem)
            button.setToolTip(problem)


def _label(text: str, role: str, width: int) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setFixedWidth(width)
    label.setProperty("role", role)
    return label


@dataclass(slots=True)
class Tally:
    """What became of several sources; names and reasons are safe to show."""

    added: int = 0
    already_here: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)
    """(name, why) of what cannot be read."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """(name, why) of what was read, and cannot be added."""
    left: int = 0
    """Not tried, since it was stopped."""

    def is_plain(self) -> bool:
        """True when there is nothing to tell but rows that everyone sees."""
        return not (self.already_here or self.unread or self.refused)

    def sentence(self) -> str:
        """Such as "297 added, 2 were here already, 1 cannot be read: name"."""
        parts = [say("{n} added", n=f"{self.added:,}")]
        if self.already_here:
            parts.append(say_count(self.already_here, "{n} was here already", "{n} were here already"))
        if self.left:
            parts.append(say_count(self.left, "{n} was left out", "{n} were left out"))
        for failures, one in ((self.unread, "{n} cannot be read: {names}"), (self.refused, "{n} refused: {names}")):
            if failures:
                parts.append(say_count(len(failures), one, one, names=_names([name for name, _ in failures])))
        return say("{parts}.", parts=", ".join(parts))

    def details(self) -> str:
        """Every failure on its line."""
        return "\n".join(say("{name}: {why}", name=name, why=why) for name, why in (*self.unread, *self.refused))


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return say_count(more, "{names} and {n} more", "{names} and {n} more", names=shown) if more > 0 else shown
