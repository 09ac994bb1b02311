"""A message on the screen of a start that opens no window of its own."""

from __future__ import annotations

import os
import sys

from PySide6.QtWidgets import QWidget

from shoal.api.errors import Reason
from shoal.gui.application import make_application
from shoal.gui.dialogs.questions import simple_message
from shoal.gui.link.awaitable import ask
from shoal.gui.style.explanations import user_error_text
from shoal.gui.style.languages import SYSTEM, Languages
from shoal.gui.style.resources import resources_folder
from shoal.gui.style.theme import Theme, ThemeChoice
from shoal.gui.style.wording import say
from shoal.launch.desktop import LANGUAGE_VARIABLE
from shoal.launch.qt_loop import run_on_qt


def show_refusal(reason: Reason) -> None:
    """Returns when the person has closed it. Nothing is shown where Qt draws on no screen."""
    if os.environ.get("QT_QPA_PLATFORM") in {"offscreen", "minimal"}:
        return
    app = make_application(sys.argv[:1])
    languages = Languages(app, resources_folder())
    languages.choose(os.environ.get(LANGUAGE_VARIABLE) or SYSTEM)
    theme = Theme(app, resources_folder(), ThemeChoice.SYSTEM)

    async def tell() -> None:
        parent = QWidget()
        await ask(simple_message(theme, parent, say("Nothing was opened"), user_error_text(reason), ""), lambda: None)
        parent.deleteLater()

    run_on_qt(app, tell())
