"""Speed and memory beside libtorrent in the same run: `python -m tests.bench.run [ROW...]`.

Rows: download-1, download-4, download-20, seeding, check-1, check-default. Each side runs in turn, in processes of
its own; medians and the ratio Shoal / libtorrent are printed with the target (docs/performance.md). The rows
start-to-window, metainfo, table, window-load and window-10000 have no other side.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import (
    first_openings,
    metainfo_parse,
    raw_leech,
    start_to_window,
    table,
    window_load,
    window_ten_thousand,
)
from tests.bench.memory_folder import fast_folder
from tests.bench.swarm_data import PIECE_LENGTH, BenchTorrent, make_torrent

ROUNDS = int(os.environ.get("SHOAL_BENCH_ROUNDS", "3"))
MEBIBYTES = int(os.environ.get("SHOAL_BENCH_MIB", "1024"))
GIB = 1 << 30
ROOT = Path(__file__).parents[2]
Figures = dict[str, float]


def _start(role: str, **arguments: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "app"), str(ROOT)))}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.bench.processes", role, json.dumps(arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("a bench process ended early")
    return line


def _run(role: str, **arguments: object) -> Figures:
    process = _start(role, **arguments)
    figures: Figures = json.loads(_line(process))
    process.communicate(timeout=60)
    return figures


class Bench:
    """The rows, over one torrent."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.torrent: BenchTorrent = make_torrent(base, MEBIBYTES)
        self.metainfo = base / "bench.torrent"
        self.metainfo.write_bytes(self.torrent.metainfo)

    def _figures(self, figures: Figures) -> Figures:
        return {
            "MB/s": self.torrent.size / 1e6 / figures["seconds"],
            "CPU s/GiB": figures["cpu"] * GIB / self.torrent.size,
            "RSS MB": figures["rss_mb"],
        }

    def download(self, side: str, seeds: int) -> Figures:
        seeder = _start("libtorrent_seeds", count=seeds, metainfo=str(self.metainfo), folder=str(self.torrent.folder))
        ports = [int(port) for port in _line(seeder).split()[1:]]
        target = Path(tempfile.mkdtemp(dir=self.base))
        try:
            # The first run after a seeder starts is slow: it fills its caches.
            raw_leech.leech(ports[0], self._info_hash(), min(64 * PIECE_LENGTH, self.torrent.size), PIECE_LENGTH)
            figures = _run(f"{side}_leech", metainfo=str(self.metainfo), folder=str(target), ports=ports)
        finally:
            seeder.communicate(timeout=60)
            shutil.rmtree(target)
        return self._figures(figures)

    def seeding(self, side: str) -> Figures:
        arguments: dict[str, object] = {"metainfo": str(self.metainfo), "folder": str(self.torrent.folder)}
        seeder = (
            _start("shoal_seed", **arguments) if side == "shoal" else _start("libtorrent_seeds", count=1, **arguments)
        )
        port = int(_line(seeder).split()[1])
        raw_leech.leech(port, self._info_hash(), min(64 * PIECE_LENGTH, self.torrent.size), PIECE_LENGTH)
        seconds = raw_leech.leech(port, self._info_hash(), self.torrent.size, PIECE_LENGTH)
        assert seeder.stdin is not None
        seeder.stdin.write("\n")
        seeder.stdin.flush()
        figures: Figures = json.loads(_line(seeder))
        seeder.communicate(timeout=60)
        return self._figures({"seconds": seconds, **figures})

    def check(self, side: str, threads: int) -> Figures:
        return self._figures(
            _run(
                f"{side}_check",
                metainfo=str(self.metainfo),
                folder=str(self.torrent.folder),
                threads=threads,
            )
        )

    def _info_hash(self) -> bytes:
        info = self.torrent.metainfo[self.torrent.metainfo.index(b"4:infod") + 6 : -1]
        return hashlib.sha1(info, usedforsecurity=False).digest()


def rows(bench: Bench) -> dict[str, tuple[Callable[[str], Figures], str]]:
    """Every row with what it must reach."""
    return {
        "download-1": (lambda side: bench.download(side, 1), "MB/s ratio >= 1.0, CPU ratio <= 1.0, RSS <= 90 MB"),
        "download-4": (lambda side: bench.download(side, 4), "MB/s ratio >= 1.0, CPU ratio <= 1.0"),
        "download-20": (lambda side: bench.download(side, 20), "MB/s ratio >= 1.0, RSS <= 100 MB"),
        "seeding": (bench.seeding, "MB/s ratio >= 1.0"),
        "check-1": (lambda side: bench.check(side, 1), "MB/s ratio >= 0.97"),
        "check-default": (lambda side: bench.check(side, 0), "MB/s ratio >= 1.8"),
    }


ALONE: dict[str, Callable[[], None]] = {
    "start-to-window": start_to_window.main,
    "metainfo": metainfo_parse.main,
    "table": table.main,
    "window-load": window_load.main,
    "window-10000": window_ten_thousand.main,
    "first-openings": first_openings.main,
}
"""Rows without another side to compare with, and without the data of the others."""


def main() -> None:
    names = sys.argv[1:]
    for name in names or ALONE:
        if name in ALONE:
            ALONE[name]()
    if names and ALONE.keys() >= set(names):
        return
    base = fast_folder()
    try:
        bench = Bench(base)
        table = rows(bench)
        for name in [name for name in names if name not in ALONE] or table:
            measure, target = table[name]
            runs: dict[str, list[Figures]] = {"shoal": [], "libtorrent": []}
            for _ in range(ROUNDS):
                for side, figures in runs.items():
                    figures.append(measure(side))
            print(f"{name}  (must: {target})")
            medians = {
                side: {key: statistics.median(run[key] for run in figures) for key in figures[0]}
                for side, figures in runs.items()
            }
            for key in medians["shoal"]:
                ours, theirs = medians["shoal"][key], medians["libtorrent"][key]
                ratio = ours / theirs
                print(f"  {key:10} Shoal {ours:9.2f}   libtorrent {theirs:9.2f}   ratio {ratio:5.2f}", flush=True)
    finally:
        shutil.rmtree(base)


if __name__ == "__main__":
    main()
