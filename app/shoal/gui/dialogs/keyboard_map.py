"""All keys of the window in one place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from shoal.gui.dialogs.sheet_dialog import SheetDialog
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.plain_label import plain_label

SIZE = (580, 560)
Section = tuple[str, Sequence[tuple[str, str]]]
"""A title, and (keys, what they do)."""


class KeyboardMap(SheetDialog):
    def __init__(self, theme: Theme, parent: QWidget | None, sections: Sequence[Section]) -> None:
        super().__init__(theme, parent, say("Keyboard map"), _sheet(theme, sections), size=SIZE)
        self.close_button.setFocus()


def _sheet(theme: Theme, sections: Sequence[Section]) -> QWidget:
    px = theme.px
    sheet = QWidget()
    grid = QGridLayout(sheet)
    grid.setContentsMargins(px(16), px(12), px(16), px(12))
    grid.setHorizontalSpacing(px(24))
    grid.setVerticalSpacing(px(8))
    grid.setColumnStretch(1, 1)
    line = 0
    for title, entries in sections:
        label = plain_label(title, "section")
        label.setContentsMargins(0, px(12) if line else 0, 0, px(2))
        grid.addWidget(label, line, 0, 1, 2)
        for at, (keys, what) in enumerate(entries, start=line + 1):
            key = plain_label(keys, "key")
            key.setAccessibleName(say("{what}: {keys}", what=what, keys=keys))
            grid.addWidget(key, at, 0)
            grid.addWidget(plain_label(what, "body", wraps=True), at, 1)
        line += len(entries) + 1
    grid.setRowStretch(line, 1)
    return sheet
