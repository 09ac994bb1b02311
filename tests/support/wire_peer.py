"""The other end of a peer connection in a test: no loop, no socket, time and turns moved by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from shoal.engine.peer.connection import PeerConnection
from shoal.engine.peer.host import PeerEnvironment, PeerHost
from shoal.engine.peer.turn import LoopTurn
from shoal.engine.policy.rate_limit import TokenBucket
from shoal.engine.transport.stream import PeerStream, ReceiveBuffer
from shoal.metainfo.bitfield import to_wire
from shoal.protocol import peer_wire
from shoal.protocol.ut_metadata import MetadataMessage
from shoal.protocol.ut_pex import PexMessage
from shoal.protocol.wire_reader import read_messages
from shoal.runtime.world import Address

INFO_HASH = b"h" * 20
OUR_ID = b"-SH0001-ourselves..."
THEIR_ID = b"-XX0001-the stranger"
Message = tuple[Any, ...]


@dataclass
class HandClock:
    """Time that moves when told."""

    time: float = 1000.0

    def now(self) -> float:
        return self.time

    def wall(self) -> float:
        return 1_790_000_000.0 + self.time


class HandTurn:
    """`LoopTurn` whose turns end when told."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[], None]] = []

    def later(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    def end(self, most: int = 1000) -> None:
        """End turns until nothing is left to do."""
        for _ in range(most):
            callbacks, self._callbacks = self._callbacks, []
            if not callbacks:
                return
            for callback in callbacks:
                callback()
        raise AssertionError("the turns never end")


class WireTransport(asyncio.Transport):
    """Keeps what is written; `unsent` is what the kernel did not take yet."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = bytearray()
        self.unsent = 0
        self.writes = 0
        self.is_paused = False
        self.is_aborted = False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Back-pressure is played by the test."""

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("203.0.113.9", 6881) if name == "peername" else default

    def is_closing(self) -> bool:
        return self.is_aborted

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.writes += 1
        for part in list_of_data:
            self.sent += part

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent += data

    def abort(self) -> None:
        self.is_aborted = True


class Sent:
    """A message sink that lists what it reads as tuples."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        if not name.startswith("on_"):
            raise AttributeError(name)

        def note(*values: Any) -> None:
            kept = tuple(bytes(value) if isinstance(value, memoryview) else value for value in values)
            self.messages.append((name[3:], *kept))

        return note


def messages_in(data: bytes | bytearray) -> list[Message]:
    """Every message in `data`, e.g. `("request", 0, 16384, 16384)`."""
    sink = Sent()
    used = read_messages(memoryview(bytes(data)), cast(Any, sink), 1 << 22)
    assert used == len(data), "the last message is cut"
    return sink.messages


@dataclass
class FakeHost:
    """A torrent that decides nothing and remembers what it was told. Pieces are `piece_length` zeros."""

    piece_count: int = 16
    piece_length: int = 65_536
    last_piece_length: int = 0
    have: int = 0
    info_hash: bytes = INFO_HASH
    peer_id: bytes = OUR_ID
    listen_port: int = 6881
    down_bucket: TokenBucket = field(default_factory=TokenBucket)
    up_bucket: TokenBucket = field(default_factory=TokenBucket)
    told: list[Message] = field(default_factory=list)
    exchanges_peers: bool = False
    when_ready: Callable[[PeerConnection], None] = lambda peer: None
    when_delivered: Callable[[PeerConnection], None] = lambda peer: None
    blocks: dict[tuple[int, int], bytes] = field(default_factory=dict)
    """Blocks in memory, by (piece, begin); others must be loaded."""
    loads: list[tuple[int, int, int, Callable[[bool], None]]] = field(default_factory=list)
    metadata: bytes | None = None
    our_dht_port: int = 0
    exchanges_metadata: bool = True

    def piece_size(self, index: int) -> int:
        return self.last_piece_length or self.piece_length if index == self.piece_count - 1 else self.piece_length

    def peer_told_extensions(self, peer: PeerConnection) -> None:
        self.told.append(("extensions", peer.extensions.metadata_size))

    def peer_sent_metadata(self, peer: PeerConnection, message: MetadataMessage) -> None:
        self.told.append(("metadata", message))

    def peer_sent_pex(self, peer: PeerConnection, message: PexMessage) -> None:
        self.told.append(("pex", message))

    def dht_port(self, host: str) -> int:
        return self.our_dht_port

    def peer_has_node(self, peer: PeerConnection, port: int) -> None:
        self.told.append(("node", port))

    def peer_is_ourselves(self, peer: PeerConnection) -> None:
        self.told.append(("ourselves",))

    def peer_ready(self, peer: PeerConnection) -> None:
        self.told.append(("ready",))
        self.when_ready(peer)

    def peer_has_pieces(self, peer: PeerConnection, bits_before: int) -> None:
        self.told.append(("has pieces", peer.bits, bits_before))

    def peer_choked_us(self, peer: PeerConnection) -> None:
        self.told.append(("choked",))

    def peer_unchoked_us(self, peer: PeerConnection) -> None:
        self.told.append(("unchoked",))

    def peer_interest_changed(self, peer: PeerConnection) -> None:
        self.told.append(("interest", peer.peer_interested))

    def peer_rejected(self, peer: PeerConnection, index: int, begin: int) -> None:
        self.told.append(("rejected", index, begin))

    def peer_delivered(self, peer: PeerConnection) -> None:
        self.told.append(("delivered",))
        self.when_delivered(peer)

    def peer_closed(self, peer: PeerConnection, reason: str) -> None:
        self.told.append(("closed", reason))

    def cached_block(self, index: int, begin: int, length: int) -> bytes | None:
        block = self.blocks.get((index, begin))
        return None if block is None else block[:length]

    def load_block(self, index: int, begin: int, length: int, done: Callable[[bool], None]) -> None:
        self.loads.append((index, begin, length, done))

    def reasons(self) -> list[str]:
        """Why connections ended."""
        return [told[1] for told in self.told if told[0] == "closed"]


class WireScene:
    """What connections of one test share."""

    def __init__(self, host: PeerHost | None = None) -> None:
        self.clock = HandClock()
        self.turn = HandTurn()
        self.receive = ReceiveBuffer()
        self.wait_to_read: list[PeerConnection] = []
        self.wait_to_send: list[PeerConnection] = []
        self.lost: list[PeerConnection] = []
        self.hosts: dict[bytes, PeerHost] = {}
        self._next_key = 1
        if host is not None:
            self.hosts[host.info_hash] = host
        self.environment = PeerEnvironment(
            clock=self.clock,
            turn=cast(LoopTurn, self.turn),
            client_name="Shoal test",
            pause_reading=self.wait_to_read.append,
            pause_sending=self.wait_to_send.append,
        )

    def wire(
        self, host: PeerHost | None = None, *, incoming: bool = False, address: str = "203.0.113.9", port: int = 6881
    ) -> Wire:
        """A connection just made, dialled by us unless `incoming`."""
        chosen = host or next(iter(self.hosts.values()))
        peer = PeerConnection(
            self.environment,
            self._next_key,
            Address(address, port),
            host=None if incoming else chosen,
            find_host=self.hosts.get,
            on_lost=self.lost.append,
            source="test",
        )
        self._next_key += 1
        return Wire(self, peer)


class Wire:
    """The stranger's side of one connection: `feed` is what it sends, `take` what it got."""

    def __init__(self, scene: WireScene, peer: PeerConnection) -> None:
        self.scene = scene
        self.peer = peer
        self.transport = WireTransport()
        self.stream = PeerStream(scene.receive, peer)
        self._read = 0
        self.offset = 0
        """Where in an endless run of messages it is, for tests that pour."""
        self._is_lost = False
        self.stream.connection_made(self.transport)
        self._end_turn()

    @property
    def is_open(self) -> bool:
        return not self.transport.is_aborted

    def feed(self, data: bytes, *, step: int = 0) -> int:
        """Let `data` arrive, `step` bytes at a time when given; the bytes that were read before reading paused."""
        position = 0
        while position < len(data) and self.is_open and not self.transport.is_paused:
            buffer = self.stream.get_buffer(-1)
            count = min(len(buffer), len(data) - position, step or len(data))
            buffer[:count] = data[position : position + count]
            position += count
            self.stream.buffer_updated(count)
        self._end_turn()
        return position

    def _end_turn(self) -> None:
        self.scene.turn.end()
        if self.transport.is_aborted and not self._is_lost:
            self._is_lost = True
            self.stream.connection_lost(None)

    def handshake(
        self, peer_id: bytes = THEIR_ID, *, fast: bool = True, extensions: bool = False, info_hash: bytes = INFO_HASH
    ) -> Wire:
        """Send the handshake; what we got so far counts as read."""
        self.feed(peer_wire.encode_handshake(info_hash, peer_id, fast=fast, extensions=extensions))
        self.raw()
        return self

    def raw(self) -> bytes:
        """What came since the last look."""
        self._end_turn()
        data = bytes(self.transport.sent[self._read :])
        self._read = len(self.transport.sent)
        return data

    def take(self, *kinds: str) -> list[Message]:
        """The messages since the last look, only those of `kinds` when given."""
        return [message for message in messages_in(self.raw()) if not kinds or message[0] in kinds]

    def bitfield(self, bits: int, count: int) -> None:
        self.feed(peer_wire.encode_bitfield(to_wire(bits, count)))

    def hang_up(self, error: Exception | None = None) -> None:
        """The connection is lost."""
        self.transport.is_aborted = True
        self._is_lost = True
        self.stream.connection_lost(error)
        self.scene.turn.end()


def piece_message(index: int, begin: int, block: bytes) -> bytes:
    """A whole `piece` message."""
    return peer_wire.piece_header(index, begin, len(block)) + block
