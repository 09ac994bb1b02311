"""File lists of magnet links on their way into the add window, asked of peers by the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from shoal.api.details import MagnetProgress
from shoal.api.errors import UserError
from shoal.gui.dialogs.add_entry import AddEntry, Notice
from shoal.gui.dialogs.torrent_preview import PreviewError, preview_of
from shoal.gui.link.background import Background
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.explanations import user_error_text
from shoal.gui.style.wording import say

Run = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None] | None]


class MagnetEntries:
    """`changed` is called with each entry whose list has come, or never will; `told` when it has come further."""

    def __init__(self, link: ClientLink, background: Background, run: Run) -> None:
        self._link, self._background, self._run = link, background, run
        self._tasks: dict[AddEntry, asyncio.Task[None]] = {}
        self.changed: Callable[[AddEntry], None] = lambda _entry: None
        self.told: Callable[[AddEntry], None] = lambda _entry: None

    def ask(self, entry: AddEntry) -> None:
        """Get its file list, as long as that takes."""
        if entry.is_asking and entry not in self._tasks:
            task = self._run(self._get(entry))
            if task is not None:
                self._tasks[entry] = task
                task.add_done_callback(lambda _task: self._tasks.pop(entry, None))

    def stop_all(self) -> None:
        """The window is closed: what is in the list by now goes on there, the rest is asked for no more."""
        for task in list(self._tasks.values()):
            task.cancel()

    async def _get(self, entry: AddEntry) -> None:
        link = entry.link
        assert link is not None

        def tell(progress: MagnetProgress) -> None:
            entry.progress = progress
            if entry.is_asking:
                self.told(entry)

        try:
            data = await self._link.fetch_metainfo(link.text, tell)
            entry.preview = await self._background.run(lambda: preview_of(data, link.name))
            entry.name = link.name if not entry.preview.name else entry.choice().name
        except UserError as error:
            self._fail(entry, user_error_text(error.reason))
        except PreviewError as error:
            self._fail(entry, error.text)
        self.changed(entry)

    @staticmethod
    def _fail(entry: AddEntry, why: str) -> None:
        entry.notice = Notice(say("Its file list cannot be used"), why)
        entry.is_ticked = False
