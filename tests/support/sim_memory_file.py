"""A regular file of the simulated disk: sparse pages, a size, a time."""

from __future__ import annotations

import copy
import os
from dataclasses import dataclass, field

PAGE_BYTES = 16_384


def os_error(code: int, path: str | None = None) -> OSError:
    """The OSError subclass that the system raises for `code`."""
    return OSError(code, os.strerror(code), path) if path is not None else OSError(code, os.strerror(code))


@dataclass(eq=False)
class MemoryFile:
    """A regular file; pages that were never written read as zeros and take no room, unless reserved."""

    size: int = 0
    mtime_ns: int = 0
    is_executable: bool = False
    pages: dict[int, bytearray] = field(default_factory=dict)
    reserved: set[int] = field(default_factory=set)

    @property
    def charged_pages(self) -> int:
        """Pages that take room on the disk."""
        return len(self.reserved | self.pages.keys()) if self.reserved else len(self.pages)

    def read(self, offset: int, size: int) -> bytes:
        size = max(0, min(size, self.size - offset))
        parts: list[bytes | bytearray | memoryview] = []
        while size > 0:
            index, start = divmod(offset, PAGE_BYTES)
            length = min(size, PAGE_BYTES - start)
            page = self.pages.get(index)
            parts.append(bytes(length) if page is None else memoryview(page)[start : start + length])
            offset += length
            size -= length
        return b"".join(parts)

    def write_within_page(self, offset: int, data: memoryview) -> None:
        """`data` must not cross the end of a page."""
        index, start = divmod(offset, PAGE_BYTES)
        page = self.pages.get(index)
        if page is None:
            page = self.pages[index] = bytearray(PAGE_BYTES)
        page[start : start + len(data)] = data
        self.size = max(self.size, offset + len(data))

    def resize(self, size: int) -> None:
        if size < self.size:
            first_gone = -(-size // PAGE_BYTES)
            for index in [index for index in self.pages if index >= first_gone]:
                del self.pages[index]
            self.reserved = {index for index in self.reserved if index < first_gone}
            last = self.pages.get(size // PAGE_BYTES)
            if last is not None:
                start = size % PAGE_BYTES
                last[start:] = bytes(PAGE_BYTES - start)
        self.size = size

    def clone(self) -> MemoryFile:
        return copy.deepcopy(self)
