"""Commands on a magnet link in the list, as long as its metainfo is not known."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from shoal.api import commands
from shoal.api.errors import UserError
from shoal.engine.torrent.magnet import Magnet
from shoal.engine.torrent.tracker_edits import add_trackers, remove_trackers, set_trackers

if TYPE_CHECKING:
    from shoal.engine.session.session import Session

absolute = os.path.abspath
"""Purely textual: touches no disk."""

MagnetCommand = (
    commands.StartTorrent
    | commands.StopTorrent
    | commands.RecheckTorrent
    | commands.CancelCheck
    | commands.SetFilePriorities
    | commands.SetOrder
    | commands.AddPeers
    | commands.AnnounceNow
    | commands.AddTrackers
    | commands.RemoveTrackers
    | commands.SetTrackers
    | commands.RenamePath
    | commands.MoveFiles
    | commands.CancelMove
    | commands.UseFolder
)
"""Those that are executed here; what they mean for every entry of the list is done in `list_commands`."""


async def execute(session: Session, magnet: Magnet, command: MagnetCommand) -> None:
    """Raises UserError, `no-file-list` for what needs the metainfo."""
    match command:
        case commands.StartTorrent():
            await magnet.stages.start(skip_queue=command.skip_queue)
        case commands.StopTorrent():
            await magnet.stages.stop()
        case commands.SetOrder():
            record = magnet.record
            sequential = record.sequential if command.sequential is None else command.sequential
            ends_first = record.first_last_first if command.first_last_first is None else command.first_last_first
            magnet.keep(replace(record, sequential=sequential, first_last_first=ends_first))
        case commands.AddPeers():
            found = await session.list_commands.look_up(command.peers)
            magnet.add_addresses(found, "user", None)
            if magnet.lifecycle.is_running:
                magnet.swarm.dial_more(session.world.clock.now(), session.connections.room())
        case commands.AnnounceNow():
            magnet.announcer.announce_now(command.force)
            magnet.dht_search.ask_now(force=command.force)
        case commands.AddTrackers():
            add_trackers(magnet, command.urls)
        case commands.RemoveTrackers():
            remove_trackers(magnet, command.urls)
        case commands.SetTrackers():
            set_trackers(magnet, command.tiers)
        case commands.MoveFiles() | commands.UseFolder():
            # There is nothing in the old one.
            magnet.keep(replace(magnet.record, folder=absolute(command.folder)))
        case commands.CancelMove() | commands.CancelCheck():
            pass
        case commands.RecheckTorrent() | commands.SetFilePriorities() | commands.RenamePath():
            raise UserError("no-file-list", name=magnet.name)
