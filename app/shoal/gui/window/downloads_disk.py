"""The disk card: what the engine tells of its disks, and before the first transfer what the system says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from shoal.api.snapshots import SessionTotals
from shoal.gui.link.client_link import ClientLink
from shoal.gui.window.sidebar import Sidebar

FreeBytes = Callable[[str], Awaitable[int | None]]
"""Free bytes where a folder is or would be, asked off the window's thread; None = not known."""


class DownloadsDisk:
    """`follow` once a beat."""

    def __init__(self, link: ClientLink, sidebar: Sidebar, folder: Callable[[], str], free_bytes: FreeBytes) -> None:
        """`folder` answers where downloads go."""
        self._link, self._sidebar, self._folder, self._free_bytes = link, sidebar, folder, free_bytes
        self._asked = ""
        self._free: dict[str, int] = {}
        self._totals = SessionTotals()

    def follow(self, totals: SessionTotals) -> None:
        """Show it; the engine knows only disks that hold transfers."""
        folder = self._folder()
        self._totals = totals
        if not totals.free_bytes and folder != self._asked:
            self._asked = folder
            self._link.run(self._ask(folder), self._sidebar)
        self._show(folder)

    async def _ask(self, folder: str) -> None:
        free = await self._free_bytes(folder)
        if free is not None:
            self._free = {folder: free}
            self._show(folder)

    def _show(self, folder: str) -> None:
        totals = self._totals if self._totals.free_bytes else replace(self._totals, free_bytes=self._free)
        self._sidebar.show_totals(totals, folder)
