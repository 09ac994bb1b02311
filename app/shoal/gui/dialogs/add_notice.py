"""A page that stands in the place of files and choices: what is the matter, and buttons for what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from shoal.gui.dialogs.add_entry import Notice
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.widgets.raw_text import RawText
from shoal.gui.widgets.wrapped_text import address_text

TEXT_WIDTH, ICON = 460, 28
CONTENTS_HEIGHT = 150


class AddNotice(QWidget):
    """`pressed` carries the key of a button."""

    pressed = Signal(str)

    def __init__(self, theme: Theme, notice: Notice, *, has_primary: bool = True) -> None:
        """Without a primary button where another one of the window is that."""
        super().__init__()
        px = theme.px
        self.buttons: dict[str, QPushButton] = {}
        picture = self._picture = QLabel()
        self._theme, self._icon = theme, notice.icon
        theme.changed.connect(self._paint)
        self._paint()
        picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(px(8))
        words.addWidget(plain_label(notice.title, "dialog-title", width=px(TEXT_WIDTH)))
        if notice.address:
            words.addWidget(address_text(theme, notice.address, px(TEXT_WIDTH)))
        words.addWidget(plain_label(notice.text, "body", width=px(TEXT_WIDTH)))
        if notice.doing:
            words.addWidget(plain_label(say("What Shoal is doing"), "section", width=px(TEXT_WIDTH)))
            words.addWidget(plain_label(notice.doing, "body", width=px(TEXT_WIDTH)))
        row = QHBoxLayout()
        row.setSpacing(px(8))
        for at, (key, name) in enumerate(notice.buttons):
            button = QPushButton(name)
            button.setAutoDefault(False)
            if at == 0 and has_primary:
                button.setProperty("primary", "true")
            button.clicked.connect(lambda _=False, pressed=key: self.pressed.emit(pressed))
            self.buttons[key] = button
            row.addWidget(button)
        row.addStretch()
        words.addSpacing(px(8))
        words.addLayout(row)
        if notice.details:
            words.addWidget(plain_label(say("Details"), "section"))
            words.addWidget(RawText(theme, notice.details, say("Details"), height=72))
        if notice.contents:
            inside = QPushButton(say("Show what is in it"))
            inside.setCheckable(True)
            inside.setAutoDefault(False)
            box = RawText(theme, notice.contents, say("What is in it"), height=CONTENTS_HEIGHT, wraps=False)
            box.hide()
            inside.toggled.connect(box.setVisible)
            words.addWidget(inside, 0, Qt.AlignmentFlag.AlignLeft)
            words.addWidget(box)
        words.addStretch()
        across = QHBoxLayout(self)
        across.setContentsMargins(px(24), px(32), px(24), px(20))
        across.setSpacing(px(16))
        across.addWidget(picture)
        across.addLayout(words)
        across.addStretch()

    def _paint(self) -> None:
        colour = "warn" if self._icon == "triangle" else "acc"
        size = self._theme.px(ICON)
        self._picture.setPixmap(self._theme.pixmap(self._icon, colour, size, self.devicePixelRatioF()))

    def focus_first(self) -> None:
        """Give the primary button the keys, Return among them; the page must lie in its dialog already."""
        for button in self.buttons.values():
            button.setDefault(True)
            button.setFocus()
            return
