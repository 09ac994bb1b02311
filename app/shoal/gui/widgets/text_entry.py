"""A question that is answered by typing: a name, a label, addresses; what is no answer is told in words."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.widgets.asking_dialog import WIDTH, AskingDialog
from shoal.gui.widgets.plain_label import plain_label, set_role

LINES_HEIGHT = 120
Check = Callable[[str], str]
"""What is wrong with the text, in a sentence; empty when nothing is."""


class TextEntry(AskingDialog):
    """`text()` when it was accepted, without blanks around it. With `many_lines` Return makes a line."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        title: str,
        *,
        accept_name: str,
        text: str = "",
        hint: str = "",
        present: str = "",
        example: str = "",
        check: Check = lambda text: "",
        may_be_empty: bool = False,
        many_lines: bool = False,
        select: int | None = None,
        lines_height: int = LINES_HEIGHT,
    ) -> None:
        """`text` is said above the field, `hint` below it while nothing is wrong, `example` in it while it is empty.

        `select`: how many characters of `present` are selected at first; all when None.
        """
        super().__init__(theme, parent, title, accept_name, text=text)
        px = theme.px
        self._check, self._hint_text, self._may_be_empty = check, hint, may_be_empty
        self.field: QLineEdit | QPlainTextEdit
        if many_lines:
            lines = QPlainTextEdit(present)
            lines.setTabChangesFocus(True)
            lines.setFixedHeight(px(lines_height))
            self.field = lines
        else:
            line = QLineEdit(present)
            line.setSelection(0, len(present) if select is None else select)
            self.field = line
        self.field.setFixedWidth(px(WIDTH))
        self.field.setPlaceholderText(example)
        self.field.setAccessibleName(title)
        self.field.setAccessibleDescription(text or hint)
        self._hint = plain_label(hint, "secondary", width=px(WIDTH))
        self.put(self.field, self._hint)
        self.field.textChanged.connect(self._refresh)
        self._refresh()
        self.field.setFocus()

    def text(self) -> str:
        raw = self.field.toPlainText() if isinstance(self.field, QPlainTextEdit) else self.field.text()
        return raw.strip()

    def _refresh(self) -> None:
        text = self.text()
        problem = self._check(text)
        self.accept_button.setEnabled(not problem and (bool(text) or self._may_be_empty))
        self.accept_button.setToolTip(problem)
        # Nobody has done anything wrong before the first letter.
        is_shown = bool(problem and text)
        self._hint.setText(problem if is_shown else self._hint_text)
        set_role(self._hint, "problem" if is_shown else "secondary")
