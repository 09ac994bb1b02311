"""A box of raw text: of a fixed pitch, from left to right, to be read and copied and nothing else."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit

from shoal.gui.style.theme import Theme


class RawText(QPlainTextEdit):
    def __init__(self, theme: Theme, text: str, name: str, *, height: int, wraps: bool = True) -> None:
        """`name` is what a screen reader calls it; `height` at 96 dpi."""
        super().__init__(text)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFont(theme.fonts.mono())
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        if not wraps:
            self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFixedHeight(theme.px(height))
        self.setAccessibleName(name)
