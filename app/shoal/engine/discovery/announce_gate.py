"""How many announces are under way at the same time, over all torrents of a session."""

from __future__ import annotations

import asyncio
from collections import deque

MAX_ANNOUNCES = 50


class AnnounceGate:
    """`limit` slots. Those who wait get them in order of arrival, before anyone who only tries."""

    def __init__(self, limit: int = MAX_ANNOUNCES) -> None:
        self._free = limit
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def free(self) -> int:
        """Slots that nobody holds."""
        return self._free

    def try_enter(self) -> bool:
        """Take a slot if there is one now; each success is ended with `leave`."""
        if self._free == 0:
            return False
        self._free -= 1
        return True

    async def enter(self) -> None:
        """Wait for a slot; ended with `leave`."""
        if self.try_enter():
            return
        slot: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(slot)
        try:
            await slot
        except asyncio.CancelledError:
            if slot.done() and not slot.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        """Give a slot back, straight to the first who waits for one."""
        while self._waiting:
            slot = self._waiting.popleft()
            if not slot.done():
                slot.set_result(None)
                return
        self._free += 1
