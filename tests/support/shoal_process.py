"""The `shoal` command in a process of its own, as a script uses it: its JSON events, its words, its exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

SOURCE_ROOT = Path(__file__).resolve().parents[2] / "app"
LONGEST_SECONDS = 60.0


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a command: our source tree, and no profile of the person who runs the tests."""
    kept = {key: value for key, value in os.environ.items() if key != "SHOAL_PROFILE"}
    return {**kept, "PYTHONPATH": str(SOURCE_ROOT), **(extra or {})}


def shoal(
    *words: str | Path, extra: Mapping[str, str] | None = None, seconds: float = LONGEST_SECONDS
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command = [sys.executable, "-m", "shoal", *map(str, words)]
    return subprocess.run(command, env=environment(extra), capture_output=True, text=True, timeout=seconds, check=False)


class ShoalProcess:
    """A command that runs; leaving the `with` ends it. Lines of stdout are collected as they come."""

    def __init__(self, *words: str | Path, extra: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "shoal", *map(str, words)],
            env=environment(extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: list[str] = []
        self._errors: list[str] = []
        self._changed = threading.Condition()
        self._readers = [
            threading.Thread(target=self._read, args=(self._process.stdout, self._lines), daemon=True),
            threading.Thread(target=self._read, args=(self._process.stderr, self._errors), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> ShoalProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for reader in self._readers:
            reader.join()

    @property
    def events(self) -> list[dict[str, Any]]:
        with self._changed:
            return [json.loads(line) for line in self._lines]

    def line(self, is_wanted: Callable[[str], bool], seconds: float = LONGEST_SECONDS) -> str:
        """Wait for a line of stdout; AssertionError with all that was said when it does not come."""
        with self._changed:
            found = self._changed.wait_for(lambda: next(filter(is_wanted, self._lines), None), seconds)
        assert found is not None, f"it never came: {self._lines[-5:]} {self._errors[-20:]}"
        return found

    def event(self, is_wanted: Callable[[dict[str, Any]], bool], seconds: float = LONGEST_SECONDS) -> dict[str, Any]:
        """Wait for a JSON event."""
        found: dict[str, Any] = json.loads(self.line(lambda line: is_wanted(json.loads(line)), seconds))
        return found

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait(self, seconds: float = LONGEST_SECONDS) -> int:
        """Its exit code, after it has ended by itself and all was read."""
        code = self._process.wait(seconds)
        for reader in self._readers:
            reader.join(seconds)
        return code

    @property
    def errors(self) -> str:
        with self._changed:
            return "".join(self._errors)

    def _read(self, stream: Any, into: list[str]) -> None:
        for line in stream:
            with self._changed:
                into.append(line)
                self._changed.notify_all()
