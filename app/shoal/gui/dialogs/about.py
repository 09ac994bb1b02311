"""About Shoal: which version this is, and every part it is made of with its licence."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from shoal import __version__
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import clean, say
from shoal.gui.widgets.plain_label import plain_label
from shoal.runtime.parts import Part

SIZE = (900, 620)
"""Wide enough for lines of 80 letters, as most licences have them."""

LIST_WIDTH = 200
LINE_HEIGHT = 26
ICON = 64


class AboutDialog(QDialog):
    """`parts` in the order in which they are listed; the first one's licence is shown at once."""

    def __init__(self, theme: Theme, parent: QWidget | None, parts: Sequence[Part]) -> None:
        super().__init__(parent)
        self._parts = parts
        px = theme.px
        self.setWindowTitle(say("About Shoal"))
        self.list = QListWidget()
        self.list.setProperty("card", "true")
        self.list.setProperty("lines", "true")
        self.list.setFixedWidth(px(LIST_WIDTH))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setAccessibleName(say("Parts of Shoal"))
        for part in parts:
            item = QListWidgetItem(clean(part.name), self.list)
            item.setSizeHint(QSize(0, px(LINE_HEIGHT)))
        self.name = plain_label("", "section")
        self.licence = plain_label("", "secondary", wraps=True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        # Tab leads on to the next control, as everywhere.
        self.text.setTabChangesFocus(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setProperty("field", "true")
        self.text.setFont(theme.fonts.mono())
        self.text.setAccessibleName(say("Text of the licence"))
        self.close_button = QPushButton(say("Close"))
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        self._arrange(theme)
        self.resize(px(SIZE[0]), px(SIZE[1]))
        self.list.currentRowChanged.connect(self._show)
        self.list.setCurrentRow(0)
        self.list.setFocus()

    def _arrange(self, theme: Theme) -> None:
        px = theme.px
        picture = QLabel()
        picture.setPixmap(theme.pixmap("shoal", "ink", px(ICON), self.devicePixelRatioF()))
        words = QVBoxLayout()
        words.setSpacing(px(4))
        words.addWidget(plain_label(say("Shoal {version}", version=__version__), "dialog-title"))
        words.addWidget(
            plain_label(
                say(
                    "A BitTorrent client, free software under the MIT licence. It contacts nobody but the trackers and "
                    "peers of your transfers."
                ),
                "body",
                wraps=True,
            )
        )
        words.addStretch()
        head = QHBoxLayout()
        head.setSpacing(px(16))
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        shown = QVBoxLayout()
        shown.setSpacing(px(4))
        shown.addWidget(self.name)
        shown.addWidget(self.licence)
        shown.addSpacing(px(4))
        shown.addWidget(self.text, 1)
        body = QHBoxLayout()
        body.setSpacing(px(16))
        body.addWidget(self.list)
        body.addLayout(shown, 1)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(24), px(24), px(16))
        layout.setSpacing(px(12))
        layout.addLayout(head)
        layout.addSpacing(px(4))
        layout.addWidget(plain_label(say("What it is made of"), "section"))
        layout.addLayout(body, 1)
        layout.addLayout(foot)

    def _show(self, index: int) -> None:
        if not 0 <= index < len(self._parts):
            return
        part = self._parts[index]
        self.name.setText(say("{name} {version}", name=clean(part.name), version=clean(part.version)))
        self.licence.setText(say("Licence: {licence}", licence=clean(part.licence)))
        self.text.setPlainText(part.text or say("No text of this licence was found on this computer."))
