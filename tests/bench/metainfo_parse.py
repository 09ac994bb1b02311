"""What a torrent of 100,000 files costs: `python -m tests.bench.metainfo_parse`.

Prints the CPU time of reading it, and the longest stretch of it in which no other thread could run. The stretch is
measured in CPU time of the reading thread as well, so that a busy machine does not spoil the figure.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "app"))

from shoal.metainfo.torrent_file import MAX_CHOSEN_BYTES, parse_metainfo
from shoal.protocol.bencode import encode

FILES = 100_000
ROUNDS = 7
TARGET_SECONDS = 1.0
TARGET_STRETCH = 0.03


def make_torrent(count: int) -> bytes:
    """A folder of photographs: 40 x 300 folders, names of 20 bytes, an announce address."""
    files = [
        {
            b"length": 100_000 + index,
            b"path": [b"photos %02d" % (index % 40), b"year-%04d" % (index % 300), b"IMG_%06d (copy).jpeg" % index],
        }
        for index in range(count)
    ]
    piece_length = 1 << 22
    pieces = -(-sum(range(100_000, 100_000 + count)) // piece_length)
    info = {b"files": files, b"name": b"Pictures", b"piece length": piece_length, b"pieces": bytes(20 * pieces)}
    return encode({b"announce": b"http://tracker.example/announce", b"info": info})  # type: ignore[dict-item]


def measure(data: bytes) -> tuple[float, float]:
    """CPU seconds of one reading, and the longest of its stretches that held every other thread."""
    done = threading.Event()
    kept: list[object] = []
    seconds: list[float] = []

    def read() -> None:
        started = time.thread_time()
        kept.append(parse_metainfo(data, max_bytes=MAX_CHOSEN_BYTES))
        seconds.append(time.thread_time() - started)
        done.wait()

    reader = threading.Thread(target=read)
    reader.start()
    assert reader.ident is not None
    clock = time.pthread_getcpuclockid(reader.ident)
    longest = before = 0.0
    while not seconds:
        time.sleep(0.0005)
        now = time.clock_gettime(clock)
        longest = max(longest, now - before)
        before = now
    done.set()
    reader.join()
    return seconds[0], longest


def main() -> None:
    data = make_torrent(FILES)
    figures = [measure(data) for _ in range(ROUNDS)]
    seconds = min(cpu for cpu, _ in figures)
    stretch = min(longest for _, longest in figures)
    print(f"metainfo  (must: CPU <= {TARGET_SECONDS} s, held <= {TARGET_STRETCH * 1000:.0f} ms; {FILES:,} files)")
    print(f"  CPU s      {seconds:.2f}")
    print(f"  held ms    {stretch * 1000:.0f}   (longest stretch in which no other thread ran)")


if __name__ == "__main__":
    main()
