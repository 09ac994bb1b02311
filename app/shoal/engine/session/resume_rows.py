"""One torrent's resume record, and its checked form in a database row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from shoal.engine.torrent.resume import ResumeRecord
from shoal.protocol.errors import ShoalError

CHECKSUM_LENGTH = 16


class RowError(ShoalError):
    """A row that is not what was written."""


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
            completed_at=_time(state.get("completed_at")),
            active_seconds=float(state.get("active_seconds", 0.0)),
            last_activity=_time(state.get("last_activity")),
            queue_position=_whole(state.get("queue_position", 0)),
            skips_queue=_truth(state, "skips_queue", False),
            label=_text(state, "label", ""),
            name=_text(state, "name", ""),
            tiers=_tiers(state.get("tiers")),
            extra_trackers=_texts(state.get("extra_trackers", ())),
            tracker_order=_texts(state.get("tracker_order", ())),
            renamed_paths=tuple((_whole(index), str(path)) for index, path in state.get("renamed_paths", ())),
            journal=_texts(state.get("journal", ())),
            failed_move=_texts(state.get("failed_move", ())),
            shared_from=_time(state.get("shared_from")),
            has_shared_enough=_truth(state, "has_shared_enough", False),
            peers=tuple((str(host), _whole(port)) for host, port in state.get("peers", ())),
            magnet=_text(state, "magnet", ""),
            choose_above=None if state.get("choose_above") is None else _whole(state["choose_above"]),
        )
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise RowError(f"{torrent_id}: {error}") from error
    return record, {key: value for key, value in state.items() if key not in _STATE_FIELDS}


def _text(state: Mapping[str, Any], key: str, default: str | None = None) -> str:
    value = state[key] if default is None else state.get(key, default)
    if not isinstance(value, str):
        raise RowError(f"{key} is no text")
    return value


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


def _tiers(value: Any) -> tuple[tuple[str, ...], ...] | None:
    return None if value is None else tuple(_texts(tier) for tier in value)


def _time(value: Any) -> float | None:
    return None if value is None else float(value)


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
