"""The engine's settings: one declarative schema of type, default, unit, range and a line on the effect."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any

from shoal.protocol.errors import ShoalError


class SettingsError(ShoalError):
    """A setting that cannot be taken; `field` names it, the text says what it must be."""

    def __init__(self, field: str, must: str) -> None:
        super().__init__(f"{field}: {must}")
        self.field = field
        self.must = must


def _setting(default: Any, doc: str, *, unit: str = "", low: float | None = None, high: float | None = None) -> Any:
    return field(default=default, metadata={"doc": doc, "unit": unit, "low": low, "high": high})


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Every engine setting with its default. Rates in bytes/s where 0 means no limit."""

    listen_port: int = _setting(0, "TCP port for incoming peers; 0 lets the system choose", low=0, high=65535)
    listen_hosts: str = _setting("0.0.0.0 ::", "Addresses to listen on, separated by blanks")
    outgoing_host: str = _setting("", "Local address that outgoing connections use; empty lets the system choose")
    down_limit: int = _setting(0, "Download limit of the whole session", unit="B/s", low=0, high=2**40)
    up_limit: int = _setting(0, "Upload limit of the whole session", unit="B/s", low=0, high=2**40)
    banned_hosts: str = _setting("", "Addresses that are never connected with, separated by blanks")
    max_peers: int = _setting(500, "Connected peers in all", low=2, high=20_000)
    max_peers_per_torrent: int = _setting(100, "Connected peers of one torrent", low=1, high=3_000)
    half_open: int = _setting(50, "Outgoing connections being set up at the same time", low=1, high=500)
    upload_slots: int = _setting(8, "Peers of one torrent that are sent data at the same time", low=1, high=200)
    piece_memory: int = _setting(16 << 20, "Memory for pieces being assembled", unit="B", low=1 << 20, high=1 << 32)
    read_memory: int = _setting(16 << 20, "Memory for data being read for peers", unit="B", low=1 << 20, high=1 << 32)
    full_allocation: bool = _setting(False, "Reserve the whole size of files when a torrent starts")
    active_downloads: int = _setting(3, "Downloads that run at the same time; 0 means all", low=0, high=10_000)
    check_threads: int = _setting(0, "Threads for checking files; 0 means one per processor, at most 4", low=0, high=64)
    save_seconds: float = _setting(5.0, "How often progress is saved", unit="s", low=0.5, high=600.0)


def validate(settings: EngineSettings) -> EngineSettings:
    """Return `settings` when every value has its type and lies in its range, else raise `SettingsError`."""
    for entry in fields(settings):
        value = getattr(settings, entry.name)
        expected = type(entry.default)
        if isinstance(value, bool) is not isinstance(entry.default, bool) or not isinstance(
            value, (int, float) if expected is float else expected
        ):
            raise SettingsError(entry.name, f"must be {expected.__name__}")
        if isinstance(value, float) and not math.isfinite(value):
            raise SettingsError(entry.name, "must be a finite number")
        low, high = entry.metadata["low"], entry.metadata["high"]
        if low is not None and value < low:
            raise SettingsError(entry.name, f"must be at least {low}")
        if high is not None and value > high:
            raise SettingsError(entry.name, f"must be at most {high}")
    return settings
