"""Torrent files on their way from the web into the add window: several at a time, each with a way to give it up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from shoal.gui.dialogs.add_entry import TRY_AGAIN, AddEntry, Notice
from shoal.gui.style.wording import say
from shoal.gui.window.source_reader import name_of
from shoal.gui.window.web_source import whole_address

MOST_AT_ONCE = 6
Read = Callable[[str], Awaitable[AddEntry]]
"""What a source holds, or why it does not; raises nothing."""
Run = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None] | None]


class WebEntries:
    """At most `MOST_AT_ONCE` are asked at a time. `changed` is called with each entry that has come, or never will."""

    def __init__(self, read: Read, run: Run) -> None:
        self._read, self._run = read, run
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        self._tasks: dict[AddEntry, asyncio.Task[None]] = {}
        self.changed: Callable[[AddEntry], None] = lambda _entry: None

    def ask(self, entry: AddEntry) -> None:
        """Get it, again if it failed before; it waits while six others are asked."""
        entry.is_waiting, entry.notice, entry.asked_at = True, None, None
        task = self._run(self._get(entry))
        if task is not None:
            self._tasks[entry] = task
            task.add_done_callback(lambda _task: self._tasks.pop(entry, None))

    def give_up(self, entry: AddEntry) -> None:
        task = self._tasks.pop(entry, None)
        if task is None:
            return
        task.cancel()
        entry.become(
            AddEntry(
                entry.name,
                notice=Notice(
                    say("Given up"),
                    say("You stopped asking for it. Nothing was added."),
                    ((TRY_AGAIN, say("Try again")),),
                    address=whole_address(entry.source),
                ),
                is_ticked=False,
            )
        )
        self.changed(entry)

    def give_up_all(self) -> None:
        for entry in list(self._tasks):
            self.give_up(entry)

    async def settle(self, seconds: float) -> None:
        """Return when none is waited for any more, after `seconds` at the latest."""
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=seconds)

    async def _get(self, entry: AddEntry) -> None:
        async with self._room:
            entry.asked_at = time.monotonic()
            entry.become(await self._read(entry.source))
        self.changed(entry)


def web_entry(source: str) -> AddEntry:
    """An entry for what is asked for next."""
    return AddEntry(name_of(source), source=source, address=whole_address(source), is_waiting=True)
