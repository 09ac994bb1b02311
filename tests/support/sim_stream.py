"""One end of a simulated TCP stream: an asyncio transport that drives an `asyncio.BufferedProtocol`."""

from __future__ import annotations

import asyncio
import errno
import os
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, cast

from tests.support.sim_flow import Data, Kind, SimFlow

from shoal.runtime.world import Address

HIGH_WATER_BYTES = 65_536


class SimTransport(asyncio.Transport):
    """Calls its protocol in the order asyncio's own selector transport does.

    `on_closed` is called once, when the socket is gone. The flow `incoming` is set by whoever made both ends.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        local: Address,
        remote: Address,
        outgoing: SimFlow,
        on_closed: Callable[[SimTransport], None],
    ) -> None:
        super().__init__()
        self.local = local
        self.remote = remote
        self.incoming: SimFlow
        self.on_connected: Callable[[], None] = lambda: None
        self._loop = loop
        self._outgoing = outgoing
        self._on_closed = on_closed
        self._protocol: asyncio.BufferedProtocol
        self._received: deque[tuple[Kind, Data]] = deque()
        self._is_started = False
        self._is_closing = False
        self._is_losing = False
        self._is_closed = False
        self._is_vanished = False
        self._is_reading = True
        self._writing_paused = False
        self._eof_written = False
        self._high = HIGH_WATER_BYTES
        self._low = HIGH_WATER_BYTES // 4

    # What asyncio offers to protocols.

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = cast("asyncio.BufferedProtocol", protocol)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        if name == "peername":
            return _socket_name(self.remote)
        if name == "sockname":
            return _socket_name(self.local)
        return default

    def is_closing(self) -> bool:
        return self._is_closing

    def is_reading(self) -> bool:
        return self._is_reading and not self._is_closing

    def pause_reading(self) -> None:
        if self.is_reading():
            self._is_reading = False

    def resume_reading(self) -> None:
        if not self._is_closing and not self._is_reading:
            self._is_reading = True
            self._loop.call_soon(self._read)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"data argument must be a bytes-like object, not {type(data).__name__!r}")
        if self._eof_written:
            raise RuntimeError("Cannot call write() after write_eof()")
        if not data or self._is_losing:
            return
        self._outgoing.write(bytes(data))
        self._maybe_pause_writing()

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        if not self._is_closing and not self._eof_written:
            self._eof_written = True
            self._outgoing.finish()

    def get_write_buffer_size(self) -> int:
        return 0 if self._is_losing else self._outgoing.unsent_bytes

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._low, self._high

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        if high is None:
            high = HIGH_WATER_BYTES if low is None else 4 * low
        if low is None:
            low = high // 4
        if not high >= low >= 0:
            raise ValueError(f"high ({high!r}) must be >= low ({low!r}) must be >= 0")
        self._high, self._low = high, low
        self._maybe_pause_writing()

    def close(self) -> None:
        if self._is_closing:
            return
        self._is_closing = True
        self._lose_when_flushed()

    def abort(self) -> None:
        self._force_close(None)

    # What the simulation does to it.

    def start(self, protocol: asyncio.BufferedProtocol) -> None:
        """Begin to drive `protocol`, as soon as the loop has its turn."""
        self._protocol = protocol
        self._loop.call_soon(self._make)
        self._loop.call_soon(self._begin)

    def on_arrival(self, kind: Kind, data: Data) -> None:
        """Something came in from the other end."""
        if self._is_vanished:
            return
        if kind == "connected":
            self.on_connected()
        elif kind == "reset":
            self._received.clear()
            self._outgoing.die()
            self._force_close(ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET)))
        elif not self._is_closed:
            self._received.append((kind, data))
            self._read()
        elif kind == "data":
            # The kernel's answer to data for a socket that nobody has any more.
            self._outgoing.reset()

    def on_room(self) -> None:
        """The other end has read something."""
        if self._is_vanished or self._is_losing:
            return
        if self._writing_paused and self.get_write_buffer_size() <= self._low:
            self._writing_paused = False
            self._tell(self._protocol.resume_writing)
        if self._is_closing:
            self._lose_when_flushed()

    def vanish(self, *, silently: bool) -> None:
        """The program is gone and hears nothing more; the other end hears a reset, or nothing when `silently`."""
        self._is_vanished = True
        if silently:
            self._outgoing.die()
        else:
            self._outgoing.reset()

    def _make(self) -> None:
        if not self._is_vanished:
            self._protocol.connection_made(self)

    def _begin(self) -> None:
        self._is_started = True
        self._read()

    def _read(self) -> None:
        while self._received and self._is_started and self.is_reading() and not self._is_vanished:
            kind, data = self._received.popleft()
            try:
                if kind == "data":
                    self._feed(data)
                elif not self._protocol.eof_received():
                    self.close()
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException as error:
                self._fail(error)

    def _feed(self, data: Data) -> None:
        """Fill the protocol's buffers with `data`; what it does not want now stays received."""
        offset = 0
        try:
            while offset < len(data) and self.is_reading():
                buffer = memoryview(cast("bytearray", self._protocol.get_buffer(-1)))
                if not buffer:
                    raise RuntimeError("get_buffer() returned an empty buffer")
                size = min(len(buffer), len(data) - offset)
                buffer[:size] = data[offset : offset + size]
                offset += size
                self._protocol.buffer_updated(size)
        finally:
            if offset:
                self.incoming.consumed(offset)
            if offset < len(data):
                self._received.appendleft(("data", memoryview(data)[offset:]))

    def _maybe_pause_writing(self) -> None:
        if not self._writing_paused and self.get_write_buffer_size() > self._high:
            self._writing_paused = True
            self._tell(self._protocol.pause_writing)

    def _tell(self, call: Callable[[], None]) -> None:
        try:
            call()
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            self._report(error, "protocol.pause_writing() or resume_writing() failed")

    def _fail(self, error: BaseException) -> None:
        if not isinstance(error, OSError):
            self._report(error, "the protocol failed to take what was received")
        self._force_close(error)

    def _report(self, error: BaseException, message: str) -> None:
        self._loop.call_exception_handler(
            {"message": message, "exception": error, "transport": self, "protocol": self._protocol}
        )

    def _lose_when_flushed(self) -> None:
        if not self._is_losing and self._outgoing.unsent_bytes == 0:
            self._is_losing = True
            self._loop.call_soon(self._lose, None)

    def _force_close(self, error: BaseException | None) -> None:
        if self._is_losing:
            return
        self._is_closing = True
        self._is_losing = True
        self._outgoing.drop_unsent()
        self._loop.call_soon(self._lose, error)

    def _lose(self, error: BaseException | None) -> None:
        if self._is_vanished:
            return
        try:
            self._protocol.connection_lost(cast("Exception | None", error))
        finally:
            self._is_closed = True
            self._on_closed(self)
            if any(kind == "data" for kind, _ in self._received):
                # The kernel resets a connection that is closed with unread data.
                self._outgoing.reset()
            else:
                self._outgoing.finish()


def open_pair(near: SimTransport, far: SimTransport, flows: tuple[SimFlow, SimFlow]) -> None:
    """Join two ends; `flows` run from `near` to `far` and back."""
    there, back = flows
    there.source, there.target = near, far
    back.source, back.target = far, near
    near.incoming, far.incoming = back, there


def _socket_name(address: Address) -> tuple[str, int] | tuple[str, int, int, int]:
    if ":" in address.host:
        return (address.host, address.port, 0, 0)
    return (address.host, address.port)
