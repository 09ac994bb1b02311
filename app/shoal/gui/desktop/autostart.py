"""Starting with the computer: what the setting says and what the system does are kept in step, in both directions.

What a system does is a `LoginStart`, whose calls block; `Autostart` asks it beside the window's thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from shoal.gui.link.background import Background
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.memory import Memory
from shoal.gui.style.wording import isolated, quoted, say

log = logging.getLogger(__name__)

HIDDEN_OPTION = "--hidden"
"""Of the command line: the window stays closed, where there is a tray."""
_KEYS = frozenset({"start_at_login", "start_hidden"})


class LoginStartError(Exception):
    """The system does not start Shoal at login, or goes on to do it; the text is a sentence for a person."""


class LoginStart(Protocol):
    """What starts programs at login. Every call blocks; all raise OSError, `set_on` also LoginStartError."""

    def is_on(self) -> bool:
        """Whether the system starts Shoal at login, as far as it tells."""
        ...

    def set_on(self, *, hidden: bool) -> None:
        """From now on the system starts this copy of Shoal, with `HIDDEN_OPTION` when `hidden`."""
        ...

    def set_off(self) -> None:
        """Not any more; harmless when it does not."""
        ...


class NoLoginStart:
    """A system that starts nothing."""

    def is_on(self) -> bool:
        return False

    def set_on(self, *, hidden: bool) -> None:
        raise LoginStartError(say("This system starts no programs by itself."))

    def set_off(self) -> None:
        """It never was on."""


class Autostart:
    """`tell` says a sentence in the window."""

    def __init__(
        self,
        link: ClientLink,
        background: Background,
        memory: Memory,
        login_start: LoginStart,
        tell: Callable[[str], None],
    ) -> None:
        self._link, self._background, self._memory = link, background, memory
        self._login_start, self._tell = login_start, tell
        self._turn = asyncio.Lock()
        memory.remembered.connect(self._on_remembered)

    async def begin(self) -> None:
        """At the start: who was taken from the system's list, or put there, by hand, is obeyed."""
        async with self._turn:
            settings = self._memory.settings
            try:
                is_on = await self._background.run(self._login_start.is_on)
                if is_on and settings.start_at_login:
                    # Shoal may have been moved since.
                    await self._set(is_on=True, hidden=settings.start_hidden)
            except (OSError, LoginStartError) as error:
                log.info("the start at login is not known: %s", error)
                return
        # Unless the person has just changed it, which `_apply` does.
        if is_on != settings.start_at_login and self._memory.settings.start_at_login == settings.start_at_login:
            self._memory.remember(start_at_login=is_on)

    def _on_remembered(self, names: frozenset[str]) -> None:
        if names & _KEYS:
            self._link.run(self._apply())

    async def _apply(self) -> None:
        async with self._turn:
            settings = self._memory.settings
            try:
                is_on = await self._background.run(self._login_start.is_on)
                if is_on or settings.start_at_login:
                    await self._set(is_on=settings.start_at_login, hidden=settings.start_hidden)
                return
            except LoginStartError as error:
                text = str(error)
            except OSError as error:
                text = self._refusal(error)
            self._tell(text)
            is_on = await self._background.run(self._is_on)
        self._memory.remember(start_at_login=is_on)

    async def _set(self, *, is_on: bool, hidden: bool) -> None:
        if is_on:
            await self._background.run(lambda: self._login_start.set_on(hidden=hidden))
        else:
            await self._background.run(self._login_start.set_off)

    def _is_on(self) -> bool:
        try:
            return self._login_start.is_on()
        except OSError:
            return False

    def _refusal(self, error: OSError) -> str:
        detail = quoted(error.strerror or str(error))
        if error.filename is None:
            return say("The start with the computer could not be changed ({detail}).", detail=detail)
        return say(
            "The start with the computer could not be changed: {path} ({detail}).",
            path=isolated(str(error.filename)),
            detail=detail,
        )
