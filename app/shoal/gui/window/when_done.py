"""Tools > When all is done: nothing, quit, sleep or shut down, once, after a minute in which it can be cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum
from functools import partial

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from shoal.api.snapshots import Update
from shoal.gui.desktop.all_done import AllDone
from shoal.gui.desktop.power import Power, PowerAct, PowerError
from shoal.gui.dialogs.countdown import SECONDS, CountdownDialog
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import CountTemplates, Template, phrase, phrase_count, quoted, say, say_phrase


class Ending(Enum):
    NOTHING = "nothing"
    QUIT = "quit"
    SLEEP = "sleep"
    SHUT_DOWN = "shut-down"


NAMES: dict[Ending, Template] = {
    Ending.NOTHING: phrase("Do nothing"),
    Ending.QUIT: phrase("Quit Shoal"),
    Ending.SLEEP: phrase("Send the computer to sleep"),
    Ending.SHUT_DOWN: phrase("Shut the computer down"),
}
_CHOSEN: dict[Ending, Template] = {
    Ending.NOTHING: phrase("Nothing will happen when all downloads are done"),
    Ending.QUIT: phrase("Shoal will quit when all downloads are done"),
    Ending.SLEEP: phrase("The computer will go to sleep when all downloads are done"),
    Ending.SHUT_DOWN: phrase("The computer will shut down when all downloads are done"),
}
_LATER: dict[Ending, Template] = {
    Ending.QUIT: phrase("Nothing is downloading: Shoal will quit after the next downloads"),
    Ending.SLEEP: phrase("Nothing is downloading: the computer will go to sleep after the next downloads"),
    Ending.SHUT_DOWN: phrase("Nothing is downloading: the computer will shut down after the next downloads"),
}
_COUNTED: dict[Ending, CountTemplates] = {
    Ending.QUIT: phrase_count("Shoal quits in {n} second.", "Shoal quits in {n} seconds."),
    Ending.SLEEP: phrase_count(
        "The computer goes to sleep in {n} second.", "The computer goes to sleep in {n} seconds."
    ),
    Ending.SHUT_DOWN: phrase_count(
        "The computer shuts down in {n} second. Save what is open in other programs.",
        "The computer shuts down in {n} seconds. Save what is open in other programs.",
    ),
}
_NOW: dict[Ending, Template] = {
    Ending.QUIT: phrase("Quit now"),
    Ending.SLEEP: phrase("Sleep now"),
    Ending.SHUT_DOWN: phrase("Shut down now"),
}
_REFUSED: dict[Ending, Template] = {
    Ending.SLEEP: phrase("The computer cannot be sent to sleep"),
    Ending.SHUT_DOWN: phrase("The computer cannot be shut down"),
}
_ACTS = {Ending.SLEEP: PowerAct.SLEEP, Ending.SHUT_DOWN: PowerAct.SHUT_DOWN}


class WhenDone:
    """The choice holds for this run, and until it was carried out. `tell` is a sentence in passing, `complain` a
    message with title and text that waits for its reader."""

    def __init__(
        self,
        theme: Theme,
        window: QWidget,
        link: ClientLink,
        power: Power,
        *,
        end: Callable[[], None],
        tell: Callable[[str], None],
        complain: Callable[[str, str], Awaitable[None]],
        seconds: int = SECONDS,
    ) -> None:
        self._theme, self._window, self._link, self._power = theme, window, link, power
        self._end, self._tell, self._complain, self._seconds = end, tell, complain, seconds
        self._all_done = AllDone()
        self.choice = Ending.NOTHING
        self._countdown: CountdownDialog | None = None
        self._is_put_off = False

    def take_over(self, former: WhenDone) -> None:
        self.choice = former.choice

    def fill(self, menu: QMenu) -> None:
        """The four choices, the one in force ticked."""
        group = QActionGroup(menu)
        for ending, name in NAMES.items():
            action = menu.addAction(say_phrase(name))
            action.setCheckable(True)
            action.setChecked(ending is self.choice)
            action.triggered.connect(partial(self._choose, ending))
            group.addAction(action)

    def choose(self, ending: Ending) -> None:
        """From now on; what was finished before does not count."""
        self._put_off()
        self.choice = ending
        self._all_done.begin()
        is_later = not self._all_done.pending and ending in _LATER
        self._tell(say_phrase((_LATER if is_later else _CHOSEN)[ending]))

    def follow(self, update: Update) -> None:
        """Every update, also while the window is hidden."""
        is_over = self._all_done.follow(update)
        if self._countdown is not None and self._all_done.pending:
            # Somebody has given it more to do: it waits for that as well.
            self._put_off()
        elif is_over and self.choice is not Ending.NOTHING and self._countdown is None:
            self._link.run(self._count_down(self.choice), self._window)

    def _put_off(self) -> None:
        """End the countdown, and leave the choice as it is."""
        if self._countdown is not None:
            self._is_put_off = True
            self._countdown.reject()

    def _choose(self, ending: Ending, _checked: bool = False) -> None:
        self.choose(ending)

    async def _count_down(self, ending: Ending) -> None:
        # Of its own: a hidden window would hide it, too.
        parent = self._window if self._window.isVisible() else None
        dialog = self._countdown = CountdownDialog(
            self._theme,
            parent,
            say("All downloads are done"),
            _COUNTED[ending],
            say_phrase(_NOW[ending]),
            seconds=self._seconds,
        )
        self._is_put_off = False
        answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def settle(result: int) -> None:
            if not answered.done():
                answered.set_result(result)

        dialog.finished.connect(settle)
        try:
            # Never in turn with others: an add window that was left open must not keep the computer on.
            dialog.show()
            dialog.raise_()
            result = await answered
        finally:
            self._countdown = None
            dialog.hide()
            dialog.deleteLater()
        if result == CountdownDialog.DialogCode.Accepted.value:
            self.choice = Ending.NOTHING
            await self._carry_out(ending)
        elif not self._is_put_off:
            self.choice = Ending.NOTHING
            self._tell(say("Cancelled. Shoal keeps running"))

    async def _carry_out(self, ending: Ending) -> None:
        act = _ACTS.get(ending)
        if act is not None:
            try:
                await self._power.carry_out(act)
            except PowerError as error:
                said = str(error)
                text = (
                    say("The system says: {reason}.", reason=quoted(said))
                    if said
                    else say("Shoal knows no way to do that on this system.")
                )
                await self._complain(say_phrase(_REFUSED[ending]), text)
                return
        if ending is not Ending.SLEEP:
            # A computer that shuts down ends its programs: this one says goodbye before.
            self._end()
