"""Everything that a window says: labels, buttons, menus, headers, cells, tooltips and what a screen reader is told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QTabBar,
    QTableView,
    QTreeView,
    QWidget,
)

MOST_ROWS = 40
_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
_PLAIN_WORD = re.compile(r"[A-Za-z]{2,}")
_MARK_UP = re.compile(r"<[^>]*>|&[a-z]+;")


def shown_words(window: QWidget) -> Iterator[tuple[str, str]]:
    """(where, words) of everything below `window` that is not hidden, and of its menus."""
    for widget in (window, *window.findChildren(QWidget)):
        if isinstance(widget, QMenu):
            continue  # by its action
        if not (widget is window or widget.isVisibleTo(window)):
            continue
        where = f"{type(widget).__name__} {widget.objectName()}".strip()
        for words in _own_words(widget):
            if words:
                yield where, words


def menu_words(menu: QMenu | QMenuBar) -> Iterator[tuple[str, str]]:
    """(where, words) of a menu and those below it, filled as when they are opened."""
    if isinstance(menu, QMenu):
        menu.aboutToShow.emit()
    for action in menu.actions():
        yield "menu", action.text()
        yield "tooltip of a menu", action.toolTip()
        below = action.menu()
        if isinstance(below, QMenu):
            yield from menu_words(below)


def plain_words(words: str, known: frozenset[str]) -> set[str]:
    """The words in plain letters that are not `known`."""
    # A letter's mark in a menu is inside its word.
    return set(_PLAIN_WORD.findall(_MARK_UP.sub(" ", words).replace("&", ""))) - known


def _own_words(widget: QWidget) -> Iterator[str]:
    if widget.isWindow():
        yield widget.windowTitle()
    yield from (widget.toolTip(), widget.statusTip(), widget.accessibleName(), widget.accessibleDescription())
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        yield widget.placeholderText()
    if isinstance(widget, QGroupBox):
        yield widget.title()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(at) for at in range(widget.count()))
    if isinstance(widget, QTabBar):
        for at in range(widget.count()):
            yield from (widget.tabText(at), widget.tabToolTip(at), widget.accessibleTabName(at))
    if isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView) and widget.model() is not None:
        yield from _model_words(widget, widget.model())
    for action in widget.actions():
        if not action.isSeparator():
            yield from _action_words(action)


def _action_words(action: QAction) -> Iterator[str]:
    yield from (action.text(), action.toolTip(), action.statusTip())


def _model_words(view: QAbstractItemView, model: QAbstractItemModel) -> Iterator[str]:
    if isinstance(view, QTableView | QTreeView):
        for column in range(model.columnCount()):
            for role in _ROLES:
                yield _text(model.headerData(column, Qt.Orientation.Horizontal, role))
    yield from _cell_words(model, QModelIndex())


def _cell_words(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[str]:
    for at in range(min(model.rowCount(parent), MOST_ROWS)):
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)):
            index = model.index(at, column, parent)
            yield from (_text(model.data(index, role)) for role in _ROLES)
        yield from _cell_words(model, model.index(at, 0, parent))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
