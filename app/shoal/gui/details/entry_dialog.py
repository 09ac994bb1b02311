"""The small dialogs of the detail tabs: a question in words, with or without lines to type, which are checked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say

WIDTH, LINES_HEIGHT = 420, 120
Opener = Callable[[QDialog], None]
"""Opens a dialog window-modal and returns at once; the window gives one that lets dialogs take turns."""


def open_and_forget(dialog: QDialog) -> None:
    """Open it now; it is deleted when it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


class EntryDialog(QDialog):
    """`check` answers what is wrong with the text, or "" when it can be taken; without it nothing is typed."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        title: str,
        text: str,
        button: str,
        *,
        check: Callable[[str], str] | None = None,
        lines: bool = False,
        example: str = "",
    ) -> None:
        super().__init__(parent)
        px = theme.px
        self.setWindowTitle(title)
        self._check = check
        self.field: QLineEdit | QPlainTextEdit | None = None
        self._hint = _plain("", "problem", px(WIDTH))
        self.accept_button = QPushButton(button)
        self.accept_button.setProperty("primary", "true")
        self.accept_button.setDefault(True)
        self.accept_button.clicked.connect(self.accept)
        cancel = QPushButton(say("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addStretch()
        foot.addWidget(cancel)
        foot.addWidget(self.accept_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(24), px(24), px(16))
        layout.setSpacing(px(8))
        layout.addWidget(_plain(title, "dialog-title", px(WIDTH)))
        layout.addWidget(_plain(text, "body", px(WIDTH)))
        if check is not None:
            field: QLineEdit | QPlainTextEdit = QPlainTextEdit() if lines else QLineEdit()
            if isinstance(field, QPlainTextEdit):
                field.setFixedHeight(px(LINES_HEIGHT))
                field.setTabChangesFocus(True)
            field.setPlaceholderText(example)
            field.setAccessibleName(title)
            field.setAccessibleDescription(text)
            field.setFixedWidth(px(WIDTH))
            field.textChanged.connect(self._refresh)
            self.field = field
            layout.addWidget(field)
            layout.addWidget(self._hint)
            field.setFocus()
            self._refresh()
        layout.addSpacing(px(8))
        layout.addLayout(foot)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)

    @property
    def text(self) -> str:
        """What is typed."""
        if isinstance(self.field, QPlainTextEdit):
            return self.field.toPlainText()
        return self.field.text() if self.field is not None else ""

    def show_for(self, done: Callable[[str], None], opener: Opener) -> None:
        """Have it opened; `done` gets the text when it was accepted."""
        self.accepted.connect(lambda: done(self.text))
        opener(self)

    def _refresh(self) -> None:
        wrong = self._check(self.text) if self._check is not None else ""
        self.accept_button.setEnabled(not wrong and bool(self.text.strip()))
        self._hint.setText(wrong if self.text.strip() else "")


def _plain(text: str, role: str, width: int) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setFixedWidth(width)
    label.setProperty("role", role)
    return label
