"""The language on the assistant's first page is a field with the arrow that says that it can be opened."""

from __future__ import annotations

from shoal.gui.style.theme import Theme
from shoal.gui.widgets.choice_box import ChoiceBox
from shoal.gui.wizard.desk import Circumstances, OpenersNow
from shoal.gui.wizard.welcome import WelcomePage


def test_the_language_has_its_arrow_and_its_name(theme: Theme, qtbot: object) -> None:
    openers = OpenersNow(are_ours=False, can_change=True)
    languages = (("en", "English"), ("de", "Deutsch"))
    around = Circumstances("/downloads", has_tray=True, openers=openers, languages=languages, language="de")
    page = WelcomePage(theme, around, is_first=True)
    qtbot.addWidget(page)  # type: ignore[attr-defined]
    assert isinstance(page.language, ChoiceBox)
    assert page.language.accessibleName() == "Language"
    assert page.language.currentText() == "Deutsch"
