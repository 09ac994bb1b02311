"""Strict bencode (BEP 3): our own iterative scan decides what is valid, `bencodepy` builds and writes the values.

The scan exists because `bencodepy` takes duplicate keys and `i1_0e`, and tells neither positions nor raw spans; the
info-hash must be taken over the raw span of `info`, never over a re-encoding.

Limits: the size, nesting depth and number of tokens that the caller allows, integers of at most 20 digits.
"""

from __future__ import annotations

import re
from typing import TypeAlias, cast

import bencodepy  # type: ignore[import-untyped]

from shoal.protocol.errors import BencodeError

BValue: TypeAlias = "int | bytes | list[BValue] | dict[bytes, BValue]"

MAX_BYTES = 10_000_000
MAX_DEPTH = 100
MAX_TOKENS = 3_000_000
MAX_INTEGER_DIGITS = 20
MAX_LENGTH_DIGITS = 10

_TOKEN = re.compile(
    rb"(0|[1-9][0-9]{0,%d}):|(i(?:0|-?[1-9][0-9]{0,%d})e)|(l)|(d)|(e)" % (MAX_LENGTH_DIGITS - 1, MAX_INTEGER_DIGITS - 1)
)
_STRING, _INTEGER, _LIST, _DICT, _END = range(1, 6)
_TOKEN_CUT_SHORT = re.compile(
    rb"(?:(?:0|[1-9][0-9]{0,%d})?|i(?:0|-?(?:[1-9][0-9]{0,%d})?))\Z" % (MAX_LENGTH_DIGITS - 1, MAX_INTEGER_DIGITS - 1)
)
_LONGEST_TOKEN = MAX_INTEGER_DIGITS + 3

# The scan has already bounded the depth, so bencodepy's own bound must never be the one that speaks.
_CODEC = bencodepy.Bencode(encoding=None, max_depth=2**31)


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
    data = bytes(data)
    end = _checked_end(data, max_bytes, max_depth, max_tokens, strict_order=strict_order)
    if end != len(data):
        raise BencodeError(f"{len(data) - end} bytes follow the value at byte {end}", end)
    return _build(data)


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
    data = bytes(data)
    end = _checked_end(data, max_bytes, max_depth, max_tokens, strict_order=False)
    return _build(data[:end]), end


def top_level_spans(
    data: bytes | bytearray | memoryview,
    *,
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
    max_tokens: int = MAX_TOKENS,
) -> dict[bytes, tuple[int, int]]:
    """Map each key of the outermost dictionary to the span `(start, end)` of its raw value in `data`.

    Raises:
        BencodeError: as `decode`, and when the outermost value is no dictionary.
    """
    data = bytes(data)
    if data[:1] not in (b"d", b""):
        raise BencodeError("the outermost value is no dictionary", 0)
    spans: dict[bytes, tuple[int, int]] = {}
    end = _checked_end(data, max_bytes, max_depth, max_tokens, strict_order=False, spans=spans)
    if end != len(data):
        raise BencodeError(f"{len(data) - end} bytes follow the value at byte {end}", end)
    return spans


def encode(value: BValue) -> bytes:
    """Encode `value` with its dictionaries in key order.

    Raises:
        TypeError: a value of another type than int, bytes, list and dict, which is our mistake.
    """
    try:
        return cast(bytes, _CODEC.encode(value))
    except KeyError as error:
        raise TypeError(f"no bencode for {error}") from error


def _build(data: bytes) -> BValue:
    try:
        return cast(BValue, _CODEC.decode(data))
    except bencodepy.BencodeDecodeError as error:  # the depth allowed by the caller exceeds the interpreter's stack
        raise BencodeError(f"not decodable: {error}", 0) from error


def _checked_end(
    data: bytes,
    max_bytes: int,
    max_depth: int,
    max_tokens: int,
    *,
    strict_order: bool,
    spans: dict[bytes, tuple[int, int]] | None = None,
) -> int:
    """Return the end of the valid value at the start of `data`; fills `spans` for an outermost dictionary."""
    size = len(data)
    if size > max_bytes:
        raise BencodeError(f"{size} bytes exceed the bound of {max_bytes}", max_bytes)
    match_token = _TOKEN.match
    position = tokens = 0
    enclosing: list[dict[bytes, None] | None] = []
    keys: dict[bytes, None] | None = None  # those seen in the innermost container; None in a list and at the top
    is_key_next = False
    outer_key = b""
    outer_start = 0
    while True:
        tokens += 1
        if tokens > max_tokens:
            raise BencodeError(f"more than {max_tokens} tokens", position)
        token = match_token(data, position)
        if token is None:
            raise _fault(data, position)
        kind = token.lastindex
        if kind == _STRING:
            start = token.end()
            end = start + int(token[1])
            if end > size:
                raise BencodeError(f"cut short in the string at byte {position}", position, is_truncated=True)
            if is_key_next and keys is not None:
                key = data[start:end]
                if key in keys:
                    raise BencodeError(f"duplicate key at byte {position}", position)
                if strict_order and keys and key < next(reversed(keys)):
                    raise BencodeError(f"key out of order at byte {position}", position)
                keys[key] = None
                is_key_next = False
                if len(enclosing) == 1:
                    outer_key, outer_start = key, end
                position = end
                continue
            position = end
        elif is_key_next and kind != _END:
            raise BencodeError(f"a key must be a string at byte {position}", position)
        elif kind == _INTEGER:
            position = token.end()
        elif kind == _END:
            if not enclosing or (keys is not None and not is_key_next):
                what = "key without a value" if enclosing else "end without a start"
                raise BencodeError(f"{what} at byte {position}", position)
            keys = enclosing.pop()
            position += 1
        else:
            if len(enclosing) >= max_depth:
                raise BencodeError(f"nested deeper than {max_depth} at byte {position}", position)
            enclosing.append(keys)
            is_key_next = kind == _DICT
            keys = {} if is_key_next else None
            position += 1
            continue
        if not enclosing:
            return position
        is_key_next = keys is not None
        if spans is not None and is_key_next and len(enclosing) == 1:
            spans[outer_key] = (outer_start, position)


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
