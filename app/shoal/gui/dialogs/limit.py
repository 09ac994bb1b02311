"""A limit that no menu offers, typed as people write rates."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from shoal.gui.style.rates import parse_rate
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import say

WIDTH = 320


class LimitDialog(QDialog):
    """`limit()` in bytes/s when it was accepted, 0 for none."""

    def __init__(self, theme: Theme, parent: QWidget | None, title: str, present: int) -> None:
        super().__init__(parent)
        px = theme.px
        self.setWindowTitle(title)
        heading = _plain(title, "dialog-title")
        self.field = QLineEdit(rate_text(present) if present else "")
        self.field.setPlaceholderText(say("500 kB/s"))
        self.field.setAccessibleName(title)
        self.field.setMinimumWidth(px(WIDTH))
        self.field.selectAll()
        self._hint = _plain("", "secondary")
        cancel = QPushButton(say("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.set_button = QPushButton(say("Set limit"))
        self.set_button.setProperty("primary", "true")
        self.set_button.setDefault(True)
        self.set_button.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addStretch()
        foot.addWidget(cancel)
        foot.addWidget(self.set_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(24), px(24), px(16))
        layout.setSpacing(px(8))
        layout.addWidget(heading)
        layout.addWidget(self.field)
        layout.addWidget(self._hint)
        layout.addSpacing(px(8))
        layout.addLayout(foot)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        self.field.textChanged.connect(self._refresh)
        self._refresh()
        self.field.setFocus()

    def limit(self) -> int | None:
        """Bytes/s as typed; None while it is no rate."""
        return parse_rate(self.field.text())

    def _refresh(self) -> None:
        limit = self.limit()
        self.set_button.setEnabled(limit is not None)
        if limit is None:
            self._hint.setText(say("Type a rate such as 500 kB/s or 1.5 MB/s; 0 is no limit."))
        elif limit == 0:
            self._hint.setText(say("No limit."))
        else:
            self._hint.setText(say("At most {rate}.", rate=rate_text(limit)))


def _plain(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label
