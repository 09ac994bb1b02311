"""A piece being assembled: its buffer, which blocks are free to ask for, and who sent which."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

from shoal.metainfo.pieces import BLOCK_LENGTH

Sender = TypeVar("Sender", bound=Hashable)

KEY_SHIFT = 16
"""A block's key is `piece << 16 | block`; 2^16 blocks are 1 GiB, more than any piece length we accept."""


class OpenPiece(Generic[Sender]):
    """Blocks of one piece. `Sender` is whoever delivers blocks (a peer connection)."""

    __slots__ = (
        "block_count",
        "buffer",
        "free",
        "index",
        "is_exclusive",
        "key",
        "last_length",
        "owner",
        "remaining",
        "requesters",
        "senders",
        "size",
        "view",
    )

    def __init__(self, index: int, size: int, buffer: bytearray) -> None:
        self.index = index
        self.size = size
        self.key = index << KEY_SHIFT
        self.block_count = -(-size // BLOCK_LENGTH)
        self.last_length = size - (self.block_count - 1) * BLOCK_LENGTH
        self.buffer = buffer
        self.view = memoryview(buffer)[:size]
        self.free = list(range(self.block_count - 1, -1, -1))
        """Blocks nobody has been asked for, the next one last."""
        self.senders: list[Sender | None] = [None] * self.block_count
        self.remaining = self.block_count
        self.requesters: dict[int, list[Sender]] = {}
        """In the endgame: further peers asked for a block."""
        self.owner: Sender | None = None
        self.is_exclusive = False
        """Only `owner` may deliver: the piece failed before, and one sender must answer for all of it."""

    @property
    def received_bytes(self) -> int:
        """Bytes of it that have come."""
        blocks = sum(sender is not None for sender in self.senders)
        short = BLOCK_LENGTH - self.last_length if self.senders[-1] is not None else 0
        return blocks * BLOCK_LENGTH - short

    def length_of(self, block: int) -> int:
        """Bytes of block number `block`."""
        return BLOCK_LENGTH if block < self.block_count - 1 else self.last_length

    def abandon(self) -> None:
        """Nobody waits for this piece any more; late blocks find nothing to fill."""
        self.remaining = 0
        self.free.clear()
        self.requesters.clear()
        self.view = memoryview(b"")

    def take(self, count: int) -> list[int]:
        """At most `count` free blocks, lowest first; they are no longer free."""
        free = self.free
        taken = free[-count:]
        del free[-count:]
        taken.reverse()
        # A block that we gave up on may have arrived late.
        return [block for block in taken if self.senders[block] is None]

    def give_back(self, block: int) -> bool:
        """Make `block` free again unless it has arrived; True when it is free now."""
        if not self.remaining or self.senders[block] is not None or block in self.free:
            return False
        self.free.append(block)
        # Whoever takes it next is asked alone again.
        self.requesters.pop(block, None)
        return True

    def forget(self, block: int) -> None:
        """A block that arrived is void: it is free again."""
        self.senders[block] = None
        self.remaining += 1
        if block not in self.free:
            self.free.append(block)
