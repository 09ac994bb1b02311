"""The root of every error that Shoal raises on purpose, and the one that remote input raises.

Each layer derives its own (`MetainfoError`, `StorageError`, `TrackerError`, ...); nothing here does I/O.
"""

from __future__ import annotations


class ShoalError(Exception):
    """Root of all errors that Shoal raises on purpose; its text is one sentence for a log, not for a person."""


class ProtocolError(ShoalError):
    """Bytes from outside that break a protocol: the remote's fault; close that peer, never show it."""


class BencodeError(ProtocolError):
    """Bytes that are not strict bencode (BEP 3), or exceed the bounds given to the decoder.

    `position` is the byte offset of the fault. `is_truncated` tells data that was cut short (more bytes could have
    made it whole) from data that is wrong.
    """

    def __init__(self, message: str, position: int = 0, *, is_truncated: bool = False) -> None:
        super().__init__(message)
        self.position = position
        self.is_truncated = is_truncated
