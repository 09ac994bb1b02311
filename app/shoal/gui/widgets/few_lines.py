"""Plain text on at most two lines: what does not fit is left out at its end, and its tooltip has the whole."""

from __future__ import annotations

import html
from itertools import pairwise

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.detail_cells import wrapped
from shoal.gui.widgets.plain_label import read_from_start
from shoal.gui.widgets.text_measures import TextMeasures

MOST_LINES = 2


class FewLines(QLabel):
    """A screen reader says the whole text."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "secondary")
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        read_from_start(self)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_whole(self, text: str) -> None:
        """Another text."""
        if text != self._whole:
            self._whole = text
            self.setAccessibleName(text)
            self._elide()
            self.updateGeometry()

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        return len(self._lines(width)) * self.fontMetrics().lineSpacing()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(120), self.heightForWidth(max(1, self.width())))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, self.fontMetrics().lineSpacing())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = "\n".join(self._lines(self.width()))
        self.setText(shown)
        is_whole = not shown.endswith("\u2026") or self._whole.endswith("\u2026")
        self.setToolTip("" if is_whole else f"<qt>{html.escape(self._whole)}</qt>")

    def _lines(self, width: int) -> list[str]:
        font = self._theme.fonts[Role.SECONDARY]
        layout = wrapped(self._whole, font, max(1, width), self.layoutDirection())
        starts = [layout.lineAt(at).textStart() for at in range(layout.lineCount())]
        if len(starts) <= MOST_LINES:
            ends = [*starts[1:], len(self._whole)]
            return [self._whole[start:end].rstrip() for start, end in zip(starts, ends, strict=True)]
        kept = [self._whole[start:end].rstrip() for start, end in pairwise(starts[:MOST_LINES])]
        last = TextMeasures(font).elided(self._whole[starts[MOST_LINES - 1] :], max(1, width), at_words=True)
        return [*kept, last]
