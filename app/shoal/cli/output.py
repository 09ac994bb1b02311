"""What `get`, `seed` and `check` say while they work: JSON lines, a live line on a terminal, or plain lines elsewhere.

The JSON events are a contract that scripts rely on; people's lines may change. Time is passed in.
"""

from __future__ import annotations

import json
from typing import Any, Protocol, TextIO

from shoal.api.details import MagnetProgress
from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.cli.messages import plain, sentence
from shoal.cli.quantities import elapsed_text, percent_text, rate_text, size_text, time_left_text

LINE_SECONDS = 10.0
"""How often a line is printed where there is no terminal."""

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]


class Output(Protocol):
    """One way of telling a transfer's story."""

    def listening(self, port: int) -> None: ...

    def metadata(self, name: str, info_hash_v1: str | None, info_hash_v2: str | None, size: int) -> None: ...

    def asking(self, progress: MagnetProgress, now: float) -> None:
        """Show how far getting the file list of a magnet link is; called about twice a second."""
        ...

    def progress(self, row: TorrentRow, now: float) -> None:
        """Show the newest picture; called about twice a second, `now` in monotonic seconds."""
        ...

    def warning(self, reason: Reason) -> None: ...

    def error(self, reason: Reason) -> None: ...

    def complete(self, seconds: float) -> None: ...

    def result(self, text: str, event: dict[str, JsonValue]) -> None:
        """A command's own answer: `text` for people, `event` for scripts."""
        ...

    def close(self) -> None:
        """Leave the terminal tidy; nothing is printed afterwards."""
        ...


def shown_progress(row: TorrentRow) -> float:
    """0..1: of the check while it checks, else of what was chosen."""
    return row.check_progress if row.state is TorrentState.CHECKING else row.progress


def facts_text(row: TorrentRow) -> str:
    """Rates, peers and time left of one picture, as one line for people."""
    if row.state is TorrentState.CHECKING:
        return "checking what is on disk"
    peers = f"{row.peers} peer{'' if row.peers == 1 else 's'}"
    if row.state is TorrentState.SEEDING or row.is_complete:
        return f"up {rate_text(row.up_rate)} · {size_text(row.uploaded)} shared · {peers}"
    rates = f"down {rate_text(row.down_rate)} · up {rate_text(row.up_rate)}"
    left = "looking for peers" if row.peers == 0 else time_left_text(row.eta)
    return f"{rates} · {peers} · {left}"


def asking_text(progress: MagnetProgress) -> str:
    """How far getting the file list of a magnet link is, as one line for people."""
    if progress.offering:
        share = f", {percent_text(progress.received / progress.size)} is here" if progress.size else ""
        return f"Getting the file list from {progress.offering} peer{'' if progress.offering == 1 else 's'}{share}"
    if progress.asked:
        return f"Asking for the file list: asked {progress.asked} peers, none has it yet"
    return "Asking for the file list: looking for peers"


class JsonOutput:
    """One JSON object a line on `stream`, flushed at once."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._asked: MagnetProgress | None = None

    def listening(self, port: int) -> None:
        self._write({"event": "listening", "port": port})

    def metadata(self, name: str, info_hash_v1: str | None, info_hash_v2: str | None, size: int) -> None:
        self._write(
            {
                "event": "metadata",
                "name": name,
                "info_hash_v1": info_hash_v1,
                "info_hash_v2": info_hash_v2,
                "size": size,
            }
        )

    def asking(self, progress: MagnetProgress, now: float) -> None:
        if progress != self._asked:
            self._asked = progress
            self._write(
                {
                    "event": "asking",
                    "known": progress.known,
                    "asked": progress.asked,
                    "offering": progress.offering,
                    "received": progress.received,
                    "size": progress.size,
                }
            )

    def progress(self, row: TorrentRow, now: float) -> None:
        self._write(
            {
                "event": "checking" if row.state is TorrentState.CHECKING else "progress",
                "progress": round(shown_progress(row), 6),
                "down_rate": round(row.down_rate),
                "up_rate": round(row.up_rate),
                "downloaded": row.downloaded,
                "uploaded": row.uploaded,
                "wasted": row.wasted,
                "peers": row.peers,
                "seeds": row.seeds,
                "state": row.state.value,
            }
        )

    def warning(self, reason: Reason) -> None:
        self._write({"event": "warning", "code": reason.code, "text": sentence(reason)})

    def error(self, reason: Reason) -> None:
        self._write({"event": "error", "code": reason.code, "text": sentence(reason)})

    def complete(self, seconds: float) -> None:
        self._write({"event": "complete", "seconds": round(seconds, 3)})

    def result(self, text: str, event: dict[str, JsonValue]) -> None:
        self._write(event)

    def close(self) -> None:
        pass

    def _write(self, event: dict[str, JsonValue]) -> None:
        self._stream.write(json.dumps(event, ensure_ascii=True) + "\n")
        self._stream.flush()


class LineOutput:
    """Plain lines on `stream`, progress every `line_seconds`; errors and warnings go to `errors`."""

    def __init__(self, stream: TextIO, errors: TextIO, *, line_seconds: float = LINE_SECONDS) -> None:
        self._stream = stream
        self._errors = errors
        self._line_seconds = line_seconds
        self._last_line: float | None = None
        self._last_state: TorrentState | None = None

    def listening(self, port: int) -> None:
        self._say(f"Listening for peers on port {port}")

    def metadata(self, name: str, info_hash_v1: str | None, info_hash_v2: str | None, size: int) -> None:
        self._say(f"{plain(name)} · {size_text(size)} · {info_hash_v1 or info_hash_v2}")

    def asking(self, progress: MagnetProgress, now: float) -> None:
        if self._last_line is None or now - self._last_line >= self._line_seconds:
            self._last_line = now
            self._say(asking_text(progress))

    def progress(self, row: TorrentRow, now: float) -> None:
        if row.state is TorrentState.STOPPED:
            return
        due = self._last_line is None or now - self._last_line >= self._line_seconds
        if due or row.state is not self._last_state:
            self._last_line, self._last_state = now, row.state
            self._say(f"{percent_text(shown_progress(row)):>7}  {facts_text(row)}")

    def warning(self, reason: Reason) -> None:
        self._errors.write(f"shoal: {sentence(reason)}\n")
        self._errors.flush()

    def error(self, reason: Reason) -> None:
        self.warning(reason)

    def complete(self, seconds: float) -> None:
        self._say(f"Complete and verified after {elapsed_text(seconds)}")

    def result(self, text: str, event: dict[str, JsonValue]) -> None:
        self._say(text)

    def close(self) -> None:
        pass

    def _say(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()


class LiveOutput:
    """One line that moves on a terminal: bar, share, rates, peers and time left."""

    def __init__(self, stream: TextIO, errors: TextIO) -> None:
        from rich.console import Console  # noqa: PLC0415 (only a terminal pays for loading it)
        from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415

        self._lines = LineOutput(stream, errors)
        self._console = Console(file=stream, highlight=False)
        # Nothing from outside ever reaches a column that reads markup.
        self._bar = Progress(
            BarColumn(bar_width=None),
            TextColumn("{task.fields[share]:>7}", markup=False),
            TextColumn("{task.fields[facts]}", markup=False),
            console=self._console,
            auto_refresh=False,
            expand=True,
        )
        self._task: Any = None

    def listening(self, port: int) -> None:
        self._lines.listening(port)

    def metadata(self, name: str, info_hash_v1: str | None, info_hash_v2: str | None, size: int) -> None:
        self._lines.metadata(name, info_hash_v1, info_hash_v2, size)

    def asking(self, progress: MagnetProgress, now: float) -> None:
        self._lines.asking(progress, now)

    def progress(self, row: TorrentRow, now: float) -> None:
        if row.state is TorrentState.STOPPED:
            return
        share = shown_progress(row)
        if self._task is None:
            self._task = self._bar.add_task("", total=1.0, share="", facts="")
            self._bar.start()
        self._bar.update(self._task, completed=share, share=percent_text(share), facts=facts_text(row))
        self._bar.refresh()

    def warning(self, reason: Reason) -> None:
        self._pause()
        self._lines.warning(reason)

    def error(self, reason: Reason) -> None:
        self._pause()
        self._lines.error(reason)

    def complete(self, seconds: float) -> None:
        self._pause()
        self._lines.complete(seconds)

    def result(self, text: str, event: dict[str, JsonValue]) -> None:
        self._pause()
        self._lines.result(text, event)

    def close(self) -> None:
        self._pause()

    def _pause(self) -> None:
        """End the live line where it is; the next progress begins a new one below."""
        if self._task is not None:
            self._bar.stop()
            self._bar.remove_task(self._task)
            self._task = None


def make_output(stream: TextIO, errors: TextIO, *, as_json: bool, line_seconds: float = LINE_SECONDS) -> Output:
    """The fitting way for where `stream` leads."""
    if as_json:
        return JsonOutput(stream)
    return LiveOutput(stream, errors) if stream.isatty() else LineOutput(stream, errors, line_seconds=line_seconds)
