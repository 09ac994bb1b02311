"""Peers that do not keep to the rules: scripted byte by byte over the simulated network.

A `RawPeer` is one connection; its kind decides what it says. A `RawHost` puts peers of a kind on a machine, where they
listen, dial, and dial again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import cast

from tests.support.sim_network import SimHost
from tests.support.swarm_content import Content

from shoal.protocol import peer_wire as wire
from shoal.runtime.world import Address

BLOCK_LENGTH = wire.BLOCK_LENGTH
FLOOD_BEAT_SECONDS = 0.05
FLOOD_BEAT_BYTES = 400
BATCHES = 8
"""A flood repeats itself after so many beats: making new messages all the time would cost the test most."""
MOST_UNSENT_BYTES = 256 * 1024


class RawPeer(asyncio.BufferedProtocol):
    """A connection that answers the handshake, has everything, unchokes, and serves true blocks.

    Kinds override `greet`, `block` or `heard`. `served` counts the blocks it sent.
    """

    has_fast = True

    def __init__(self, content: Content, peer_id: bytes, rng: random.Random, *, is_dialling: bool) -> None:
        self.content = content
        self.peer_id = peer_id
        self.rng = rng
        self.is_dialling = is_dialling
        self.served = 0
        self.is_open = False
        self.transport: asyncio.Transport
        self.on_lost: Callable[[], None] = lambda: None
        self._buffer = bytearray(1 << 16)
        self._received = bytearray()
        self._is_shaken = False
        self._timers: list[asyncio.TimerHandle] = []

    # what a kind may change

    def greet(self) -> None:
        """Right after the connection stands."""
        self.send(self.handshake())

    def introduce(self) -> None:
        """Right after the other side's handshake."""
        self.send(wire.HAVE_ALL + wire.UNCHOKE)

    def block(self, index: int, begin: int, length: int) -> bytes | None:
        """What to answer a request with; None for nothing."""
        return self.content.piece(index)[begin : begin + length]

    def heard(self, message_id: int, payload: bytes) -> None:
        """One message came."""
        if message_id == wire.MESSAGE_REQUEST:
            index, begin, length = (int.from_bytes(payload[at : at + 4], "big") for at in (0, 4, 8))
            data = self.block(index, begin, length)
            if data is not None:
                self.served += 1
                self.send(wire.piece_header(index, begin, len(data)) + data)

    # tools

    def handshake(self) -> bytes:
        return wire.encode_handshake(self.content.info_hash, self.peer_id, extensions=False, fast=self.has_fast)

    def send(self, data: bytes) -> None:
        if self.is_open:
            self.transport.write(data)

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call while the connection is open."""
        self._timers.append(asyncio.get_running_loop().call_later(seconds, lambda: call() if self.is_open else None))

    def flood(self, make: Callable[[], bytes], per_beat: int = FLOOD_BEAT_BYTES) -> None:
        """Send what `make` makes, about `per_beat` bytes twenty times a second, as far as the other side reads."""
        parts: list[bytes] = []
        while sum(map(len, parts)) < BATCHES * per_beat:
            parts.append(make())
        share = len(parts) // BATCHES or 1
        self._flood_on([b"".join(parts[at : at + share]) for at in range(0, len(parts), share)], 0)

    def _flood_on(self, batches: list[bytes], turn: int) -> None:
        if self.transport.get_write_buffer_size() < MOST_UNSENT_BYTES:
            self.send(batches[turn % len(batches)])
        self.later(FLOOD_BEAT_SECONDS, lambda: self._flood_on(batches, turn + 1))

    # the protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.is_open = True
        self.greet()

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, count: int) -> None:
        self._received += self._buffer[:count]
        if not self._is_shaken:
            if len(self._received) < wire.HANDSHAKE_LENGTH:
                return
            del self._received[: wire.HANDSHAKE_LENGTH]
            self._is_shaken = True
            self.introduce()
        while len(self._received) >= 4:
            end = 4 + int.from_bytes(self._received[:4], "big")
            if len(self._received) < end:
                return
            message = bytes(self._received[4:end])
            del self._received[:end]
            if message and self.is_open:
                self.heard(message[0], message[1:])

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        for timer in self._timers:
            timer.cancel()
        self.on_lost()


class Poisoner(RawPeer):
    """Every block it sends is wrong in one byte."""

    def block(self, index: int, begin: int, length: int) -> bytes | None:
        data = bytearray(super().block(index, begin, length) or b"")
        data[self.rng.randrange(len(data))] ^= 0x55
        return bytes(data)


class RarePoisoner(Poisoner):
    """One block in eight is wrong, the others are right."""

    def block(self, index: int, begin: int, length: int) -> bytes | None:
        if self.rng.randrange(8):
            return RawPeer.block(self, index, begin, length)
        return super().block(index, begin, length)


class SilentLiar(RawPeer):
    """Says that it has everything, takes requests and never answers."""

    def block(self, index: int, begin: int, length: int) -> bytes | None:
        return None


class RejectingLiar(RawPeer):
    """Says that it has everything and rejects every request."""

    def heard(self, message_id: int, payload: bytes) -> None:
        if message_id == wire.MESSAGE_REQUEST:
            numbers = (int.from_bytes(payload[at : at + 4], "big") for at in (0, 4, 8))
            self.send(wire.encode_reject(*numbers))


class ChokingLiar(RawPeer):
    """Chokes whenever it is asked, and unchokes again at once."""

    def heard(self, message_id: int, payload: bytes) -> None:
        if message_id == wire.MESSAGE_REQUEST:
            self.send(wire.CHOKE)
            self.later(0.01, lambda: self.send(wire.UNCHOKE))


class Dribbler(RawPeer):
    """Sends its blocks a few bytes a second."""

    def heard(self, message_id: int, payload: bytes) -> None:
        if message_id == wire.MESSAGE_REQUEST:
            index, begin, length = (int.from_bytes(payload[at : at + 4], "big") for at in (0, 4, 8))
            data = wire.piece_header(index, begin, length) + self.content.piece(index)[begin : begin + length]
            if not self.served:
                self.served = 1
                self._dribble(data)

    def _dribble(self, data: bytes) -> None:
        self.send(data[:100])
        if len(data) > 100:
            self.later(1.0, lambda: self._dribble(data[100:]))


class Mute(RawPeer):
    """Accepts the connection and never says a word."""

    def greet(self) -> None:
        pass


class HalfHandshake(RawPeer):
    """Half a handshake, then nothing."""

    def greet(self) -> None:
        self.send(self.handshake()[:30])


class SlowHandshake(RawPeer):
    """Its handshake, one byte a second."""

    def greet(self) -> None:
        self._dribble(self.handshake())

    def _dribble(self, data: bytes) -> None:
        self.send(data[:1])
        if len(data) > 1:
            self.later(1.0, lambda: self._dribble(data[1:]))


class Flapper(RawPeer):
    """Goes as soon as it is known."""

    def introduce(self) -> None:
        super().introduce()
        self.later(0.05, self.transport.close)


class UnaskedFlooder(RawPeer):
    """Sends wrong blocks that nobody asked for, all the time."""

    def introduce(self) -> None:
        super().introduce()
        junk = self.rng.randbytes(BLOCK_LENGTH)

        def make() -> bytes:
            index = self.rng.randrange(self.content.piece_count - 1)
            begin = BLOCK_LENGTH * self.rng.randrange(self.content.piece_length // BLOCK_LENGTH)
            return wire.piece_header(index, begin, BLOCK_LENGTH) + junk

        self.flood(make, 2 * BLOCK_LENGTH)

    def heard(self, message_id: int, payload: bytes) -> None:
        pass


class HaveFlooder(RawPeer):
    """Haves without end."""

    def introduce(self) -> None:
        self.send(wire.HAVE_NONE)
        self.flood(lambda: wire.encode_have(self.rng.randrange(self.content.piece_count)))

    def heard(self, message_id: int, payload: bytes) -> None:
        pass


class InterestFlooder(RawPeer):
    """Interested, not interested, bitfields, keep-alives and unknown messages without end."""

    def introduce(self) -> None:
        super().introduce()
        bits = b"\0" * ((self.content.piece_count + 7) // 8)
        noise = (
            wire.INTERESTED,
            wire.NOT_INTERESTED,
            wire.CHOKE,
            wire.UNCHOKE,
            wire.KEEP_ALIVE,
            wire.HAVE_ALL,
            wire.encode_bitfield(bits),
            wire.encode_suggest(0),
            b"\0\0\0\3\xc8ab",
        )
        self.flood(lambda: self.rng.choice(noise), 512)

    def heard(self, message_id: int, payload: bytes) -> None:
        pass


class RequestFlooder(RawPeer):
    """Asks for everything again and again, and reads what it gets."""

    def introduce(self) -> None:
        self.send(wire.HAVE_NONE + wire.INTERESTED)

        def make() -> bytes:
            begin = BLOCK_LENGTH * self.rng.randrange(self.content.piece_length // BLOCK_LENGTH)
            return wire.encode_request(self.rng.randrange(self.content.piece_count - 1), begin, BLOCK_LENGTH)

        self.flood(make)

    def heard(self, message_id: int, payload: bytes) -> None:
        pass


class CancelFlooder(RequestFlooder):
    """Asks and cancels without end."""

    def introduce(self) -> None:
        self.send(wire.HAVE_NONE + wire.INTERESTED)

        def make() -> bytes:
            index = self.rng.randrange(self.content.piece_count - 1)
            return wire.encode_request(index, 0, BLOCK_LENGTH) + wire.encode_cancel(index, 0, BLOCK_LENGTH)

        self.flood(make)


class Oversized(RawPeer):
    """Announces a message of four gigabytes and begins to send it."""

    def introduce(self) -> None:
        self.send(b"\xff\xff\xff\xff")
        self.flood(lambda: b"\7" * 4096)


class LongMessage(RawPeer):
    """Announces the longest message that is accepted and never ends it."""

    def introduce(self) -> None:
        self.send(wire.HAVE_ALL + wire.UNCHOKE + (1 << 20).to_bytes(4, "big") + b"\x14\x05")
        self.flood(lambda: b"\0" * 64, 64)


class Garbage(RawPeer):
    """Random bytes instead of messages."""

    def introduce(self) -> None:
        self.flood(lambda: self.rng.randbytes(512))


class GarbageHandshake(RawPeer):
    """Random bytes instead of a handshake."""

    def greet(self) -> None:
        self.flood(lambda: self.rng.randbytes(512))


class WrongTorrent(RawPeer):
    """Answers for a torrent that nobody asked for."""

    def greet(self) -> None:
        self.send(wire.encode_handshake(b"\x99" * 20, self.peer_id))


class Impossible(RawPeer):
    """A message that cannot be: one kind after the other, a connection each."""

    def introduce(self) -> None:
        count = self.content.piece_count
        impossible = (
            wire.encode_have(count),
            wire.encode_bitfield(b"\xff" * ((count + 7) // 8 + 1)),
            wire.encode_bitfield(b"\xff" * ((count + 7) // 8 - 1)),
            wire.encode_request(count, 0, BLOCK_LENGTH),
            wire.encode_request(0, 0, 1 << 20),
            wire.encode_request(0, self.content.piece_length, BLOCK_LENGTH),
            wire.encode_request(0, 0, 0),
            wire.encode_allowed_fast(count + 7),
            wire.encode_reject(count, 0, BLOCK_LENGTH),
            wire.piece_header(count, 0, BLOCK_LENGTH) + b"\0" * BLOCK_LENGTH,
            wire.piece_header(0, 1, 7) + b"\0" * 7,
            b"\0\0\0\1\4",
            b"\0\0\0\2\0\0",
            b"\0\0\0\1\x14",
            b"\0\0\0\6\x14\0d1:a",
        )
        self.send(self.rng.choice(impossible))
        self.later(0.5, self.transport.close)


class ShortBlocks(RawPeer):
    """Its blocks are one byte short."""

    def block(self, index: int, begin: int, length: int) -> bytes | None:
        return (super().block(index, begin, length) or b"")[:-1]


class RawHost:
    """Peers of one kind on a simulated machine. Each connection has its own peer id unless `peer_id` is given."""

    def __init__(
        self,
        host: SimHost,
        content: Content,
        kind: type[RawPeer],
        seed: int = 0,
        *,
        peer_id: bytes | None = None,
    ) -> None:
        self.host = host
        self.peers: list[RawPeer] = []
        self._content = content
        self._kind = kind
        self._rng = random.Random(f"{host.name} {kind.__name__} {seed}")
        self._peer_id = peer_id
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def served(self) -> int:
        """Blocks sent by all its connections."""
        return sum(peer.served for peer in self.peers)

    @property
    def connections(self) -> int:
        """Connections that there ever were."""
        return len(self.peers)

    def make(self, *, is_dialling: bool) -> RawPeer:
        peer_id = self._peer_id or b"-XX0001-" + self._rng.randbytes(12)
        peer = self._kind(self._content, peer_id, self._rng, is_dialling=is_dialling)
        self.peers.append(peer)
        return peer

    async def listen(self, port: int) -> tuple[str, int]:
        """Accept connections; where."""
        address = self.host.addresses[0]
        await self.host.listen(lambda: self.make(is_dialling=False), [address], port)
        return address, port

    def dial(self, target: tuple[str, int], *, again_after: float | None = None) -> None:
        """Connect, and again so many seconds after each end when `again_after` is given."""
        self._tasks.append(asyncio.get_running_loop().create_task(self._dial(Address(*target), again_after)))

    async def _dial(self, target: Address, again_after: float | None) -> None:
        while True:
            lost = asyncio.Event()
            try:
                _, protocol = await self.host.dial(lambda: self.make(is_dialling=True), target)
            except OSError:
                lost.set()
            else:
                peer = cast(RawPeer, protocol)
                peer.on_lost = lost.set
                if not peer.is_open:
                    lost.set()
            await lost.wait()
            if again_after is None:
                return
            await asyncio.sleep(again_after)

    def stop(self) -> None:
        """Dial no more, and let go."""
        for task in self._tasks:
            task.cancel()
        for peer in self.peers:
            if peer.is_open:
                peer.transport.abort()
