"""One setting on its page: name, editor, what it does, and the way back to the default."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from shoal.gui.preferences.editors import Editor, TickEditor, make_editor
from shoal.gui.style.setting_text import effect_of, title_of, value_text
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.plain_label import plain_label
from shoal.settings.schema import Setting, Value

DOT = "\u25cf"


class SettingRow(QFrame):
    """`wanted(key, value)` asks for a change."""

    wanted = Signal(str, object)

    def __init__(self, theme: Theme, entry: Setting) -> None:
        super().__init__()
        px = theme.px
        self.entry = entry
        self.setProperty("setting", "true")
        self.editor: Editor = make_editor(theme, entry)
        self.editor.wanted.connect(lambda value: self.wanted.emit(entry.key, value))
        self._dot = plain_label(DOT, "changed")
        self._dot.setToolTip(say("Changed"))
        self._dot.setAccessibleName(say("Changed"))
        self.back = QPushButton(say("Back to default"))
        self.back.setProperty("link", "true")
        self.back.setAutoDefault(False)
        self.back.setToolTip(say("Back to: {value}", value=value_text(entry, entry.default)))
        self.back.setAccessibleName(say("{setting}: back to default", setting=title_of(entry)))
        self.back.clicked.connect(lambda: self.wanted.emit(entry.key, entry.default))
        for part in (self._dot, self.back):
            policy = part.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            part.setSizePolicy(policy)
        is_tick = isinstance(self.editor, TickEditor)
        head = QHBoxLayout()
        head.setSpacing(px(8))
        if is_tick:
            head.addWidget(self.editor)
        else:
            head.addWidget(plain_label(title_of(entry), "setting-title"))
        head.addWidget(self._dot)
        head.addStretch()
        head.addWidget(self.back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(12), px(6), px(12), px(8))
        layout.setSpacing(px(2))
        layout.addLayout(head)
        effect = plain_label(effect_of(entry), "secondary", wraps=True)
        effect.setContentsMargins(px(31) if is_tick else 0, 0, 0, px(2))
        layout.addWidget(effect)
        if not is_tick:
            layout.addWidget(self.editor)
        self.editor.setAccessibleDescription(effect.text())

    def show_value(self, value: Value) -> None:
        """What is in force now."""
        self.editor.show_value(value)
        is_changed = value != self.entry.default
        self._dot.setVisible(is_changed)
        self.back.setVisible(is_changed)

    def mark(self, found: bool) -> None:
        """A hit of the search."""
        if self.property("hit") != found:
            self.setProperty("hit", found)
            self.style().unpolish(self)
            self.style().polish(self)

    def matches(self, words: str) -> bool:
        """Whether all of `words` are in its name, effect or key, whatever their case."""
        entry = self.entry
        text = f"{title_of(entry)} {effect_of(entry)} {entry.key} {entry.title} {entry.effect}".casefold()
        text += " ".join(choice.words for choice in entry.choices).casefold()
        return all(word in text for word in words.casefold().split())
