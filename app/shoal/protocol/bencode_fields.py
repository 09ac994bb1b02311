"""Typed, bounded fields of decoded bencode dictionaries from strangers; one of the wrong kind counts as absent."""

from __future__ import annotations

from collections.abc import Mapping

from shoal.protocol.bencode import BValue

Fields = Mapping[bytes, BValue]


def get_bytes(fields: Fields, key: bytes, max_length: int) -> bytes | None:
    """The string at `key`, or None when it is absent, no string, or longer than `max_length` bytes."""
    value = fields.get(key)
    return value if isinstance(value, bytes) and len(value) <= max_length else None


def get_int(fields: Fields, key: bytes, low: int, high: int) -> int | None:
    """The integer at `key`, or None when it is absent, no integer, or outside `low..high` (both included)."""
    value = fields.get(key)
    return value if isinstance(value, int) and low <= value <= high else None


def get_list(fields: Fields, key: bytes) -> list[BValue] | None:
    """The list at `key`, or None when it is absent or no list."""
    value = fields.get(key)
    return value if isinstance(value, list) else None


def get_dict(fields: Fields, key: bytes) -> dict[bytes, BValue] | None:
    """The dictionary at `key`, or None when it is absent or no dictionary."""
    value = fields.get(key)
    return value if isinstance(value, dict) else None
