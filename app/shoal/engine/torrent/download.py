"""Blocks and pieces of one torrent on their way in: who is asked for what, verification, the guilty of bad pieces.

Requests for a peer come from, in this order: the piece it is already on; pieces that others left; a new piece
(`policy/picker`); any open piece, when memory allows no new one; and in the endgame blocks that others owe us.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from shoal.engine.peer.connection import PeerConnection
from shoal.engine.peer.open_piece import KEY_SHIFT, OpenPiece
from shoal.engine.policy.picker import Picker
from shoal.engine.policy.smart_ban import SmartBan
from shoal.engine.storage.disk import TorrentDisk, VerifyResult
from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.piece_buffer import PieceBuffers
from shoal.engine.torrent.download_events import DownloadEvents
from shoal.engine.torrent.endgame import Piece, late_blocks
from shoal.metainfo.bitfield import lowest, pick_random
from shoal.metainfo.pieces import BLOCK_LENGTH, PieceGeometry
from shoal.protocol.peer_wire import encode_request
from shoal.runtime.world import Workers

if TYPE_CHECKING:
    import random


def peer_key(peer: PeerConnection) -> str:
    """What a ban is tied to: the address and the peer id, so that others behind the address stay welcome."""
    return f"{peer.address.host} {peer.peer_id.hex()}"


class Download:
    """The open pieces of one torrent. Loop thread only."""

    def __init__(
        self,
        geometry: PieceGeometry,
        picker: Picker,
        buffers: PieceBuffers,
        disk: TorrentDisk,
        workers: Workers,
        events: DownloadEvents,
        rng: random.Random,
    ) -> None:
        self._geometry = geometry
        self._picker = picker
        self._buffers = buffers
        self._disk = disk
        self._workers = workers
        self._events = events
        self._rng = rng
        self._open: dict[int, Piece] = {}
        self._with_free = 0
        """Open pieces with blocks to ask for."""
        self._left = 0
        """Open pieces with free blocks whose owner no longer works on them."""
        self._exclusive = 0
        self._hungry: dict[PeerConnection, None] = {}
        self._failures: dict[int, int] = {}
        self._smart_ban = SmartBan()
        self._verifying = 0
        self.is_running = False
        self._idle_callbacks: list[Callable[[], None]] = []

    @property
    def open_pieces(self) -> Iterable[int]:
        """Indices of the pieces being fetched or verified."""
        return self._open.keys()

    @property
    def pieces(self) -> Iterable[Piece]:
        """The pieces being fetched or verified."""
        return self._open.values()

    @property
    def is_verifying(self) -> bool:
        """Pieces are being hashed and written."""
        return self._verifying > 0

    def start(self) -> None:
        self.is_running = True

    def stop(self) -> None:
        """Forget the pieces in flight. Those being verified still end; `when_idle` tells when."""
        self.is_running = False
        for piece in list(self._open.values()):
            if piece.remaining:
                self._drop(piece)
        self._hungry.clear()

    def when_idle(self, callback: Callable[[], None]) -> None:
        """Call back once no piece is being verified."""
        if self._verifying:
            self._idle_callbacks.append(callback)
        else:
            callback()

    # --- asking -------------------------------------------------------------------------------------------------

    def request_more(self, peer: PeerConnection) -> None:
        """Fill the peer's pipeline."""
        requests = peer.requests
        depth = requests.pipeline.depth
        under_way = len(requests.outstanding)
        want = depth - under_way
        # Small top-ups would cost a write each: wait until a quarter of the pipeline is free.
        if want <= 0 or (under_way and want < depth >> 2) or not self.is_running or peer.is_closed:
            return
        # Memory is used up and every open block is asked for: nothing to do but to wait for what is under way.
        if under_way and not self._with_free and not self._buffers.has_room(self._geometry.piece_length):
            return
        bits = peer.bits if not peer.peer_choking else peer.bits & peer.allowed_fast
        if not bits or not peer.am_interested:
            return
        out: list[bytes] = []
        now = peer.now()
        while want > 0:
            piece = self._piece_for(peer, bits)
            if piece is None:
                break
            blocks = piece.take(want)
            want -= len(blocks)
            if not piece.free:
                self._with_free &= ~(1 << piece.index)
            self._ask(peer, piece, blocks, now, out)
        if not out and not under_way:
            self._endgame(peer, bits, now, out)
        if out:
            peer.send(b"".join(out))
            self._hungry.pop(peer, None)
        elif not under_way:
            self._hungry[peer] = None

    @staticmethod
    def _ask(peer: PeerConnection, piece: Piece, blocks: list[int], now: float, out: list[bytes]) -> None:
        peer.requests.asked(piece, blocks, now)
        index, last = piece.index, piece.block_count - 1
        for block in blocks:
            length = BLOCK_LENGTH if block < last else piece.last_length
            out.append(encode_request(index, block * BLOCK_LENGTH, length))

    def _piece_for(self, peer: PeerConnection, bits: int) -> Piece | None:
        requests = peer.requests
        current = requests.current
        if current is not None:
            if current.free and current.index in self._open:
                return current
            requests.current = None
        if peer.is_on_parole:
            # One piece at a time, which it answers for alone.
            owned = any(piece.owner is peer for piece in self._open.values())
            return None if owned else self._open_new(peer, bits) or self._open_afresh(peer, bits)
        left = self._picker.best(bits & self._left)
        if left:
            return self._take_over(peer, self._open[lowest(left)])
        piece = self._open_new(peer, bits)
        if piece is not None:
            return piece
        joinable = self._picker.best(bits & self._with_free & ~self._exclusive)
        if joinable:
            return self._open[lowest(joinable) if self._picker.sequential else pick_random(joinable, self._rng)]
        return None

    def _take_over(self, peer: PeerConnection, piece: Piece) -> Piece:
        self._left &= ~(1 << piece.index)
        piece.owner = peer
        peer.requests.current = piece
        return piece

    def _open_new(self, peer: PeerConnection, bits: int) -> Piece | None:
        if not self._buffers.has_room(self._geometry.piece_length):
            return None
        index = self._picker.next_piece(bits, self._rng)
        if index is None:
            return None
        size = self._geometry.piece_size(index)
        buffer = self._buffers.take(size)
        if buffer is None:
            return None
        piece: Piece = OpenPiece(index, size, buffer)
        self._open[index] = piece
        self._picker.open |= 1 << index
        self._with_free |= 1 << index
        if self._failures.get(index) or peer.is_on_parole:
            piece.is_exclusive = True
            self._exclusive |= 1 << index
        return self._take_over(peer, piece)

    def _open_afresh(self, peer: PeerConnection, bits: int) -> Piece | None:
        """A piece that others left and no trusted peer can go on with, begun anew for a peer on parole."""
        left = self._picker.best(bits & self._left)
        for other in self._events.peers():
            if not left:
                return None
            if not other.is_on_parole and not other.peer_choking:
                left &= ~other.bits
        if not left:
            return None
        index = lowest(left)
        self._drop(self._open[index])
        return self._open_new(peer, 1 << index)

    def _endgame(self, peer: PeerConnection, bits: int, now: float, out: list[bytes]) -> None:
        if self._picker.unopened or peer.is_on_parole:
            return
        reclaimed = self._reclaim(peer, bits)
        if reclaimed is not None:
            self._ask(peer, reclaimed, reclaimed.take(peer.requests.pipeline.depth), now, out)
            if not reclaimed.free:
                self._with_free &= ~(1 << reclaimed.index)
            return
        for piece, block in late_blocks(self._open.values(), peer, bits, self._rng):
            asked = piece.requesters.get(block)
            if asked is None:
                key = piece.key | block
                asked = piece.requesters[block] = [
                    other for other in self._events.peers() if key in other.requests.outstanding
                ]
            asked.append(peer)
            self._ask(peer, piece, [block], now, out)

    def _reclaim(self, peer: PeerConnection, bits: int) -> Piece | None:
        """Begin an exclusive piece anew whose owner is on parole or much slower than `peer`, which is idle."""
        for piece in self._open.values():
            owner = piece.owner
            if not piece.is_exclusive or not piece.remaining or owner is None or owner is peer:
                continue
            if bits >> piece.index & 1 and (owner.is_on_parole or peer.down_rate > 2 * owner.down_rate):
                self._drop(piece)
                return self._open_new(peer, bits & 1 << piece.index)
        return None

    # --- arriving -----------------------------------------------------------------------------------------------

    def delivered(self, peer: PeerConnection) -> None:
        """A batch of blocks came from `peer`."""
        completed = peer.requests.completed
        if completed:
            peer.requests.completed = []
            for piece in completed:
                self._verify(piece)
        self.request_more(peer)

    def _verify(self, piece: Piece) -> None:
        mask = ~(1 << piece.index)
        self._with_free &= mask
        self._left &= mask
        self._exclusive &= mask
        self._verifying += 1
        wants_digests = self._smart_ban.has_suspects(piece.index)
        self._workers.submit(
            partial(_verify_and_write, self._disk, piece.index, piece.view, wants_digests),
            partial(self._verified, piece),
        )

    def _verified(self, piece: Piece, result: VerifyResult | BaseException) -> None:
        self._verifying -= 1
        try:
            self._judge(piece, result)
        finally:
            # Even a fault of ours must not leave those waiting who want to stop.
            self.feed_hungry()
            if not self._verifying:
                callbacks, self._idle_callbacks = self._idle_callbacks, []
                for callback in callbacks:
                    callback()

    def _judge(self, piece: Piece, result: VerifyResult | BaseException) -> None:
        index = piece.index
        senders = [sender for sender in piece.senders if sender is not None]
        self._close(piece)
        if isinstance(result, StorageError):
            self._events.storage_failed(result)
        elif isinstance(result, BaseException):
            raise result
        elif result.is_good:
            self._picker.have |= 1 << index
            self._failures.pop(index, None)
            if piece.is_exclusive:
                senders[0].is_on_parole = False
            if result.block_digests is not None:
                guilty = self._smart_ban.piece_passed(index, result.block_digests)
                if guilty:
                    self._events.peers_are_guilty(guilty)
            self._events.piece_is_good(index)
        else:
            self._failures[index] = self._failures.get(index, 0) + 1
            digests = result.block_digests or ()
            records = [
                (number, digest, peer_key(sender))
                for number, (digest, sender) in enumerate(zip(digests, senders, strict=False))
            ]
            guilty = self._smart_ban.piece_failed(index, records)
            self._events.piece_is_bad(index, guilty, piece.size)

    # --- letting go ---------------------------------------------------------------------------------------------

    def peer_gave_up(self, peer: PeerConnection) -> None:
        """The peer choked us, went, or owes blocks for too long: others may fetch what it was asked for."""
        touched = peer.requests.release_all()
        self._hungry.pop(peer, None)
        for piece in touched:
            self._with_free |= 1 << piece.index
        for piece in list(self._open.values()):
            if piece.owner is not peer:
                continue
            piece.owner = None
            if piece.is_exclusive and piece.remaining:
                # One sender must answer for the whole piece: what came so far is void.
                self._drop(piece)
            elif piece.free:
                self._left |= 1 << piece.index
        if touched:
            self.feed_hungry()

    def distrust(self, guilty: frozenset[str]) -> None:
        """Blocks of the guilty (`peer_key`) in unfinished pieces are void: honest ones must not be spoilt by them."""
        for piece in self._open.values():
            if not piece.remaining:
                continue
            void = [block for block, sender in enumerate(piece.senders) if sender and peer_key(sender) in guilty]
            for block in void:
                piece.forget(block)
            if void:
                self._with_free |= 1 << piece.index
                if piece.owner is None:
                    self._left |= 1 << piece.index
        self.feed_hungry()

    def rejected(self, peer: PeerConnection, index: int, begin: int) -> None:
        """The peer will not send a block that we asked for."""
        piece = peer.requests.rejected(index, begin)
        if piece is not None and piece.free and piece.index in self._open:
            self._with_free |= 1 << piece.index
            # Do not ask the same peer for it again at once.
            if piece.owner is peer:
                piece.owner = None
                peer.requests.current = None
                if piece.is_exclusive:
                    self._drop(piece)
                else:
                    self._left |= 1 << piece.index

    def feed_hungry(self) -> None:
        """Ask peers again that had nothing to be asked for."""
        hungry, self._hungry = self._hungry, {}
        for peer in hungry:
            self.request_more(peer)

    def ask_all(self) -> None:
        """Fill every pipeline, as after a change of what is wanted: cancelled requests left room in them."""
        self.feed_hungry()
        for peer in self._events.peers():
            self.request_more(peer)

    def selection_changed(self) -> None:
        """File priorities changed: open pieces that nobody wants any more are dropped."""
        for piece in list(self._open.values()):
            if piece.remaining and not self._picker.wanted >> piece.index & 1:
                self._drop(piece)

    def _drop(self, piece: Piece) -> None:
        """Give up an open piece; requests for it are cancelled."""
        for peer in self._events.peers():
            outstanding = peer.requests.outstanding
            for key in [key for key, wanted in outstanding.items() if wanted is piece]:
                del outstanding[key]
                peer.requests.forget_sample(key)
                block = key & ((1 << KEY_SHIFT) - 1)
                peer.send_cancel(piece.index, block * BLOCK_LENGTH, piece.length_of(block))
        self._close(piece)

    def _close(self, piece: Piece) -> None:
        mask = ~(1 << piece.index)
        self._open.pop(piece.index, None)
        self._picker.open &= mask
        self._with_free &= mask
        self._left &= mask
        self._exclusive &= mask
        if piece.owner is not None and piece.owner.requests.current is piece:
            piece.owner.requests.current = None
        piece.abandon()
        self._buffers.give_back(piece.buffer)


def _verify_and_write(disk: TorrentDisk, index: int, data: memoryview, wants_digests: bool) -> VerifyResult:
    result = disk.verify_and_write(index, data)
    if result.is_good and wants_digests:
        return VerifyResult(index, True, disk.block_digests(index, data))
    return result
