"""A limit that no menu offers, typed as people write rates."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from shoal.gui.style.rates import parse_rate
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import say
from shoal.gui.widgets.asking_dialog import AskingDialog
from shoal.gui.widgets.plain_label import plain_label

WIDTH = 320


class LimitDialog(AskingDialog):
    """`limit()` in bytes/s when it was accepted, 0 for none."""

    def __init__(self, theme: Theme, parent: QWidget | None, title: str, present: int) -> None:
        super().__init__(theme, parent, title, say("Set limit"), width=WIDTH)
        px = theme.px
        self.field = QLineEdit(rate_text(present) if present else "")
        self.field.setPlaceholderText(say("500 kB/s"))
        self.field.setAccessibleName(title)
        self.field.setMinimumWidth(px(WIDTH))
        self.field.selectAll()
        self._hint = plain_label("", "secondary")
        self.put(self.field, self._hint)
        self.field.textChanged.connect(self._refresh)
        self._refresh()
        self.field.setFocus()

    def limit(self) -> int | None:
        """Bytes/s as typed; None while it is no rate."""
        return parse_rate(self.field.text())

    def _refresh(self) -> None:
        limit = self.limit()
        self.accept_button.setEnabled(limit is not None)
        if limit is None:
            self._hint.setText(say("Type a rate such as 500 kB/s or 1.5 MB/s; 0 is no limit."))
        elif limit == 0:
            self._hint.setText(say("No limit."))
        else:
            self._hint.setText(say("At most {rate}.", rate=rate_text(limit)))
