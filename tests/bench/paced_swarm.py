"""Many seeds on one line, in a process of its own: `python -m tests.bench.paced_swarm JSON`; prints its ports.

Each seed is a port of 127.0.0.1 that speaks the peer wire over plain sockets. What they send together is paced in
segments, in turn over all of them, as they come in from a real line; now and then each says that it has one piece more.
All pieces are zeros, so nothing is read or hashed here. Ends with its stdin.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import socket
import subprocess
import sys
import time
from collections import deque
from hashlib import sha1
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "app"), str(ROOT)]

from shoal.metainfo.authoring import FilePlan, build_metainfo, plan_files  # noqa: E402 (the path to it is set above)
from shoal.protocol import peer_wire  # noqa: E402

PIECE_LENGTH = 1 << 20
SEGMENT = 1400
TICK_SECONDS = 0.002
HAVE_SECONDS = 0.7
"""How often each seed tells of one more piece."""
MOST_BEHIND = 4
"""Ticks whose share is made up for when this process was held up."""
ZEROS = memoryview(bytes(peer_wire.MAX_REQUEST_LENGTH))


def plan(mebibytes: int) -> FilePlan:
    """One file of zeros."""
    return plan_files("Paced.bin", [((), mebibytes * PIECE_LENGTH)], piece_length=PIECE_LENGTH)


def metainfo(mebibytes: int) -> bytes:
    return build_metainfo(plan(mebibytes), sha1(bytes(PIECE_LENGTH), usedforsecurity=False).digest() * mebibytes)


class Seed:
    """One connection: what it was asked for, and what of that is on its way."""

    def __init__(self, link: socket.socket, info_hash: bytes, number: int, pieces: int) -> None:
        self.link = link
        self._pieces = pieces
        self._missing = [piece for piece in range(pieces) if (piece + number) % 5 == 0]
        self._received = bytearray()
        self._is_open = False
        self._asked: deque[tuple[int, int, int]] = deque()
        self._message = memoryview(b"")
        peer_id = b"-PS0001-" + f"{number:012}".encode()
        self._greeting = peer_wire.encode_handshake(info_hash, peer_id, extensions=False, fast=False)

    @property
    def has_work(self) -> bool:
        return bool(self._message) or bool(self._asked)

    def read(self) -> bool:
        """Take what has come; False when the other side has gone."""
        try:
            data = self.link.recv(1 << 16)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._received += data
        if not self._is_open and len(self._received) >= peer_wire.HANDSHAKE_LENGTH:
            del self._received[: peer_wire.HANDSHAKE_LENGTH]
            self._is_open = True
            bits = bytearray(b"\xff" * (self._pieces // 8))
            bits += bytes([(0xFF << (8 - self._pieces % 8)) & 0xFF]) if self._pieces % 8 else b""
            for piece in self._missing:
                bits[piece // 8] &= ~(0x80 >> piece % 8)
            self.link.send(self._greeting + peer_wire.encode_bitfield(bytes(bits)) + peer_wire.UNCHOKE)
        while self._is_open and len(self._received) >= 4:
            end = 4 + int.from_bytes(self._received[:4], "big")
            if len(self._received) < end:
                break
            if end >= 17 and self._received[4] == peer_wire.MESSAGE_REQUEST:
                fields = (int.from_bytes(self._received[at : at + 4], "big") for at in (5, 9, 13))
                self._asked.append(tuple(fields))  # type: ignore[arg-type]
            elif end >= 17 and self._received[4] == peer_wire.MESSAGE_CANCEL:
                fields = (int.from_bytes(self._received[at : at + 4], "big") for at in (5, 9, 13))
                if (asked := tuple(fields)) in self._asked:
                    self._asked.remove(asked)  # type: ignore[arg-type]
            del self._received[:end]
        return bool(data)

    def say_have(self) -> None:
        """One piece more, between two blocks."""
        if self._is_open and not self._message:
            # Who has gone is noticed by the next read.
            with contextlib.suppress(OSError):
                self.link.send(peer_wire.encode_have(self._missing.pop()) if self._missing else peer_wire.KEEP_ALIVE)

    def send_segment(self) -> int:
        """Bytes that the system took, at most a segment."""
        if not self._message:
            index, begin, length = self._asked.popleft()
            self._message = memoryview(peer_wire.piece_header(index, begin, length) + bytes(ZEROS[:length]))
        try:
            sent = self.link.send(self._message[:SEGMENT])
        except OSError:
            return 0
        self._message = self._message[sent:]
        return sent


class PacedSwarm:
    """`rate` in bytes/s of all `count` seeds together; 0 sends no data at all."""

    def __init__(self, count: int, rate: int, mebibytes: int) -> None:
        self._rate = rate
        self._pieces = mebibytes
        self._info_hash = sha1(_info(metainfo(mebibytes)), usedforsecurity=False).digest()
        self._selector = selectors.DefaultSelector()
        self._seeds: list[Seed] = []
        self.ports = []
        for _ in range(count):
            listener = socket.create_server(("127.0.0.1", 0))
            listener.setblocking(False)
            self.ports.append(listener.getsockname()[1])
            self._selector.register(listener, selectors.EVENT_READ, None)

    def serve(self) -> None:
        """Until stdin ends."""
        self._selector.register(sys.stdin, selectors.EVENT_READ, "end")
        then, have_at, turn, allowed = time.perf_counter(), time.perf_counter(), 0, 0.0
        while True:
            for key, _ in self._selector.select(TICK_SECONDS):
                if key.data == "end":
                    return
                self._on_ready(key)
            now = time.perf_counter()
            allowed = min(allowed + self._rate * (now - then), self._rate * TICK_SECONDS * MOST_BEHIND + SEGMENT)
            then = now
            if self._seeds and now - have_at >= HAVE_SECONDS / len(self._seeds):
                have_at = now
                self._seeds[turn % len(self._seeds)].say_have()
            idle = 0
            while allowed >= SEGMENT and idle < len(self._seeds):
                turn = (turn + 1) % len(self._seeds)
                seed = self._seeds[turn]
                sent = seed.send_segment() if seed.has_work else 0
                idle = 0 if sent else idle + 1
                allowed -= sent

    def _on_ready(self, key: selectors.SelectorKey) -> None:
        if key.data is None:
            assert isinstance(key.fileobj, socket.socket)
            link, _ = key.fileobj.accept()
            link.setblocking(False)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            seed = Seed(link, self._info_hash, len(self._seeds), self._pieces)
            self._seeds.append(seed)
            self._selector.register(link, selectors.EVENT_READ, seed)
        elif not key.data.read():
            self._selector.unregister(key.fileobj)
            key.data.link.close()
            self._seeds.remove(key.data)


def _info(torrent: bytes) -> bytes:
    return torrent[torrent.index(b"4:infod") + 6 : -1]


def start(count: int, rate: int, mebibytes: int) -> tuple[subprocess.Popen[str], list[int]]:
    """The process and its ports; closing its stdin ends it."""
    arguments = json.dumps({"count": count, "rate": rate, "mebibytes": mebibytes})
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "app"), str(ROOT)))}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.paced_swarm", arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
    )
    assert process.stdout is not None
    return process, [int(port) for port in process.stdout.readline().split()]


if __name__ == "__main__":
    swarm = PacedSwarm(**json.loads(sys.argv[1]))
    print(*swarm.ports, flush=True)
    swarm.serve()
