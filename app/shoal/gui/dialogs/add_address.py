"""Magnet links and web addresses of .torrent files, typed or pasted, one a line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.asking_dialog import AskingDialog
from shoal.gui.widgets.plain_label import plain_label

WIDTH, HEIGHT = 520, 110
Recognise = Callable[[str], bool]
"""Whether a line is a magnet link or an address."""


class _Lines(QPlainTextEdit):
    """Ctrl+Return and, while it is one line, Return answer the dialog; Tab leaves."""

    def __init__(self, answer: Callable[[], None]) -> None:
        super().__init__()
        self._answer = answer
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        many = self.blockCount() > 1 or event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if is_return and (not many or event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            self._answer()
        else:
            super().keyPressEvent(event)


class AddAddressDialog(AskingDialog):
    """`sources()` are the lines that can be added."""

    def __init__(self, theme: Theme, parent: QWidget | None, present: str, recognise: Recognise) -> None:
        title = say("Add magnet link or URL")
        super().__init__(theme, parent, title, say("Add"), width=WIDTH)
        self._recognise = recognise
        px = theme.px
        self.field = _Lines(self._answer)
        self.field.setProperty("field", "true")
        self.field.setPlaceholderText(say("magnet:?xt=\u2026 or https://\u2026, one a line"))
        self.field.setAccessibleName(title)
        self.field.setFixedSize(px(WIDTH), px(HEIGHT))
        self.field.setPlainText(present)
        self.field.selectAll()
        self.hint = plain_label("", "secondary", wraps=True)
        self.put(self.field, self.hint)
        self.field.textChanged.connect(self._refresh)
        self._refresh()
        self.field.setFocus()

    def sources(self) -> list[str]:
        """Each once."""
        lines = (line.strip() for line in self.field.toPlainText().splitlines())
        return list(dict.fromkeys(line for line in lines if self._recognise(line)))

    def _answer(self) -> None:
        if self.sources():
            self.accept()

    def _refresh(self) -> None:
        count = len(self.sources())
        lines = {line.strip() for line in self.field.toPlainText().splitlines() if line.strip()}
        self.accept_button.setEnabled(count > 0)
        self.accept_button.setText(say_count(count, "Add", "Add {n}") if count else say("Add"))
        if len(lines) > count:
            unknown = say_count(
                len(lines) - count,
                "{n} line is neither a magnet link nor a web address.",
                "{n} lines are neither magnet links nor web addresses.",
            )
            self.hint.setText(unknown)
        else:
            self.hint.setText(say("Magnet links, or web addresses of .torrent files."))
