"""What transfers have shown of the line is offered to its owner: a toast with Use, and the way back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.line_measure import LineMeasure
from shoal.gui.link.settings_door import SettingsDoor
from shoal.gui.link.undoable import Undoable
from shoal.gui.style.line_speed import mbit_text
from shoal.gui.style.wording import say
from shoal.gui.window.main_window import MainWindow
from shoal.gui.window.telling import is_in_front


class LineOffer(QObject):
    """`window_of` is the window, whichever it is just now."""

    def __init__(self, door: SettingsDoor, link: ClientLink, window_of: Callable[[], MainWindow]) -> None:
        super().__init__(link)
        self._window_of = window_of
        self._measure = LineMeasure(door, link, lambda: is_in_front(window_of()))
        self._measure.offered.connect(self._offer)

    def _offer(self, up: int, down: int) -> None:
        text = (
            say(
                "Your transfers have shown a line of {down} Mbit/s down and {up} Mbit/s up.",
                down=mbit_text(down),
                up=mbit_text(up),
            )
            if down
            else say("Your transfers have shown a line of {up} Mbit/s up.", up=mbit_text(up))
        )
        self._window_of().toast.say(text, say("Use"), lambda: self._use(up, down))

    def _use(self, up: int, down: int) -> None:
        back = self._measure.use(up, down)
        done = say("The speed profiles reckon with {up} Mbit/s up now", up=mbit_text(up))
        self._window_of().commands.can_undo(done, Undoable(say("Undo setting the speed of the line"), act=back))
