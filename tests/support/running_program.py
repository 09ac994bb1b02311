"""Programs that a test starts: spawned with their output kept, and ended by their own process id, whatever happens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

TERMINATE_SECONDS = 3.0
SHOWN_BYTES = 4_000


class RunningProgram:
    """One process with its output in a file. `stop` it; it is killed when it does not end by itself."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        *,
        name: str,
        environment: Mapping[str, str] | None = None,
        is_talking: bool = False,
    ) -> None:
        """Start `command` in `folder`, which also is its home, so that no settings of a person play a part.

        With `is_talking` its standard input and output are for `say` and `hear`; else all it says is kept.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.output_path = folder / f"{name}.out"
        values = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "SHOAL_DHT_HOSTS": "",
            "SHOAL_ROUTERS": "off",
            **(environment or {}),
        }
        with self.output_path.open("ab") as log:
            self.process = subprocess.Popen(
                list(command),
                cwd=folder,
                env=values,
                stdin=subprocess.PIPE if is_talking else subprocess.DEVNULL,
                stdout=subprocess.PIPE if is_talking else log,
                stderr=log,
                text=True,
            )

    def say(self, line: str) -> None:
        """Give it one line."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        """Its next line without the line end; empty when it has ended. Waits: the test's own time limit holds."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL), and wait until it is gone."""
        if not self.has_ended:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def stop(self) -> None:
        """Ask it to end; kill it when it does not within TERMINATE_SECONDS."""
        if self.has_ended:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(TERMINATE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def story(self) -> str:
        """How it stands and the last it said, for the message of a failed test."""
        code = self.process.poll()
        said = self.output_path.read_bytes()[-SHOWN_BYTES:].decode(errors="replace")
        return f"--- {self.name}: {'running' if code is None else f'ended with {code}'}\n{said}"


def free_port(host: str = "127.0.0.1") -> int:
    """A port that is free for TCP and UDP on `host` now, for programs that cannot choose one themselves."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        with socket.socket(family, socket.SOCK_STREAM) as tcp, socket.socket(family, socket.SOCK_DGRAM) as udp:
            tcp.bind((host, 0))
            port: int = tcp.getsockname()[1]
            try:
                udp.bind((host, port))
            except OSError:
                continue
            return port
