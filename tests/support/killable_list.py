"""A list of transfers as a program, to be killed at any moment and started again.

    python killable_list.py STATE

Each line of its input is a JSON list: `["add", torrent file, folder]`, `["list"]` (answered when nothing is being
checked or moved), or the name of a command of `api.commands` with its fields. Each is answered by a line of JSON when
it is done: what it asked for, `null`, or `{"refused": code}`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2] / folder) for folder in ("", "app", "packaging")]

from tests.support.live_shoal import LiveShoal, live_shoal, until  # noqa: E402 - the path to it is set above

from shoal.api import commands  # noqa: E402
from shoal.api.errors import UserError  # noqa: E402
from shoal.api.snapshots import TorrentRow, TorrentState  # noqa: E402
from shoal.engine.session.local_client import LocalClient  # noqa: E402
from shoal.engine.torrent.rows import torrent_row  # noqa: E402
from shoal.settings.engine_settings import EngineSettings  # noqa: E402

PIECE_MEMORY = 1 << 20
SAVE_SECONDS = 0.5
SETTLED = (TorrentState.DOWNLOADING, TorrentState.SEEDING, TorrentState.STOPPED)
SETTLE_SECONDS = 30.0


async def listed(client: LocalClient) -> list[dict[str, Any]]:
    """Every transfer in the order of the list, once none is on its way between two states."""
    session = client._session

    def rows() -> list[TorrentRow]:
        now = session.world.clock.now()
        return sorted((torrent_row(torrent, now) for torrent in session.torrents.values()), key=_position)

    await until(lambda: all(row.state in SETTLED for row in rows()), SETTLE_SECONDS)
    found = []
    for row in rows():
        files = (await client.details(row.torrent_id, frozenset({commands.Detail.FILES}))).files or ()
        found.append(
            {
                "id": row.torrent_id,
                "name": row.name,
                "label": row.label,
                "down": row.down_limit,
                "up": row.up_limit,
                "sequential": row.sequential,
                "folder": row.folder,
                "path": row.content_path,
                "files": [file.path for file in files],
                "priorities": [file.priority for file in files],
                "pieces": row.pieces_done,
                "is_complete": row.is_complete,
                "downloaded": row.downloaded,
            }
        )
    return found


def _position(row: TorrentRow) -> int:
    return row.queue_position


async def answer(shoal: LiveShoal, what: str, *values: Any) -> Any:
    assert isinstance(shoal.client, LocalClient)
    match what:
        case "list":
            return await listed(shoal.client)
        case "add":
            torrent, folder = values
            return await shoal.add(Path(torrent).read_bytes(), Path(folder))
        case _:
            (fields,) = values
            given = {name: _frozen(value) for name, value in fields.items()}
            if what == "MoveInQueue":
                given["step"] = commands.QueueStep(given["step"])
            return await shoal.client.execute(getattr(commands, what)(**given))


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


async def serve(state: Path) -> None:
    settings = EngineSettings(listen_hosts="127.0.0.1", piece_memory=PIECE_MEMORY, save_seconds=SAVE_SECONDS)
    async with live_shoal(settings, state_path=state) as shoal:
        while line := await asyncio.to_thread(sys.stdin.readline):
            try:
                said = await answer(shoal, *json.loads(line))
            except UserError as error:
                said = {"refused": error.code}
            print(json.dumps(said), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
