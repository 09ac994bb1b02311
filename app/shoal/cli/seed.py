"""`shoal seed`: check that the data is whole, then share it until a signal comes."""

from __future__ import annotations

import asyncio

from shoal.api.client import Client
from shoal.api.commands import AddPeers, AddTorrent, StartTorrent
from shoal.api.errors import Reason, UserError
from shoal.cli.already_here import add_or_merge
from shoal.cli.check import begin_check, settled
from shoal.cli.follow import Limits, follow, say_listening
from shoal.cli.options import SeedOptions
from shoal.cli.output import Output
from shoal.cli.source import Source
from shoal.cli.watch import Watch


async def seed(client: Client, source: Source, options: SeedOptions, output: Output, limits: Limits) -> None:
    """Share until a signal comes, and return then.

    Raises `UserError` for every other end, among them a signal while the data is still being checked.

    Data that is not whole is refused (`incomplete-data`) and not repaired: seeding downloads nothing.
    """
    metainfo = source.metainfo
    torrent_id = await _add(client, source, options)
    await begin_check(client, torrent_id)
    # Watched only now: a picture from before the check would look like its end.
    with Watch(client) as watch:
        await say_listening(watch, output, limits, options.transfer.port)
        output.metadata(metainfo.name, source.info_hash_v1, source.info_hash_v2, metainfo.size)
        row = await follow(watch, torrent_id, output, limits, settled)
        if row.pieces_done < row.pieces_total:
            raise UserError(
                "incomplete-data", good=row.pieces_done, total=row.pieces_total, name=row.name, folder=row.folder
            )
        output.complete(asyncio.get_running_loop().time() - limits.started)
        await client.execute(StartTorrent(torrent_id))
        totals = watch.totals
        has_dht = not metainfo.private and totals is not None and totals.dht_state in ("starting", "working")
        if not metainfo.trackers and not options.transfer.peers and not has_dht:
            output.warning(Reason("no-tracker"))
        try:
            await follow(watch, torrent_id, output, limits, lambda row: False)
        except UserError as end:
            if end.code != "interrupted":
                raise


async def _add(client: Client, source: Source, options: SeedOptions) -> str:
    peers = options.transfer.peers
    request = AddTorrent(source.raw, options.folder, start=False, check_existing=False, peers=peers)
    torrent_id, is_new = await add_or_merge(client, request, source.metainfo)
    if peers and not is_new:
        await client.execute(AddPeers(torrent_id, peers))
    return torrent_id
