"""Magnet links and web addresses of .torrent files, typed or pasted, one a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.asking_dialog import AskingDialog
from shoal.gui.widgets.plain_label import plain_label

WIDTH, HEIGHT = 520, 110
FindAddresses = Callable[[str], list[str]]
"""The magnet links and addresses of a line."""


class _Lines(QPlainTextEdit):
    """Return answers the dialog, with Ctrl as well; Shift+Return begins a new line; Tab leaves."""

    def __init__(self, answer: Callable[[], None]) -> None:
        super().__init__()
        self._answer = answer
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_return and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.insertPlainText("\n")
        elif is_return:
            self._answer()
        else:
            super().keyPressEvent(event)


class AddAddressDialog(AskingDialog):
    """`sources()` are the lines that can be added."""

    def __init__(self, theme: Theme, parent: QWidget | None, present: str, find: FindAddresses) -> None:
        title = say("Add magnet link or URL")
        super().__init__(theme, parent, title, say("Add"), width=WIDTH)
        self._find = find
        px = theme.px
        self.field = _Lines(self._answer)
        self.field.setProperty("field", "true")
        self.field.setPlaceholderText(say("magnet:?xt=\u2026 or https://\u2026"))
        self.field.setAccessibleName(title)
        self.field.setFixedSize(px(WIDTH), px(HEIGHT))
        self.field.setPlainText(present)
        self.field.selectAll()
        self.hint = plain_label("", "secondary", width=px(WIDTH))
        self.put(self.field, self.hint)
        self.field.textChanged.connect(self._refresh)
        self._refresh()
        self.field.setFocus()

    def sources(self) -> list[str]:
        """Each once."""
        return list(dict.fromkeys(found for line in self._lines() for found in self._find(line)))

    def _lines(self) -> Iterable[str]:
        return dict.fromkeys(line.strip() for line in self.field.toPlainText().splitlines() if line.strip())

    def _answer(self) -> None:
        if self.sources():
            self.accept()

    def _refresh(self) -> None:
        count = len(self.sources())
        strange = sum(not self._find(line) for line in self._lines())
        self.accept_button.setEnabled(count > 0)
        self.accept_button.setText(say_count(count, "Add", "Add {n}") if count else say("Add"))
        if strange:
            unknown = say_count(
                strange,
                "{n} line is neither a magnet link nor a web address.",
                "{n} lines are neither magnet links nor web addresses.",
            )
            self.hint.setText(unknown)
        else:
            self.hint.setText(
                say(
                    "Magnet links, or web addresses of .torrent files, one a line. Return adds them, Shift+Return "
                    "begins a new line."
                )
            )
