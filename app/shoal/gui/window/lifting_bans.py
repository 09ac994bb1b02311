"""The way back from "Ban always": asks which lasting bans end, and has the engine end them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from shoal.api.commands import ChangeSettings
from shoal.api.snapshots import SettingsReport
from shoal.gui.dialogs.banned_addresses import BannedAddresses
from shoal.gui.link.awaitable import Turns
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import isolated, say, say_count

SETTING = "banned_hosts"


class LiftingBans:
    """`tell` says a sentence in passing."""

    def __init__(
        self, theme: Theme, parent: QWidget, link: ClientLink, turns: Turns, *, tell: Callable[[str], None]
    ) -> None:
        self._theme, self._parent, self._link, self._turns, self._tell = theme, parent, link, turns, tell

    def ask(self) -> None:
        """Show the banned addresses; those that are chosen may connect again at once."""
        self._link.run(self._ask(), self._parent)

    async def _ask(self) -> None:
        banned = await self._banned()
        if not banned:
            self._tell(say("No address is banned for good"))
            return
        # The newest first: that is the one which is most likely regretted.
        dialog = BannedAddresses(self._theme, self._parent, banned[::-1])
        lifted = await self._turns.ask(dialog, dialog.chosen)
        if not lifted:
            return
        # Asked once more: others may have been banned while the dialog was open.
        kept = [host for host in await self._banned() if host not in lifted]
        await self._link.execute(ChangeSettings(((SETTING, " ".join(kept)),)))
        if len(lifted) == 1:
            self._tell(say("{host} may connect again", host=isolated(lifted[0])))
        else:
            self._tell(say_count(len(lifted), "{n} address may connect again", "{n} addresses may connect again"))

    async def _banned(self) -> tuple[str, ...]:
        """The engine's setting as it is now, oldest ban first."""
        report = await self._link.execute(ChangeSettings(()))
        value = report.values.get(SETTING, "") if isinstance(report, SettingsReport) else ""
        return tuple(str(value).split())
