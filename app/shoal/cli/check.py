"""`shoal check`: hash everything again and name the damaged files; changes nothing on disk."""

from __future__ import annotations

import asyncio

from shoal.api.client import Client
from shoal.api.commands import AddTorrent, Detail, RecheckTorrent
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.cli.follow import Limits, follow
from shoal.cli.messages import ExitCode, plain
from shoal.cli.options import CheckOptions
from shoal.cli.output import JsonValue, Output
from shoal.cli.quantities import size_text
from shoal.cli.source import Source
from shoal.cli.watch import Watch

_UNDER_WAY = frozenset({TorrentState.QUEUED, TorrentState.CHECKING, TorrentState.ALLOCATING, TorrentState.STOPPING})


def settled(row: TorrentRow) -> bool:
    """True when the check that was asked for is over."""
    return row.state not in _UNDER_WAY


async def begin_check(client: Client, torrent_id: str) -> None:
    """Hash everything again; pictures that come from now on are of this check or of its end."""
    # The engine begins what it was told at the loop's next turn: first to take the torrent in, then to check.
    await asyncio.sleep(0)
    await client.execute(RecheckTorrent(torrent_id))
    await asyncio.sleep(0)


async def check(client: Client, source: Source, options: CheckOptions, output: Output, limits: Limits) -> ExitCode:
    """DONE when every piece is good, NO when not; both after saying `GOOD/TOTAL pieces` and the damaged files."""
    request = AddTorrent(metainfo=source.raw, folder=options.folder, start=False, check_existing=False)
    torrent_id = str(await client.execute(request))
    await begin_check(client, torrent_id)
    # Watched only now: a picture from before the check would look like its end.
    with Watch(client) as watch:
        row = await follow(watch, torrent_id, output, limits, settled)
        details = await client.details(torrent_id, frozenset({Detail.FILES}))
    damaged = [entry for entry in details.files or () if not entry.is_pad and entry.done < entry.size]
    lines = [f"{row.pieces_done}/{row.pieces_total} pieces"]
    lines += [
        f"damaged or missing: {plain(entry.path)} ({size_text(entry.size - entry.done)} of {size_text(entry.size)} bad)"
        for entry in damaged
    ]
    files: list[JsonValue] = [{"path": entry.path, "size": entry.size, "done": entry.done} for entry in damaged]
    output.result(
        "\n".join(lines),
        {"event": "checked", "good": row.pieces_done, "total": row.pieces_total, "damaged": files},
    )
    return ExitCode.DONE if row.pieces_done == row.pieces_total else ExitCode.NO
