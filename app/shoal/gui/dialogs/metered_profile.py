"""Which profile a metered network is to have."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from shoal.gui.style.profile_text import name_of
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.asking_dialog import WIDTH, AskingDialog
from shoal.gui.widgets.choice_box import ChoiceBox
from shoal.gui.widgets.plain_label import plain_label
from shoal.settings.profiles import SpeedProfile


class MeteredProfile(AskingDialog):
    """`key()` when it was accepted, "" for no profile of its own."""

    def __init__(
        self, theme: Theme, parent: QWidget | None, profiles: Sequence[SpeedProfile], present: str, *, is_told: bool
    ) -> None:
        """`is_told`: this system can tell that a network is metered."""
        title = say("On a metered network")
        text = say("Where you pay for what goes through, as with many telephones, this profile is in force by itself.")
        super().__init__(theme, parent, title, say("Save"), text=text)
        self.choice = ChoiceBox(theme, title)
        self.choice.addItem(say("The same as otherwise"), "")
        for profile in profiles:
            self.choice.addItem(name_of(profile), profile.key)
        self.choice.setCurrentIndex(max(0, self.choice.findData(present)))
        widgets: list[QWidget] = [self.choice]
        if not is_told:
            note = say("This system does not tell Shoal whether its network is metered, so nothing changes here yet.")
            widgets.append(plain_label(note, "secondary", width=theme.px(WIDTH)))
        self.put(*widgets)
        self.choice.setFocus()

    def key(self) -> str:
        return str(self.choice.currentData())
