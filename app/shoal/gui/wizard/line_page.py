"""How you go online: the kind of line, its speeds as they are sold, and what Shoal makes of them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from shoal.gui.link.settings_door import ENTRIES
from shoal.gui.style.line_speed import mbit_text
from shoal.gui.style.setting_text import must_text
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_phrase
from shoal.gui.widgets.field_frame import FieldFrame
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.wizard.choice_card import ChoiceCard
from shoal.gui.wizard.draft import with_line, with_measuring
from shoal.gui.wizard.line_words import KINDS, read_mbit, result_text, result_title
from shoal.gui.wizard.page import NoteCard, WizardPage

FIELD_WIDTH, LEAST_FIELD_WIDTH, FIELD_HEIGHT = 164, 144, 40


class LinePage(WizardPage):
    """What is typed and cannot be is said below the fields; the draft keeps the last speed that could."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(
            theme,
            say("How do you go online?"),
            say("Shoal uses this to share without slowing down your other programs."),
        )
        px = theme.px
        cards = QGridLayout()
        cards.setSpacing(px(12))
        self.cards: dict[str, ChoiceCard] = {}
        for number, (kind, icon, name, about) in enumerate(KINDS):
            card = self.cards[kind] = ChoiceCard(theme, icon, say_phrase(name), say_phrase(about))
            card.clicked.connect(lambda _=False, chosen=kind: self.edit(with_line(self.draft, chosen)))
            cards.addWidget(card, number // 2, number % 2)
        self.body.addLayout(cards)
        self.body.addSpacing(px(30))
        self.body.addWidget(plain_label(say("Your line, as your provider sells it"), "section"))
        self.body.addSpacing(px(14))
        self.down = self._field(theme, "down", say("Download speed of your line in Mbit/s"))
        self.up = self._field(theme, "up", say("Upload speed of your line in Mbit/s"))
        self.measure = QPushButton(say("Measure for me"))
        self.measure.setProperty("tall", "true")
        self.measure.setAutoDefault(False)
        self.measure.setToolTip(say("Find out from your own transfers; no outside server is asked"))
        self.measure.clicked.connect(lambda: self.edit(with_measuring(self.draft)))
        row = QHBoxLayout()
        row.setSpacing(px(10))
        row.addLayout(_named(theme, say("Download"), self.down), 1)
        row.addLayout(_named(theme, say("Upload"), self.up), 1)
        row.addStretch()
        row.addWidget(self.measure, 0, Qt.AlignmentFlag.AlignBottom)
        self.body.addLayout(row)
        self.problem = plain_label("", "problem", wraps=True)
        self.problem.hide()
        self.body.addWidget(self.problem)
        self.body.addSpacing(px(22))
        self.result = NoteCard(theme, "gauge")
        self.body.addWidget(self.result)
        self.body.addStretch(1)
        for field, key in ((self.down, "line_down"), (self.up, "line_up")):
            field.edit.textEdited.connect(lambda text, which=key: self._take(which, text))

    def first_field(self) -> QWidget | None:
        return self.cards.get(self.draft.line_kind)

    def entered(self) -> None:
        """The first time one kind is proposed, so that going on needs no answer."""
        if not self.draft.line_kind and not self.draft.line_up and not self.draft.line_trial:
            self.edit(with_line(self.draft, KINDS[0][0]))

    def refresh(self) -> None:
        for kind, card in self.cards.items():
            card.setChecked(kind == self.draft.line_kind)
        for field, kbit in ((self.down, self.draft.line_down), (self.up, self.draft.line_up)):
            if not field.edit.hasFocus() or read_mbit(field.edit.text()) != kbit:
                field.edit.setText(mbit_text(kbit))
        self._show_problem("")
        self.result.say(result_title(self.draft, self.before), result_text(self.draft, self.before))

    # -- inside

    def _field(self, theme: Theme, icon: str, name: str) -> FieldFrame:
        field = FieldFrame(theme, icon, name)
        field.setFixedHeight(theme.px(FIELD_HEIGHT))
        field.setMinimumWidth(theme.px(LEAST_FIELD_WIDTH))
        field.setMaximumWidth(theme.px(FIELD_WIDTH))
        field.edit.setPlaceholderText(say("unknown"))
        unit = plain_label(say("Mbit/s"), "secondary")
        unit.setContentsMargins(0, 0, theme.px(5), 0)
        field.add_end(unit)
        return field

    def _take(self, key: str, text: str) -> None:
        kbit = read_mbit(text)
        if kbit is None:
            self._show_problem(must_text(ENTRIES[key]))
            return
        self._show_problem("")
        if key == "line_down":
            self.edit(replace(self.draft, line_down=kbit))
        else:
            self.edit(replace(self.draft, line_up=kbit, line_trial=0))

    def _show_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        for field in (self.down, self.up):
            field.edit.setAccessibleDescription(text)


def _named(theme: Theme, name: str, field: QWidget) -> QVBoxLayout:
    """A field below its name."""
    label: QLabel = plain_label(name, "secondary")
    label.setBuddy(field)
    column = QVBoxLayout()
    column.setSpacing(theme.px(6))
    column.addWidget(label)
    column.addWidget(field)
    return column
