"""Shoal's whole engine on the real loop, sockets and disk, as a test drives it through its door."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

from shoal.api.client import Client
from shoal.api.commands import AddTorrent, Detail
from shoal.api.snapshots import Alert, SessionTotals, TorrentRow, TorrentState, Update
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.session import open_session
from shoal.runtime.system_world import system_world
from shoal.settings.engine_settings import EngineSettings


async def until(holds: Callable[[], bool], seconds: float) -> None:
    """Wait until something outside the engine holds, looked at ten times a second; TimeoutError else."""
    async with asyncio.timeout(seconds):
        while True:
            if holds():
                return
            await asyncio.sleep(0.1)


class LiveShoal:
    """An engine with the latest row of each torrent."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.rows: dict[str, TorrentRow] = {}
        self.alerts: list[Alert] = []
        self.totals = SessionTotals()
        self._fresh = asyncio.Event()
        client.subscribe(self._take, beat_seconds=0.1)

    def _take(self, update: Update) -> None:
        for row in update.changed:
            self.rows[row.torrent_id] = row
        self.alerts += update.alerts
        self.totals = update.totals
        self._fresh.set()

    async def add(
        self, torrent: bytes, folder: Path, *peers: tuple[str, int], priorities: tuple[int, ...] | None = None
    ) -> str:
        """Add a torrent whose data is, or shall come, into `folder`; answers its id."""
        folder.mkdir(parents=True, exist_ok=True)
        command = AddTorrent(metainfo=torrent, folder=str(folder), peers=peers, file_priorities=priorities)
        return str(await self.client.execute(command))

    async def until(self, torrent_id: str, holds: Callable[[TorrentRow], bool], seconds: float) -> TorrentRow:
        """The first row that `holds`; TimeoutError with the last one seen else."""
        try:
            async with asyncio.timeout(seconds):
                while torrent_id not in self.rows or not holds(self.rows[torrent_id]):
                    self._fresh.clear()
                    await self._fresh.wait()
        except TimeoutError:
            raise TimeoutError(await self.story(torrent_id)) from None
        return self.rows[torrent_id]

    async def until_complete(self, torrent_id: str, seconds: float = 40.0) -> TorrentRow:
        """Wait until everything chosen is here and verified."""
        return await self.until(torrent_id, lambda row: row.is_complete and row.state is TorrentState.SEEDING, seconds)

    async def story(self, torrent_id: str) -> str:
        """What the engine knows of the torrent, for the message of a failed test."""
        parts = frozenset({Detail.PEERS, Detail.TRACKERS})
        details = await self.client.details(torrent_id, parts)
        row = self.rows.get(torrent_id)
        shown = replace(row, piece_strip=b"") if row is not None else None
        lines = ["--- Shoal", str(shown), *map(str, details.peers or ()), *map(str, details.trackers or ())]
        return "\n".join([*lines, *map(str, self.alerts)])


@contextlib.asynccontextmanager
async def live_shoal(
    settings: EngineSettings | None = None, *, state_path: Path | None = None
) -> AsyncIterator[LiveShoal]:
    """An engine that listens on loopback only; leaving ends it in order."""
    world = system_world(asyncio.get_running_loop())
    chosen = settings or EngineSettings(listen_hosts="127.0.0.1")
    path = None if state_path is None else str(state_path)
    try:
        client = await open_session(world, SessionConfig(settings=chosen, state_path=path))
        try:
            yield LiveShoal(client)
        finally:
            await client.close()
    finally:
        world.workers.close()
