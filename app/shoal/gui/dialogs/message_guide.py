"""What the messages mean: every message that Shoal may show, with its plain words, to read at leisure."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say

WIDTH, HEIGHT = 620, 600
Message = tuple[str, str, str]
"""Title, what it means, what Shoal is doing."""


class MessageGuide(QDialog):
    """With a field that leaves only the messages that contain what is typed."""

    def __init__(self, theme: Theme, parent: QWidget | None, messages: Sequence[Message]) -> None:
        super().__init__(parent)
        px = theme.px
        self.setWindowTitle(say("What the messages mean"))
        heading = _plain(say("What the messages mean"), "dialog-title")
        self.field = QLineEdit()
        self.field.setPlaceholderText(say("Find a message"))
        self.field.setAccessibleName(say("Find a message"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._find)
        sheet = QWidget()
        sheet.setProperty("surface", "true")
        column = QVBoxLayout(sheet)
        column.setContentsMargins(px(16), px(12), px(16), px(12))
        column.setSpacing(px(16))
        self.cards: list[tuple[str, QWidget]] = []
        for title, text, doing in messages:
            card = QWidget()
            lines = QVBoxLayout(card)
            lines.setContentsMargins(0, 0, 0, 0)
            lines.setSpacing(px(4))
            lines.addWidget(_plain(title, "section"))
            lines.addWidget(_plain(text, "body"))
            if doing:
                lines.addWidget(_plain(say("What Shoal is doing: {doing}", doing=doing), "secondary"))
            column.addWidget(card)
            self.cards.append((f"{title} {text} {doing}".casefold(), card))
        self._nothing = _plain(say("No message contains that."), "secondary")
        self._nothing.hide()
        column.addWidget(self._nothing)
        column.addStretch()
        area = QScrollArea()
        area.setWidget(sheet)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setProperty("sheet", "true")
        area.setAccessibleName(say("What the messages mean"))
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
        layout.addWidget(self.field)
        layout.addWidget(area, 1)
        layout.addLayout(foot)
        self.resize(px(WIDTH), px(HEIGHT))

    def _find(self, text: str) -> None:
        needle = text.strip().casefold()
        for words, card in self.cards:
            card.setVisible(needle in words)
        self._nothing.setVisible(all(needle not in words for words, _ in self.cards))


def _plain(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label
