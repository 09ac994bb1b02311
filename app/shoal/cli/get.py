"""`shoal get`: download one torrent, verify it, seed it if that was asked, and end."""

from __future__ import annotations

import asyncio
import os

from shoal.api.client import Client
from shoal.api.commands import (
    AddPeers,
    AddTorrent,
    Detail,
    RemoveTorrent,
    SetFilePriorities,
    SetOrder,
    StartTorrent,
)
from shoal.api.errors import UserError
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.cli.already_here import add_or_merge
from shoal.cli.follow import Limits, first_row, follow, say_listening
from shoal.cli.options import GetOptions
from shoal.cli.output import Output
from shoal.cli.selection import priorities_for
from shoal.cli.source import Source
from shoal.cli.watch import Watch
from shoal.metainfo.magnet import chosen_files
from shoal.metainfo.priorities import FilePriority
from shoal.metainfo.torrent_file import Metainfo


async def get(
    client: Client,
    source: Source,
    options: GetOptions,
    output: Output,
    limits: Limits,
    *,
    is_listening_told: bool = False,
) -> None:
    """Return when everything chosen is here, verified, and seeded as far as asked.

    Raises `UserError` for every other end; the caller closes the client, which saves the state.
    """
    metainfo = source.metainfo
    has_tracker = bool(metainfo.trackers or options.transfer.peers)
    priorities = priorities_for(metainfo.files, options.select, metainfo.name)
    if priorities is None:
        priorities = chosen_files(metainfo, source.select_only) or None
    with Watch(client) as watch:
        if not is_listening_told:
            await say_listening(watch, output, limits, options.transfer.port)
        output.metadata(metainfo.name, source.info_hash_v1, source.info_hash_v2, metainfo.size)
        request = AddTorrent(
            metainfo=source.raw,
            folder=options.folder,
            file_priorities=priorities,
            sequential=options.sequential,
            peers=options.transfer.peers,
        )
        torrent_id = await _add_or_continue(client, watch, request, options, metainfo)
        try:
            await follow(watch, torrent_id, output, limits, _is_here, has_tracker=has_tracker)
        except UserError as error:
            if error.code != "folder-gone" or options.transfer.profile is not None:
                raise
            # The state lies in this very folder, so no drive is missing: someone took the files away.
            await _begin_anew(client, watch, request, torrent_id)
            await follow(watch, torrent_id, output, limits, _is_here, has_tracker=has_tracker)
        loop = asyncio.get_running_loop()
        output.complete(loop.time() - limits.started)
        if options.seed_ratio is None and options.seed_seconds is None:
            return
        seeding_since = loop.time()

        def is_shared_enough(row: TorrentRow) -> bool:
            by_ratio = options.seed_ratio is not None and row.uploaded >= options.seed_ratio * row.wanted
            by_time = options.seed_seconds is not None and loop.time() - seeding_since >= options.seed_seconds
            return by_ratio or by_time

        await follow(watch, torrent_id, output, limits, is_shared_enough)


def _is_here(row: TorrentRow) -> bool:
    return row.is_complete and row.state is TorrentState.SEEDING


async def _add_or_continue(
    client: Client, watch: Watch, request: AddTorrent, options: GetOptions, metainfo: Metainfo
) -> str:
    """Add the torrent, or take up the one that the saved state already holds; answers its id."""
    torrent_id, is_new = await add_or_merge(client, request, metainfo)
    if is_new:
        return torrent_id
    row = await first_row(watch, torrent_id)
    if not _is_same_folder(row.folder, request.folder):
        if options.transfer.profile is not None:
            raise UserError("elsewhere", name=row.name, folder=row.folder)
        # The state lies beside the data: both were moved here together.
        return await _begin_anew(client, watch, request, torrent_id)
    wanted = request.file_priorities
    if wanted is None:
        details = await client.details(torrent_id, frozenset({Detail.FILES}))
        wanted = (int(FilePriority.NORMAL),) * len(details.files or ())
    await client.execute(SetFilePriorities(torrent_id, tuple(enumerate(wanted))))
    await client.execute(SetOrder(torrent_id, request.sequential, first_last_first=False))
    if request.peers:
        await client.execute(AddPeers(torrent_id, request.peers))
    await client.execute(StartTorrent(torrent_id))
    return torrent_id


async def _begin_anew(client: Client, watch: Watch, request: AddTorrent, torrent_id: str) -> str:
    await client.execute(RemoveTorrent(torrent_id))
    watch.forget(torrent_id)
    return str(await client.execute(request))


def _is_same_folder(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)
