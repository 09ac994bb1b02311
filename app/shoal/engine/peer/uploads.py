"""The blocks one peer asked us for: a bounded queue, served from memory, fair between peers and within limits."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

from shoal.protocol import peer_wire
from shoal.protocol.errors import ProtocolError

if TYPE_CHECKING:
    from shoal.engine.peer.connection import PeerConnection

MOST_QUEUED = 2000
"""Requests of one peer that wait; more are rejected (BEP 6) or ignored."""
TURN_BYTES = 256 * 1024
"""Sent to one peer before others have their turn."""
READ_AHEAD = 64
"""Queued requests looked at for what must be read from disk next."""
READ_BYTES = 256 * 1024
"""Requests so near to each other come with one read."""
READS_AT_ONCE = 2
"""Reads under way for one peer."""


class UploadQueue:
    """Requests from one peer, in their order."""

    __slots__ = ("_is_pump_due", "_loading", "_queue", "peer")

    def __init__(self, peer: PeerConnection) -> None:
        self.peer = peer
        self._queue: deque[tuple[int, int, int]] = deque()
        self._loading = 0
        self._is_pump_due = False

    def __len__(self) -> int:
        return len(self._queue)

    def asked(self, index: int, begin: int, length: int) -> None:
        """A request came in. Raises ProtocolError when it cannot be meant (BEP 3)."""
        peer = self.peer
        host = peer.host
        if host is None:
            return
        if not 0 < length <= peer_wire.MAX_REQUEST_LENGTH or begin + length > host.piece_size(index):
            raise ProtocolError(f"request for {length} bytes at {begin} of piece {index}")
        is_allowed = not peer.am_choking or peer.granted_fast >> index & 1
        if not is_allowed or not host.have >> index & 1 or len(self._queue) >= MOST_QUEUED:
            self._refuse(index, begin, length)
            return
        self._queue.append((index, begin, length))
        self.pump_later()

    def cancelled(self, index: int, begin: int, length: int) -> None:
        """The peer no longer wants this block."""
        try:
            self._queue.remove((index, begin, length))
        except ValueError:
            return
        self._refuse(index, begin, length)

    def choke(self) -> None:
        """Refuse what is queued, except what the peer may have while choked."""
        queue, kept = list(self._queue), deque[tuple[int, int, int]]()
        for request in queue:
            if self.peer.granted_fast >> request[0] & 1:
                kept.append(request)
            else:
                self._refuse(*request)
        self._queue = kept

    def clear(self) -> None:
        self._queue.clear()

    def _refuse(self, index: int, begin: int, length: int) -> None:
        if self.peer.has_fast:
            self.peer.send(peer_wire.encode_reject(index, begin, length))

    def pump_later(self) -> None:
        """Serve the queue at the end of this loop turn."""
        if not self._is_pump_due:
            self._is_pump_due = True
            self.peer.later(self._pump_due)

    def _pump_due(self) -> None:
        self._is_pump_due = False
        self.pump()

    def pump(self, share: int = TURN_BYTES) -> None:
        """Send queued blocks, about `share` bytes at most, while the socket and the limits allow."""
        peer = self.peer
        host, stream = peer.host, peer.stream
        if not self._queue or host is None or stream is None or not stream.is_writable or peer.is_closed:
            return
        bucket = host.up_bucket
        is_small_share = share < TURN_BYTES
        share = min(share, TURN_BYTES)
        if bucket.is_limited:
            share = min(share, bucket.allowance(peer.now()))
        parts: list[bytes | memoryview] = []
        sent = 0
        queue = self._queue
        is_missing = False
        while queue and sent < share:
            index, begin, length = queue[0]
            block = host.cached_block(index, begin, length)
            if block is None:
                is_missing = True
                break
            queue.popleft()
            parts.append(peer_wire.piece_header(index, begin, length))
            parts.append(block)
            sent += length
        if parts:
            peer.flush()
            stream.write(parts)
            peer.last_sent_at = peer.now()
            peer.uploaded += sent
            peer.tick_uploaded += sent
            if bucket.is_limited:
                bucket.take(sent, peer.last_sent_at)
        if is_missing or queue:
            self._read_ahead()
        if queue and not is_missing and stream.is_writable:
            if bucket.is_limited and (is_small_share or bucket.allowance(peer.now()) <= 0):
                peer.wait_for_upload_limit()
            else:
                self.pump_later()

    def _read_ahead(self) -> None:
        host = self.peer.host
        if host is None or self._loading:
            return
        seen: set[tuple[int, int]] = set()
        for index, begin, length in islice(self._queue, READ_AHEAD):
            place = (index, begin // READ_BYTES)
            if place in seen:
                continue
            seen.add(place)
            if host.cached_block(index, begin, length) is None:
                self._loading += 1
                host.load_block(index, begin, length, self._loaded)
                if self._loading >= READS_AT_ONCE:
                    break

    def _loaded(self, is_good: bool) -> None:
        self._loading -= 1
        if not is_good and self._queue:
            self._refuse(*self._queue.popleft())
        self.pump()
