"""All keys of the window in one place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say

WIDTH, HEIGHT = 580, 560
Section = tuple[str, Sequence[tuple[str, str]]]
"""A title, and (keys, what they do)."""


class KeyboardMap(QDialog):
    def __init__(self, theme: Theme, parent: QWidget | None, sections: Sequence[Section]) -> None:
        super().__init__(parent)
        px = theme.px
        self.setWindowTitle(say("Keyboard map"))
        heading = _plain(say("Keyboard map"), "dialog-title")
        sheet = QWidget()
        sheet.setProperty("surface", "true")
        grid = QGridLayout(sheet)
        grid.setContentsMargins(px(16), px(12), px(16), px(12))
        grid.setHorizontalSpacing(px(24))
        grid.setVerticalSpacing(px(8))
        grid.setColumnStretch(1, 1)
        line = 0
        for title, entries in sections:
            label = _plain(title, "section")
            label.setContentsMargins(0, px(12) if line else 0, 0, px(2))
            grid.addWidget(label, line, 0, 1, 2)
            for at, (keys, what) in enumerate(entries, start=line + 1):
                key = _plain(keys, "key")
                key.setAccessibleName(say("{what}: {keys}", what=what, keys=keys))
                grid.addWidget(key, at, 0)
                words = _plain(what, "body")
                words.setWordWrap(True)
                grid.addWidget(words, at, 1)
            line += len(entries) + 1
        grid.setRowStretch(line, 1)
        area = QScrollArea()
        area.setWidget(sheet)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setProperty("sheet", "true")
        area.setAccessibleName(say("Keyboard map"))
        close = QPushButton(say("Close"))
        close.setDefault(True)
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(24), px(24), px(16))
        layout.setSpacing(px(12))
        layout.addWidget(heading)
        layout.addWidget(area, 1)
        layout.addLayout(foot)
        self.resize(px(WIDTH), px(HEIGHT))
        close.setFocus()


def _plain(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label
