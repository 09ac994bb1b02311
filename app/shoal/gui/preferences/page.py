"""One page of the Configuration: rows, and whatever else belongs there."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from shoal.gui.preferences.setting_row import SettingRow
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.plain_label import plain_label


class SettingsPage(QScrollArea):
    """`rows` by key. Widgets of other parts are put above or below them."""

    def __init__(self, theme: Theme, title: str, rows: Iterable[SettingRow], *, above: QWidget | None = None) -> None:
        super().__init__()
        px = theme.px
        self.title = title
        self.rows = {row.entry.key: row for row in rows}
        sheet = QWidget()
        sheet.setProperty("surface", "true")
        self._layout = QVBoxLayout(sheet)
        self._layout.setContentsMargins(px(12), px(12), px(12), px(16))
        self._layout.setSpacing(px(4))
        head = plain_label(title, "dialog-title")
        head.setContentsMargins(px(12), 0, 0, px(8))
        self._layout.addWidget(head)
        if above is not None:
            self._layout.addWidget(above)
        for row in self.rows.values():
            self._layout.addWidget(row)
        self._layout.addStretch(1)
        self.setWidget(sheet)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("sheet", "true")
        self.setAccessibleName(title)

    def put_below(self, widget: QWidget) -> None:
        """After the rows; it may take the height that is left."""
        self._layout.insertWidget(self._layout.count() - 1, widget)

    def mark_hits(self, words: str) -> list[SettingRow]:
        """Mark the rows that match; "" marks none."""
        hits = [row for row in self.rows.values() if words and row.matches(words)]
        for row in self.rows.values():
            row.mark(row in hits)
        return hits
