"""A connection to a message bus of a Linux desktop (D-Bus), made when it is first needed and again when it was lost.

The library is loaded in a worker: a window that has nothing to tell does not wait for it.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shoal.gui.link.background import Background

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
CALL_SECONDS = 8.0
NOTICE_SECONDS = 0.005
BUS_NAME, BUS_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"


class BusError(Exception):
    """There is no bus, nobody of that name on it, or it refused; `name` is the error's own, or ""."""

    def __init__(self, text: str, name: str = "") -> None:
        super().__init__(text)
        self.name = name


@dataclass(frozen=True, slots=True)
class Signal:
    interface: str
    member: str
    body: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    body: tuple[object, ...]
    files: tuple[int, ...] = ()
    """File descriptors, now owned by who called."""


@dataclass(frozen=True, slots=True)
class Method:
    """What is called; `signature` are the types of its arguments, as D-Bus writes them."""

    destination: str
    path: str
    interface: str
    member: str
    signature: str = ""


_ADD_MATCH = Method(BUS_NAME, BUS_PATH, BUS_NAME, "AddMatch", "s")


def session_address(environ: Mapping[str, str] = os.environ) -> str:
    """Where the bus of this login listens; "" when there is none."""
    if named := environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return named
    runtime = environ.get("XDG_RUNTIME_DIR")
    return f"unix:path={runtime}/bus" if runtime else ""


def system_address(environ: Mapping[str, str] = os.environ) -> str:
    """Where the bus of the whole computer listens."""
    return environ.get("DBUS_SYSTEM_BUS_ADDRESS") or "unix:path=/run/dbus/system_bus_socket"


class Bus:
    """`heard` gets the signals of `rules` (match rules of D-Bus); `lost` is called when a connection has ended."""

    def __init__(
        self,
        address: str,
        background: Background,
        *,
        rules: Sequence[str] = (),
        heard: Callable[[Signal], None] = lambda signal: None,
        lost: Callable[[], None] = lambda: None,
    ) -> None:
        self._address, self._background = address, background
        self._rules, self._heard, self._lost = tuple(rules), heard, lost
        self._bus: MessageBus | None = None
        self._watch: asyncio.Task[None] | None = None
        self._replies: dict[int, asyncio.Future[Message]] = {}
        self._connecting = asyncio.Lock()
        self._is_closed = False

    async def call(self, method: Method, *arguments: object) -> Reply:
        """The answer of `method`, within 8 s; raises BusError."""
        try:
            async with asyncio.timeout(CALL_SECONDS):
                bus = await self._connected()
                reply = await self._ask(bus, _message(method, arguments))
        except TimeoutError as error:
            raise BusError(f"{method.destination} does not answer") from error
        except BusError:
            raise
        except Exception as error:  # the library raises what the bus, the socket or the other side made of it
            raise BusError(f"{type(error).__name__}: {error}") from error
        if reply.error_name:
            text = str(reply.body[0]) if reply.body else reply.error_name
            raise BusError(text, reply.error_name)
        # Descriptors come beside the body, which has their numbers in that list.
        return Reply(tuple(reply.body), tuple(reply.unix_fds))

    async def close(self) -> None:
        """End the connection; no other is made."""
        self._is_closed = True
        bus, watch, self._bus, self._watch = self._bus, self._watch, None, None
        if bus is not None:
            bus.disconnect()
        if watch is not None:
            watch.cancel()
            await asyncio.wait({watch})

    async def _connected(self) -> MessageBus:
        async with self._connecting:
            if self._bus is not None:
                # Whether it has ended since is noticed in this moment: to write to it then is not told cleanly.
                await asyncio.sleep(NOTICE_SECONDS)
            if self._bus is not None and self._bus.connected:
                return self._bus
            if self._is_closed or not self._address:
                raise BusError("there is no message bus")
            kind = await self._background.run(_library)
            async with asyncio.timeout(CONNECT_SECONDS):
                bus = await kind(bus_address=self._address, negotiate_unix_fd=True).connect()
            self._bus = bus
            self._watch = asyncio.get_running_loop().create_task(self._until_lost(bus))
            bus.add_message_handler(self._on_message)
            for rule in self._rules:
                await self._ask(bus, _message(_ADD_MATCH, (rule,)))
            return bus

    async def _ask(self, bus: MessageBus, message: Message) -> Message:
        """The library's own `call` leaves an error behind that nobody awaits when the connection breaks meanwhile."""
        message.serial = bus.next_serial()
        reply: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._replies[message.serial] = reply
        try:
            await bus.send(message)
            return await reply
        finally:
            self._replies.pop(message.serial, None)

    def _on_message(self, message: Message) -> None:
        from dbus_fast import MessageType  # noqa: PLC0415 (loaded by now)

        if message.message_type in (MessageType.METHOD_RETURN, MessageType.ERROR):
            reply = self._replies.get(message.reply_serial or 0)
            if reply is not None and not reply.done():
                reply.set_result(message)
        elif message.message_type is MessageType.SIGNAL:
            self._heard(Signal(message.interface or "", message.member or "", tuple(message.body)))

    async def _until_lost(self, bus: MessageBus) -> None:
        try:
            await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]
        except Exception as error:  # whatever ended it
            log.debug("the message bus is gone: %s", error)
        if self._bus is bus:
            self._bus = self._watch = None
            for reply in self._replies.values():
                if not reply.done():
                    reply.set_exception(BusError("the message bus is gone"))
            self._lost()


def _library() -> type[MessageBus]:
    from dbus_fast.aio import MessageBus  # noqa: PLC0415 (a tenth of a second)

    return MessageBus


def _message(method: Method, arguments: Sequence[object]) -> Message:
    from dbus_fast import Message  # noqa: PLC0415 (loaded by now)

    return Message(
        destination=method.destination,
        path=method.path,
        interface=method.interface,
        member=method.member,
        signature=method.signature,
        body=list(arguments),
    )
