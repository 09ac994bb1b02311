from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from tests.support.log_watch import LogWatch

from shoal.runtime import udp
from shoal.runtime.network import AsyncioNetwork
from shoal.runtime.udp import SocketUdpPort
from shoal.runtime.world import Address

SECONDS = 20.0
RunOn = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]


class Inbox:
    """A receiver that keeps copies and can be waited on."""

    def __init__(self) -> None:
        self.datagrams: list[tuple[bytes, Address]] = []
        self.arrived = asyncio.Event()

    def __call__(self, data: memoryview, source: Address) -> None:
        self.datagrams.append((bytes(data), source))
        self.arrived.set()

    async def until(self, count: int) -> list[bytes]:
        while len(self.datagrams) < count:
            self.arrived.clear()
            await self.arrived.wait()
        return [data for data, _ in self.datagrams]


@pytest.fixture(params=["watched by the loop", "watched by a thread"])
def open_port(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`AsyncioNetwork.open_udp` on the running loop, also as on a loop that cannot watch sockets."""

    class Blind:
        def __init__(self, *args: object) -> None:
            raise NotImplementedError

    if request.param == "watched by a thread":
        monkeypatch.setattr(udp, "_LoopWaker", Blind)

    async def opened(receiver: Callable[[memoryview, Address], None], host: str = "127.0.0.1") -> Any:
        return await AsyncioNetwork(asyncio.get_running_loop()).open_udp(receiver, host, 0)

    return opened


def test_a_datagram_arrives_with_its_source(run_on: RunOn, open_port: Callable[..., Any]) -> None:
    async def main() -> None:
        inbox = Inbox()
        near, far = await open_port(lambda data, source: None), await open_port(inbox)
        near.send(b"hello", far.address)
        near.send(b"", far.address)
        near.send(bytes(60_000), far.address)
        await inbox.until(3)
        assert inbox.datagrams == [(b"hello", near.address), (b"", near.address), (bytes(60_000), near.address)]
        near.close()
        far.close()

    run_on(main)


def test_ipv6_works_too(run_on: RunOn, open_port: Callable[..., Any]) -> None:
    async def main() -> None:
        inbox = Inbox()
        try:
            far = await open_port(inbox, "::1")
        except OSError:
            pytest.skip("no IPv6 loopback on this machine")
        far.send(b"to myself", far.address)
        await inbox.until(1)
        assert inbox.datagrams == [(b"to myself", Address("::1", far.address.port))]
        far.close()

    run_on(main)


def test_a_burst_arrives_whole_and_in_order(run_on: RunOn, open_port: Callable[..., Any]) -> None:
    async def main() -> None:
        inbox = Inbox()
        near, far = await open_port(lambda data, source: None), await open_port(inbox)
        sent = [number.to_bytes(4, "big") for number in range(3 * udp.MAX_DATAGRAMS_PER_WAKE)]
        for data in sent:
            near.send(data, far.address)
        assert await inbox.until(len(sent)) == sent
        near.close()
        far.close()

    run_on(main)


async def test_the_loop_gets_its_turn_during_a_flood() -> None:
    loop = asyncio.get_running_loop()
    inbox = Inbox()
    far = await AsyncioNetwork(loop).open_udp(inbox, "127.0.0.1", 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(2 * udp.MAX_DATAGRAMS_PER_WAKE):
            sender.sendto(b"flood", far.address)
    await inbox.until(1)
    assert len(inbox.datagrams) <= udp.MAX_DATAGRAMS_PER_WAKE
    far.close()


def test_a_receiver_that_raises_is_logged_and_the_next_datagram_comes(
    run_on: RunOn, open_port: Callable[..., Any], caplog: pytest.LogCaptureFixture, expect_log: LogWatch
) -> None:
    expect_log("the receiver of a UDP port failed")

    async def main() -> None:
        inbox = Inbox()

        def fail_first(data: memoryview, source: Address) -> None:
            inbox(data, source)
            if data == b"first":
                raise LookupError("broken")

        far = await open_port(fail_first)
        far.send(b"first", far.address)
        far.send(b"second", far.address)
        assert await inbox.until(2) == [b"first", b"second"]
        far.close()

    with caplog.at_level(logging.ERROR):
        run_on(main)
    assert [record.getMessage() for record in caplog.records] == ["the receiver of a UDP port failed"]


class FailingSocket:
    """A real socket whose next receives raise what an ICMP error makes the system raise."""

    def __init__(self, sock: socket.socket, errors: list[OSError]) -> None:
        self._sock = sock
        self._errors = errors

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def recvfrom_into(self, buffer: bytearray) -> Any:
        if self._errors:
            raise self._errors.pop()
        return self._sock.recvfrom_into(buffer)


async def test_icmp_errors_do_not_end_it() -> None:
    inbox = Inbox()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.setblocking(False)
        errors: list[OSError] = [ConnectionResetError("port unreachable"), ConnectionRefusedError("same elsewhere")]
        port: Any = FailingSocket(sock, errors)
        far = SocketUdpPort(asyncio.get_running_loop(), port, inbox)
        far.send(b"alive", far.address)
        async with asyncio.timeout(SECONDS):
            assert await inbox.until(1) == [b"alive"]
        assert errors == []
        far.close()


def test_what_cannot_be_sent_is_dropped(run_on: RunOn, open_port: Callable[..., Any]) -> None:
    async def main() -> None:
        inbox = Inbox()
        far = await open_port(inbox)
        far.send(bytes(70_000), far.address)
        far.send(b"other family", Address("::1", 9))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
            closed.bind(("127.0.0.1", 0))
            nobody = Address("127.0.0.1", closed.getsockname()[1])
        for _ in range(10):
            far.send(b"nobody listens", nobody)
        far.send(b"fine", far.address)
        assert await inbox.until(1) == [b"fine"]
        far.close()
        far.send(b"after the end", nobody)

    run_on(main)


def test_close_within_the_receiver_and_twice(run_on: RunOn, open_port: Callable[..., Any]) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        closed = loop.create_future()
        count = 0

        def close_at_once(data: memoryview, source: Address) -> None:
            nonlocal count
            count += 1
            far.close()
            closed.set_result(None)

        far = await open_port(close_at_once)
        for _ in range(3):
            far.send(b"x", far.address)
        await closed
        await asyncio.sleep(0)
        far.close()
        assert count == 1

    run_on(main)


def test_no_thread_outlives_its_port(run_on: RunOn, open_port: Callable[..., Any]) -> None:
    async def main() -> None:
        (await open_port(lambda data, source: None)).close()

    run_on(main)
    assert [thread for thread in threading.enumerate() if thread.name == "shoal-udp"] == []


async def test_an_address_in_use_raises_oserror() -> None:
    network = AsyncioNetwork(asyncio.get_running_loop())
    first = await network.open_udp(lambda data, source: None, "127.0.0.1", 0)
    with pytest.raises(OSError, match=r"."):
        await network.open_udp(lambda data, source: None, "127.0.0.1", first.address.port)
    first.close()
