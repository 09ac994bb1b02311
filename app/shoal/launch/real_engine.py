"""An engine of the real world on the running loop, for callers without a window."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator

from shoal.api.client import Client
from shoal.api.errors import UserError
from shoal.engine.discovery.dht.hosts import WELL_KNOWN
from shoal.engine.discovery.routers.search import RouterSearch
from shoal.engine.discovery.routers.upnp_search import UpnpSearch
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.session import open_session
from shoal.engine.storage.errors import StorageError, storage_error
from shoal.launch.exclusive_lock import ExclusiveLock, LockTakenError
from shoal.launch.long_lived import uncollected
from shoal.runtime.system_world import system_world
from shoal.runtime.world import World
from shoal.settings.engine_settings import EngineSettings

logger = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def real_engine(
    settings: EngineSettings,
    state_path: str | None,
    *,
    save_settings: Callable[[EngineSettings], None] | None = None,
    keeps_port: bool = False,
) -> AsyncIterator[Client]:
    """Leaving announces `stopped`, saves and ends the engine; an error of the body is never hidden by one of the end.

    `save_settings` is called in a worker after every change of the engine's settings; `keeps_port` as in
    `SessionConfig`. Raises `UserError`:
    `profile-in-use` (path: the folder, where another engine is at work), `state-refused`, `disk-full`, `cannot-listen`.
    """
    with _sole_use(state_path):
        world = system_world(asyncio.get_running_loop(), check_threads=settings.check_threads)
        try:
            config = SessionConfig(settings, state_path, save_settings, keeps_port, _dht_hosts(), _find_routers())
            try:
                # A long list comes to life, and nothing of it goes: nearly a third of that time would be collections.
                with uncollected():
                    client = await open_session(world, config)
            except StorageError as error:
                raise _refused(error) from error
            except OSError as error:
                raise UserError("cannot-listen", detail=error.strerror or str(error)) from error
            try:
                yield client
            except BaseException:
                try:
                    await client.close()
                except Exception as error:
                    logger.warning("the engine did not end cleanly: %s", error)
                raise
            await client.close()
        finally:
            world.workers.close()


def _find_routers() -> Callable[[World], RouterSearch] | None:
    """How routers are found; None when the variable forbids it, as in tests."""
    if os.environ.get("SHOAL_ROUTERS") == "off":
        return None
    return lambda world: RouterSearch(world, UpnpSearch(world))


def _dht_hosts() -> tuple[str, ...]:
    """Who is asked for the way into the DHT when the settings name nobody.

    The variable serves tests, and networks without a way to the hosts that everybody knows.
    """
    named = os.environ.get("SHOAL_DHT_HOSTS")
    return WELL_KNOWN if named is None else tuple(named.split())


@contextlib.contextmanager
def _sole_use(state_path: str | None) -> Iterator[None]:
    """Keep every other engine off this state: two would overwrite each other's list."""
    if state_path is None:
        yield
        return
    folder = os.path.dirname(state_path) or "."
    lock = ExclusiveLock(state_path + ".lock")
    try:
        os.makedirs(folder, exist_ok=True)
        lock.take()
    except LockTakenError as error:
        raise UserError("profile-in-use", path=folder) from error
    except OSError as error:
        raise _refused(storage_error(error, state_path)) from error
    try:
        yield
    finally:
        lock.release()


def _refused(error: StorageError) -> UserError:
    if error.code == "disk-full":
        return UserError("disk-full", path=error.path)
    return UserError("state-refused", path=error.path, detail=error.code.replace("-", " "))
