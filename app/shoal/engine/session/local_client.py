"""The engine's door on its own loop: commands to the session, immutable values back (`api.client.Client`)."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

from shoal.api import commands
from shoal.api.client import CommandResult
from shoal.api.details import MagnetProgress, SpeedHistory, SwarmLookup, TorrentDetails
from shoal.api.errors import UserError
from shoal.api.snapshots import Alert, SettingsReport, Update
from shoal.engine.policy.host_bans import numeric_host
from shoal.engine.session import magnet_commands
from shoal.engine.session.new_settings import put_in_force
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.choices import set_order, set_priorities
from shoal.engine.torrent.details import torrent_details
from shoal.engine.torrent.magnet import Magnet
from shoal.engine.torrent.magnet_row import magnet_details
from shoal.engine.torrent.reasons import failure_reason
from shoal.engine.torrent.tracker_edits import add_trackers, remove_trackers, set_trackers
from shoal.settings.engine_settings import EngineSettings, validate
from shoal.settings.schema import SettingsError

if TYPE_CHECKING:
    from shoal.engine.session.session import Session
    from shoal.engine.session.updates import UpdateSubscription

absolute = os.path.abspath
"""Purely textual: touches no disk."""

PARSE_INLINE_BYTES = 256 * 1024
"""Larger metainfo is parsed in a worker, so that the loop goes on."""


WISHES = (
    commands.SetLabel,
    commands.RenameTorrent,
    commands.SetFilePriorities,
    commands.SetOrder,
    commands.AddTrackers,
    commands.RemoveTrackers,
    commands.SetTrackers,
    commands.RecheckTorrent,
    commands.CancelCheck,
    commands.CancelMove,
)
"""What they change of their torrent is saved before they are answered; further commands see to it themselves."""

MOST_WATCHED = 4
"""Transfers whose files are followed for a detail pane."""


class LocalClient:
    """`api.client.Client` for callers on the engine's own loop."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._list = session.list_commands
        self._watched: dict[str, None] = {}

    def subscribe(self, receiver: Callable[[Update], None], *, beat_seconds: float = 1.0) -> UpdateSubscription:
        return self._session.feed.subscribe(receiver, beat_seconds)

    async def details(
        self, torrent_id: str, parts: frozenset[commands.Detail], *, strips_of: tuple[int, ...] = ()
    ) -> TorrentDetails:
        entry = self._list.entry(torrent_id)
        if isinstance(entry, Magnet):
            details = magnet_details(entry, parts)
            return await self._with_events(details, parts)
        torrent = entry
        # Who is looked at does not rest: its row tells how long it has been running.
        torrent.services.changed(torrent)
        if commands.Detail.FILE_PROGRESS in parts:
            self._watch_files(torrent_id)
        details = await torrent_details(torrent, parts, strips_of)
        return await self._with_events(details, parts)

    async def _with_events(self, details: TorrentDetails, parts: frozenset[commands.Detail]) -> TorrentDetails:
        if commands.Detail.EVENTS not in parts:
            return details
        return dataclasses.replace(details, events=await self._session.histories.events(details.torrent_id))

    def _watch_files(self, torrent_id: str) -> None:
        """The files of those that were looked at longest ago are followed no more."""
        self._watched.pop(torrent_id, None)
        self._watched[torrent_id] = None
        while len(self._watched) > MOST_WATCHED:
            oldest = next(iter(self._watched))
            del self._watched[oldest]
            torrent = self._session.torrents.get(oldest)
            if torrent is not None:
                torrent.file_progress = None

    async def speed_history(self, torrent_id: str | None, span: commands.Span) -> SpeedHistory:
        if torrent_id is not None:
            self._list.entry(torrent_id)
        return await self._session.histories.speed(torrent_id, span)

    async def look_up_swarm(self, trackers: tuple[str, ...], info_hash_hex: str) -> SwarmLookup:
        return await self._session.lookups.look_up(trackers, bytes.fromhex(info_hash_hex))

    async def fetch_metainfo(self, link: str, tell: Callable[[MagnetProgress], None]) -> bytes:
        return await self._session.magnets.fetch(link, tell)

    async def close(self) -> None:
        await self._session.close()

    async def execute(self, command: commands.Command) -> CommandResult:
        try:
            result = await self._execute(command)
            if isinstance(command, WISHES):
                await self._save_wish(command.torrent_id)
            return result
        except StorageError as error:
            reason = failure_reason(error)
            raise UserError(reason.code, **reason.params) from error

    async def _execute(self, command: commands.Command) -> CommandResult:
        if isinstance(command, magnet_commands.MagnetCommand):
            magnet = self._session.magnets.listed.get(command.torrent_id)
            if magnet is not None:
                await magnet_commands.execute(self._session, magnet, command)
                await self._session.save_wishes((magnet,))
                return None
        match command:
            case commands.AddTorrent():
                return await self._list.add(command)
            case commands.AddMagnet():
                return await self._list.add_magnet(command)
            case commands.StartTorrent():
                await self._list.torrent(command.torrent_id).stages.start(skip_queue=command.skip_queue)
            case commands.StopTorrent():
                await self._list.torrent(command.torrent_id).stages.stop()
            case commands.RemoveTorrent():
                await self._list.remove(command)
            case commands.RestoreTorrent():
                await self._list.restore(command)
            case commands.SetLabel():
                self._list.set_label(command)
            case commands.RenameTorrent():
                self._list.rename(command)
            case commands.MoveInQueue():
                await self._list.move_in_queue(command)
            case commands.PlaceInQueue():
                await self._list.place_in_queue(command)
            case commands.RecheckTorrent():
                await self._list.torrent(command.torrent_id).stages.recheck(start_anew=command.start_anew)
            case commands.CancelCheck():
                await self._list.torrent(command.torrent_id).stages.cancel_check()
            case commands.MoveFiles():
                await self._list.torrent(command.torrent_id).stages.move(absolute(command.folder))
            case commands.CancelMove():
                await self._list.torrent(command.torrent_id).stages.cancel_move()
            case commands.UseFolder():
                await self._list.torrent(command.torrent_id).stages.use_folder(absolute(command.folder))
            case commands.RenamePath():
                await self._list.torrent(command.torrent_id).stages.rename(command.path, command.new_name)
            case commands.SetFilePriorities():
                await set_priorities(self._list.torrent(command.torrent_id), command.priorities)
            case commands.SetOrder():
                torrent = self._list.torrent(command.torrent_id)
                set_order(torrent, sequential=command.sequential, first_last_first=command.first_last_first)
            case commands.SetLimits():
                await self._set_limits(command)
            case commands.AddPeers():
                peers = await self._list.look_up(command.peers)
                self._list.add_peers(self._list.torrent(command.torrent_id), peers)
            case commands.AnnounceNow():
                asked = self._list.torrent(command.torrent_id)
                asked.announcer.announce_now(command.force)
                asked.dht_search.ask_now(force=command.force)
            case commands.AddTrackers():
                add_trackers(self._list.torrent(command.torrent_id), command.urls)
            case commands.RemoveTrackers():
                remove_trackers(self._list.torrent(command.torrent_id), command.urls)
            case commands.SetTrackers():
                set_trackers(self._list.torrent(command.torrent_id), command.tiers)
            case commands.BanPeer():
                await self._ban(command)
            case commands.PauseSession():
                await self._session.pause.begin(command.seconds)
            case commands.ResumeSession():
                await self._session.pause.end()
            case commands.UpdateIpFilter():
                self._session.ip_filter.update()
            case commands.CancelIpFilter():
                self._session.ip_filter.cancel()
            case commands.ChangeSettings():
                return await self._change_settings(command)
            case _:
                assert_never(command)
        return None

    async def _save_wish(self, torrent_id: str) -> None:
        torrent = self._session.torrents.get(torrent_id)
        if torrent is not None:
            await self._session.save_wishes((torrent,))

    async def _ban(self, command: commands.BanPeer) -> None:
        session = self._session
        host = numeric_host(command.host)
        if host is None:
            raise UserError("bad-address", host=command.host)
        session.bans.add(host, always=command.always)
        session.end_banned()
        if command.always:
            session.settings = dataclasses.replace(session.settings, banned_hosts=session.bans.always)
            await self._save_settings()

    async def _save_settings(self) -> None:
        for note in await self._session.save_settings():
            self._session.feed.alert(Alert(note.code, None, note.params, "warning"))

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
            entry = self._list.entry(command.torrent_id)
            down, up = entry.down_bucket, entry.up_bucket
            entry.is_dirty = True
            session.feed.changed(entry.torrent_id)
        before = down.rate, up.rate
        if command.down is not None:
            down.set_rate(command.down, now)
        if command.up is not None:
            up.set_rate(command.up, now)
        is_changed = before != (down.rate, up.rate)
        if command.torrent_id is None:
            if is_changed:
                session.note_limits()
            await self._save_settings()
        elif is_changed:
            entry.happened("limits-changed", down=int(down.rate), up=int(up.rate))
            await session.save_wishes((entry,))

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
        notes = (*await put_in_force(session, changed), *await session.save_settings())
        return SettingsReport(dataclasses.asdict(session.settings), notes)
