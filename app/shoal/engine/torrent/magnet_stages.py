"""The way of a magnet link without metainfo between stopped and asking, and back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from shoal.api.snapshots import TorrentState
from shoal.engine.discovery.announcer import PARTING_SECONDS, STOP_SECONDS

if TYPE_CHECKING:
    from shoal.engine.torrent.magnet import Magnet


class MagnetStages:
    """Brings one magnet link up and down. Loop thread only."""

    def __init__(self, magnet: Magnet) -> None:
        self._magnet = magnet
        self._step = asyncio.Lock()
        self.is_over = False
        """It is being removed, or its metainfo is here: it never comes up again."""

    @property
    def is_at_rest(self) -> bool:
        """As `Stages.is_at_rest`."""
        magnet = self._magnet
        is_down = magnet.lifecycle.state in (TorrentState.STOPPED, TorrentState.QUEUED)
        return is_down and not (magnet.has_turn or self._step.locked())

    async def load(self) -> None:
        """After adding or restoring: go on as its record says."""
        async with self._step:
            self._come_up()

    async def start(self, *, skip_queue: bool = False) -> None:
        """Ask when the queue allows it, with `skip_queue` in any case."""
        magnet = self._magnet
        async with self._step:
            if self.is_over:
                return
            if not magnet.record.is_started:
                magnet.happened("started")
            magnet.keep(replace(magnet.record, is_started=True, skips_queue=skip_queue))
            self._come_up()
            magnet.services.queue_changed(magnet)
            await magnet.services.save(magnet)

    async def stop(self, *, keep_started: bool = False, for_good: bool = False) -> None:
        """Leave the swarm, announce `stopped` (bounded), save. `keep_started`: it goes on at the next start."""
        magnet = self._magnet
        async with self._step:
            self.is_over = self.is_over or for_good
            if magnet.record.is_started and not keep_started and not for_good:
                magnet.happened("stopped")
            magnet.keep(replace(magnet.record, is_started=keep_started and magnet.record.is_started))
            magnet.has_turn = False
            magnet.services.queue_changed(magnet)
            await self._go_down(TorrentState.STOPPED, PARTING_SECONDS if keep_started else STOP_SECONDS)
            await magnet.services.save(magnet)

    async def take_turn(self) -> None:
        """The queue says that it may run."""
        async with self._step:
            if self._magnet.has_turn and self._magnet.lifecycle.state is TorrentState.QUEUED:
                self._come_up()

    async def give_way(self) -> None:
        """The queue says that it has to wait."""
        magnet = self._magnet
        async with self._step:
            if magnet.has_turn or magnet.may_run or self.is_over or not magnet.lifecycle.is_running:
                return
            await self._go_down(TorrentState.QUEUED)
            await magnet.services.save(magnet)
            magnet.services.queue_changed(magnet)

    async def hand_over(self) -> None:
        """Its metainfo is here: leave without a word to trackers, which hear of what it becomes at once."""
        async with self._step:
            self.is_over = True
            self.leave("its metainfo is here")
            await self._magnet.announcer.break_off()
            await self._magnet.end()

    async def rest(self) -> None:
        """Its metainfo is here and it was only looked at: leave, and keep what was found. Trackers hear nothing yet."""
        async with self._step:
            self.is_over = True
            self.leave("its metainfo is here")
            await self._magnet.end()

    def leave(self, reason: str) -> None:
        """End the connections."""
        self._magnet.dht_search.end()
        self._magnet.services.sources.leave(self._magnet.info_hash)
        self._magnet.swarm.close_all(reason)
        self._magnet.counters.rest()

    def _come_up(self) -> None:
        magnet = self._magnet
        if self.is_over or not magnet.record.is_started or magnet.lifecycle.is_running:
            return
        if magnet.lifecycle.state is TorrentState.ERROR:
            magnet.lifecycle.to(TorrentState.STOPPED)
        if magnet.failure is not None:
            # Another answer than the one that cannot be used does not exist.
            return
        if magnet.may_run:
            magnet.join_swarm()
        else:
            magnet.lifecycle.to(TorrentState.QUEUED)
            magnet.services.queue_changed(magnet)
        magnet.services.changed(magnet)

    async def _go_down(self, state: TorrentState, stop_seconds: float = STOP_SECONDS) -> None:
        magnet = self._magnet
        was_running = magnet.lifecycle.is_running
        if magnet.lifecycle.state not in (TorrentState.STOPPED, TorrentState.QUEUED):
            magnet.lifecycle.to(TorrentState.STOPPING)
            magnet.services.changed(magnet)
        self.leave("stopped")
        if was_running:
            await magnet.announcer.stop(stop_seconds)
        magnet.lifecycle.to(TorrentState.STOPPED)
        if state is not TorrentState.STOPPED:
            magnet.lifecycle.to(state)
        magnet.services.changed(magnet)
