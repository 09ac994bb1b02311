"""What the pages of the assistant have in common: a title, a sentence, and a draft that they show and change."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.wizard.draft import Draft

SIDE, TOP, BOTTOM = 36, 36, 20


class WizardPage(QWidget):
    """`edited` carries the whole draft as the page would have it; `show_draft` never emits it."""

    edited = Signal(object)

    def __init__(self, theme: Theme, title: str, lead: str) -> None:
        super().__init__()
        px = theme.px
        self.title = title
        self.draft = self.before = Draft()
        """The draft, and what was in force when the assistant was opened."""
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(px(SIDE), px(TOP), px(SIDE), px(BOTTOM))
        self.body.setSpacing(0)
        self.body.addWidget(plain_label(title, "page-title", wraps=True))
        if lead:
            self.body.addSpacing(px(8))
            self.body.addWidget(plain_label(lead, "lead", wraps=True))
        self.body.addSpacing(px(22))

    def show_draft(self, draft: Draft, before: Draft) -> None:
        self.draft, self.before = draft, before
        self.refresh()

    def refresh(self) -> None:
        """Show `draft`."""

    def entered(self) -> None:
        """The page is shown now."""

    def first_field(self) -> QWidget | None:
        """What has the focus when the page is shown; None for the button that goes on."""
        return None

    def edit(self, draft: Draft) -> None:
        """Tell of a change that was made here."""
        if draft != self.draft:
            self.edited.emit(draft)


class NoteCard(QFrame):
    """What follows from the answers: a picture, a sentence, and what it means."""

    def __init__(self, theme: Theme, icon: str) -> None:
        super().__init__()
        px = theme.px
        self._theme = theme
        self._icon, self._token = icon, "acc"
        self.setProperty("note", "true")
        self._picture = QLabel()
        self.title = plain_label("", "section", wraps=True)
        self.text = plain_label("", "secondary", wraps=True)
        words = QVBoxLayout()
        words.setSpacing(px(4))
        words.addWidget(self.title)
        words.addWidget(self.text)
        words.addStretch()
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(px(18), px(13), px(18), px(13))
        self.row.setSpacing(px(16))
        column = QVBoxLayout()
        column.addWidget(self._picture)
        column.addStretch()
        self.row.addLayout(column)
        self.row.addLayout(words, 1)
        theme.changed.connect(self._paint)
        self._paint()

    def say(self, title: str, text: str, icon: str = "", token: str = "acc") -> None:
        """`text` may be empty; `icon` and its colour, where they change with what is said."""
        self.title.setText(title)
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self._icon, self._token = icon or self._icon, token
        self.setAccessibleName(" ".join(part for part in (title, text) if part))
        self._paint()

    def _paint(self) -> None:
        side = self._theme.px(22)
        self._picture.setPixmap(self._theme.pixmap(self._icon, self._token, side, self.devicePixelRatioF()))
