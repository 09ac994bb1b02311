"""An output that remembers what it was told."""

from __future__ import annotations

from shoal.api.details import MagnetProgress
from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentRow
from shoal.cli.output import JsonValue


class RecordedOutput:
    def __init__(self) -> None:
        self.events: list[str] = []
        self.rows: list[TorrentRow] = []
        self.warnings: list[Reason] = []
        self.results: list[tuple[str, dict[str, JsonValue]]] = []
        self.port: int | None = None

    def listening(self, port: int) -> None:
        self.port = port
        self.events.append("listening")

    def metadata(self, name: str, info_hash_v1: str | None, info_hash_v2: str | None, size: int) -> None:
        self.events.append(f"metadata {name} {size}")

    def asking(self, progress: MagnetProgress, now: float) -> None:
        self.events.append(f"asking {progress.asked}")

    def progress(self, row: TorrentRow, now: float) -> None:
        self.rows.append(row)
        if self.events[-1:] != ["progress"]:
            self.events.append("progress")

    def warning(self, reason: Reason) -> None:
        self.warnings.append(reason)

    def error(self, reason: Reason) -> None:
        self.events.append(f"error {reason.code}")

    def complete(self, seconds: float) -> None:
        self.events.append("complete")

    def result(self, text: str, event: dict[str, JsonValue]) -> None:
        self.results.append((text, event))

    def close(self) -> None:
        self.events.append("close")
