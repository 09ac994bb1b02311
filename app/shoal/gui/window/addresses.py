"""Adding by address: the dialog for magnet links and URLs, and what lies on the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from shoal.gui.dialogs.add_address import AddAddressDialog
from shoal.gui.link.awaitable import Turns
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.window.dropping import dragged
from shoal.gui.window.sources import addresses_in

LONGEST_CLIPBOARD = 1 << 20


class Addresses:
    """`add` takes sources, `tell` says a sentence in passing."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        link: ClientLink,
        turns: Turns,
        *,
        add: Callable[[Sequence[str]], None],
        tell: Callable[[str], None],
    ) -> None:
        self._theme, self._parent, self._link, self._turns = theme, parent, link, turns
        self._add, self._tell = add, tell

    def ask(self) -> None:
        """Open the dialog, with the addresses of the clipboard in it."""
        self._link.run(self._ask(), self._parent)

    def paste(self) -> None:
        """Add what lies on the clipboard: files copied in a file manager, links, addresses."""
        data = QGuiApplication.clipboard().mimeData()
        found = dragged(data)
        if found.sources:
            self._add(found.sources)
        else:
            self._tell(say("There is no torrent file, magnet link or web address on the clipboard."))

    async def _ask(self) -> None:
        text = QGuiApplication.clipboard().text()[:LONGEST_CLIPBOARD]
        present = dict.fromkeys(address for line in text.splitlines() for address in addresses_in(line))
        dialog = AddAddressDialog(self._theme, self._parent, "\n".join(present), addresses_in)
        sources = await self._turns.ask(dialog, dialog.sources)
        if sources:
            self._add(sources)
