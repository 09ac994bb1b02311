"""Every setting of the engine in one table; the one that is chosen is changed below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from shoal.gui.link.settings_door import SettingsDoor
from shoal.gui.models.keyed_table import KeyedTable, TableColumn
from shoal.gui.preferences.changes import Changes
from shoal.gui.preferences.page_part import SearchedPart
from shoal.gui.preferences.setting_row import DOT, SettingRow
from shoal.gui.style.setting_text import effect_of, measure_of, range_text, title_of, value_text
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import clean, phrase, say
from shoal.gui.widgets.detail_table import Arrangement, DetailTable
from shoal.gui.widgets.plain_label import plain_label
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.schema import Setting, Value, schema_of

ENGINE_ENTRIES = tuple(entry for entry in schema_of(EngineSettings) if entry.page is not None)
WIDTHS = {"value": 120, "default": 110, "range": 130, "unit": 80, "effect": 340}
LEAST_HEIGHT = 200


@dataclass(frozen=True, slots=True)
class EngineLine:
    """One setting and the value in force."""

    entry: Setting
    value: Value

    @property
    def is_changed(self) -> bool:
        return self.value != self.entry.default


def _value(line: EngineLine) -> str:
    text = clean(value_text(line.entry, line.value))
    return f"{DOT} {text}" if line.is_changed else text


def _spoken(line: EngineLine) -> str:
    title, value = title_of(line.entry), clean(value_text(line.entry, line.value))
    if line.is_changed:
        default = value_text(line.entry, line.entry.default)
        return say("{title}: {value}, changed from {default}", title=title, value=value, default=default)
    return say("{title}: {value}", title=title, value=value)


def _ink(line: EngineLine) -> str:
    return "ink"


COLUMNS: tuple[TableColumn[EngineLine], ...] = (
    TableColumn(
        "name",
        phrase("Setting"),
        lambda line: title_of(line.entry),
        lambda line: title_of(line.entry).casefold(),
        token=_ink,
        tooltip=lambda line: effect_of(line.entry),
    ),
    TableColumn(
        "value",
        phrase("Value"),
        _value,
        # What was changed comes first.
        lambda line: float(not line.is_changed),
        token=lambda line: "acc" if line.is_changed else "ink",
        strong=lambda line: line.is_changed,
    ),
    TableColumn(
        "default",
        phrase("Default"),
        lambda line: value_text(line.entry, line.entry.default),
        lambda line: value_text(line.entry, line.entry.default),
    ),
    TableColumn("range", phrase("May be"), lambda line: range_text(line.entry), lambda line: range_text(line.entry)),
    TableColumn(
        "unit",
        phrase("Unit"),
        lambda line: measure_of(line.entry, line.value),
        lambda line: measure_of(line.entry, line.value),
    ),
    TableColumn(
        "effect", phrase("What it does"), lambda line: effect_of(line.entry), lambda line: effect_of(line.entry)
    ),
)


class EngineKeysPart(SearchedPart):
    """Return or a double click on a line goes to its field, Esc in the field back to the table."""

    def __init__(self, theme: Theme, changes: Changes, door: SettingsDoor) -> None:
        super().__init__()
        px = theme.px
        self._theme, self._changes, self._door = theme, changes, door
        self._words = ""
        self.model = KeyedTable(COLUMNS, lambda line: line.entry.key, _spoken, self)
        plan = Arrangement(WIDTHS, "name", 190, ("effect", "unit", "range", "default"))
        keys = [column.key for column in COLUMNS]
        self.table = DetailTable(theme, self.model, self.model, keys, plan, say("Settings of the engine"))
        self.table.setSelectionMode(DetailTable.SelectionMode.SingleSelection)
        self.table.setMinimumHeight(px(LEAST_HEIGHT))
        hint = plain_label(
            say("All settings of the engine, also those of other pages. Press Return on one, or click it twice."),
            "secondary",
            wraps=True,
        )
        hint.setContentsMargins(px(12), 0, px(12), px(4))
        self.row: SettingRow | None = None
        self._facts = plain_label("", "secondary", wraps=True)
        self._facts.setContentsMargins(px(13), 0, px(12), 0)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(px(6))
        self._layout.addWidget(hint)
        self._layout.addWidget(self.table, 1)
        self._layout.addWidget(self._facts)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._show()
        self.table.selectionModel().selectionChanged.connect(self._show_chosen)
        self.table.doubleClicked.connect(self._edit)
        for keys_of_it in ("Return", "Enter"):
            enter = QShortcut(QKeySequence(keys_of_it), self.table)
            enter.setContext(Qt.ShortcutContext.WidgetShortcut)
            enter.activated.connect(self._edit)
        door.changed.connect(self._follow)
        changes.failed.connect(self._show_problem)
        self.table.choose(0)

    def mark_hits(self, words: str) -> frozenset[str]:
        self._words = words
        hits = frozenset(entry.key for entry in ENGINE_ENTRIES if words and _matches(entry, words))
        self._show()
        if self.table.selected_positions() == [] and self.model.rows:
            self.table.choose(0)
        return hits

    def first_hit(self) -> QWidget | None:
        return self.table

    def open_key(self, key: str) -> bool:
        position = self.model.position_of(key)
        if position is None:
            return False
        self.table.choose(position)
        self._edit()
        return True

    # -- inside

    def _show(self) -> None:
        found = [entry for entry in ENGINE_ENTRIES if self._words and _matches(entry, self._words)]
        shown: Sequence[Setting] = found or ENGINE_ENTRIES
        self.model.show_rows([EngineLine(entry, self._door.value(entry.key)) for entry in shown])

    def _follow(self, keys: frozenset[str]) -> None:
        self._show()
        if self.row is not None:
            self.row.show_value(self._door.value(self.row.entry.key))

    def _show_chosen(self) -> None:
        chosen = self.table.selected_positions()
        entry = self.model.rows[chosen[0]].entry if chosen else None
        if entry is None or (self.row is not None and self.row.entry.key == entry.key):
            return
        if self.row is not None:
            self.row.hide()
            self.row.deleteLater()
        row = self.row = SettingRow(self._theme, entry)
        self._layout.insertWidget(self._layout.indexOf(self._facts), row)
        # By itself the layout shows it later, and what is not shown yet takes no focus.
        row.show()
        row.show_value(self._door.value(entry.key))
        row.wanted.connect(self._want)
        leave = QShortcut(QKeySequence("Esc"), row)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self._leave)
        facts = say(
            "Name in files: {key}. Default: {default}. It may be: {range}.",
            key=entry.key,
            default=value_text(entry, entry.default),
            range=range_text(entry),
        )
        self._facts.setText(facts)

    def _edit(self) -> None:
        self._show_chosen()
        if self.row is not None:
            self.row.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _leave(self) -> None:
        if self.row is not None:
            # What was typed and not taken is forgotten.
            self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.row.show_value(self._door.value(self.row.entry.key))

    def _want(self, key: str, value: Value) -> None:
        entry = next(entry for entry in ENGINE_ENTRIES if entry.key == key)
        self._changes.make(title_of(entry), {key: value})

    def _show_problem(self, keys: frozenset[str], text: str) -> None:
        if self.row is not None and self.row.entry.key in keys:
            self.row.show_value(self._door.value(self.row.entry.key))
            self.row.editor.show_problem(text)


def _matches(entry: Setting, words: str) -> bool:
    text = f"{title_of(entry)} {effect_of(entry)} {entry.key} {entry.title} {entry.effect}".casefold()
    return all(word in text for word in words.casefold().split())
