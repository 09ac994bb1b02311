"""A download as a program, to be killed at any moment and started again.

    python killable_download.py STATE TORRENT FOLDER HOST PORT

It says which pieces it believes to have (hexadecimal, as in a bitfield message), waits for a line, then downloads from
the peer at HOST and PORT, and says `complete` at the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2] / folder) for folder in ("", "app", "packaging")]

from tests.support.live_shoal import live_shoal  # noqa: E402 - the path to it is set above

from shoal.api.commands import AddPeers, ChangeSettings, Detail  # noqa: E402
from shoal.api.errors import UserError  # noqa: E402
from shoal.api.snapshots import TorrentState  # noqa: E402
from shoal.metainfo.torrent_file import parse_metainfo  # noqa: E402
from shoal.settings.engine_settings import EngineSettings  # noqa: E402

PIECE_MEMORY = 1 << 20
SAVE_SECONDS = 0.5
PIECE_IS_HERE = 3
RUNNING = (TorrentState.DOWNLOADING, TorrentState.SEEDING)


async def download(state: Path, torrent: bytes, folder: Path, peer: tuple[str, int]) -> None:
    # Peers of the life before are dialled at once: until it may go nothing comes that was not there at the start.
    settings = EngineSettings(
        listen_hosts="127.0.0.1", piece_memory=PIECE_MEMORY, save_seconds=SAVE_SECONDS, down_limit=1
    )
    torrent_id = parse_metainfo(torrent).torrent_id
    async with live_shoal(settings, state_path=state) as shoal:
        with contextlib.suppress(UserError):  # it is known from the life before
            await shoal.add(torrent, folder)
        await shoal.until(torrent_id, lambda row: row.state in RUNNING, 30.0)
        pieces = (await shoal.client.details(torrent_id, frozenset({Detail.PIECES}))).pieces or b""
        bits = "".join("1" if piece == PIECE_IS_HERE else "0" for piece in pieces)
        print(f"{int(bits.ljust(-len(bits) % 8 + len(bits), '0'), 2):0{(len(bits) + 7) // 8 * 2}x}", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await shoal.client.execute(ChangeSettings((("down_limit", 0),)))
        await shoal.client.execute(AddPeers(torrent_id, (peer,)))
        await shoal.until_complete(torrent_id, 60.0)
    print("complete", flush=True)


def main() -> None:
    state, torrent, folder, host, port = sys.argv[1:]
    asyncio.run(download(Path(state), Path(torrent).read_bytes(), Path(folder), (host, int(port))))


if __name__ == "__main__":
    main()
