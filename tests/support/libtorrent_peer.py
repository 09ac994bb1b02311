"""A libtorrent client as a program: shares one torrent until it is ended, and prints what its session says.

    python libtorrent_peer.py TORRENT FOLDER PORT

A process of its own because libtorrent keeps the connection ids of UDP trackers for the whole process by host alone, so
that a second tracker on loopback is shown the first one's.
"""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[2] / "packaging")]

from tests.support.real_clients import LibtorrentClient  # noqa: E402 - the path to it is set above


def main() -> None:
    torrent, folder, port = sys.argv[1:]
    is_over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: is_over.set())
    client = LibtorrentClient(Path(torrent).read_bytes(), Path(folder), port=int(port))
    while not is_over.wait(0.2):
        for line in client.news():
            print(line, flush=True)
    client.stop()


if __name__ == "__main__":
    main()
