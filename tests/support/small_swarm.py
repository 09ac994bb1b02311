"""The download and the swarm of one torrent without loop, disk or sockets: strangers are `Stranger`s on wires."""

from __future__ import annotations

import hashlib
import random
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from tests.support.wire_peer import INFO_HASH, OUR_ID, Wire, WireScene, piece_message

from shoal.engine.peer.connection import PeerConnection
from shoal.engine.peer.open_piece import KEY_SHIFT
from shoal.engine.policy.availability import Availability
from shoal.engine.policy.picker import Picker
from shoal.engine.policy.rate_limit import TokenBucket
from shoal.engine.storage.disk import TorrentDisk, VerifyResult
from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.piece_buffer import PieceBuffers
from shoal.engine.torrent.download import Download
from shoal.engine.torrent.swarm import Swarm
from shoal.metainfo.bitfield import all_pieces
from shoal.metainfo.pieces import BLOCK_LENGTH, PieceGeometry
from shoal.metainfo.priorities import FilePriority
from shoal.protocol import peer_wire
from shoal.protocol.ut_metadata import MetadataMessage
from shoal.protocol.ut_pex import PexMessage
from shoal.runtime.world import Address

T = TypeVar("T")
Block = tuple[int, int, int]
"""piece, begin, length"""


class MemoryDisk:
    """The part of `TorrentDisk` that a download uses, in memory; `failure` is raised by the next write."""

    def __init__(self, content: bytes, geometry: PieceGeometry) -> None:
        self._content = content
        self._geometry = geometry
        self.pieces: dict[int, bytes] = {}
        self.failure: Exception | None = None

    def true_piece(self, index: int) -> bytes:
        start = self._geometry.piece_offset(index)
        return self._content[start : start + self._geometry.piece_size(index)]

    def block_digests(self, index: int, data: memoryview) -> tuple[bytes, ...]:
        return tuple(
            hashlib.sha1(data[begin : begin + BLOCK_LENGTH]).digest() for begin in range(0, len(data), BLOCK_LENGTH)
        )

    def verify_and_write(self, index: int, data: memoryview) -> VerifyResult:
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        assert index not in self.pieces, f"piece {index} was fetched twice"
        if bytes(data) != self.true_piece(index):
            return VerifyResult(index, False, self.block_digests(index, data))
        self.pieces[index] = bytes(data)
        return VerifyResult(index, True)


class HandWorkers:
    """Jobs wait until told."""

    def __init__(self) -> None:
        self._jobs: deque[tuple[Callable[[], Any], Callable[[Any], None]]] = deque()

    def __len__(self) -> int:
        return len(self._jobs)

    def submit(self, job: Callable[[], T], done: Callable[[T | BaseException], None], *, lane: str = "disk") -> None:
        self._jobs.append((job, done))

    async def run(self, job: Callable[[], T], *, lane: str = "disk") -> T:
        return job()

    def close(self) -> None:
        """Nothing is held."""

    def do(self, most: int = 1_000_000) -> None:
        """Do up to `most` jobs and deliver their results."""
        while self._jobs and most:
            most -= 1
            job, done = self._jobs.popleft()
            try:
                result: Any = job()
            except Exception as error:
                result = error
            done(result)


class SmallSwarm:
    """Swarm and download put together as a torrent does it."""

    def __init__(
        self,
        *,
        pieces: int = 8,
        piece_length: int = 2 * BLOCK_LENGTH,
        tail: int = 0,
        memory: int = 1 << 30,
        seed: int = 1,
    ) -> None:
        self.rng = random.Random(seed)
        total = pieces * piece_length - (piece_length - tail if tail else 0)
        self.geometry = PieceGeometry(total, piece_length)
        self.content = random.Random(99).randbytes(total)
        self.all = all_pieces(pieces)
        self.availability = Availability(pieces)
        self.picker = Picker(self.availability)
        self.picker.set_wanted({FilePriority.NORMAL: self.all})
        self.buffers = PieceBuffers(memory)
        self.disk = MemoryDisk(self.content, self.geometry)
        self.workers = HandWorkers()
        self.dialled: list[Address] = []
        self.can_dial = True
        self.swarm = Swarm(self.picker, self.availability, pieces, self, self._dial, self.rng)
        self.download = Download(
            self.geometry,
            self.picker,
            self.buffers,
            cast(TorrentDisk, self.disk),
            self.workers,
            self,
            self.rng,
        )
        self.swarm.attach(self.download)
        self.download.start()
        self.is_seeding = False
        self.wants_peers = True
        self.most_peers = 100
        self.gives_first = True
        self.holds_back_takers = False
        self.upload_slots = 4
        self.good: list[int] = []
        self.bad: list[tuple[int, frozenset[str]]] = []
        self.failures: list[StorageError] = []
        self.closed: dict[int, str] = {}
        self.info_hash = INFO_HASH
        self.metadata: bytes | None = None
        self.exchanges_metadata = False
        self.exchanges_peers = False
        self.peer_id = OUR_ID
        self.piece_count = pieces
        self.listen_port = 6881
        self.down_bucket = TokenBucket()
        self.up_bucket = TokenBucket()
        self.scene = WireScene(self)

    def _dial(self, address: Address, source: str) -> bool:
        if self.can_dial:
            self.dialled.append(address)
        return self.can_dial

    @property
    def now(self) -> float:
        return self.scene.clock.time

    @property
    def have(self) -> int:
        return self.picker.have

    def is_complete(self) -> bool:
        return not self.picker.missing

    def block(self, block: Block) -> bytes:
        index, begin, length = block
        start = self.geometry.piece_offset(index) + begin
        return self.content[start : start + length]

    def pass_seconds(self, seconds: int) -> None:
        for _ in range(seconds):
            self.scene.clock.time += 1.0
            self.swarm.second(self.scene.clock.time, 1.0)
            self.scene.turn.end()

    # PeerHost

    def peer_told_extensions(self, peer: PeerConnection) -> None:
        """Nothing follows from it."""

    def peer_sent_metadata(self, peer: PeerConnection, message: MetadataMessage) -> None:
        """Nothing follows from it."""

    def peer_sent_pex(self, peer: PeerConnection, message: PexMessage) -> None:
        """Nothing follows from it."""

    def dht_port(self, host: str) -> int:
        return 0

    def peer_has_node(self, peer: PeerConnection, port: int) -> None:
        """Nobody here has a node."""

    def peer_is_ourselves(self, peer: PeerConnection) -> None:
        self.swarm.known.ban(peer.address)

    def peer_ready(self, peer: PeerConnection) -> None:
        refusal = self.swarm.refusal(peer)
        if refusal is not None:
            peer.close(refusal)
        else:
            self.swarm.enter(peer, self.now)

    def peer_has_pieces(self, peer: PeerConnection, bits_before: int) -> None:
        self.swarm.bits_replaced(peer, bits_before)

    def peer_choked_us(self, peer: PeerConnection) -> None:
        if not peer.has_fast:
            self.download.peer_gave_up(peer)

    def peer_unchoked_us(self, peer: PeerConnection) -> None:
        self.download.request_more(peer)

    def peer_interest_changed(self, peer: PeerConnection) -> None:
        self.swarm.interest_changed(peer, self.now)

    def peer_rejected(self, peer: PeerConnection, index: int, begin: int) -> None:
        self.download.rejected(peer, index, begin)

    def peer_delivered(self, peer: PeerConnection) -> None:
        self.download.delivered(peer)

    def peer_closed(self, peer: PeerConnection, reason: str) -> None:
        self.closed[peer.key] = reason
        self.swarm.leave(peer, self.now)

    def piece_size(self, index: int) -> int:
        return self.geometry.piece_size(index)

    def cached_block(self, index: int, begin: int, length: int) -> bytes:
        return self.block((index, begin, length))

    def load_block(self, index: int, begin: int, length: int, done: Callable[[bool], None]) -> None:
        done(True)

    # DownloadEvents

    def peers(self) -> Iterable[PeerConnection]:
        return self.swarm.connected.values()

    def piece_is_good(self, index: int) -> None:
        self.good.append(index)
        self.swarm.announce_piece(index)

    def piece_is_bad(self, index: int, guilty: frozenset[str], size: int) -> None:
        self.bad.append((index, guilty))
        self.swarm.ban(guilty)

    def peers_are_guilty(self, guilty: frozenset[str]) -> None:
        self.swarm.ban(guilty)

    def storage_failed(self, error: StorageError) -> None:
        self.failures.append(error)

    # Strangers

    def join(
        self,
        bits: int | None = None,
        *,
        fast: bool = True,
        name: str = "",
        host: str = "",
        incoming: bool = False,
        unchoke: bool = True,
    ) -> Stranger:
        """A peer connects that has `bits` (all when None)."""
        number = len(self.closed) + len(self.swarm.connected) + 1
        address = host or f"198.51.{number // 250}.{number % 250 + 1}"
        wire = self.scene.wire(self, incoming=incoming, address=address, port=10_000 + number)
        wire.handshake((name or f"-XX0001-{number:012d}").encode().ljust(20, b"."), fast=fast)
        stranger = Stranger(self, wire)
        stranger.tell(self.all if bits is None else bits)
        if unchoke:
            stranger.unchoke()
        return stranger


class Stranger:
    """A peer played by the test. `pending` are the blocks it was asked for; `stale` those we gave up on meanwhile.

    Raises AssertionError when it is asked for what it lacks, for a block twice (unless we gave up on it meanwhile), or
    while it chokes us.
    """

    def __init__(self, small: SmallSwarm, wire: Wire) -> None:
        self.small = small
        self.wire = wire
        self.peer = wire.peer
        self.bits = 0
        self.is_choking = True
        self.pending: dict[Block, None] = {}
        self.stale: dict[Block, None] = {}
        self.given: list[Block] = []

    @property
    def is_here(self) -> bool:
        return self.wire.is_open

    def listen(self) -> None:
        """Take in what came from us."""
        for kind, *values in self.wire.take():
            if kind == "request":
                block = cast(Block, tuple(values))
                assert self.bits >> block[0] & 1, f"asked for piece {block[0]}, which it lacks"
                if block in self.pending:
                    key = block[0] << KEY_SHIFT | block[1] // BLOCK_LENGTH
                    assert key in self.peer.requests.late, f"asked for {block} twice"
                assert not self.is_choking or self.peer.allowed_fast >> block[0] & 1, "asked while choking"
                assert block[2] == self.small.geometry.block_size(block[0], block[1] // BLOCK_LENGTH)
                self.stale.pop(block, None)
                self.pending[block] = None
            elif kind == "cancel":
                block = cast(Block, tuple(values))
                if self.pending.pop(block, 0) is None:
                    self.stale[block] = None

    def _feed(self, data: bytes) -> None:
        self.listen()
        self.wire.feed(data)
        self.listen()

    def tell(self, bits: int) -> None:
        """Say that it has `bits`, which must contain what it had."""
        self.bits = bits
        if bits == self.small.all and self.peer.has_fast:
            self._feed(peer_wire.HAVE_ALL)
        else:
            self.wire.bitfield(bits, self.small.piece_count)
            self.listen()

    def have(self, index: int) -> None:
        self.bits |= 1 << index
        self._feed(peer_wire.encode_have(index))

    def unchoke(self) -> None:
        self.is_choking = False
        self._feed(peer_wire.UNCHOKE)

    def choke(self) -> None:
        self.listen()
        self.is_choking = True
        if not self.peer.has_fast:
            self.given_up()
        self._feed(peer_wire.CHOKE)

    def given_up(self) -> None:
        """We wait for none of its blocks any more, but would take them."""
        self.listen()
        self.stale.update(self.pending)
        self.pending.clear()

    def give(self, block: Block, *, spoil: bool = False) -> None:
        """Send one block, whether it is due or not."""
        self.listen()
        self.pending.pop(block, None)
        self.stale.pop(block, None)
        self.given.append(block)
        data = self.small.block(block)
        if spoil:
            data = bytes([data[0] ^ 0xFF]) + data[1:]
        self._feed(piece_message(block[0], block[1], data))

    def give_all(self, most: int = 1_000_000, *, spoil: bool = False) -> int:
        """Send what is due, and what is asked for meanwhile; how many blocks."""
        count = 0
        self.listen()
        while self.pending and count < most and self.is_here:
            self.give(next(iter(self.pending)), spoil=spoil)
            count += 1
        return count

    def reject(self, block: Block) -> None:
        self.listen()
        self.pending.pop(block, None)
        self._feed(peer_wire.encode_reject(*block))

    def hang_up(self) -> None:
        if self.is_here:
            self.wire.hang_up()
