"""Commands on the list and its entries: add, remove, restore, label, rename, and their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from shoal.api import commands
from shoal.api.errors import UserError
from shoal.engine.policy.address_scope import is_believable
from shoal.engine.policy.queue_order import moved, placed
from shoal.engine.session.adding import add_magnet, already_here, fill_in, record_for
from shoal.engine.session.removed import RemovedTorrents
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.magnet import Magnet
from shoal.engine.torrent.resume import ResumeRecord, record_of
from shoal.metainfo.errors import MetainfoError
from shoal.metainfo.torrent_file import MAX_CHOSEN_BYTES, Metainfo, parse_metainfo
from shoal.protocol.untrusted_text import clean_text
from shoal.runtime.world import Address

if TYPE_CHECKING:
    from shoal.engine.session.session import Session
    from shoal.engine.torrent.services import Entry
    from shoal.engine.torrent.torrent import Torrent

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
        """The torrent of that id; UserError `no-such-torrent`, or `no-file-list` for a magnet link."""
        torrent = self._session.torrents.get(torrent_id)
        if torrent is not None:
            return torrent
        raise UserError("no-file-list", name=self.entry(torrent_id).name)

    def entry(self, torrent_id: str) -> Entry:
        """Likewise, also a magnet link whose metainfo is not known."""
        entry = self._session.entries.get(torrent_id)
        if entry is None:
            raise UserError("no-such-torrent", id=torrent_id)
        return entry

    async def add(self, command: commands.AddTorrent) -> str:
        session = self._session
        metainfo = await self._parse(command.metainfo)
        if metainfo.info_hash_v1 is None:
            raise UserError("v2-only", name=metainfo.name)
        # Before anything is added: a name that nobody knows refuses the command as a whole.
        peers = await self.look_up(command.peers)
        if metainfo.torrent_id in session.torrents:
            raise already_here(session, metainfo, command.extra_trackers)
        record = record_for(session, command, metainfo.torrent_id, _label(command.label))
        waiting = session.magnets.listed.get(metainfo.torrent_id)
        if waiting is not None and await fill_in(session, waiting, metainfo, record):
            self.add_peers(self.torrent(metainfo.torrent_id), peers)
            return metainfo.torrent_id
        self._removed.forget(metainfo.torrent_id)
        session.histories.begin_anew(metainfo.torrent_id)
        torrent = session.add(metainfo, record)
        session.magnets.introduce(torrent)
        torrent.happened("added")
        await torrent.stages.load(check_existing=command.check_existing)
        if session.saving is not None:
            await session.saving.save(torrent)
        self.add_peers(torrent, peers)
        return torrent.torrent_id

    async def add_magnet(self, command: commands.AddMagnet) -> str:
        magnet = await add_magnet(self._session, command, _label(command.label))
        self._removed.forget(magnet.torrent_id)
        return magnet.torrent_id

    async def remove(self, command: commands.RemoveTorrent) -> None:
        magnet = self._session.magnets.listed.get(command.torrent_id)
        if magnet is not None:
            await self._remove_magnet(magnet)
            return
        torrent = self.torrent(command.torrent_id)
        # The stop that follows is not the user's.
        was_started = torrent.record.is_started
        torrent.is_being_removed = command.delete_data
        torrent.services.changed(torrent)
        await torrent.stages.stop(for_good=True)
        if command.delete_data:
            try:
                await _delete_data(torrent, to_wastebasket=command.to_wastebasket)
            except StorageError:
                torrent.stages.is_over = torrent.is_being_removed = False
                torrent.services.changed(torrent)
                raise
        if self._session.torrents.get(torrent.torrent_id) is not torrent:
            return  # removed twice at the same time
        if not command.delete_data:
            self._removed.keep(replace(record_of(torrent), is_started=was_started))
        self._session.forget(torrent, keep_place=not command.delete_data)
        if self._session.saving is not None:
            await self._session.saving.remove(torrent.torrent_id)

    async def _remove_magnet(self, magnet: Magnet) -> None:
        was_started = magnet.record.is_started
        await magnet.stages.stop(for_good=True)
        if self._session.magnets.listed.get(magnet.torrent_id) is not magnet:
            return  # removed twice at the same time
        self._removed.keep(replace(magnet.record_now(), is_started=was_started))
        self._session.magnets.forget(magnet, keep_place=True)
        if self._session.saving is not None:
            await self._session.saving.remove(magnet.torrent_id)

    async def _restore_magnet(self, record: ResumeRecord) -> None:
        magnet = self._session.magnets.add(record)
        await magnet.stages.load()
        if self._session.saving is not None:
            await self._session.saving.save(magnet)

    async def restore(self, command: commands.RestoreTorrent) -> None:
        session = self._session
        record = self._removed.take(command.torrent_id)
        if record is None:
            raise UserError("nothing-to-restore", id=command.torrent_id)
        present = session.entries.get(command.torrent_id)
        if present is not None:
            raise UserError("already-here", id=command.torrent_id, name=present.name)
        if not record.metainfo:
            await self._restore_magnet(record)
            return
        metainfo = await self._parse(record.metainfo)
        torrent = session.add(metainfo, record)
        await torrent.stages.load(check_existing=True)
        if session.saving is not None:
            await session.saving.save(torrent)

    def set_label(self, command: commands.SetLabel) -> None:
        entry = self.entry(command.torrent_id)
        entry.keep(replace(entry.record, label=_label(command.label)))

    def rename(self, command: commands.RenameTorrent) -> None:
        entry = self.entry(command.torrent_id)
        name = clean_text(command.name, LONGEST_NAME + 1)
        if len(name) > LONGEST_NAME:
            raise UserError("bad-name", name=name, why="too-long")
        if command.name and not name:
            raise UserError("bad-name", name=name, why="empty")
        given = entry.link.name if isinstance(entry, Magnet) else entry.metainfo.name
        entry.keep(replace(entry.record, name="" if name == given else name))
        entry.happened("renamed", name=entry.name)

    async def move_in_queue(self, command: commands.MoveInQueue) -> None:
        chosen = self._chosen(command.torrent_ids)
        await self._arrange(moved(self._session.order.ids, frozenset(chosen), command.step), chosen)

    async def place_in_queue(self, command: commands.PlaceInQueue) -> None:
        chosen = self._chosen(command.torrent_ids)
        if command.before is not None:
            self.entry(command.before)
        await self._arrange(placed(self._session.order.ids, chosen, command.before), chosen)

    async def _arrange(self, ids: Sequence[str], chosen: Sequence[str]) -> None:
        placed_anew = self._session.order.arrange(ids, chosen)
        self._session.queue.enforce()
        await self._session.save_wishes(placed_anew)

    def _chosen(self, torrent_ids: Sequence[str]) -> list[str]:
        """Those of the list; one that was removed meanwhile is no reason to leave the others where they are."""
        chosen = [torrent_id for torrent_id in torrent_ids if torrent_id in self._session.entries]
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
