"""A .torrent from a web address: fetched while a small dialog says so and offers to give up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from PySide6.QtWidgets import QWidget

from shoal.gui.dialogs.questions import fetching_dialog
from shoal.gui.link.awaitable import Turns
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import isolated, say
from shoal.metainfo.torrent_file import MAX_METAINFO_BYTES

Fetch = Callable[[str, int], Awaitable[bytes]]
"""Get an http(s) address, at most so many bytes, off the window's thread; raises `UserError`."""
PATIENCE_SECONDS = 0.3
"""What comes sooner needs no dialog."""


def host_of(address: str) -> str:
    """The host of `address`, safe to show; the rest of it may hold a passkey."""
    try:
        host = urlsplit(address).hostname
    except ValueError:
        host = None
    return isolated(host or say("this address"))


async def fetch_shown(theme: Theme, parent: QWidget, turns: Turns, fetch: Fetch, address: str) -> bytes | None:
    """What `fetch` gets from `address`; None when the user gave up. Raises what `fetch` raises."""
    work = asyncio.ensure_future(fetch(address, MAX_METAINFO_BYTES))
    asking: asyncio.Future[None] | None = None
    try:
        done, _ = await asyncio.wait({work}, timeout=PATIENCE_SECONDS)
        if not done:
            asking = asyncio.ensure_future(turns.ask(fetching_dialog(theme, parent, host_of(address)), lambda: None))
            await asyncio.wait({work, asking}, return_when=asyncio.FIRST_COMPLETED)
        return work.result() if work.done() else None
    finally:
        work.cancel()
        if asking is not None:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        await asyncio.gather(work, return_exceptions=True)
