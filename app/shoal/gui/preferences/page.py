"""One page of the Configuration: rows, and whatever else belongs there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from shoal.gui.preferences.page_part import SearchedPart
from shoal.gui.preferences.setting_row import SettingRow
from shoal.gui.style.setting_text import SECTIONS
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say_phrase
from shoal.gui.widgets.plain_label import plain_label


class SettingsPage(QScrollArea):
    """`rows` by key, and the `parts` above and below them; in the stack `parent`, if there is one."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        rows: Iterable[SettingRow],
        *,
        above: Sequence[QWidget] = (),
        below: Sequence[QWidget] = (),
        parent: QStackedWidget | None = None,
    ) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("sheet", "true")
        if parent is not None:
            # Before anything is in it: a whole tree that moves is styled anew.
            parent.addWidget(self)
        px = theme.px
        self.title = title
        self.rows = {row.entry.key: row for row in rows}
        self.parts = (*above, *below)
        sheet = QWidget()
        sheet.setProperty("surface", "true")
        self.setWidgetResizable(True)
        self.setWidget(sheet)
        self._layout = QVBoxLayout(sheet)
        self._layout.setContentsMargins(px(12), px(12), px(12), px(16))
        self._layout.setSpacing(px(4))
        head = plain_label(title, "dialog-title")
        head.setContentsMargins(px(12), 0, 0, px(8))
        self._layout.addWidget(head)
        inside: list[QWidget] = []
        for key, row in self.rows.items():
            if key in SECTIONS:
                section = plain_label(say_phrase(SECTIONS[key]), "section")
                section.setContentsMargins(px(12), px(12), px(12), 0)
                inside.append(section)
            inside.append(row)
        for widget in (*above, *inside, *below):
            # A part that can grow takes the height that is left.
            grows = widget.sizePolicy().verticalPolicy() is QSizePolicy.Policy.Expanding
            self._layout.addWidget(widget, 1 if grows else 0)
        self._layout.addStretch()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(title)

    def open_key(self, key: str) -> None:
        """Show the setting `key`, ready to be changed; nothing when it is not here."""
        row = self.rows.get(key)
        if row is not None:
            self.ensureWidgetVisible(row)
            row.editor.setFocus()
            return
        for part in self.parts:
            if isinstance(part, SearchedPart) and part.open_key(key):
                return

    def mark_hits(self, words: str) -> frozenset[str]:
        """Mark what matches, "" marks nothing; the keys that match."""
        hits = {key for key, row in self.rows.items() if words and row.matches(words)}
        for key, row in self.rows.items():
            row.mark(key in hits)
        for part in self.parts:
            if isinstance(part, SearchedPart):
                hits |= part.mark_hits(words)
        return frozenset(hits)

    def show_hit(self, *, focus: bool) -> None:
        """Bring the first thing that was marked into view, and into the focus."""
        for row in self.rows.values():
            if row.property("hit"):
                self._show(row, row.editor if focus else None)
                return
        for part in self.parts:
            found = part.first_hit() if isinstance(part, SearchedPart) else None
            if found is not None:
                self._show(found, found if focus else None)
                return

    def _show(self, widget: QWidget, focus: QWidget | None) -> None:
        self.ensureWidgetVisible(widget)
        if focus is not None:
            focus.setFocus(Qt.FocusReason.ShortcutFocusReason)
