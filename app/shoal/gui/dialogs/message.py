"""A message with a title, plain words, what Shoal is doing about it, buttons with names, and raw text under Details."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.widgets.raw_text import RawText
from shoal.gui.widgets.wrapped_text import address_text

TEXT_WIDTH = 420
CONTENTS_HEIGHT = 220


class MessageDialog(QDialog):
    """`buttons` are (key, name), the first the primary one; `chosen` is the key pressed, '' when closed."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        title: str,
        text: str,
        *,
        buttons: Sequence[tuple[str, str]],
        doing: str = "",
        details: str = "",
        address: str = "",
        contents: str = "",
        window_title: str = "",
        icon: tuple[str, str] = ("triangle", "warn"),
    ) -> None:
        """`contents` are the lines of a broken file, behind a button; `window_title` is `title` unless told."""
        super().__init__(parent)
        self.chosen = ""
        self.setWindowTitle(window_title or title)
        px = theme.px
        picture = QLabel()
        picture.setPixmap(theme.pixmap(icon[0], icon[1], px(28), self.devicePixelRatioF()))
        picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(px(8))
        heading = plain_label(title, "dialog-title", width=px(TEXT_WIDTH))
        words.addWidget(heading)
        if address:
            words.addWidget(address_text(theme, address, px(TEXT_WIDTH)))
        words.addWidget(plain_label(text, "body", width=px(TEXT_WIDTH)))
        if doing:
            words.addSpacing(px(4))
            words.addWidget(plain_label(say("What Shoal is doing"), "section", width=px(TEXT_WIDTH)))
            words.addWidget(plain_label(doing, "body", width=px(TEXT_WIDTH)))
        top = QHBoxLayout()
        top.setSpacing(px(16))
        top.addWidget(picture)
        top.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(24), px(24), px(16))
        layout.setSpacing(px(16))
        layout.addLayout(top)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        if details:
            more = QPushButton(say("Details"))
            more.setProperty("link", "true")
            layout.addWidget(self._unfolded(more, RawText(theme, details, say("Details"), height=90)))
            row.addWidget(more)
        row.addStretch()
        made = [self._button(key, name, primary=at == 0) for at, (key, name) in enumerate(buttons)]
        for button in reversed(made[1:]):
            row.addWidget(button)
        if contents:
            inside = QPushButton(say("Show what is in it"))
            inside.setAutoDefault(False)
            box = RawText(theme, contents, say("What is in it"), height=CONTENTS_HEIGHT, wraps=False)
            layout.addWidget(self._unfolded(inside, box))
            row.addWidget(inside)
        for button in made[:1]:
            row.addWidget(button)
        layout.addLayout(row)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        if made:
            made[0].setDefault(True)
            made[0].setFocus()

    def _unfolded(self, button: QPushButton, box: RawText) -> RawText:
        """`box`, which `button` shows and hides."""
        box.hide()
        button.setCheckable(True)
        button.toggled.connect(box.setVisible)
        button.toggled.connect(self.adjustSize)
        return box

    def _button(self, key: str, name: str, *, primary: bool) -> QPushButton:
        button = QPushButton(name)
        if primary:
            button.setProperty("primary", "true")
        button.clicked.connect(lambda: self._choose(key))
        return button

    def _choose(self, key: str) -> None:
        self.chosen = key
        self.accept()
