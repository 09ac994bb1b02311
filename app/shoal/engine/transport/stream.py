"""A peer's TCP byte stream: one receive buffer per loop, batched writes, reading bounded by what we asked for.

asyncio fills the buffer and hands it over within one synchronous step, so every connection can share it; what is left
of a message after parsing (the tail) is kept per connection and put in front of the next bytes.
"""

from __future__ import annotations

import asyncio
from typing import Protocol, cast

from shoal.runtime.world import Address

RECEIVE_BYTES = 256 * 1024
"""One read at most; measured as the least CPU per byte."""
SMALL_RECEIVE_BYTES = 16 * 1024
"""One read from a peer that owes us nothing: bounds the work that a flood of small messages makes per loop turn."""
TAIL_ROOM = 160 * 1024
"""Tails up to here are prepended in the shared buffer (a 128 KiB block fits); larger messages are gathered apart."""
WRITE_HIGH_WATER = 64 * 1024
WRITE_LOW_WATER = 16 * 1024


class ReceiveBuffer:
    """The buffer that all streams of one loop read into."""

    __slots__ = ("view",)

    def __init__(self) -> None:
        self.view = memoryview(bytearray(TAIL_ROOM + RECEIVE_BYTES))


class StreamOwner(Protocol):
    """Who gets the bytes. Every method runs on the loop and must not raise, save `on_bytes` as documented."""

    def on_connected(self, stream: PeerStream) -> None: ...

    def on_bytes(self, data: memoryview) -> int:
        """Take whole messages from `data` (valid during the call only); return the bytes used."""
        ...

    def read_limit(self) -> int:
        """Bytes the next read may bring; 0 or less pauses reading until `resume_reading`."""
        ...

    def on_read_limit_reached(self) -> None:
        """Reading was paused because `read_limit` is used up."""
        ...

    def message_length(self, tail: memoryview) -> int:
        """Bytes of the message that begins in `tail`, as far as known; bounded by the protocol."""
        ...

    def on_writable(self) -> None:
        """The write buffer has room again."""
        ...

    def on_closed(self, error: Exception | None) -> None: ...


class PeerStream(asyncio.BufferedProtocol):
    """An asyncio buffered protocol that feeds one `StreamOwner`."""

    __slots__ = (
        "_gathered",
        "_gathered_length",
        "_owner",
        "_shared",
        "_tail",
        "is_reading_paused",
        "is_writable",
        "transport",
    )

    def __init__(self, shared: ReceiveBuffer, owner: StreamOwner) -> None:
        self._shared = shared.view
        self._owner = owner
        self._tail = b""
        self._gathered: bytearray | None = None
        self._gathered_length = 0
        self.transport: asyncio.Transport | None = None
        self.is_writable = True
        self.is_reading_paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=WRITE_HIGH_WATER, low=WRITE_LOW_WATER)
        self._owner.on_connected(self)

    def change_owner(self, owner: StreamOwner) -> None:
        """Hand the open stream over; `owner.on_connected` is called at once."""
        self._owner = owner
        owner.on_connected(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        limit = self._owner.read_limit()
        if limit <= 0:
            # The loop is about to read already: take the least, then `buffer_updated` pauses.
            limit = 1
        if self._gathered is not None:
            return self._shared[: min(limit, RECEIVE_BYTES, self._gathered_length - len(self._gathered))]
        tail = self._tail
        start = len(tail)
        if start:
            self._shared[:start] = tail
        return self._shared[start : start + min(limit, RECEIVE_BYTES)]

    def buffer_updated(self, count: int) -> None:
        gathered = self._gathered
        if gathered is not None:
            gathered += self._shared[:count]
            if len(gathered) < self._gathered_length:
                self._pause_if_spent()
                return
            self._gathered = None
            self._owner.on_bytes(memoryview(gathered))
        else:
            end = len(self._tail) + count
            data = self._shared[:end]
            used = self._owner.on_bytes(data)
            if used == end:
                self._tail = b""
            else:
                self._keep_tail(data[used:])
        self._pause_if_spent()

    def _keep_tail(self, tail: memoryview) -> None:
        length = self._owner.message_length(tail)
        if length > TAIL_ROOM:
            # Grows with what comes: an announced length alone must cost us nothing.
            self._gathered = bytearray(tail)
            self._gathered_length = length
            self._tail = b""
        else:
            self._tail = bytes(tail)

    def _pause_if_spent(self) -> None:
        if self._owner.read_limit() <= 0 and not self.is_reading_paused and self.transport is not None:
            self.is_reading_paused = True
            self.transport.pause_reading()
            self._owner.on_read_limit_reached()

    def resume_reading(self) -> None:
        """Read again after a pause; harmless otherwise."""
        if self.is_reading_paused and self.transport is not None and not self.transport.is_closing():
            self.is_reading_paused = False
            self.transport.resume_reading()

    def write(self, parts: list[bytes | memoryview]) -> None:
        """Send `parts` in one system call where the kernel takes them."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.writelines(parts)

    @property
    def local_address(self) -> Address | None:
        """Our end of the connection; None when it is gone."""
        name = self.transport.get_extra_info("sockname") if self.transport is not None else None
        return Address(str(name[0]), int(name[1])) if name else None

    @property
    def unsent_bytes(self) -> int:
        """Bytes written that the kernel has not taken yet."""
        return self.transport.get_write_buffer_size() if self.transport is not None else 0

    def close(self) -> None:
        """Drop the connection and what was not sent."""
        if self.transport is not None:
            self.transport.abort()

    def eof_received(self) -> bool:
        return False

    def pause_writing(self) -> None:
        self.is_writable = False

    def resume_writing(self) -> None:
        self.is_writable = True
        self._owner.on_writable()

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        self._owner.on_closed(error)
