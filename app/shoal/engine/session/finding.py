"""Finding peers without trackers: the session's UDP sockets and its DHT, as the settings say, kept across restarts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from shoal.engine.discovery.dht.hosts import parse_hosts
from shoal.engine.discovery.dht.service import Dht, DhtState, DhtStatus
from shoal.engine.session.history_store import SESSION_ID, HistoryRow, HistoryStore
from shoal.engine.transport.udp_port import SharedUdp
from shoal.runtime.world import World
from shoal.settings.engine_settings import DHT_OFF, DHT_READ_ONLY, EngineSettings

if TYPE_CHECKING:
    from shoal.runtime.tasks import TaskScope

DHT_NODES = "dht"
"""The kind of the row in the store."""
SAVE_SECONDS = 300.0


class Finding:
    """Loop thread only."""

    def __init__(
        self,
        world: World,
        settings: Callable[[], EngineSettings],
        tasks: TaskScope,
        well_known: Sequence[str] = (),
    ) -> None:
        """`well_known`: hosts (`host:port`) of the DHT that are asked when the settings name none."""
        self._world = world
        self._settings = settings
        self._tasks = tasks
        self._well_known = tuple(well_known)
        self._store: HistoryStore | None = None
        self._next_save = world.clock.now() + SAVE_SECONDS
        self.udp = SharedUdp(world.network)
        self.dht = Dht(world, self.udp, self._hosts)
        self.status = DhtStatus(DhtState.OFF)
        """As of the last second."""

    async def use(self, store: HistoryStore) -> None:
        """Go on with the nodes of the last run, and keep those of this one there."""
        self._store = store
        rows = await self._world.workers.run(lambda: store.read(SESSION_ID), lane="slow")
        self.dht.load(rows.get(DHT_NODES))

    async def listen(self, port: int) -> None:
        """The session listens on this TCP port from now on: the UDP sockets go with it."""
        settings = self._settings()
        # What is bound to one address must not leave by another.
        hosts = [settings.outgoing_host] if settings.outgoing_host else settings.listen_hosts.split()
        await self.udp.open(hosts if settings.dht != DHT_OFF else (), port)
        self.dht.sockets_changed()
        await self.apply()

    async def apply(self) -> None:
        """Put the settings in force."""
        mode = self._settings().dht
        if mode == DHT_OFF:
            await self._save()
            await self.dht.stop()
            self.udp.close()
        else:
            self.dht.start(is_read_only=mode == DHT_READ_ONLY)
        self.status = self.dht.status()

    def second(self, now: float) -> None:
        """Once a second."""
        self.dht.second(now)
        self.status = self.dht.status()
        if now >= self._next_save and self.dht.is_on:
            self._next_save = now + SAVE_SECONDS
            self._tasks.start(self._save(), "save DHT nodes")

    async def close(self) -> None:
        """Save, and end."""
        await self._save()
        await self.dht.stop()
        self.udp.close()

    async def _save(self) -> None:
        store, data = self._store, self.dht.saved() if self.dht.is_on else None
        if store is not None and data is not None:
            rows = [HistoryRow(SESSION_ID, DHT_NODES, data)]
            await self._world.workers.run(lambda: store.write(rows), lane="slow")

    def _hosts(self) -> Sequence[tuple[str, int]]:
        named = self._settings().dht_hosts.split()
        return parse_hosts(named or self._well_known)
