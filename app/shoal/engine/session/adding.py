"""A torrent or magnet link comes into the list: from its bytes or its link, with what was chosen for it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from shoal.api import commands
from shoal.api.errors import UserError
from shoal.engine.session.magnets import read_link
from shoal.engine.torrent.magnet import Magnet
from shoal.engine.torrent.resume import ResumeRecord
from shoal.engine.torrent.tracker_edits import new_trackers
from shoal.metainfo.torrent_file import Metainfo

if TYPE_CHECKING:
    from shoal.engine.session.session import Session

absolute = os.path.abspath
"""Purely textual: touches no disk."""


def record_for(
    session: Session, command: commands.AddTorrent | commands.AddMagnet, torrent_id: str, label: str
) -> ResumeRecord:
    """What is kept of a new entry."""
    is_full = command.full_allocation
    magnet = command if isinstance(command, commands.AddMagnet) else None
    torrent = command if isinstance(command, commands.AddTorrent) else None
    return ResumeRecord(
        torrent_id,
        torrent.metainfo if torrent is not None else b"",
        absolute(command.folder),
        added_at=session.world.clock.wall(),
        priorities=(torrent.file_priorities if torrent is not None else None) or (),
        is_started=command.start,
        sequential=command.sequential,
        first_last_first=command.first_last_first,
        full_allocation=session.settings.full_allocation if is_full is None else is_full,
        down_limit=command.down_limit,
        up_limit=command.up_limit,
        label=label,
        extra_trackers=command.extra_trackers,
        skips_queue=command.skip_queue,
        magnet=magnet.link if magnet is not None else "",
        choose_above=magnet.choose_above if magnet is not None else None,
    )


async def add_magnet(session: Session, command: commands.AddMagnet, label: str) -> Magnet:
    """Add what a link names. Raises UserError."""
    link = read_link(command.link)
    peers = await session.list_commands.look_up(command.peers)
    present = session.entries.get(link.torrent_id)
    if present is not None:
        urls = [url for tier in link.trackers for url in tier] + list(command.extra_trackers)
        is_private = not isinstance(present, Magnet) and present.metainfo.private
        fresh = 0 if is_private else len(present.announcer.unknown_of(urls))
        raise UserError("already-here", id=link.torrent_id, name=present.name, new_trackers=fresh)
    session.histories.begin_anew(link.torrent_id)
    magnet = session.magnets.add(record_for(session, command, link.torrent_id, label))
    magnet.happened("added")
    magnet.add_addresses(peers, "user", None)
    if command.start:
        await magnet.stages.load()
    else:
        await magnet.stages.stop()
    if session.saving is not None:
        await session.saving.save(magnet)
    return magnet


async def fill_in(session: Session, magnet: Magnet, metainfo: Metainfo, record: ResumeRecord) -> bool:
    """Its .torrent file is added while the link waits for it: it is what the link lacked. False when it came anyway."""
    if not metainfo.private:
        known = {url for tier in metainfo.trackers for url in tier}.union(record.extra_trackers)
        further = tuple(url for tier in magnet.tiers for url in tier if url not in known)
        record = replace(record, extra_trackers=record.extra_trackers + further)
    magnet.keep(record)
    return await session.magnets.become(magnet, record.metainfo, metainfo) is not None


def already_here(session: Session, metainfo: Metainfo, further: tuple[str, ...]) -> UserError:
    """What is told of a torrent that is in the list."""
    present = session.torrents[metainfo.torrent_id]
    fresh = new_trackers(present, metainfo, further)
    return UserError("already-here", id=metainfo.torrent_id, name=metainfo.name, new_trackers=fresh)
