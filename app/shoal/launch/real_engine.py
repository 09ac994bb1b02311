"""An engine of the real world on the running loop, for callers without a window."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from shoal.api.client import Client
from shoal.api.errors import UserError
from shoal.engine.session.session import SessionConfig, open_session
from shoal.engine.storage.errors import StorageError
from shoal.runtime.system_world import system_world
from shoal.settings.engine_settings import EngineSettings


@contextlib.asynccontextmanager
async def real_engine(settings: EngineSettings, state_path: str | None) -> AsyncIterator[Client]:
    """Leaving announces `stopped`, saves and ends the engine. Raises `UserError`: `state-refused`, `cannot-listen`."""
    world = system_world(asyncio.get_running_loop(), check_threads=settings.check_threads)
    try:
        try:
            client = await open_session(world, SessionConfig(settings=settings, state_path=state_path))
        except StorageError as error:
            raise UserError("state-refused", path=error.path, detail=error.code.replace("-", " ")) from error
        except OSError as error:
            raise UserError("cannot-listen", detail=error.strerror or str(error)) from error
        try:
            yield client
        finally:
            await client.close()
    finally:
        world.workers.close()
