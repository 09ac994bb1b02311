"""What the tabs with a list are made of: its table, the line below, a page for when it is empty, and its menu."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from shoal.gui.details.column_memory import ColumnMemory
from shoal.gui.models.keyed_table import KeyedTable, R
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.detail_table import Arrangement, DetailTable
from shoal.gui.widgets.empty_state import EmptyState

MenuEntry = tuple[str, Callable[[], None], bool]
"""Its words, what it does, and whether it can be done now."""


def remembered_table(
    theme: Theme, model: KeyedTable[R], arrangement: Arrangement, name: str, columns: ColumnMemory | None, key: str
) -> DetailTable:
    """A table called `name` whose columns are kept in `columns` under `key`."""
    memory = columns or ColumnMemory()
    return DetailTable(
        theme,
        model,
        model,
        [column.key for column in model.columns],
        arrangement,
        name,
        kept=memory.of(key),
        keep=lambda state: memory.keep(key, state),
    )


def chip(text: str, act: Callable[[], None]) -> QPushButton:
    """A button of the line below a list."""
    button = QPushButton(text)
    button.setProperty("chip", "true")
    button.clicked.connect(act)
    return button


class ListPages:
    """In `widget` either the list over its `foot`, or `empty`."""

    def __init__(self, theme: Theme, widget: QWidget, table: DetailTable, foot: QHBoxLayout, empty: EmptyState) -> None:
        px = theme.px
        # It lies on the pane, not in a card of its own.
        empty.setProperty("surface", "false")
        shown = QWidget()
        inside = QVBoxLayout(shown)
        inside.setContentsMargins(px(16), px(8), px(16), px(8))
        inside.setSpacing(px(6))
        inside.addWidget(table, 1)
        inside.addLayout(foot)
        self._pages = QStackedLayout(widget)
        self._pages.addWidget(empty)
        self._pages.addWidget(shown)

    def show_list(self, on: bool) -> None:
        self._pages.setCurrentIndex(1 if on else 0)


def fill_menu(menu: QMenu, entries: Iterable[MenuEntry]) -> None:
    """Add `entries`, in their order."""
    for text, act, is_on in entries:
        action = QAction(text, menu, enabled=is_on)
        action.triggered.connect(lambda _=False, act=act: act())
        menu.addAction(action)


def passing_menu(parent: QWidget) -> QMenu:
    """A context menu that is deleted when it closes."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu
