"""The page of keys: every action with its keys, changed by pressing others, menu by menu."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QIcon, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QKeySequenceEdit, QLineEdit, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from shoal.gui.link.settings_door import SettingsDoor
from shoal.gui.preferences.changes import Changes
from shoal.gui.preferences.page_part import SearchedPart
from shoal.gui.preferences.setting_row import DOT
from shoal.gui.style.key_choice import KeyEntry, keys_in_force, portable_keys, refusal, shown_keys, with_keys
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.plain_label import plain_label

KEY = "shortcuts"
FIELD_WIDTH, CROSS = 150, 14
MOVING = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
PAGING = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class KeyField(QKeySequenceEdit):
    """Takes the keys that are pressed in it. Up and Down alone go to the fields beside it, Backspace alone empties."""

    pressed = Signal(str)
    """Keys in Qt's portable text, or "" for none; shown, and not in force yet."""
    left = Signal(int)
    """To the next field (1) or the one before (-1)."""

    def __init__(self) -> None:
        super().__init__()
        self.setMaximumSequenceLength(1)
        line = self.findChild(QLineEdit)
        assert isinstance(line, QLineEdit)
        self._line: QLineEdit = line
        self.keySequenceChanged.connect(self._tell)
        self._shown = ""
        self._hint()

    def show_keys(self, portable: str) -> None:
        """Show what is in force; never emits `pressed`."""
        self._shown = portable
        if portable_keys(self.keySequence()) != portable:
            self.setKeySequence(QKeySequence.fromString(portable))
        self._hint()

    def describe(self, name: str, description: str) -> None:
        """For a screen reader: whose keys, and what is wrong with them."""
        for widget in (self, self._line):
            widget.setAccessibleName(name)
            widget.setAccessibleDescription(description)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self._hint()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self._hint()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        alone = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        key = Qt.Key(event.key())
        if alone and key in MOVING:
            self.left.emit(MOVING[key])
        elif alone and key in PAGING:
            event.ignore()
        elif alone and key is Qt.Key.Key_Backspace:
            self.clear()
        else:
            super().keyPressEvent(event)

    def _hint(self) -> None:
        # The focus also leaves while the window is taken apart.
        if isValid(self._line):
            # Qt puts words of its own there with every change.
            self._line.setPlaceholderText(say("Press keys") if self.hasFocus() else say("no keys"))

    def _tell(self, sequence: QKeySequence) -> None:
        keys = portable_keys(sequence)
        if keys != self._shown:
            self._shown = keys
            self.pressed.emit(keys)


class KeyRow(QFrame):
    """`wanted(keys)` asks for other keys, `taking(keys)` for keys that another action has."""

    wanted = Signal(str)
    taking = Signal(str)

    def __init__(self, theme: Theme, entry: KeyEntry) -> None:
        super().__init__()
        px = theme.px
        self.entry = entry
        self._in_force = entry.default
        self._asked = ""
        self.setProperty("setting", "true")
        self.field = KeyField()
        self.field.setFixedWidth(px(FIELD_WIDTH))
        self.field.pressed.connect(self.wanted)
        self._dot = plain_label(DOT, "changed")
        self._dot.setToolTip(say("Changed"))
        self._dot.setAccessibleName(say("Changed"))
        self.back = self._link(say("Back to default"), say("{setting}: back to default", setting=entry.title))
        delivered = shown_keys(entry.default) or say("no keys")
        self.back.setToolTip(say("Back to: {value}", value=delivered))
        self.back.clicked.connect(lambda: self.wanted.emit(entry.default))
        self._theme = theme
        self.none = self._link("", say("Take the keys of {action} away", action=entry.title))
        self.none.setToolTip(say("No keys"))
        self.none.setFixedWidth(px(CROSS + 12))
        self.none.clicked.connect(lambda: self.wanted.emit(""))
        theme.changed.connect(self._paint)
        self._paint()
        for part in (self._dot, self.none, self.back):
            policy = part.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            part.setSizePolicy(policy)
        self._problem = plain_label("", "problem", wraps=True)
        self.take = self._link(say("Use it here"), say("Use it for {action}", action=entry.title))
        self.take.clicked.connect(lambda: self.taking.emit(self._asked))
        line = QHBoxLayout()
        line.setSpacing(px(8))
        title = plain_label(entry.title, "body", wraps=True)
        line.addWidget(title, 1)
        line.addWidget(self._dot)
        line.addWidget(self.field)
        line.addWidget(self.none)
        line.addWidget(self.back)
        told = QHBoxLayout()
        told.setSpacing(px(8))
        told.addWidget(self._problem, 1)
        told.addWidget(self.take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(12), px(3), px(12), px(3))
        layout.setSpacing(px(2))
        layout.addLayout(line)
        layout.addLayout(told)
        self.setFocusProxy(self.field)
        self.show_keys(entry.default)

    @property
    def problem(self) -> str:
        """What is wrong with what was pressed; "" for nothing."""
        return self._problem.text()

    def show_keys(self, portable: str) -> None:
        """What is in force now."""
        self._in_force = portable
        self.field.show_keys(portable)
        is_changed = portable != self.entry.default
        self._dot.setVisible(is_changed)
        self.back.setVisible(is_changed)
        self.none.setVisible(bool(portable))
        self._say("", "")

    def refuse(self, why: str) -> None:
        """What was pressed cannot be: say so, and show what is in force."""
        self.show_keys(self._in_force)
        self._say(why, "")

    def ask(self, keys: str, why: str) -> None:
        """Another action has these keys: offer to take them."""
        self.field.show_keys(keys)
        self._say(why, keys)

    def matches(self, words: str) -> bool:
        """Whether all of `words` are in its name, its menu or its keys."""
        text = f"{self.entry.title} {self.entry.group} {shown_keys(self._in_force)} {self.entry.name}".casefold()
        return all(word in text for word in words.casefold().split())

    def _say(self, problem: str, asked: str) -> None:
        self._asked = asked
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.take.setVisible(bool(asked))
        self.field.describe(say("Keys of {action}", action=self.entry.title), problem)

    def _paint(self) -> None:
        size = self._theme.px(CROSS)
        self.none.setIconSize(QSize(size, size))
        self.none.setIcon(QIcon(self._theme.pixmap("cross", "ink2", size, self.devicePixelRatioF())))

    def _link(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("link", "true")
        button.setAutoDefault(False)
        button.setAccessibleName(name)
        return button


class KeyboardPart(SearchedPart):
    """`menu_letters` open the menus of the bar with Alt, and cannot be given away with it."""

    def __init__(
        self,
        theme: Theme,
        changes: Changes,
        door: SettingsDoor,
        entries: Sequence[KeyEntry],
        menu_letters: Collection[str] = (),
    ) -> None:
        super().__init__()
        px = theme.px
        self._changes, self._door = changes, door
        self._entries, self._menu_letters = tuple(entries), menu_letters
        self.rows = {entry.name: KeyRow(theme, entry) for entry in entries}
        self.all_back = QPushButton(say("All keys back to default"))
        self.all_back.setAutoDefault(False)
        self.all_back.clicked.connect(lambda: changes.make(say("All keys back to default"), {KEY: ""}))
        hint = plain_label(
            say("Press the new keys in a field. Backspace takes the keys away; keys that others need are told below."),
            "secondary",
            wraps=True,
        )
        head = QHBoxLayout()
        head.setContentsMargins(px(12), 0, px(12), px(4))
        head.setSpacing(px(16))
        head.addWidget(hint, 1)
        head.addWidget(self.all_back, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(px(2))
        layout.addLayout(head)
        self._titles: dict[str, QWidget] = {}
        for name, row in self.rows.items():
            group = row.entry.group
            if group not in self._titles:
                title = self._titles[group] = plain_label(group, "section")
                title.setContentsMargins(px(12), px(14), px(12), px(2))
                layout.addWidget(title)
            layout.addWidget(row)
            row.wanted.connect(lambda keys, of=name: self._want(of, keys))
            row.taking.connect(lambda keys, of=name: self._take(of, keys))
            row.field.left.connect(lambda step, of=row: self._move(of, step))
        door.changed.connect(self._follow)
        self._show()

    # -- the search

    def mark_hits(self, words: str) -> frozenset[str]:
        hits = {name for name, row in self.rows.items() if row.matches(words)}
        groups = {self.rows[name].entry.group for name in hits}
        # What does not match goes away only where something does.
        for name, row in self.rows.items():
            row.setVisible(not hits or name in hits)
        for group, title in self._titles.items():
            title.setVisible(not hits or group in groups)
        return frozenset(hits) if words else frozenset()

    def first_hit(self) -> QWidget | None:
        return next((row for row in self.rows.values() if not row.isHidden()), None)

    def open_key(self, key: str) -> bool:
        row = self.rows.get(key)
        if row is not None:
            row.setFocus()
        return row is not None or key == KEY

    # -- inside

    @property
    def _kept(self) -> str:
        return str(self._door.value(KEY))

    def _want(self, name: str, keys: str) -> None:
        row = self.rows[name]
        why = refusal(keys, row.entry, self._menu_letters) if keys else ""
        if why:
            row.refuse(why)
            return
        owner = self._owner(keys, name)
        if owner is not None:
            text = say("{keys} is \u201c{action}\u201d already.", keys=shown_keys(keys), action=owner.entry.title)
            row.ask(keys, text)
            return
        self._change(name, {name: keys})

    def _take(self, name: str, keys: str) -> None:
        owner = self._owner(keys, name)
        self._change(name, ({owner.entry.name: ""} if owner is not None else {}) | {name: keys})

    def _owner(self, keys: str, name: str) -> KeyRow | None:
        """Who else has these keys."""
        found = (other for other, theirs in self._in_force().items() if keys and theirs == keys and other != name)
        other = next(found, None)
        return self.rows[other] if other is not None else None

    def _change(self, name: str, keys: dict[str, str]) -> None:
        what = say("Keys of {action}", action=self.rows[name].entry.title)
        kept = with_keys(self._entries, self._kept, keys)
        if kept == self._kept:
            self._show()
        else:
            self._changes.make(what, {KEY: kept})

    def _in_force(self) -> dict[str, str]:
        return keys_in_force(self._entries, self._kept, self._menu_letters)

    def _follow(self, keys: frozenset[str]) -> None:
        if KEY in keys:
            self._show()

    def _show(self) -> None:
        for name, keys in self._in_force().items():
            self.rows[name].show_keys(keys)
        self.all_back.setEnabled(bool(self._kept))

    def _move(self, row: KeyRow, step: int) -> None:
        shown = [other for other in self.rows.values() if not other.isHidden()]
        at = shown.index(row) + step
        if 0 <= at < len(shown):
            shown[at].field.setFocus(Qt.FocusReason.TabFocusReason)
