"""A UDP socket of our own, drained in batches: several times cheaper per datagram than asyncio's transport.

Loops that cannot watch a socket (Windows' proactor) are woken by a small thread. Their own datagram transport
is no way out: it stops receiving for good after some ICMP errors (python/cpython issue 127057).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import select
import socket
import threading
from collections.abc import Callable
from typing import Protocol

from shoal.runtime.world import Address

logger = logging.getLogger(__name__)

MAX_DATAGRAMS_PER_WAKE = 64
"""After so many datagrams the loop gets its turn, however many more are waiting."""

MAX_DATAGRAM_BYTES = 65_535

RECEIVE_BUFFER_BYTES = 1 << 20
"""What the kernel is asked to hold while the loop is busy; it may grant less."""

Receiver = Callable[[memoryview, Address], None]


class _Waker(Protocol):
    """Calls the drain function on the loop whenever the socket has something to read."""

    def drained(self) -> None:
        """The drain function has run; wake again when more arrives."""
        ...

    def close(self) -> None: ...


class SocketUdpPort:
    """`UdpPort` of the real world; must be used from the loop's thread.

    A `receiver` that raises is logged and the next datagram is received all the same.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, sock: socket.socket, receiver: Receiver) -> None:
        """Take over a bound, non-blocking `sock`."""
        self._socket = sock
        self._receiver = receiver
        self._buffer = bytearray(MAX_DATAGRAM_BYTES)
        self._view = memoryview(self._buffer)
        host, port = sock.getsockname()[:2]
        self._address = Address(host, port)
        self._closed = False
        self._waker: _Waker
        try:
            self._waker = _LoopWaker(loop, sock, self._drain)
        except NotImplementedError:
            self._waker = _ThreadWaker(loop, sock, self._drain)

    @property
    def address(self) -> Address:
        return self._address

    def send(self, data: bytes, to: Address) -> None:
        """See `UdpPort.send`. A full buffer, an unreachable or impossible address: dropped, as UDP does."""
        if self._closed:
            return
        with contextlib.suppress(OSError):
            self._socket.sendto(data, to)

    def close(self) -> None:
        """Stop receiving; harmless twice, and from within the receiver."""
        if self._closed:
            return
        self._closed = True
        self._waker.close()
        self._socket.close()

    def _drain(self) -> None:
        for _ in range(MAX_DATAGRAMS_PER_WAKE):
            if self._closed:
                return
            try:
                size, source = self._socket.recvfrom_into(self._buffer)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                # An ICMP error for something sent earlier, or a datagram larger than any we accept: not the port's end.
                continue
            try:
                self._receiver(self._view[:size], Address(source[0], source[1]))
            except Exception:
                logger.exception("the receiver of a UDP port failed")
        if not self._closed:
            self._waker.drained()


class _LoopWaker:
    """The loop watches the socket itself."""

    def __init__(self, loop: asyncio.AbstractEventLoop, sock: socket.socket, drain: Callable[[], None]) -> None:
        self._loop = loop
        self._descriptor = sock.fileno()
        loop.add_reader(self._descriptor, drain)

    def drained(self) -> None:
        """Nothing to do: a loop goes on watching."""

    def close(self) -> None:
        if not self._loop.is_closed():
            self._loop.remove_reader(self._descriptor)


class _ThreadWaker:
    """A daemon thread watches the socket and waits for each drain to end before it watches again."""

    def __init__(self, loop: asyncio.AbstractEventLoop, sock: socket.socket, drain: Callable[[], None]) -> None:
        self._loop = loop
        self._socket = sock
        self._drain = drain
        self._ready = threading.Event()
        self._closed = False
        self._wake_in, self._wake_out = socket.socketpair()
        self._thread = threading.Thread(target=self._watch, name="shoal-udp", daemon=True)
        self._thread.start()

    def drained(self) -> None:
        self._ready.set()

    def close(self) -> None:
        self._closed = True
        self._ready.set()
        self._wake_in.send(b"\0")
        # The thread must be out of select before the socket it watches is closed and its number reused.
        self._thread.join()
        self._wake_in.close()
        self._wake_out.close()

    def _watch(self) -> None:
        """In the thread."""
        while not self._closed:
            readable, _, _ = select.select([self._socket, self._wake_out], [], [])
            if self._closed or self._socket not in readable:
                continue
            self._ready.clear()
            try:
                self._loop.call_soon_threadsafe(self._drain)
            except RuntimeError:
                return  # the loop is closed
            while not self._closed and not self._ready.wait(1.0):
                if self._loop.is_closed():
                    return
