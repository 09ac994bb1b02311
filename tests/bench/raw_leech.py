"""The fastest leecher there can be: asks deep, reads into one buffer, looks at nothing. Measures a seeder alone."""

from __future__ import annotations

import socket
import struct
import time

from shoal.protocol import peer_wire

DEPTH = 256


def leech(port: int, info_hash: bytes, size: int, piece_length: int) -> float:
    """Fetch `size` bytes from 127.0.0.1:`port`, hash nothing; seconds from the first request to the last byte."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(peer_wire.encode_handshake(info_hash, b"-BN0000-benchbenchbe", extensions=False, fast=True))
        _receive(connection, peer_wire.HANDSHAKE_LENGTH)
        connection.sendall(peer_wire.HAVE_NONE + peer_wire.INTERESTED)
        while True:
            length = struct.unpack(">I", _receive(connection, 4))[0]
            if length and _receive(connection, length)[0] == 1:
                break
        requests = [
            peer_wire.encode_request(offset // piece_length, offset % piece_length, peer_wire.BLOCK_LENGTH)
            for offset in range(0, size, peer_wire.BLOCK_LENGTH)
        ]
        expected = len(requests) * (peer_wire.BLOCK_LENGTH + 13)
        buffer = memoryview(bytearray(1 << 20))
        start = time.perf_counter()
        connection.sendall(b"".join(requests[:DEPTH]))
        asked, received = DEPTH, 0
        while received < expected:
            received += connection.recv_into(buffer)
            due = min(len(requests), DEPTH + received // (peer_wire.BLOCK_LENGTH + 13))
            if due - asked >= DEPTH // 4 or due == len(requests):
                connection.sendall(b"".join(requests[asked:due]))
                asked = max(asked, due)
        return time.perf_counter() - start


def _receive(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise ConnectionError("the seeder hung up")
        data += part
    return data
