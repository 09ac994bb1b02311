"""A question of the window: a title, words, what is answered by, and a button with the name of what it does."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.plain_label import plain_label

WIDTH = 420


class AskingDialog(QDialog):
    """Accepted by `accept_button`, left by `cancel_button` or Esc. What asks more than yes or no `put`s it between."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        title: str,
        accept_name: str,
        *,
        text: str = "",
        cancel_name: str = "",
        width: int = WIDTH,
    ) -> None:
        """`width` of the words at 96 dpi; `text` is said below the title; `cancel_name` stands for "Cancel"."""
        super().__init__(parent)
        px = theme.px
        self.setWindowTitle(title)
        self.cancel_button = QPushButton(cancel_name or say("Cancel"))
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self.accept_button = QPushButton(accept_name)
        self.accept_button.setProperty("primary", "true")
        self.accept_button.setDefault(True)
        self.accept_button.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addStretch()
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.accept_button)
        self._middle = QVBoxLayout()
        self._middle.setSpacing(px(8))
        self._middle.addWidget(plain_label(title, "dialog-title", width=px(width)))
        if text:
            self._middle.addWidget(plain_label(text, "body", width=px(width)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(24), px(24), px(16))
        layout.setSpacing(px(8))
        layout.addLayout(self._middle)
        layout.addSpacing(px(8))
        layout.addLayout(foot)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)

    def put(self, *widgets: QWidget) -> None:
        """Between the words and the buttons, one below the other; they come before the buttons by Tab, too."""
        for widget in widgets:
            self._middle.addWidget(widget)
        # Tab goes in the order in which children come, and the buttons are there already.
        QWidget.setTabOrder(widgets[-1], self.cancel_button)
        QWidget.setTabOrder(self.cancel_button, self.accept_button)
