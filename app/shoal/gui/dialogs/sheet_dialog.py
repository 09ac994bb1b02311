"""A window to read in: a title, a sheet that scrolls, and Close."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.plain_label import plain_label


class SheetDialog(QDialog):
    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        title: str,
        sheet: QWidget,
        *,
        size: tuple[int, int],
        above: QWidget | None = None,
    ) -> None:
        """`size` at 96 dpi; `above` stands over the sheet and does not scroll."""
        super().__init__(parent)
        px = theme.px
        self.setWindowTitle(title)
        sheet.setProperty("surface", "true")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setProperty("sheet", "true")
        area.setAccessibleName(title)
        self.close_button = QPushButton(say("Close"))
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(24), px(24), px(16))
        layout.setSpacing(px(12))
        layout.addWidget(plain_label(title, "dialog-title"))
        if above is not None:
            layout.addWidget(above)
        layout.addWidget(area, 1)
        # In the dialog already: a whole tree that moves is styled anew.
        area.setWidget(sheet)
        layout.addLayout(foot)
        self.resize(px(size[0]), px(size[1]))
