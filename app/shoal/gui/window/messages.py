"""What goes wrong, told in a dialog of the window: one at a time, and the same never twice at once."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from shoal.api.errors import Reason
from shoal.gui.dialogs.questions import simple_message
from shoal.gui.link.awaitable import Turns
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.explanations import user_error_text
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import clean, say


class Messages(QObject):
    def __init__(self, theme: Theme, parent: QWidget, link: ClientLink, turns: Turns) -> None:
        super().__init__(parent)
        self._theme, self._parent, self._link, self._turns = theme, parent, link, turns
        self._open: set[str] = set()
        link.refused.connect(self.show_refusal)
        link.crashed.connect(self.show_crash)

    async def tell(self, title: str, text: str, details: str = "") -> None:
        """The same message is never stacked: one that is open stands for its repeats."""
        if text in self._open:
            return
        self._open.add(text)
        try:
            dialog = simple_message(self._theme, self._parent, title, text, details)
            await self._turns.ask(dialog, lambda: None)
        finally:
            self._open.discard(text)

    def show_refusal(self, reason: Reason) -> None:
        """A command that the engine would not do."""
        self._link.run(self.tell(say("That did not work"), user_error_text(reason)), self._parent)

    def show_crash(self, error: BaseException) -> None:
        """An error that nobody expected; the log has its trace."""
        text = say("Shoal met an error that it did not expect. Transfers go on; if something looks wrong, restart it.")
        details = f"{type(error).__name__}: {clean(str(error))}"
        self._link.run(self.tell(say("Unexpected error"), text, details), self._parent)
