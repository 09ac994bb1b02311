"""Before Shoal quits while something is downloading."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.units import time_left_text
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.asking_dialog import AskingDialog
from shoal.gui.widgets.tick_box import TickBox


class QuitDialog(AskingDialog):
    """Accepted to quit; `asks_again` is False when the user has had enough of the question."""

    def __init__(self, theme: Theme, parent: QWidget | None, downloading: int, seconds_left: float | None) -> None:
        """`seconds_left` until the last of the `downloading` ones is done; None = not known."""
        if seconds_left is None:
            text = say_count(
                downloading,
                "{n} download is running. It goes on where it is when you start Shoal again.",
                "{n} downloads are running. They go on where they are when you start Shoal again.",
            )
        else:
            text = say_count(
                downloading,
                "{n} download is running, {time} left. It goes on where it is when you start Shoal again.",
                "{n} downloads are running, {time} left. They go on where they are when you start Shoal again.",
                time=time_left_text(seconds_left),
            )
        super().__init__(theme, parent, say("Quit Shoal?"), say("Quit"), text=text, cancel_name=say("Keep running"))
        self._no_more = TickBox(theme, say("Do not ask again"))
        self.put(self._no_more)
        self.accept_button.setFocus()

    def asks_again(self) -> bool:
        return not self._no_more.isChecked()
