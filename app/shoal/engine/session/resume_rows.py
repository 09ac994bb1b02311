"""One torrent's resume record, and its checked form in a database row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from shoal.protocol.errors import ShoalError

CHECKSUM_LENGTH = 16


class RowError(ShoalError):
    """A row that is not what was written."""


@dataclass(frozen=True, slots=True)
class ResumeRecord:
    """Everything about one torrent that a restart needs. Limits in bytes/s, counters in bytes, times in seconds."""

    torrent_id: str
    metainfo: bytes
    folder: str
    have_bits: bytes = b""
    """Verified pieces in the bit order of the wire; empty when none were ever saved."""
    file_stats: tuple[tuple[int, int] | None, ...] = ()
    """(bytes, mtime in ns) of each file when the pieces were saved; None = it was not there."""
    priorities: tuple[int, ...] = ()
    is_started: bool = True
    sequential: bool = False
    first_last_first: bool = False
    full_allocation: bool = False
    down_limit: int = 0
    up_limit: int = 0
    uploaded: int = 0
    downloaded: int = 0
    wasted: int = 0
    added_at: float = 0.0
    completed_at: float | None = None
    queue_position: int = 0
    extra_trackers: tuple[str, ...] = ()
    peers: tuple[tuple[str, int], ...] = ()


_IN_OTHER_COLUMNS = ("torrent_id", "metainfo", "have_bits")
_STATE_FIELDS = tuple(entry.name for entry in fields(ResumeRecord) if entry.name not in _IN_OTHER_COLUMNS)


def checksum(torrent_id: str, *parts: bytes) -> bytes:
    """16 bytes over a row, its id included: a row can neither rot nor be taken for another's."""
    digest = hashlib.blake2b(torrent_id.encode(), digest_size=CHECKSUM_LENGTH)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.digest()


def encode_state(record: ResumeRecord, unknown: Mapping[str, Any]) -> str:
    """The JSON text of all fields that have no column; `unknown` are a newer version's keys, which are kept."""
    state = {name: getattr(record, name) for name in _STATE_FIELDS}
    return json.dumps({**unknown, **state}, separators=(",", ":"))


def decode_state(torrent_id: str, text: str, have_bits: bytes, metainfo: bytes) -> tuple[ResumeRecord, dict[str, Any]]:
    """The record of a row, and the keys that this version does not know. Raises RowError for a wrong shape."""
    try:
        state = json.loads(text)
        if not isinstance(state, dict):
            raise RowError(f"{torrent_id}: the state is no object")
        record = ResumeRecord(
            torrent_id=torrent_id,
            metainfo=metainfo,
            folder=_text(state, "folder"),
            have_bits=have_bits,
            file_stats=tuple(None if entry is None else _pair(entry) for entry in state.get("file_stats", ())),
            priorities=tuple(_whole(entry) for entry in state.get("priorities", ())),
            is_started=_truth(state, "is_started", True),
            sequential=_truth(state, "sequential", False),
            first_last_first=_truth(state, "first_last_first", False),
            full_allocation=_truth(state, "full_allocation", False),
            down_limit=_whole(state.get("down_limit", 0)),
            up_limit=_whole(state.get("up_limit", 0)),
            uploaded=_whole(state.get("uploaded", 0)),
            downloaded=_whole(state.get("downloaded", 0)),
            wasted=_whole(state.get("wasted", 0)),
            added_at=float(state.get("added_at", 0.0)),
            completed_at=None if state.get("completed_at") is None else float(state["completed_at"]),
            queue_position=_whole(state.get("queue_position", 0)),
            extra_trackers=tuple(str(entry) for entry in state.get("extra_trackers", ())),
            peers=tuple((str(host), _whole(port)) for host, port in state.get("peers", ())),
        )
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise RowError(f"{torrent_id}: {error}") from error
    return record, {key: value for key, value in state.items() if key not in _STATE_FIELDS}


def _text(state: Mapping[str, Any], key: str) -> str:
    value = state[key]
    if not isinstance(value, str):
        raise RowError(f"{key} is no text")
    return value


def _truth(state: Mapping[str, Any], key: str, default: bool) -> bool:
    value = state.get(key, default)
    if not isinstance(value, bool):
        raise RowError(f"{key} is neither true nor false")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise RowError(f"{value!r} is no whole number")
    return value


def _pair(value: Any) -> tuple[int, int]:
    size, mtime_ns = value
    return _whole(size), _whole(mtime_ns)
