"""Strict bencode (BEP 3): one iterative scan of our own reads, `bencodepy` writes.

`bencodepy` takes duplicate keys and `i1_0e`, and tells neither positions nor raw spans; the info-hash must be taken
over the raw span of `info`, never over a re-encoding. The scan that finds these builds the values in the same pass,
which takes a fifth of the time of doing one after the other (docs/decisions/0101-bencode-read-in-one-pass.md).

Limits: the size, nesting depth and number of tokens that the caller allows, integers of at most 20 digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias, cast

import bencodepy  # type: ignore[import-untyped]

from shoal.protocol.errors import BencodeError

BValue: TypeAlias = "int | bytes | list[BValue] | dict[bytes, BValue]"

MAX_BYTES = 10_000_000
MAX_DEPTH = 100
MAX_TOKENS = 3_000_000
MAX_INTEGER_DIGITS = 20
MAX_LENGTH_DIGITS = 10

_LENGTH = re.compile(rb"(0|[1-9][0-9]{0,%d}):" % (MAX_LENGTH_DIGITS - 1))
_INTEGER = re.compile(rb"i(0|-?[1-9][0-9]{0,%d})e" % (MAX_INTEGER_DIGITS - 1))
_TOKEN_CUT_SHORT = re.compile(
    rb"(?:(?:0|[1-9][0-9]{0,%d})?|i(?:0|-?(?:[1-9][0-9]{0,%d})?))\Z" % (MAX_LENGTH_DIGITS - 1, MAX_INTEGER_DIGITS - 1)
)
_LONGEST_TOKEN = MAX_INTEGER_DIGITS + 3
_I, _L, _D, _E, _ZERO, _NINE, _COLON = b"ilde09:"

_WRITER = bencodepy.Bencode(encoding=None)


class Decoded(NamedTuple):
    """A value, the number of bytes it takes, and where the raw values of an outermost dictionary lie."""

    value: BValue
    end: int
    spans: dict[bytes, tuple[int, int]]
    """`(start, end)` by key; empty when the value is no dictionary."""


def decode(
    data: bytes | bytearray | memoryview,
    *,
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
    max_tokens: int = MAX_TOKENS,
    strict_order: bool = False,
) -> BValue:
    """Decode exactly one value; strings and keys come as bytes.

    Refuses duplicate keys, trailing bytes, leading zeros, `-0`, lengths beyond the data, more than `max_depth` nested
    containers and more than `max_tokens` tokens (each integer, string, key, container start and container end is
    one). Keys out of order are refused only with `strict_order`, because torrents in the wild have them.

    Raises:
        BencodeError: with the position of the fault.
    """
    value, end, _ = _read(bytes(data), max_bytes, max_depth, max_tokens, strict_order=strict_order)
    if end != len(data):
        raise BencodeError(f"{len(data) - end} bytes follow the value at byte {end}", end)
    return value


def decode_prefix(
    data: bytes | bytearray | memoryview,
    *,
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
    max_tokens: int = MAX_TOKENS,
) -> tuple[BValue, int]:
    """Decode the value at the start of `data` and return it with its length in bytes (BEP 9 appends raw bytes).

    Raises:
        BencodeError: as `decode`, except that bytes may follow.
    """
    value, end, _ = _read(bytes(data), max_bytes, max_depth, max_tokens, strict_order=False)
    return value, end


def decode_with_spans(
    data: bytes | bytearray | memoryview,
    *,
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
    max_tokens: int = MAX_TOKENS,
) -> Decoded:
    """As `decode_prefix`, and with the raw span in `data` of each value of the outermost dictionary.

    Raises:
        BencodeError: as `decode`, except that bytes may follow.
    """
    return _read(bytes(data), max_bytes, max_depth, max_tokens, strict_order=False)


def encode(value: BValue) -> bytes:
    """Encode `value` with its dictionaries in key order.

    Raises:
        TypeError: a value of another type than int, bytes, list and dict, which is our mistake.
    """
    try:
        return cast(bytes, _WRITER.encode(value))
    except KeyError as error:
        raise TypeError(f"no bencode for {error}") from error


def _read(data: bytes, max_bytes: int, max_depth: int, max_tokens: int, *, strict_order: bool) -> Decoded:
    size = len(data)
    if size > max_bytes:
        raise BencodeError(f"{size} bytes exceed the bound of {max_bytes}", max_bytes)
    position = 0
    # The innermost container: `fields` and the `key` that waits for its value, or None and the list's `append`.
    top: list[BValue] = []
    fields: dict[bytes, BValue] | None = None
    key: bytes | None = None
    append = top.append
    enclosing: list[tuple[dict[bytes, BValue] | None, Callable[[BValue], None]]] = []
    outermost: dict[bytes, BValue] | None = None
    marks: list[tuple[bytes, int, int]] = []  # each key of the outermost dictionary, where it starts and ends
    value: BValue
    try:
        # One turn is one token. A torrent of 100,000 files has a million: every test in here counts.
        for _ in range(max_tokens):
            kind = data[position]
            if _ZERO <= kind <= _NINE:
                second = data[position + 1]
                if second == _COLON:
                    start = position + 2
                    end = start + kind - _ZERO
                elif kind > _ZERO and _ZERO <= second <= _NINE and data[position + 2] == _COLON:
                    start = position + 3
                    end = start + 10 * (kind - _ZERO) + second - _ZERO
                else:
                    token = _LENGTH.match(data, position)
                    if token is None:
                        raise _fault(data, position)
                    start = token.end()
                    end = start + int(token[1])
                if end > size:
                    raise BencodeError(f"cut short in the string at byte {position}", position, is_truncated=True)
                text = data[start:end]
                if fields is None:
                    append(text)
                elif key is not None:
                    fields[key] = text
                    key = None
                elif text in fields:
                    raise BencodeError(f"duplicate key at byte {position}", position)
                elif strict_order and fields and text < next(reversed(fields)):
                    raise BencodeError(f"key out of order at byte {position}", position)
                else:
                    key = text
                    if fields is outermost:
                        marks.append((text, position, end))
                position = end
            elif kind == _E:
                if not enclosing or key is not None:
                    what = "key without a value" if enclosing else "end without a start"
                    raise BencodeError(f"{what} at byte {position}", position)
                fields, append = enclosing.pop()
                position += 1
            else:
                token = None
                if kind == _I:
                    token = _INTEGER.match(data, position)
                    if token is None:
                        raise _fault(data, position)
                    value = int(token[1])
                elif kind == _L:
                    value = []
                elif kind == _D:
                    value = {}
                else:
                    raise _fault(data, position)
                if fields is None:
                    append(value)
                elif key is not None:
                    fields[key] = value
                    key = None
                else:
                    raise BencodeError(f"a key must be a string at byte {position}", position)
                if token is not None:
                    position = token.end()
                else:
                    if len(enclosing) >= max_depth:
                        raise BencodeError(f"nested deeper than {max_depth} at byte {position}", position)
                    enclosing.append((fields, append))
                    if isinstance(value, list):
                        fields, append = None, value.append
                    elif isinstance(value, dict):
                        fields = value
                        if len(enclosing) == 1:
                            outermost = value
                    position += 1
            if not enclosing:
                stops = [*(start for _, start, _ in marks[1:]), position - 1]
                spans = {name: (start, stop) for (name, _, start), stop in zip(marks, stops, strict=False)}
                return Decoded(top[0], position, spans)
    except IndexError:
        raise _fault(data, position) from None
    raise BencodeError(f"more than {max_tokens} tokens", position)


def _fault(data: bytes, position: int) -> BencodeError:
    """Say why no token starts at `position`."""
    rest = data[position : position + _LONGEST_TOKEN]
    if position + len(rest) == len(data) and _TOKEN_CUT_SHORT.match(rest):
        return BencodeError(f"cut short at byte {position}", position, is_truncated=True)
    if rest[:1] == b"i":
        return BencodeError(f"malformed integer at byte {position}", position)
    if rest[:1].isdigit():
        return BencodeError(f"malformed string length at byte {position}", position)
    return BencodeError(f"no value starts with byte 0x{rest[0]:02x} at byte {position}", position)
