"""What concerns the whole session and the program itself: pausing, leaving, what comes at the end, and the tray."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from shoal.api.snapshots import Update
from shoal.gui.desktop.power import Power
from shoal.gui.desktop.tray import Tray
from shoal.gui.desktop.tray_menu import Do, TrayHooks
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.memory import Memory
from shoal.gui.style.explanation import REMEDY_NAMES, Remedy
from shoal.gui.style.sentences import barred_text
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_phrase
from shoal.gui.window.coming_forward import come_forward
from shoal.gui.window.leaving import Leaving
from shoal.gui.window.limits import Direction
from shoal.gui.window.opening import open_path
from shoal.gui.window.pausing import Pausing
from shoal.gui.window.when_done import WhenDone
from shoal.settings.schema import Page

if TYPE_CHECKING:
    from shoal.gui.window.main_window import MainWindow


class SessionDesk:
    """Made with the parts of `window`; `serve_tray` when all of them are there."""

    def __init__(
        self, theme: Theme, window: MainWindow, link: ClientLink, memory: Memory, tray: Tray, power: Power
    ) -> None:
        self._window, self._link, self._tray = window, link, tray
        self.pausing = Pausing(link, window.commands)
        self.leaving = Leaving(theme, window, link, memory, tray, finish=window.finish, say_here=window.notices.say)
        self.when_done = WhenDone(
            theme,
            window,
            link,
            power,
            end=self.leaving.end,
            tell=window.toast.say,
            complain=self._complain,
        )

    def follow(self, update: Update) -> None:
        self.pausing.follow(update.totals)
        self.when_done.follow(update)
        barred = update.totals.barred
        text = say("{sentence}.", sentence=barred_text(barred)) if barred is not None else ""
        self._window.notices.show_trouble(text, say_phrase(REMEDY_NAMES[Remedy.CHOOSE_ADDRESS]))

    def choose_address(self) -> None:
        """Open the Configuration where the address is chosen that everything leaves from."""
        self._window.configuring.open(Page.CONNECTION, "outgoing_host")

    def take_over(self, former: SessionDesk) -> None:
        """What was chosen for this run holds here, too."""
        self.when_done.take_over(former.when_done)

    def serve_tray(self) -> None:
        """The tray does with this window what its menu says."""
        window, forward = self._window, self._forward
        self._tray.serve(
            TrayHooks(
                toggle=self.leaving.toggle,
                show_window=forward(lambda: None),
                add_torrent=forward(window.adder.choose_files),
                paste=forward(window.addresses.paste),
                resume=self.pausing.resume,
                quit=self.leaving.leave,
                reveal=self._reveal,
                open_folder=open_path,
                fill_down_limits=partial(self._fill_limits, Direction.DOWN),
                fill_up_limits=partial(self._fill_limits, Direction.UP),
                fill_pauses=self.pausing.fill,
                fill_endings=self.when_done.fill,
                host_lost=self.leaving.on_host_lost,
                opened=self._link.hurry,
                fill_profiles=window.profiles.fill_menu,
            ),
            window,
        )

    def _forward(self, then: Do) -> Do:
        """`then`, with the window before its eyes."""

        def act() -> None:
            come_forward(self._window)
            then()

        return act

    def _reveal(self, torrent_id: str) -> None:
        come_forward(self._window)
        self._window.reveal(torrent_id)

    def _fill_limits(self, direction: Direction, menu: QMenu) -> None:
        self._window.limits.fill_for_session(menu, direction)
        # The last one asks for a number, in a dialog of the window.
        menu.actions()[-1].triggered.connect(lambda: come_forward(self._window))

    async def _complain(self, title: str, text: str) -> None:
        come_forward(self._window)
        await self._window.messages.tell(title, text)
