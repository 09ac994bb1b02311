"""A question that is answered by typing: a name, a label, tracker addresses; what is no answer is told in words."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say

WIDTH = 420
LINES_HEIGHT = 110
Check = Callable[[str], str]
"""What is wrong with the text, in a sentence; empty when nothing is."""


class TextEntry(QDialog):
    """`text()` when it was accepted, without blanks around it. With `many_lines` Return makes a line."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        title: str,
        *,
        accept_name: str,
        hint: str = "",
        present: str = "",
        check: Check = lambda text: "",
        many_lines: bool = False,
        select: int | None = None,
    ) -> None:
        """`select`: how many characters of `present` are selected at first; all when None."""
        super().__init__(parent)
        px = theme.px
        self.setWindowTitle(title)
        self._check = check
        self._hint_text = hint
        heading = _plain(title, "dialog-title", px(WIDTH))
        self.field: QLineEdit | QPlainTextEdit
        if many_lines:
            lines = QPlainTextEdit(present)
            lines.setTabChangesFocus(True)
            lines.setFixedSize(px(WIDTH), px(LINES_HEIGHT))
            lines.textChanged.connect(self._refresh)
            self.field = lines
        else:
            line = QLineEdit(present)
            line.setFixedWidth(px(WIDTH))
            line.setSelection(0, len(present) if select is None else select)
            line.textChanged.connect(self._refresh)
            self.field = line
        self.field.setAccessibleName(title)
        self._hint = _plain(hint, "secondary", px(WIDTH))
        cancel = QPushButton(say("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.accept_button = QPushButton(accept_name)
        self.accept_button.setProperty("primary", "true")
        self.accept_button.setDefault(True)
        self.accept_button.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addStretch()
        foot.addWidget(cancel)
        foot.addWidget(self.accept_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(24), px(24), px(16))
        layout.setSpacing(px(8))
        layout.addWidget(heading)
        layout.addWidget(self.field)
        layout.addWidget(self._hint)
        layout.addSpacing(px(8))
        layout.addLayout(foot)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        self._refresh()
        self.field.setFocus()

    def text(self) -> str:
        raw = self.field.toPlainText() if isinstance(self.field, QPlainTextEdit) else self.field.text()
        return raw.strip()

    def lines(self) -> tuple[str, ...]:
        """The lines that are not empty, each once."""
        return tuple(dict.fromkeys(line.strip() for line in self.text().splitlines() if line.strip()))

    def _refresh(self) -> None:
        problem = self._check(self.text())
        self.accept_button.setEnabled(not problem)
        self._hint.setText(problem or self._hint_text)
        self._hint.setProperty("role", "problem" if problem and self.text() else "secondary")
        self._hint.style().unpolish(self._hint)
        self._hint.style().polish(self._hint)
        self.accept_button.setToolTip(problem)


def _plain(text: str, role: str, width: int) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setFixedWidth(width)
    label.setProperty("role", role)
    return label
