"""A torrent that the saved state already holds is taken up, and learns of the trackers that its new file names."""

from __future__ import annotations

from shoal.api.client import Client
from shoal.api.commands import AddTorrent, AddTrackers
from shoal.api.errors import UserError
from shoal.metainfo.torrent_file import Metainfo


async def add_or_merge(client: Client, request: AddTorrent, metainfo: Metainfo) -> tuple[str, bool]:
    """The id of the torrent, and whether it is new. Raises UserError for every refusal but `already-here`."""
    try:
        return str(await client.execute(request)), True
    except UserError as refusal:
        if refusal.code != "already-here":
            raise
        params = refusal.reason.params
    torrent_id = str(params["id"])
    # The engine counts none for a private torrent, whose trackers are its own affair.
    if params.get("new_trackers"):
        await client.execute(AddTrackers(torrent_id, tuple(url for tier in metainfo.trackers for url in tier)))
    return torrent_id, False
