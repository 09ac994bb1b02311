"""The foot of the add window: a wish for the next time, what is in the way, and the buttons."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.plain_label import hairline, plain_label
from shoal.gui.widgets.tick_box import TickBox


class AddFoot(QWidget):
    """What is pressed is for the window to hear."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        px = theme.px
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(hairline())
        row = QHBoxLayout()
        row.setContentsMargins(px(21), px(11), px(24), px(16))
        row.setSpacing(px(10))
        self.without_asking = TickBox(theme, say("Next time, add &without asking"))
        row.addWidget(self.without_asking)
        row.addStretch()
        self.note = plain_label("", "problem")
        row.addWidget(self.note)
        self.cancel = QPushButton(say("Cancel"))
        self.cancel.setAutoDefault(False)
        self.cancel.setMinimumWidth(px(96))
        self.add = QPushButton()
        self.add.setProperty("primary", "true")
        self.add.setMinimumWidth(px(162))
        for button in (self.cancel, self.add):
            button.setProperty("tall", "true")
            row.addWidget(button)
        column.addLayout(row)
