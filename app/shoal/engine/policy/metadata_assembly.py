"""The info dictionary as one peer hands it out, block by block (BEP 9). Pure: time is an argument.

Every peer has an assembly of its own: what a liar says about size or content never mixes with an honest peer's answer.
"""

from __future__ import annotations

from shoal.protocol.ut_metadata import MetadataBlock, block_count, block_length

MOST_ASKED = 8
"""Blocks asked of one peer at a time."""


class MetadataAssembly:
    """Blocks of metadata of `size` bytes, which are what the peer said they are."""

    __slots__ = ("_asked", "_blocks", "_ever_asked", "_next", "size", "stored")

    def __init__(self, size: int) -> None:
        self.size = size
        self.stored = 0
        """Bytes that are here."""
        self._blocks: dict[int, bytes] = {}
        self._asked: dict[int, None] = {}
        self._ever_asked: set[int] = set()
        """A late answer is as good as one in time."""
        self._next = 0
        """No block before it is left to ask for."""

    @property
    def is_complete(self) -> bool:
        return self.stored == self.size

    @property
    def is_waiting(self) -> bool:
        """Blocks were asked for and have not come."""
        return bool(self._asked)

    def next_blocks(self) -> list[int]:
        """The blocks to ask for now; they count as asked from here on."""
        fresh: list[int] = []
        count = block_count(self.size)
        while self._next < count and len(self._asked) + len(fresh) < MOST_ASKED:
            if self._next not in self._blocks and self._next not in self._asked:
                fresh.append(self._next)
            self._next += 1
        self._asked.update(dict.fromkeys(fresh))
        self._ever_asked.update(fresh)
        return fresh

    def take(self, message: MetadataBlock) -> bool:
        """Keep a block; False when it contradicts what was said before. What was not asked for is left out."""
        if message.total_size not in (None, self.size) or len(message.data) != block_length(self.size, message.block):
            return False
        self._asked.pop(message.block, None)
        if message.block in self._ever_asked and message.block not in self._blocks:
            self._blocks[message.block] = message.data
            self.stored += len(message.data)
        return True

    def rest(self) -> None:
        """Nothing that was asked for is waited for any more; what is here stays."""
        self._asked.clear()
        self._next = 0

    def joined(self) -> bytes:
        """All of it; only when it `is_complete`."""
        return b"".join(self._blocks[block] for block in range(block_count(self.size)))
