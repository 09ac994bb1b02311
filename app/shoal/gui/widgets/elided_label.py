"""One line of plain text that never asks for more room than there is: too long, its middle is left out."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from shoal.gui.widgets.plain_label import read_from_start


class ElidedLabel(QLabel):
    """The whole text is its tooltip while not all of it is seen, and always what a screen reader says."""

    def __init__(self, text: str, role: str) -> None:
        super().__init__(text)
        self._whole = text
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        read_from_start(self)
        self.setAccessibleName(text)
        # Ignored: the text that is shown must not decide how much room there is for it.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_whole(self, text: str) -> None:
        """Another text."""
        if text != self._whole:
            self._whole = text
            self.setAccessibleName(text)
            self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, self.contentsRect().width())
        self.setText(shown)
        # Tooltips guess at rich text; escaped, a stranger's name stays plain.
        self.setToolTip("" if shown == self._whole else f"<qt>{html.escape(self._whole)}</qt>")
