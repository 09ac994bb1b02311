"""The real world, assembled."""

from __future__ import annotations

import asyncio
import random

from shoal.runtime.clock import SystemClock
from shoal.runtime.files import SystemFiles
from shoal.runtime.network import AsyncioNetwork
from shoal.runtime.workers import ThreadWorkers
from shoal.runtime.world import World


def system_world(loop: asyncio.AbstractEventLoop, *, check_threads: int = 0) -> World:
    """Return a `World` for an engine on `loop`, which may not be running yet.

    `check_threads` as in `ThreadWorkers`. Whoever made the world ends it with `world.workers.close()`.
    """
    return World(
        clock=SystemClock(),
        network=AsyncioNetwork(loop),
        workers=ThreadWorkers(loop, check_threads=check_threads),
        files=SystemFiles(),
        random=random.Random(),
    )
