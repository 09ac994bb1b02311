"""One peer connection (BEP 3, 6, 10): handshake, state of both sides, and the dispatch of its messages.

It decides nothing: the torrent behind it (`PeerHost`) picks blocks, chokes and bans.
"""

from __future__ import annotations

from collections.abc import Callable

from shoal.engine.peer.chatter import Chatter
from shoal.engine.peer.extensions import PeerExtensions
from shoal.engine.peer.greeting import our_dht_port, our_extension_handshake, our_pieces
from shoal.engine.peer.host import PeerEnvironment, PeerHost
from shoal.engine.peer.peer_state import PeerState
from shoal.engine.peer.requests import BlockRequests
from shoal.engine.peer.uploads import UploadQueue
from shoal.engine.transport.stream import RECEIVE_BYTES, SMALL_RECEIVE_BYTES, PeerStream
from shoal.metainfo.bitfield import all_pieces, from_wire, of_pieces
from shoal.metainfo.pieces import BLOCK_LENGTH
from shoal.metainfo.torrent_file import MAX_PIECES
from shoal.protocol import peer_wire
from shoal.protocol.errors import ProtocolError
from shoal.protocol.extension import HANDSHAKE_ID
from shoal.protocol.wire_reader import read_messages
from shoal.runtime.world import Address

HANDSHAKE_SECONDS = 10.0
MOST_ALLOWED_FAST = 5
MOST_UNSENT_BYTES = 2 << 20
"""A peer that makes us answer (rejects, haves) and does not read the answers is dropped beyond this."""


class PeerClosedError(ProtocolError):
    """The connection ended while its messages were being read; the rest of them is void."""


class PeerConnection(PeerState):
    """One connection. `host` is None until the handshake names the torrent."""

    __slots__ = (
        "_bytes_before",
        "_environment",
        "_find_host",
        "_is_flush_due",
        "_is_handshake_sent",
        "_max_length",
        "_new_haves",
        "_on_lost",
        "_outbox",
        "_read_quota",
        "chatter",
        "extensions",
        "host",
        "on_piece",
        "requests",
        "stream",
        "uploads",
    )

    def __init__(
        self,
        environment: PeerEnvironment,
        key: int,
        address: Address,
        *,
        host: PeerHost | None,
        find_host: Callable[[bytes], PeerHost | None],
        on_lost: Callable[[PeerConnection], None],
        source: str,
    ) -> None:
        now = environment.clock.now()
        super().__init__(now, key, address, source, is_incoming=host is None)
        self._environment = environment
        self._find_host = find_host
        self._on_lost = on_lost
        self.host = host
        self.stream: PeerStream | None = None
        self.requests = BlockRequests(self)
        self.on_piece = self.requests.on_piece
        self.uploads = UploadQueue(self)
        self.extensions = PeerExtensions(self)
        self._is_handshake_sent = False
        self._max_length = peer_wire.default_max_length(0)
        self._outbox: list[bytes] = []
        self._is_flush_due = False
        self._new_haves: list[int] = []
        self._read_quota = SMALL_RECEIVE_BYTES
        self._bytes_before = 0
        self.chatter = Chatter(now)

    # --- the stream's owner -------------------------------------------------------------------------------------

    def now(self) -> float:
        return self._environment.clock.now()

    def on_connected(self, stream: PeerStream) -> None:
        self.stream = stream
        # The way to the peer took its time; the handshake's time and the peer's newness begin now.
        self.connected_at = self.last_received_at = self.last_sent_at = self._environment.clock.now()
        if self.is_closed:
            stream.close()
        elif self.host is not None:
            self._send_handshake(self.host)

    def read_limit(self) -> int:
        if self.chatter.left < 0 and self.is_throttled(self.now()):
            return 0
        # Many blocks may come only when many were asked for; a flood of small messages gets small reads.
        limit = min(len(self.requests.outstanding) * BLOCK_LENGTH + SMALL_RECEIVE_BYTES, RECEIVE_BYTES)
        host = self.host
        if host is not None and host.down_bucket.is_limited:
            limit = min(limit, self._read_quota)
        return limit

    def is_throttled(self, now: float) -> bool:
        """It has sent so many bytes that are no blocks we asked for that the next ones must wait."""
        return self.chatter.is_used_up(now, self.uploaded)

    def on_read_limit_reached(self) -> None:
        self._environment.pause_reading(self)

    def grant_reading(self, quota: int) -> None:
        """The session's beat lets this connection read `quota` more bytes under its limits."""
        # A message is counted when it is whole, so a large one leaves a debt that later shares must pay.
        self._read_quota += quota
        if self.read_limit() <= 0:
            self._environment.pause_reading(self)
        elif self.stream is not None:
            self.stream.resume_reading()

    def message_length(self, tail: memoryview) -> int:
        return 4 + int.from_bytes(tail[:4], "big") if self.is_ready and len(tail) >= 4 else peer_wire.HANDSHAKE_LENGTH

    def on_bytes(self, data: memoryview) -> int:
        if self.is_closed:
            return len(data)
        self.last_received_at = self._environment.clock.now()
        used = 0
        try:
            if not self.is_ready:
                if len(data) < peer_wire.HANDSHAKE_LENGTH:
                    return 0
                self._shake_hands(data[: peer_wire.HANDSHAKE_LENGTH])
                used = peer_wire.HANDSHAKE_LENGTH
            used += read_messages(data[used:], self, self._max_length)
        except PeerClosedError:
            return len(data)
        except ProtocolError as error:
            self.close(str(error))
            return len(data)
        self._finish_batch(used)
        return used

    def on_writable(self) -> None:
        self.uploads.pump()
        self.extensions.on_writable()

    def on_closed(self, error: Exception | None) -> None:
        self.stream = None
        self.close("closed by the other side" if error is None else str(error) or type(error).__name__)

    def _finish_batch(self, count: int) -> None:
        host = self.host
        if self._new_haves:
            self._take_haves()
        if host is None or self.is_closed:
            return
        if host.down_bucket.is_limited:
            self._read_quota -= count
        requests = self.requests
        fresh = requests.received_bytes - self._bytes_before
        self.chatter.count(count, fresh)
        if fresh:
            self._bytes_before = requests.received_bytes
            requests.pipeline.delivered(fresh // BLOCK_LENGTH)
            self.downloaded += fresh
            self.tick_downloaded += fresh
            self.last_block_at = self.last_received_at
        self.wasted = requests.wasted_bytes
        if fresh or requests.completed:
            host.peer_delivered(self)

    # --- handshakes ---------------------------------------------------------------------------------------------

    def _send_handshake(self, host: PeerHost) -> None:
        self._is_handshake_sent = True
        has_dht = host.dht_port(self.address.host) > 0
        self.send(peer_wire.encode_handshake(host.info_hash, host.peer_id, dht=has_dht))

    def _shake_hands(self, data: memoryview) -> None:
        handshake = peer_wire.decode_handshake(bytes(data))
        host = self.host
        if host is None:
            host = self._find_host(handshake.info_hash)
            if host is None:
                raise ProtocolError("the peer asks for a torrent that is not running here")
            self.host = host
        elif handshake.info_hash != host.info_hash:
            raise ProtocolError("the peer answers for another torrent")
        if handshake.peer_id == host.peer_id:
            host.peer_is_ourselves(self)
            raise ProtocolError("connected to ourselves")
        self.take_handshake(handshake)
        self._max_length = peer_wire.default_max_length(host.piece_count or MAX_PIECES)
        if not self._is_handshake_sent:
            self._send_handshake(host)
        self.is_ready = True
        if self.has_extensions:
            greeting = our_extension_handshake(host, self._environment.client_name, self.address.host)
            self.send(peer_wire.encode_extended(HANDSHAKE_ID, greeting))
        pieces = our_pieces(host, has_fast=self.has_fast)
        if pieces is not None:
            self.send(pieces)
        if self.has_dht and (port := our_dht_port(host, self.address.host)):
            self.send(port)
        host.peer_ready(self)
        self._check_open()

    # --- sending ------------------------------------------------------------------------------------------------

    def send(self, message: bytes) -> None:
        """Queue one or more whole messages; they leave together at the end of this loop turn."""
        if self.is_closed:
            return
        self._outbox.append(message)
        if not self._is_flush_due:
            self._is_flush_due = True
            self._environment.turn.later(self.flush)

    def flush(self) -> None:
        """Send what is queued now, so that it comes before what the caller writes next."""
        self._is_flush_due = False
        stream = self.stream
        if self._outbox and stream is not None:
            if not stream.is_writable and stream.unsent_bytes > MOST_UNSENT_BYTES:
                self.close("the peer does not read what it makes us send")
                return
            parts, self._outbox = self._outbox, []
            stream.write([b"".join(parts)])
            self.last_sent_at = self._environment.clock.now()

    def send_cancel(self, index: int, begin: int, length: int) -> None:
        self.send(peer_wire.encode_cancel(index, begin, length))

    def set_choking(self, choking: bool) -> None:
        """Choke or unchoke the peer; queued requests are refused when choking."""
        if choking == self.am_choking:
            return
        self.am_choking = choking
        if choking:
            self.send(peer_wire.CHOKE)
            self.uploads.choke()
        else:
            self.last_unchoked_at = self.now()
            self.send(peer_wire.UNCHOKE)

    def set_interested(self, interested: bool) -> None:
        if interested != self.am_interested:
            self.am_interested = interested
            self.send(peer_wire.INTERESTED if interested else peer_wire.NOT_INTERESTED)

    def wait_for_upload_limit(self) -> None:
        """The upload limit is used up; the session's beat calls `uploads.pump` again."""
        self._environment.pause_sending(self)

    def later(self, callback: Callable[[], None]) -> None:
        self._environment.turn.later(callback)

    def heard_our_address(self, packed: bytes) -> None:
        """It told where it sees us (`yourip`, BEP 10)."""
        self._environment.heard_our_address(self.address.host, packed)

    def close(self, reason: str) -> None:
        """End the connection; harmless when it has ended. The host hears of it once."""
        if self.is_closed:
            return
        # What came before the end in the same read counts, and its completed pieces must be verified.
        self._finish_batch(0)
        if self.is_closed:
            return
        self.is_closed = True
        self._outbox.clear()
        self.uploads.clear()
        stream, self.stream = self.stream, None
        if stream is not None:
            stream.close()
        if self.host is not None and self.is_ready:
            self.host.peer_closed(self, reason)
        # Blocks behind the end in the same read are nobody's any more.
        self.requests.late.clear()
        self._on_lost(self)

    def _check_open(self) -> None:
        if self.is_closed:
            raise PeerClosedError("closed while reading")

    # --- messages -----------------------------------------------------------------------------------------------

    @property
    def _torrent(self) -> PeerHost:
        if self.host is None or self.is_closed:
            raise PeerClosedError("closed while reading")
        return self.host

    def on_keep_alive(self) -> None:
        """Its arrival is all it says."""

    def on_choke(self) -> None:
        if not self.peer_choking:
            self.peer_choking = True
            self._torrent.peer_choked_us(self)

    def on_unchoke(self) -> None:
        if self.peer_choking:
            self.peer_choking = False
            self._torrent.peer_unchoked_us(self)

    def on_interested(self) -> None:
        if not self.peer_interested:
            self.peer_interested = True
            self._torrent.peer_interest_changed(self)

    def on_not_interested(self) -> None:
        if self.peer_interested:
            self.peer_interested = False
            self._torrent.peer_interest_changed(self)

    def on_have(self, index: int) -> None:
        count = self._torrent.piece_count
        if count and index >= count:
            raise ProtocolError(f"have of piece {index} of {count}")
        # Taken together at the end of the read: with millions of pieces one at a time would cost too much.
        self._new_haves.append(index)

    def _take_haves(self) -> None:
        haves, self._new_haves = self._new_haves, []
        if self.host is not None and self.host.piece_count and not self.is_closed:
            self._replace_bits(self.bits | of_pieces(haves, self.host.piece_count))

    def on_bitfield(self, bits: memoryview) -> None:
        if count := self._torrent.piece_count:
            self._replace_bits(from_wire(bits, count))

    def on_have_all(self) -> None:
        self._require_fast()
        self._replace_bits(all_pieces(self._torrent.piece_count))

    def on_have_none(self) -> None:
        self._require_fast()
        self._replace_bits(0)

    def _replace_bits(self, bits: int) -> None:
        self._new_haves.clear()
        self.has_told_pieces = True
        before = self.bits
        if bits != before:
            self.bits = bits
            self._torrent.peer_has_pieces(self, before)

    def on_request(self, index: int, begin: int, length: int) -> None:
        host = self._torrent
        if index >= host.piece_count:
            raise ProtocolError(f"request for piece {index} of {host.piece_count}")
        self.uploads.asked(index, begin, length)

    def on_cancel(self, index: int, begin: int, length: int) -> None:
        self.uploads.cancelled(index, begin, length)

    def on_reject(self, index: int, begin: int, length: int) -> None:
        self._require_fast()
        self._torrent.peer_rejected(self, index, begin)

    def on_suggest(self, index: int) -> None:
        """Advice (BEP 6) that we do not follow: rarest first serves the swarm better."""
        self._require_fast()

    def on_allowed_fast(self, index: int) -> None:
        self._require_fast()
        if index < self._torrent.piece_count and self.allowed_fast.bit_count() < MOST_ALLOWED_FAST:
            self.allowed_fast |= 1 << index
            if self.peer_choking and self.am_interested:
                self._torrent.peer_unchoked_us(self)

    def on_port(self, port: int) -> None:
        self._torrent.peer_has_node(self, port)

    def on_extended(self, extended_id: int, payload: memoryview) -> None:
        if self.has_extensions:
            self.extensions.on_message(extended_id, payload)

    def on_unknown(self, message_id: int, length: int) -> None:
        """Unknown messages are skipped (BEP 3 leaves room for them)."""

    def _require_fast(self) -> None:
        if not self.has_fast:
            raise ProtocolError("a fast-extension message without the extension (BEP 6)")
