"""The last page: what was chosen, in sentences, each with the way back to where it is changed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.plain_label import hairline, plain_label
from shoal.gui.wizard.desk import Circumstances
from shoal.gui.wizard.page import WizardPage
from shoal.gui.wizard.summary import summary

ICON = 20


class ReadyPage(WizardPage):
    step_wanted = Signal(int)
    """A step to go back to, 0 = the first."""

    def __init__(self, theme: Theme, around: Circumstances, *, is_first: bool) -> None:
        lead = (
            say("This is how Shoal starts. Everything can be changed in Tools, Configuration.")
            if is_first
            else say("This is how Shoal goes on, from the moment you press the button.")
        )
        super().__init__(theme, say("Ready"), lead)
        self._theme, self._around = theme, around
        self.sentences: list[QLabel] = []
        self.changes: list[QPushButton] = []
        self._pictures: list[tuple[QLabel, str]] = []
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(14))
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        for number, line in enumerate(summary(self.draft, self.before, around)):
            picture = QLabel()
            sentence = plain_label("", "body", wraps=True)
            change = QPushButton(say("Change"))
            change.setProperty("link", "true")
            change.setAutoDefault(False)
            change.setAccessibleName(say("Change: {name}", name=line.about))
            change.clicked.connect(lambda _=False, step=line.step: self.step_wanted.emit(step))
            self._pictures.append((picture, line.icon))
            self.sentences.append(sentence)
            self.changes.append(change)
            row = number * 2
            grid.setRowMinimumHeight(row, theme.px(46))
            grid.addWidget(picture, row, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(sentence, row, 1)
            grid.addWidget(change, row, 2, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(hairline(), row + 1, 0, 1, 3)
        self.body.addLayout(grid)
        self.body.addSpacing(theme.px(14))
        self.problem = plain_label("", "problem", wraps=True)
        self.problem.hide()
        self.body.addWidget(self.problem)
        self.body.addStretch(1)
        theme.changed.connect(self._paint)
        self._paint()

    def refresh(self) -> None:
        lines = summary(self.draft, self.before, self._around)
        for label, line in zip(self.sentences, lines, strict=True):
            label.setText(line.text)
            label.setAccessibleName(line.text)

    def tell(self, problem: str) -> None:
        """Why it could not be put in force; "" takes that back."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _paint(self) -> None:
        side = self._theme.px(ICON)
        for label, icon in self._pictures:
            label.setPixmap(self._theme.pixmap(icon, "acc", side, self.devicePixelRatioF()))
