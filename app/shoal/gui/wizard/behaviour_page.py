"""How Shoal behaves: what opens in it, when it runs, when it stops sharing, and how it looks."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from shoal.gui.style.numbers import decimal
from shoal.gui.style.theme import Theme
from shoal.gui.style.tokens import DARK, LIGHT
from shoal.gui.style.wording import say
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.widgets.tick_box import TickBox
from shoal.gui.wizard.desk import Circumstances
from shoal.gui.wizard.draft import GOOD_RATIO, Draft
from shoal.gui.wizard.page import WizardPage
from shoal.gui.wizard.theme_card import ThemeCard


class BehaviourPage(WizardPage):
    def __init__(self, theme: Theme, around: Circumstances) -> None:
        super().__init__(theme, say("How Shoal behaves"), say("All of this can be changed later, too."))
        px = theme.px
        self._around = around
        self.opens = self._tick(theme, say("Open torrent files with Shoal"))
        openers = around.openers
        self.opens.setEnabled(openers.can_change)
        told = " ".join(openers.sentences)
        self.opens.setAccessibleDescription(told)
        self.told = plain_label(told, "secondary", wraps=True)
        self.told.setContentsMargins(px(31), 0, 0, px(4))
        self.told.setVisible(bool(told))
        self.starts = self._tick(theme, say("Start Shoal with the computer"))
        self.tray = self._tick(theme, say("Closing the window keeps Shoal running in the tray"))
        if not around.has_tray:
            self.tray.setText(say("Closing the window keeps Shoal running in the tray (there is no tray here)"))
            self.tray.setEnabled(False)
        self.awake = self._tick(theme, say("Keep the computer awake while downloading"))
        for part in (self.opens, self.told, self.starts, self.tray, self.awake):
            self.body.addWidget(part)
            self.body.addSpacing(px(2))
        self.body.addSpacing(px(14))
        self.body.addWidget(plain_label(say("Stop sharing a finished download"), "section"))
        self.body.addSpacing(px(4))
        self.body.addLayout(self._ratio_row(theme))
        self.body.addSpacing(px(18))
        self.body.addWidget(plain_label(say("Theme"), "section"))
        self.body.addSpacing(px(8))
        self.body.addLayout(self._theme_row(theme))
        self.body.addStretch(1)
        self.opens.clicked.connect(lambda on: self.edit(replace(self.draft, opens_torrents=on)))
        self.starts.clicked.connect(lambda on: self.edit(replace(self.draft, start_at_login=on)))
        self.tray.clicked.connect(lambda on: self.edit(replace(self.draft, close_to_tray=on)))
        self.awake.clicked.connect(lambda on: self.edit(replace(self.draft, keep_awake=on)))

    def first_field(self) -> QWidget | None:
        return self.opens if self.opens.isEnabled() else self.starts

    def show_draft(self, draft: Draft, before: Draft) -> None:
        present = before.share_ratio
        if present and present != GOOD_RATIO and present not in self.ratios:
            self._add_ratio(present, self._ratio_words(present))
        super().show_draft(draft, before)

    def refresh(self) -> None:
        draft = self.draft
        self.opens.setChecked(draft.opens_torrents)
        self.starts.setChecked(draft.start_at_login)
        self.tray.setChecked(draft.close_to_tray and self._around.has_tray)
        self.awake.setChecked(draft.keep_awake)
        for ratio, button in self.ratios.items():
            button.setChecked(ratio == draft.share_ratio)
        for name, card in self.cards.items():
            card.setChecked(name == draft.theme)
        self.follows_system.setChecked(draft.theme == "system")

    # -- inside

    def _tick(self, theme: Theme, name: str) -> TickBox:
        return TickBox(theme, name)

    def _ratio_row(self, theme: Theme) -> QHBoxLayout:
        self._theme = theme
        self._group = QButtonGroup(self)
        self.ratios: dict[float, TickBox] = {}
        self._row = QHBoxLayout()
        self._row.setSpacing(theme.px(20))
        self._row.addStretch()
        self._add_ratio(GOOD_RATIO, self._ratio_words(GOOD_RATIO))
        self._add_ratio(0.0, say("Never"))
        return self._row

    def _ratio_words(self, ratio: float) -> str:
        places = 1 if round(ratio, 1) == ratio else 2
        return say("At ratio {ratio}", ratio=decimal(ratio, places))

    def _add_ratio(self, ratio: float, words: str) -> None:
        button = self.ratios[ratio] = TickBox(self._theme, words, exclusive=True)
        button.clicked.connect(lambda: self.edit(replace(self.draft, share_ratio=ratio)))
        self._group.addButton(button)
        self._row.insertWidget(self._row.count() - 1, button)

    def _theme_row(self, theme: Theme) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.px(16))
        self.cards: dict[str, ThemeCard] = {}
        for name, tokens, words in (("light", LIGHT, say("Light")), ("dark", DARK, say("Dark"))):
            card = self.cards[name] = ThemeCard(theme, tokens, words)
            card.setAccessibleName(say("Theme: {name}", name=words))
            card.clicked.connect(lambda _=False, chosen=name: self._choose_theme(chosen))
            row.addWidget(card)
        self.follows_system = TickBox(theme, say("As the system has it"))
        self.follows_system.clicked.connect(self._follow_system)
        row.addWidget(self.follows_system)
        row.addStretch()
        return row

    def _choose_theme(self, name: str) -> None:
        self.edit(replace(self.draft, theme=name))
        self.refresh()

    def _follow_system(self, on: bool) -> None:
        shown = "dark" if self._theme.tokens.is_dark else "light"
        self.edit(replace(self.draft, theme="system" if on else shown))
