"""What the messages mean: every message that Shoal may show, with its plain words, to read at leisure."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from shoal.gui.dialogs.sheet_dialog import SheetDialog
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.find_field import FindField
from shoal.gui.widgets.plain_label import plain_label

SIZE = (620, 600)
Message = tuple[str, str, str]
"""Title, what it means, what Shoal is doing."""


class MessageGuide(SheetDialog):
    """With a field that leaves only the messages that contain what is typed."""

    def __init__(self, theme: Theme, parent: QWidget | None, messages: Sequence[Message]) -> None:
        field, sheet = FindField(theme, say("Find a message")), QWidget()
        super().__init__(theme, parent, say("What the messages mean"), sheet, size=SIZE, above=field)
        self.field = field
        self.field.set_hint(say("Find a message"))
        self.field.textChanged.connect(self._find)
        px = theme.px
        column = QVBoxLayout(sheet)
        column.setContentsMargins(px(16), px(12), px(16), px(12))
        column.setSpacing(px(16))
        self.cards: list[tuple[str, QWidget]] = []
        for title, text, doing in messages:
            card = QWidget()
            lines = QVBoxLayout(card)
            lines.setContentsMargins(0, 0, 0, 0)
            lines.setSpacing(px(4))
            lines.addWidget(plain_label(title, "section", wraps=True))
            lines.addWidget(plain_label(text, "body", wraps=True))
            if doing:
                said = say("What Shoal is doing: {doing}", doing=doing)
                lines.addWidget(plain_label(said, "secondary", wraps=True))
            column.addWidget(card)
            self.cards.append((f"{title} {text} {doing}".casefold(), card))
        self._nothing = plain_label(say("No message contains that."), "secondary", wraps=True)
        self._nothing.hide()
        column.addWidget(self._nothing)
        column.addStretch()

    def _find(self, text: str) -> None:
        needle = text.strip().casefold()
        for words, card in self.cards:
            card.setVisible(needle in words)
        self._nothing.setVisible(all(needle not in words for words, _ in self.cards))
