"""Commands on the list and its entries: add, remove, restore, label, rename, and their order."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from shoal.api import commands
from shoal.api.errors import UserError
from shoal.engine.policy.address_scope import is_believable
from shoal.engine.policy.queue_order import moved, placed
from shoal.engine.session.removed import RemovedTorrents
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.resume import ResumeRecord, record_of
from shoal.engine.torrent.tracker_edits import new_trackers
from shoal.metainfo.errors import MetainfoError
from shoal.metainfo.torrent_file import MAX_CHOSEN_BYTES, Metainfo, parse_metainfo
from shoal.protocol.untrusted_text import clean_text
from shoal.runtime.world import Address

if TYPE_CHECKING:
    from shoal.engine.session.session import Session
    from shoal.engine.torrent.torrent import Torrent

absolute = os.path.abspath
"""Purely textual: touches no disk."""

PARSE_INLINE_BYTES = 256 * 1024
"""Larger metainfo is parsed in a worker, so that the loop goes on."""
LONGEST_LABEL = 64
LONGEST_NAME = 255
"""Characters."""


class ListCommands:
    """Executes them for `LocalClient`. Each may raise UserError or StorageError."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._removed = RemovedTorrents(session.order.forget_place)

    def torrent(self, torrent_id: str) -> Torrent:
        """The entry of that id; UserError `no-such-torrent`."""
        torrent = self._session.torrents.get(torrent_id)
        if torrent is None:
            raise UserError("no-such-torrent", id=torrent_id)
        return torrent

    async def add(self, command: commands.AddTorrent) -> str:
        session = self._session
        metainfo = await self._parse(command.metainfo)
        if metainfo.info_hash_v1 is None:
            raise UserError("v2-only", name=metainfo.name)
        # Before anything is added: a name that nobody knows refuses the command as a whole.
        peers = await self.look_up(command.peers)
        if metainfo.torrent_id in session.torrents:
            present = session.torrents[metainfo.torrent_id]
            fresh = new_trackers(present, metainfo, command.extra_trackers)
            raise UserError("already-here", id=metainfo.torrent_id, name=metainfo.name, new_trackers=fresh)
        label = _label(command.label)
        is_full = command.full_allocation
        record = ResumeRecord(
            metainfo.torrent_id,
            command.metainfo,
            absolute(command.folder),
            added_at=session.world.clock.wall(),
            priorities=command.file_priorities or (),
            is_started=command.start,
            sequential=command.sequential,
            first_last_first=command.first_last_first,
            full_allocation=session.settings.full_allocation if is_full is None else is_full,
            down_limit=command.down_limit,
            up_limit=command.up_limit,
            label=label,
            extra_trackers=command.extra_trackers,
            skips_queue=command.skip_queue,
        )
        self._removed.forget(metainfo.torrent_id)
        session.histories.begin_anew(metainfo.torrent_id)
        torrent = session.add(metainfo, record)
        torrent.happened("added")
        await torrent.stages.load(check_existing=command.check_existing)
        if session.saving is not None:
            await session.saving.save(torrent)
        self.add_peers(torrent, peers)
        return torrent.torrent_id

    async def remove(self, command: commands.RemoveTorrent) -> None:
        torrent = self.torrent(command.torrent_id)
        # The stop that follows is not the user's.
        was_started = torrent.record.is_started
        await torrent.stages.stop(for_good=True)
        if command.delete_data:
            try:
                await _delete_data(torrent, to_wastebasket=command.to_wastebasket)
            except StorageError:
                torrent.stages.is_over = False
                raise
        if self._session.torrents.get(torrent.torrent_id) is not torrent:
            return  # removed twice at the same time
        if not command.delete_data:
            self._removed.keep(replace(record_of(torrent), is_started=was_started))
        self._session.forget(torrent, keep_place=not command.delete_data)
        if self._session.saving is not None:
            await self._session.saving.remove(torrent.torrent_id)

    async def restore(self, command: commands.RestoreTorrent) -> None:
        session = self._session
        record = self._removed.take(command.torrent_id)
        if record is None:
            raise UserError("nothing-to-restore", id=command.torrent_id)
        metainfo = await self._parse(record.metainfo)
        if command.torrent_id in session.torrents:
            raise UserError("already-here", id=command.torrent_id, name=metainfo.name)
        torrent = session.add(metainfo, record)
        await torrent.stages.load(check_existing=True)
        if session.saving is not None:
            await session.saving.save(torrent)

    def set_label(self, command: commands.SetLabel) -> None:
        torrent = self.torrent(command.torrent_id)
        torrent.keep(replace(torrent.record, label=_label(command.label)))

    def rename(self, command: commands.RenameTorrent) -> None:
        torrent = self.torrent(command.torrent_id)
        name = clean_text(command.name, LONGEST_NAME + 1)
        if len(name) > LONGEST_NAME:
            raise UserError("bad-name", name=name, why="too-long")
        if command.name and not name:
            raise UserError("bad-name", name=name, why="empty")
        torrent.keep(replace(torrent.record, name="" if name == torrent.metainfo.name else name))
        torrent.happened("renamed", name=torrent.name)

    async def move_in_queue(self, command: commands.MoveInQueue) -> None:
        chosen = self._chosen(command.torrent_ids)
        await self._arrange(moved(self._session.order.ids, frozenset(chosen), command.step), chosen)

    async def place_in_queue(self, command: commands.PlaceInQueue) -> None:
        chosen = self._chosen(command.torrent_ids)
        if command.before is not None:
            self.torrent(command.before)
        await self._arrange(placed(self._session.order.ids, chosen, command.before), chosen)

    async def _arrange(self, ids: Sequence[str], chosen: Sequence[str]) -> None:
        placed_anew = self._session.order.arrange(ids, chosen)
        self._session.queue.enforce()
        await self._session.save_wishes(placed_anew)

    def _chosen(self, torrent_ids: Sequence[str]) -> list[str]:
        """Those of the list; one that was removed meanwhile is no reason to leave the others where they are."""
        chosen = [torrent_id for torrent_id in torrent_ids if torrent_id in self._session.torrents]
        if torrent_ids and not chosen:
            raise UserError("no-such-torrent", id=torrent_ids[0])
        return chosen

    async def look_up(self, peers: tuple[tuple[str, int], ...]) -> list[Address]:
        found: list[Address] = []
        for host, port in peers:
            try:
                addresses = await self._session.world.network.resolve(host, port)
            except OSError as error:
                raise UserError("unknown-host", host=host) from error
            found += [address for address in addresses if is_believable(Address(*address), None)]
        return found

    def add_peers(self, torrent: Torrent, peers: list[Address]) -> None:
        torrent.add_addresses(peers, "user", None)
        if torrent.lifecycle.is_running:
            torrent.swarm.dial_more(self._session.world.clock.now(), self._session.connections.room())

    async def _parse(self, data: bytes) -> Metainfo:
        def parse() -> Metainfo:
            return parse_metainfo(data, max_bytes=MAX_CHOSEN_BYTES)

        try:
            if len(data) <= PARSE_INLINE_BYTES:
                return parse()
            return await self._session.world.workers.run(parse, lane="slow")
        except MetainfoError as error:
            raise UserError("bad-metainfo", problem=error.code, text=str(error)) from error


async def _delete_data(torrent: Torrent, *, to_wastebasket: bool) -> None:
    """Remove the files of a torrent that is stopped for good. Raises StorageError."""
    torrent.services.read_cache.drop(torrent.key)
    delete = partial(torrent.disk.delete_files, to_wastebasket=to_wastebasket)
    is_kept = await torrent.world.workers.run(delete, lane="move")
    if to_wastebasket and not is_kept:
        torrent.alert("deleted-for-good", "info", name=torrent.metainfo.name)


def _label(text: str) -> str:
    """A label as it is kept; UserError `bad-label` (params: most) when it is too long."""
    label = clean_text(text, LONGEST_LABEL + 1)
    if len(label) > LONGEST_LABEL:
        raise UserError("bad-label", most=LONGEST_LABEL)
    return label
