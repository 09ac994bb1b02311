"""Lists of addresses to be shut out, as people publish them: eMule's ipfilter.dat, PeerGuardian's .p2p, CIDR lists.

Each may come gzipped. Every line is judged by itself, so that lists of mixed lines are read, too:

    001.009.096.105 - 001.009.096.105 , 000 , a name       eMule; a level above 127 means that the range is allowed
    a name:1.9.96.105-1.9.96.105                           PeerGuardian 2, text
    1.9.96.0/24 ; a remark                                 CIDR, or a single address; IPv6 as well
    2001:db8::1 - 2001:db8::ff                             a range without anything else

What is read comes in pieces of any size, and the reader holds little but the ranges: everything is bounded.
"""

from __future__ import annotations

import ipaddress
import re
import zlib
from array import array
from collections.abc import Iterator

from shoal.protocol.errors import ProtocolError

MOST_RANGES = 1_000_000
MOST_LINES = 4_000_000
MOST_TEXT_BYTES = 256 << 20
"""After unpacking."""
LONGEST_LINE = 4_096
HIGHEST_BLOCKED_LEVEL = 127

_STEP_BYTES = 1 << 18
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_DOTTED = rb"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})"
_RANGE = re.compile(_DOTTED + rb"\s*-\s*" + _DOTTED + rb"\s*(?:,\s*(\d{1,9})\s*(?:,.*)?)?", re.DOTALL)
_V4_BLOCK = re.compile(_DOTTED + rb"(?:/(\d{1,2}))?\s*(?:(?:[#;]|//).*)?", re.DOTALL)
_REMARK = re.compile(rb"\s*(?:[#;]|//)")
_V6_RANGE = re.compile(rb"([0-9a-fA-F:.]{2,45})\s*-\s*([0-9a-fA-F:.]{2,45})\s*(?:,\s*(\d{1,9})\s*(?:,.*)?)?", re.DOTALL)
_BLOCK = re.compile(rb"[0-9a-fA-F:.]{2,45}(?:/\d{1,3})?")
# Zeros in front mean nothing in these lists; elsewhere they would make a number octal.
_OCTETS = {b"%0*d" % (width, number): number for number in range(256) for width in (1, 2, 3)}


class IpListError(ProtocolError):
    """A list that cannot be used. Kinds: `damaged` (gzip), `too-large`, `too-many` (ranges), `no-ranges`."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"{kind}: a list of addresses")
        self.kind = kind


class IpListReader:
    """`feed` all of a list, then `finish`. `lines` were read so far, of which `unreadable` were none that is known."""

    def __init__(self) -> None:
        self.lines = 0
        self.unreadable = 0
        self.v4 = array("Q")
        """start * 2**32 + end of each range, in the order of the list."""
        self.v6: list[bytes] = []
        """The 16 bytes of the start and the 16 of the end of each range."""
        self._unpacker = _Unpacker()
        self._tail = b""
        self._is_skipping = False
        """Inside a line that is too long."""
        self._text_bytes = 0

    def feed(self, data: bytes) -> None:
        """The next bytes of the list. Raises IpListError."""
        for text in self._unpacker.feed(data):
            self._text_bytes += len(text)
            if self._text_bytes > MOST_TEXT_BYTES:
                raise IpListError("too-large")
            self._read(text)

    def finish(self) -> None:
        """That was all. Raises IpListError, also for a list without any range."""
        for text in self._unpacker.finish():
            self._read(text)
        if not self._is_skipping:
            self._line(self._tail)
        self._tail = b""
        if not self.v4 and not self.v6:
            raise IpListError("no-ranges")

    def _read(self, text: bytes) -> None:
        first, *more = text.split(b"\n")
        if not more:
            self._grow(first)
            return
        if not self._is_skipping:
            self._line(self._tail + first)
        self._is_skipping, self._tail = False, b""
        last = more.pop()
        for line in more:
            self._line(line)
        self._grow(last)
        if self.lines > MOST_LINES:
            raise IpListError("too-large")
        if len(self.v4) + len(self.v6) > MOST_RANGES:
            raise IpListError("too-many")

    def _grow(self, part: bytes) -> None:
        """A line without its end."""
        if self._is_skipping:
            return
        self._tail += part
        if len(self._tail) > LONGEST_LINE:
            self._is_skipping, self._tail = True, b""
            self.lines += 1
            self.unreadable += 1

    def _line(self, line: bytes) -> None:
        if not self.lines:
            line = line.removeprefix(_BOM)
        self.lines += 1
        line = line.strip()
        if not line or _REMARK.match(line):
            return
        if len(line) > LONGEST_LINE or not (
            self._v4_range(line)
            or self._v4_block(line)
            or self._v4_range(line.rpartition(b":")[2].strip())
            or self._other(line)
        ):
            self.unreadable += 1

    def _v4_range(self, text: bytes) -> bool:
        found = _RANGE.fullmatch(text)
        if found is None:
            return False
        octets, parts = _OCTETS, found.groups()
        try:
            start = (octets[parts[0]] << 24) | (octets[parts[1]] << 16) | (octets[parts[2]] << 8) | octets[parts[3]]
            end = (octets[parts[4]] << 24) | (octets[parts[5]] << 16) | (octets[parts[6]] << 8) | octets[parts[7]]
        except KeyError:
            return False
        if start > end:
            return False
        if parts[8] is None or int(parts[8]) <= HIGHEST_BLOCKED_LEVEL:
            self.v4.append(start << 32 | end)
        return True

    def _v4_block(self, text: bytes) -> bool:
        found = _V4_BLOCK.fullmatch(text)
        if found is None:
            return False
        octets, parts = _OCTETS, found.groups()
        bits = 32 if parts[4] is None else int(parts[4])
        try:
            number = (octets[parts[0]] << 24) | (octets[parts[1]] << 16) | (octets[parts[2]] << 8) | octets[parts[3]]
        except KeyError:
            return False
        if bits > 32:
            return False
        rest = (1 << 32 - bits) - 1
        self.v4.append((number & ~rest) << 32 | number | rest)
        return True

    def _other(self, line: bytes) -> bool:
        """IPv6: a range, a block or a single address."""
        found = _V6_RANGE.fullmatch(line)
        try:
            if found is not None:
                start, end = _address(found[1]), _address(found[2])
                if start > end:
                    return False
                if found[3] is None or int(found[3]) <= HIGHEST_BLOCKED_LEVEL:
                    self.v6.append(start.packed + end.packed)
                return True
            block = _BLOCK.match(line)
            if block is None or not (block.end() == len(line) or _REMARK.match(line, block.end())):
                return False
            network = ipaddress.IPv6Network(block[0].decode("ascii"), strict=False)
        except ValueError:
            return False
        self.v6.append(network.network_address.packed + network.broadcast_address.packed)
        return True


def _address(text: bytes) -> ipaddress.IPv6Address:
    return ipaddress.IPv6Address(text.decode("ascii"))


class _Unpacker:
    """Passes text on as it is, and gzip unpacked in small steps."""

    def __init__(self) -> None:
        self._head = b""
        self._is_begun = False
        self._inflate: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if not self._is_begun:
            self._head += data
            if len(self._head) < len(_GZIP):
                return
            data, self._head = self._head, b""
            self._is_begun = True
            if data.startswith(_GZIP):
                self._inflate = _new_inflate()
        if self._inflate is None:
            yield data
            return
        while data:
            try:
                text = self._inflate.decompress(data, _STEP_BYTES)
            except zlib.error as error:
                raise IpListError("damaged") from error
            if text:
                yield text
            data = self._inflate.unconsumed_tail
            if self._inflate.eof:
                # Some are several files, one after the other; zeros may fill the last block.
                data = self._inflate.unused_data.lstrip(b"\0")
                if data:
                    self._inflate = _new_inflate()

    def finish(self) -> Iterator[bytes]:
        if not self._is_begun and self._head:
            yield self._head
        if self._inflate is not None and not self._inflate.eof:
            raise IpListError("damaged")


def _new_inflate() -> zlib._Decompress:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)
