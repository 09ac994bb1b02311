"""A message bus on which nothing is started by itself, and services on it that a test plays."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus
from tests.support.debian_clients import require_client

CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
STOP_SECONDS = 5.0
Answer = tuple[str, list[Any]]
"""Types and values of what a method answers."""
Method = Callable[..., Answer]


class BareBus:
    """`start` and `stop` it as often as you like; its address stays."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="shoal-bus-")  # sockets need a short path
        self._socket = Path(self._folder.name) / "bus"
        self._configuration = Path(self._folder.name) / "bus.conf"
        self._configuration.write_text(CONFIGURATION.format(socket=self._socket))
        self.address = f"unix:path={self._socket}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it listens."""
        self._socket.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [
                require_client("dbus-daemon"),
                "--nofork",
                "--print-address",
                f"--config-file={self._configuration}",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline()

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(STOP_SECONDS)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def close(self) -> None:
        self.stop()
        self._folder.cleanup()


class PlayedService:
    """Owns `name` on the bus and answers `methods`; what was called is in `calls`."""

    def __init__(self, name: str, methods: Mapping[str, Method]) -> None:
        self.name, self.methods = name, dict(methods)
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.files: dict[str, list[int]] = {}
        """File descriptors that a method's answer brings along."""
        self._bus: MessageBus | None = None

    async def appear(self, address: str) -> None:
        self._bus = await MessageBus(bus_address=address, negotiate_unix_fd=True).connect()
        self._bus.add_message_handler(self._on_message)
        await self._bus.request_name(self.name)

    async def vanish(self) -> None:
        if self._bus is not None and self._bus.connected:
            self._bus.disconnect()
            await self._bus.wait_for_disconnect()
        self._bus = None

    async def emit(self, path: str, interface: str, member: str, signature: str, *body: object) -> None:
        """Send a signal."""
        assert self._bus is not None
        await self._bus.send(Message.new_signal(path, interface, member, signature, list(body)))

    def called(self, member: str) -> list[tuple[Any, ...]]:
        return [arguments for name, arguments in self.calls if name == member]

    def _on_message(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL or message.member not in self.methods:
            return None
        self.calls.append((message.member, tuple(message.body)))
        signature, body = self.methods[message.member](*message.body)
        return Message.new_method_return(message, signature, body, self.files.get(message.member, []))
