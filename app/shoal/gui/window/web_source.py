"""A .torrent from a web address: fetched while a small dialog says so and offers to give up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from PySide6.QtWidgets import QWidget

from shoal.gui.dialogs.questions import fetching_dialog
from shoal.gui.link.awaitable import Turns
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import ISOLATE_END, ISOLATE_START, clean, isolated, say

Fetch = Callable[[str, int], Awaitable[bytes]]
"""Get an http(s) address, at most so many bytes, off the window's thread; raises `UserError`."""
LONGEST_ADDRESS = 2_000
T = TypeVar("T")
PATIENCE_SECONDS = 0.3
"""What comes sooner needs no dialog."""


def host_of(address: str) -> str:
    """The host of `address`, safe to show; the rest of it may hold a passkey."""
    try:
        host = urlsplit(address).hostname
    except ValueError:
        host = None
    return isolated(host or say("this address"))


def short_address(address: str) -> str:
    """The last part of its path, else its host, safe to show: what tells several of one server apart."""
    try:
        last = unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2])
    except ValueError:
        last = ""
    return isolated(last) if clean(last) else host_of(address)


def whole_address(address: str) -> str:
    """All of `address`, safe to show: to the one who typed it, who has to find the mistake in it."""
    cleaned = clean(address, LONGEST_ADDRESS)
    return cleaned if cleaned.isascii() else f"{ISOLATE_START}{cleaned}{ISOLATE_END}"


async def fetch_shown(
    theme: Theme, parent: QWidget, turns: Turns, asked: Coroutine[Any, Any, T], address: str
) -> T | None:
    """What `asked` gets from `address`; None when the user gave up. Raises what `asked` raises."""
    work = asyncio.ensure_future(asked)
    asking: asyncio.Future[None] | None = None
    try:
        done, _ = await asyncio.wait({work}, timeout=PATIENCE_SECONDS)
        if not done:
            asking = asyncio.ensure_future(
                turns.ask(fetching_dialog(theme, parent, host_of(address), whole_address(address)), lambda: None)
            )
            await asyncio.wait({work, asking}, return_when=asyncio.FIRST_COMPLETED)
        return work.result() if work.done() else None
    finally:
        work.cancel()
        if asking is not None:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        await asyncio.gather(work, return_exceptions=True)
