"""A port of our own: chosen by chance once, and kept, so that what a router was told of it goes on to fit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

FIRST_PORT, LAST_PORT = 49_152, 65_535
"""Ports that are nobody's by registration (RFC 6335, section 6)."""
TRIES = 8


async def listen_on_own(listen: Callable[[int], Awaitable[bool]], rng: random.Random) -> int:
    """Have `listen` try ports by chance until one is free: that one; 0 when none was, and it listens on any other.

    `listen(port)` says whether that port was free, and else takes any.
    """
    for port in rng.sample(range(FIRST_PORT, LAST_PORT + 1), TRIES):
        if await listen(port):
            return port
    return 0
