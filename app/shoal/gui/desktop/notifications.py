"""Ways by which notices reach a person, tried in order: the system's notifications, the tray, the window itself.

Whoever has the window in front is told there: the system's notifications are for who looks elsewhere.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Protocol

from shoal.gui.desktop.notice import Answer, Notice
from shoal.gui.link.client_link import ClientLink

log = logging.getLogger(__name__)

Answered = Callable[[Notice, Answer, str], None]
"""Does what a person answered; the text is a token by which the window may come forward, or ""."""


class Notifier(Protocol):
    """One way to tell."""

    async def show(self, notice: Notice) -> bool:
        """Tell it; False when that is not possible this way, now."""
        ...

    async def close(self) -> None: ...


class Balloon(Protocol):
    """What an icon in the tray can say."""

    @property
    def is_there(self) -> bool:
        """An icon is seen."""
        ...

    def say(self, title: str, text: str, clicked: Callable[[], None] | None = None) -> None:
        """`clicked` is done when somebody clicks what is said."""


class TrayNotifier:
    """For systems whose notifications are the tray's; it has no buttons, a click on it is one on the notice."""

    def __init__(self, balloon: Callable[[], Balloon | None], answered: Answered) -> None:
        self._balloon, self._answered = balloon, answered

    async def show(self, notice: Notice) -> bool:
        balloon = self._balloon()
        if balloon is None or not balloon.is_there:
            return False
        balloon.say(notice.title, notice.text, partial(self._answered, notice, notice.click, ""))
        return True

    async def close(self) -> None:
        """The icon goes with its owner."""


class Announcer:
    """Tells notices one after the other; `outside` are tried in order, `inside` is the window."""

    def __init__(
        self, link: ClientLink, outside: Sequence[Notifier], inside: Notifier, is_in_front: Callable[[], bool]
    ) -> None:
        self._link, self._outside, self._inside = link, tuple(outside), inside
        self._is_in_front = is_in_front
        self._queue: deque[Notice] = deque()
        self._is_busy = False

    def tell(self, notices: Iterable[Notice]) -> None:
        """Returns at once."""
        self._queue.extend(notices)
        if self._queue and not self._is_busy:
            self._is_busy = True
            self._link.run(self._work())

    async def close(self) -> None:
        for way in (*self._outside, self._inside):
            await way.close()

    async def _work(self) -> None:
        try:
            while self._queue:
                await self._tell(self._queue.popleft())
        finally:
            self._is_busy = False

    async def _tell(self, notice: Notice) -> None:
        if not self._is_in_front():
            for way in self._outside:
                if await way.show(notice):
                    return
            log.debug("no way out of the window: %s", notice.kind.value)
        await self._inside.show(notice)
