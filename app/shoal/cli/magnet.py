"""`shoal get MAGNET`: the metainfo comes from peers first, and is then downloaded as from a torrent file."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from shoal.api.client import Client
from shoal.api.details import MagnetProgress
from shoal.api.errors import Reason, UserError
from shoal.cli.follow import QUIET_SECONDS, SHOW_SECONDS, Limits, say_listening
from shoal.cli.get import get
from shoal.cli.options import GetOptions
from shoal.cli.output import Output
from shoal.cli.source import Source
from shoal.cli.watch import Watch
from shoal.metainfo.magnet import MagnetLink, link_text
from shoal.metainfo.torrent_file import MAX_CHOSEN_BYTES, parse_metainfo


async def get_magnet(client: Client, link: MagnetLink, options: GetOptions, output: Output, limits: Limits) -> None:
    """Ask for the metainfo, then do as `get`. Raises `UserError` for every end but the good one."""
    peers = tuple(dict.fromkeys((*link.peers, *options.transfer.peers)))
    with Watch(client) as watch:
        await say_listening(watch, output, limits, options.transfer.port)
    raw = await _ask(client, replace(link, peers=peers), output, limits)
    source = Source(raw, parse_metainfo(raw, max_bytes=MAX_CHOSEN_BYTES), link.select_only)
    options = replace(options, transfer=replace(options.transfer, peers=peers))
    await get(client, source, options, output, limits, is_listening_told=True)


async def _ask(client: Client, link: MagnetLink, output: Output, limits: Limits) -> bytes:
    """The metainfo; what is tried for it is shown, and told when it is in vain."""
    loop = asyncio.get_running_loop()
    newest: list[MagnetProgress] = []

    def tell(progress: MagnetProgress) -> None:
        loop.call_soon_threadsafe(newest.append, progress)

    task = asyncio.ensure_future(client.fetch_metainfo(link_text(link), tell))
    asked = asyncio.ensure_future(limits.interrupted.wait())
    try:
        while not task.done():
            now, deadline = loop.time(), limits.deadline
            if newest:
                output.asking(newest[-1], now)
                _warn(newest[-1], output, limits, now)
            if asked.done():
                raise UserError("interrupted", reached="before the file list was here")
            if deadline is not None and now >= deadline:
                raise UserError(
                    "time-out", seconds=f"{limits.timeout_seconds:g}", reached="before the file list was here"
                )
            wait = SHOW_SECONDS if deadline is None else min(SHOW_SECONDS, deadline - now)
            await asyncio.wait({task, asked}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
        return task.result()
    finally:
        for waiting in (task, asked):
            waiting.cancel()
        await asyncio.gather(task, asked, return_exceptions=True)


def _warn(progress: MagnetProgress, output: Output, limits: Limits, now: float) -> None:
    if now < limits.started + QUIET_SECONDS:
        return
    reason = progress.trouble
    if reason is None and not progress.has_sources:
        reason = Reason("no-tracker")
    if reason is not None and limits.is_new_warning(reason, "text"):
        output.warning(reason)
