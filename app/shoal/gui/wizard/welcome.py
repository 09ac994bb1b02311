"""The first page: two ways on, one line on sharing, and at its foot the language."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.choice_box import ChoiceBox
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.wizard.desk import Circumstances
from shoal.gui.wizard.page import WizardPage

FISH_WIDTH, FISH_HEIGHT = 144, 84
LONGEST_NAME = 34
BUTTON_WIDTH = 340


class WelcomePage(WizardPage):
    sensible_wanted = Signal()
    guided_wanted = Signal()
    language_wanted = Signal(str)
    """A code."""

    def __init__(self, theme: Theme, around: Circumstances, *, is_first: bool) -> None:
        title = say("Welcome to Shoal") if is_first else say("Configuration Assistant")
        lead = (
            say("Downloads that come from many, and a plain word on why one is slow.")
            if is_first
            else say("Six short steps with everything as it is set now. Nothing changes before the end.")
        )
        super().__init__(theme, title, lead)
        px = theme.px
        self._theme = theme
        self.setAccessibleName(title)
        self._fish = QLabel()
        self._fish.setFixedSize(QSize(px(FISH_WIDTH), px(FISH_HEIGHT)))
        self.body.addSpacing(px(8))
        self.body.addWidget(self._fish)
        self.body.addSpacing(px(24))
        self.sensible = QPushButton()
        self.sensible.setProperty("primary", "true")
        self.guided = QPushButton(say("Set it up with me"))
        self.sensible.clicked.connect(self.sensible_wanted)
        self.guided.clicked.connect(self.guided_wanted)
        about_sensible = say("Ready at once. Everything can be changed later.")
        about_guided = say("About a minute: your line, where to save, and how Shoal behaves.")
        if not is_first:
            self.sensible.hide()
            about_sensible = ""
        for button, about in ((self.sensible, about_sensible), (self.guided, about_guided)):
            button.setProperty("tall", "true")
            button.setMinimumWidth(px(BUTTON_WIDTH))
            button.setAccessibleDescription(about)
            self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeading)
            self.body.addSpacing(px(6))
            if about:
                self.body.addWidget(plain_label(about, "secondary", wraps=True))
                self.body.addSpacing(px(18))
        self.body.addStretch(1)
        self.body.addWidget(
            plain_label(
                say(
                    "While Shoal downloads, it gives the same files to others. Share only what you may share: you "
                    "are responsible for it."
                ),
                "secondary",
                wraps=True,
            )
        )
        if len(around.languages) > 1:
            self.body.addSpacing(px(16))
            self.body.addLayout(self._language_row(around))
        self.show_waiting(around.waiting)
        theme.changed.connect(self._paint)
        self._paint()

    def first_field(self) -> QWidget | None:
        return self.guided if self.sensible.isHidden() else self.sensible

    def show_waiting(self, names: tuple[str, ...]) -> None:
        """What is opened afterwards, in the name of the button that finishes."""
        if not names:
            text = say("Use sensible settings")
        elif len(names) == 1:
            name = names[0] if len(names[0]) <= LONGEST_NAME else names[0][: LONGEST_NAME - 1].rstrip() + "\u2026"
            text = say("Use sensible settings and open {name}", name=name)
        else:
            text = say_count(
                len(names), "Use sensible settings and open {n} torrent", "Use sensible settings and open {n} torrents"
            )
        # In a button's text `&` marks a key.
        self.sensible.setText(text.replace("&", "&&"))
        self.sensible.setAccessibleName(text)

    # -- inside

    def _language_row(self, around: Circumstances) -> QHBoxLayout:
        self.language = ChoiceBox(self._theme, say("Language"))
        for code, name in around.languages:
            self.language.addItem(name, code)
        self.language.setCurrentIndex(max(0, self.language.findData(around.language)))
        self.language.activated.connect(lambda at: self.language_wanted.emit(str(self.language.itemData(at))))
        label = plain_label(say("Language"), "secondary")
        label.setBuddy(self.language)
        row = QHBoxLayout()
        row.setSpacing(self._theme.px(8))
        row.addWidget(label)
        row.addWidget(self.language)
        row.addStretch()
        return row

    def _paint(self) -> None:
        theme = self._theme
        picture = theme.pixmap("fish", "acc", theme.px(FISH_WIDTH), self.devicePixelRatioF(), theme.px(FISH_HEIGHT))
        self._fish.setPixmap(picture)
