"""The Configuration window: search on top, pages at the left, settings at the right; changes apply at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.settings_door import ENTRIES, SettingsDoor
from shoal.gui.preferences.changes import Change, Changes
from shoal.gui.preferences.engine_keys import ENGINE_ENTRIES, EngineKeysPart
from shoal.gui.preferences.page import SettingsPage
from shoal.gui.preferences.page_part import PagePart
from shoal.gui.preferences.pages import Pages
from shoal.gui.preferences.setting_row import SettingRow
from shoal.gui.style.fonts import Role
from shoal.gui.style.setting_text import page_title, title_of
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.find_field import FindField
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.widgets.toast import Toast
from shoal.settings.schema import Page, Value

SIZE = (900, 660)
REST_MILLISECONDS = 30
"""Between two pages that are made while nobody waits for them."""
PAGES_WIDTH, MOST_PAGES_WIDTH, PAGE_PADDING = 200, 280, 36
OWN_EDITOR = frozenset({"shortcuts", *(entry.key for entry in ENGINE_ENTRIES if entry.page is Page.ADVANCED)})
"""Settings that a part of their page edits, instead of a row."""


class Configuration(QDialog):
    """Not modal: what is changed is seen in the window behind it."""

    export_wanted = Signal()
    import_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        door: SettingsDoor,
        link: ClientLink,
        parts: Sequence[PagePart] = (),
    ) -> None:
        super().__init__(parent)
        px = theme.px
        self._theme, self._door = theme, door
        self.changes = Changes(self, door, link)
        self.setWindowTitle(say("Configuration"))
        self.search = FindField(theme, say("Search settings"))
        self.search.set_hint(say("Search settings"))
        self.list = QListWidget()
        self.list.setProperty("pages", "true")
        self.list.setAccessibleName(say("Pages"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.stack = QStackedWidget()
        advanced = PagePart(Page.ADVANCED, lambda theme, changes: EngineKeysPart(theme, changes, door))
        self._parts = (*parts, advanced)
        self.pages = Pages(self._make_page)
        self._titles = [page_title(page) for page in Page]
        for title in self._titles:
            item = QListWidgetItem(title)
            item.setSizeHint(QSize(0, px(36)))
            self.list.addItem(item)
        self._resting = QTimer(self)
        self._resting.setInterval(REST_MILLISECONDS)
        self._resting.timeout.connect(self._on_rest)
        # As wide as the longest title, in whatever language and size of text.
        metrics = QFontMetrics(theme.fonts[Role.STRONG])
        needed = max(map(metrics.horizontalAdvance, self._titles)) + px(PAGE_PADDING)
        for beside in (self.search, self.list):
            beside.setFixedWidth(max(px(PAGES_WIDTH), min(needed, px(MOST_PAGES_WIDTH))))
        self._told = plain_label("", "secondary", wraps=True)
        self.toast = Toast(theme, self.stack)
        self._toasted: Change | None = None
        self.undo = self._button(say("Undo"))
        self.undo.clicked.connect(self.changes.undo)
        exporting, importing = self._button(say("Export\u2026")), self._button(say("Import\u2026"))
        exporting.clicked.connect(self.export_wanted)
        importing.clicked.connect(self.import_wanted)
        closing = self._button(say("Close"))
        closing.clicked.connect(self.close)
        left = QVBoxLayout()
        left.setSpacing(px(8))
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        middle = QHBoxLayout()
        middle.setSpacing(px(16))
        middle.addLayout(left)
        middle.addWidget(self.stack, 1)
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        self._foot = (importing, exporting, self.undo, closing)
        for button in self._foot[:2]:
            foot.addWidget(button)
        foot.addWidget(self._told, 1)
        for button in self._foot[2:]:
            foot.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(20), px(20), px(20), px(16))
        layout.setSpacing(px(16))
        layout.addLayout(middle, 1)
        layout.addLayout(foot)
        self.resize(px(SIZE[0]), px(SIZE[1]))
        self.list.currentRowChanged.connect(self._show_page)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._go_to_hit)
        for keys, act in (("Ctrl+F", self.search.setFocus), ("Ctrl+Z", self.changes.undo), ("Ctrl+W", self.close)):
            QShortcut(QKeySequence(keys), self).activated.connect(act)
        self.changes.moved.connect(self._show_undo)
        self.changes.failed.connect(self._show_problem)
        self.changes.told.connect(self.tell)
        self.changes.recorded.connect(self._show_recorded)
        door.changed.connect(self._show_values)
        self.list.setCurrentRow(0)
        self._show_undo()
        self.search.setFocus()

    @property
    def page(self) -> Page:
        """The one that is shown."""
        return list(Page)[self.list.currentRow()]

    def open_page(self, page: Page, key: str = "") -> None:
        """Show `page`, and there the setting `key`."""
        self.list.setCurrentRow(list(Page).index(page))
        self.pages[page].open_key(key)

    def take_over(self, former: Configuration) -> None:
        """Stand where `former` does, with what it can take back; its last words may be of another language."""
        self.setGeometry(former.geometry())
        self.changes.take_over(former.changes)

    def tell(self, text: str) -> None:
        """Say `text` at the foot."""
        self._told.setText(text)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._resting.start()

    # -- inside

    def _show_page(self, row: int) -> None:
        if row >= 0:
            self.stack.setCurrentWidget(self.pages[list(Page)[row]])

    def _on_rest(self) -> None:
        """Whoever goes through the pages or searches waits for none of them."""
        if not self.pages.make_one():
            self._resting.stop()

    def _make_page(self, page: Page) -> SettingsPage:
        theme = self._theme
        entries = [entry for entry in ENTRIES.values() if entry.page is page and entry.key not in OWN_EDITOR]
        rows = [SettingRow(theme, entry) for entry in entries]
        for row in rows:
            row.wanted.connect(self._want)
            row.show_value(self._door.value(row.entry.key))
        here = [(part.is_above, part.make(theme, self.changes)) for part in self._parts if part.page is page]
        made = SettingsPage(
            theme,
            page_title(page),
            rows,
            above=[widget for is_above, widget in here if is_above],
            below=[widget for is_above, widget in here if not is_above],
            parent=self.stack,
        )
        # The keys go through the page before they come to the foot.
        last: QWidget = self.previousInFocusChain() or made
        for button in self._foot:
            QWidget.setTabOrder(last, button)
            last = button
        return made

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        # Return in a field takes the value; it presses nothing.
        button.setAutoDefault(False)
        return button

    def _want(self, key: str, value: Value) -> None:
        self._told.clear()
        self.changes.make(title_of(ENTRIES[key]), {key: value})

    def _show_values(self, keys: frozenset[str]) -> None:
        # The first answer of the engine may differ in nothing from the defaults, and is shown all the same.
        for page in self.pages.made.values():
            for key, row in page.rows.items():
                if not keys or key in keys:
                    row.show_value(self._door.value(key))

    def _show_undo(self) -> None:
        last = self.changes.last
        self.undo.setEnabled(last is not None)
        self.undo.setText(say("Undo: {what}", what=last.name) if last is not None else say("Undo"))
        if self._toasted is not None and not self.changes.is_open(self._toasted):
            self._toasted = None
            self.toast.hide()

    def _show_recorded(self, change: Change) -> None:
        self.toast.say(change.name, say("Undo"), partial(self.changes.undo_this, change))
        self._toasted = change

    def _show_problem(self, keys: frozenset[str], text: str) -> None:
        for page in self.pages.made.values():
            for key in keys & page.rows.keys():
                page.rows[key].show_value(self._door.value(key))
                page.rows[key].editor.show_problem(text)
        self._told.setText(text)

    def _search(self, words: str) -> None:
        words = words.strip()
        first: Page | None = None
        found: set[str] = set()
        for at, (page, made) in enumerate(self.pages.items()):
            hits = made.mark_hits(words)
            found |= hits
            is_named = words.casefold() in self._titles[at].casefold()
            self.list.item(at).setHidden(bool(words) and not hits and not is_named)
            if first is None and words and (hits or is_named):
                first = page
        if first is not None:
            self.list.setCurrentRow(list(Page).index(first))
            self.pages[first].show_hit(focus=False)
        self._told.setText(say_count(len(found), "{n} setting found", "{n} settings found") if words else "")

    def _go_to_hit(self) -> None:
        self.pages[self.page].show_hit(focus=True)
