"""The engine's door on its own loop: commands to the session, immutable values back (`api.client.Client`)."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from shoal.api import commands
from shoal.api.client import CommandResult
from shoal.api.details import SpeedHistory, TorrentDetails
from shoal.api.errors import UserError
from shoal.api.snapshots import Alert, SettingsReport, Update
from shoal.engine.policy.address_scope import is_believable
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.reasons import failure_reason
from shoal.engine.torrent.resume import ResumeRecord
from shoal.engine.torrent.rows import torrent_details
from shoal.metainfo.errors import MetainfoError
from shoal.metainfo.torrent_file import MAX_CHOSEN_BYTES, Metainfo, parse_metainfo
from shoal.runtime.world import Address
from shoal.settings.engine_settings import EngineSettings, SettingsError, validate

if TYPE_CHECKING:
    from shoal.engine.session.session import Session
    from shoal.engine.session.updates import UpdateSubscription
    from shoal.engine.torrent.torrent import Torrent

absolute = os.path.abspath
"""Purely textual: touches no disk."""

PARSE_INLINE_BYTES = 256 * 1024
"""Larger metainfo is parsed in a worker, so that the loop goes on."""


class LocalClient:
    """`api.client.Client` for callers on the engine's own loop."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def subscribe(self, receiver: Callable[[Update], None], *, beat_seconds: float = 1.0) -> UpdateSubscription:
        return self._session.feed.subscribe(receiver, beat_seconds)

    async def details(
        self, torrent_id: str, parts: frozenset[commands.Detail], *, strips_of: tuple[int, ...] = ()
    ) -> TorrentDetails:
        return torrent_details(self._torrent(torrent_id), parts, self._session.world.clock.now())

    async def speed_history(self, torrent_id: str | None, span: commands.Span) -> SpeedHistory:
        return SpeedHistory(span, 1.0, self._session.world.clock.wall())

    async def close(self) -> None:
        await self._session.close()

    async def execute(self, command: commands.Command) -> CommandResult:
        try:
            return await self._execute(command)
        except StorageError as error:
            reason = failure_reason(error)
            raise UserError(reason.code, **reason.params) from error

    async def _execute(self, command: commands.Command) -> CommandResult:
        match command:
            case commands.AddTorrent():
                return await self._add(command)
            case commands.StartTorrent():
                await self._torrent(command.torrent_id).stages.start()
            case commands.StopTorrent():
                await self._torrent(command.torrent_id).stages.stop()
            case commands.RemoveTorrent():
                await self._remove(self._torrent(command.torrent_id), command.delete_data)
            case commands.RecheckTorrent():
                await self._torrent(command.torrent_id).stages.recheck()
            case commands.CancelCheck():
                await self._torrent(command.torrent_id).stages.cancel_check()
            case commands.SetFilePriorities():
                await self._torrent(command.torrent_id).set_priorities(command.priorities)
            case commands.SetOrder():
                self._torrent(command.torrent_id).set_order(
                    sequential=command.sequential, first_last_first=command.first_last_first
                )
            case commands.SetLimits():
                await self._set_limits(command)
            case commands.AddPeers():
                peers = await self._look_up(command.peers)
                self._add_peers(self._torrent(command.torrent_id), peers)
            case commands.AnnounceNow():
                self._torrent(command.torrent_id).announcer.announce_now(command.force)
            case commands.ChangeSettings():
                return await self._change_settings(command)
            case _:
                raise ValueError(f"no handler for {type(command).__name__}")
        return None

    def _torrent(self, torrent_id: str) -> Torrent:
        torrent = self._session.torrents.get(torrent_id)
        if torrent is None:
            raise UserError("no-such-torrent", id=torrent_id)
        return torrent

    async def _parse(self, data: bytes) -> Metainfo:
        def parse() -> Metainfo:
            return parse_metainfo(data, max_bytes=MAX_CHOSEN_BYTES)

        try:
            if len(data) <= PARSE_INLINE_BYTES:
                return parse()
            return await self._session.world.workers.run(parse, lane="slow")
        except MetainfoError as error:
            raise UserError("bad-metainfo", problem=error.code, text=str(error)) from error

    async def _add(self, command: commands.AddTorrent) -> str:
        session = self._session
        metainfo = await self._parse(command.metainfo)
        if metainfo.info_hash_v1 is None:
            raise UserError("v2-only", name=metainfo.name)
        # Before anything is added: a name that nobody knows refuses the command as a whole.
        peers = await self._look_up(command.peers)
        if metainfo.torrent_id in session.torrents:
            present = session.torrents[metainfo.torrent_id]
            present.announcer.add_trackers(metainfo.trackers if not metainfo.private else ())
            raise UserError("already-here", id=metainfo.torrent_id, name=metainfo.name)
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
            queue_position=1 + max((torrent.queue_position for torrent in session.torrents.values()), default=0),
            extra_trackers=command.extra_trackers,
            skips_queue=command.skip_queue,
        )
        torrent = session.add(metainfo, record)
        await torrent.stages.load(check_existing=command.check_existing)
        if session.saving is not None:
            await session.saving.save(torrent)
        self._add_peers(torrent, peers)
        return torrent.torrent_id

    async def _remove(self, torrent: Torrent, delete_data: bool) -> None:
        await torrent.stages.stop(for_good=True)
        if delete_data:
            try:
                await torrent.delete_data()
            except StorageError:
                torrent.stages.is_over = False
                raise
        self._session.forget(torrent)
        if self._session.saving is not None:
            await self._session.saving.remove(torrent.torrent_id)

    async def _look_up(self, peers: tuple[tuple[str, int], ...]) -> list[Address]:
        found: list[Address] = []
        for host, port in peers:
            try:
                addresses = await self._session.world.network.resolve(host, port)
            except OSError as error:
                raise UserError("unknown-host", host=host) from error
            found += [address for address in addresses if is_believable(Address(*address), None)]
        return found

    def _add_peers(self, torrent: Torrent, peers: list[Address]) -> None:
        torrent.add_addresses(peers, "user", None)
        if torrent.accepts_peers:
            torrent.swarm.dial_more(self._session.world.clock.now(), self._session.connections.room())

    async def _set_limits(self, command: commands.SetLimits) -> None:
        session, now = self._session, self._session.world.clock.now()
        for rate in (command.down, command.up):
            if rate is not None and rate < 0:
                raise UserError("bad-limit", rate=rate)
        if command.torrent_id is None:
            down, up = session.down_bucket, session.up_bucket
            session.settings = dataclasses.replace(
                session.settings,
                down_limit=session.settings.down_limit if command.down is None else command.down,
                up_limit=session.settings.up_limit if command.up is None else command.up,
            )
        else:
            torrent = self._torrent(command.torrent_id)
            down, up = torrent.down_bucket, torrent.up_bucket
            torrent.is_dirty = True
            session.feed.changed(torrent.torrent_id)
        if command.down is not None:
            down.set_rate(command.down, now)
        if command.up is not None:
            up.set_rate(command.up, now)
        if command.torrent_id is None:
            for note in await session.save_settings():
                session.feed.alert(Alert(note.code, None, note.params, "warning"))

    async def _change_settings(self, command: commands.ChangeSettings) -> SettingsReport:
        session = self._session
        known = {entry.name for entry in dataclasses.fields(EngineSettings)}
        for key, _ in command.changes:
            if key not in known:
                raise UserError("unknown-setting", field=key)
        try:
            # The values' types are what `validate` is there to judge.
            changed = validate(dataclasses.replace(session.settings, **dict(command.changes)))  # type: ignore[arg-type]
        except SettingsError as error:
            raise UserError("bad-setting", field=error.field, must=error.must) from error
        notes = (*await session.apply_settings(changed), *await session.save_settings())
        return SettingsReport(dataclasses.asdict(session.settings), notes)
