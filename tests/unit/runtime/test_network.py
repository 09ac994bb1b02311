from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest

from shoal.runtime import network as network_module
from shoal.runtime.network import AsyncioNetwork
from shoal.runtime.world import Address

RunOn = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not _has_ipv6(), reason="no IPv6 loopback on this machine")


class Stream(asyncio.BufferedProtocol):
    """Records what happens to it; `received` counts bytes and `log` the calls."""

    def __init__(self) -> None:
        self.buffer = bytearray(65536)
        self.received = bytearray()
        self.log: list[str] = []
        self.changed = asyncio.Event()
        self.transport: asyncio.Transport

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self.changed.clear()
            await self.changed.wait()

    def _note(self, event: str) -> None:
        self.log.append(event)
        self.changed.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A cast, because uvloop's transports are no subclasses of asyncio's.
        self.transport = cast("asyncio.Transport", transport)
        self._note("made")

    def get_buffer(self, sizehint: int) -> memoryview:
        return memoryview(self.buffer)

    def buffer_updated(self, nbytes: int) -> None:
        self.received += self.buffer[:nbytes]
        self.changed.set()

    def eof_received(self) -> bool:
        self._note("eof")
        return False

    def connection_lost(self, exc: BaseException | None) -> None:
        self._note("lost")

    def pause_writing(self) -> None:
        self._note("pause")

    def resume_writing(self) -> None:
        self._note("resume")


class Acceptor:
    """The factory of a listener; keeps what was accepted."""

    def __init__(self) -> None:
        self.streams: list[Stream] = []
        self._made: asyncio.Queue[Stream] = asyncio.Queue()

    def __call__(self) -> Stream:
        stream = Stream()
        self.streams.append(stream)
        self._made.put_nowait(stream)
        return stream

    async def accepted(self) -> Stream:
        stream = await self._made.get()
        await stream.until(lambda: "made" in stream.log)
        return stream


def loop_network() -> AsyncioNetwork:
    return AsyncioNetwork(asyncio.get_running_loop())


async def connected(host: str = "127.0.0.1") -> tuple[Stream, Stream, Callable[[], None]]:
    network, accepted = loop_network(), Acceptor()
    listener = await network.listen(accepted, [host], 0)
    transport, protocol = await network.dial(Stream, listener.addresses[0])
    assert isinstance(protocol, Stream)
    far = await accepted.accepted()

    def close() -> None:
        transport.abort()
        far.transport.abort()
        listener.close()

    return protocol, far, close


@pytest.mark.parametrize("host", ["127.0.0.1", pytest.param("::1", marks=needs_ipv6)])
def test_bytes_flow_both_ways_without_delay(run_on: RunOn, host: str) -> None:
    async def main() -> None:
        near, far, close = await connected(host)
        for stream in (near, far):
            sock = stream.transport.get_extra_info("socket")
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        near.transport.write(b"ping")
        await far.until(lambda: far.received == b"ping")
        far.transport.writelines([b"po", b"ng"])
        await near.until(lambda: near.received == b"pong")
        assert near.transport.get_extra_info("peername")[0] == host
        near.transport.close()
        await far.until(lambda: "lost" in far.log)
        assert far.log == ["made", "eof", "lost"]
        close()

    run_on(main)


def test_a_reader_that_pauses_pushes_back(run_on: RunOn) -> None:
    async def main() -> None:
        near, far, close = await connected()
        far.transport.pause_reading()
        total = 64 << 20
        near.transport.write(bytes(total))
        await near.until(lambda: "pause" in near.log)
        # What the kernel holds is far below the total, so the rest must wait in the transport.
        assert near.transport.get_write_buffer_size() > total // 4
        far.transport.resume_reading()
        await far.until(lambda: len(far.received) == total)
        await near.until(lambda: "resume" in near.log)
        assert near.log == ["made", "pause", "resume"]
        close()

    run_on(main)


def test_dial_leaves_from_the_local_host_asked_for(run_on: RunOn) -> None:
    async def main() -> None:
        network, accepted = loop_network(), Acceptor()
        listener = await network.listen(accepted, ["127.0.0.1"], 0)
        transport, _ = await network.dial(Stream, listener.addresses[0], local_host="127.0.0.2")
        assert transport.get_extra_info("sockname")[0] == "127.0.0.2"
        transport.abort()
        listener.close()

    try:
        with socket.socket() as sock:
            sock.bind(("127.0.0.2", 0))
    except OSError:
        pytest.skip("only 127.0.0.1 can be bound on this machine")
    run_on(main)


def test_dial_raises_oserror(run_on: RunOn) -> None:
    async def main() -> None:
        network = loop_network()
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            refused = Address("127.0.0.1", unused.getsockname()[1])
            with pytest.raises(ConnectionRefusedError):
                await network.dial(Stream, refused)
        with pytest.raises(OSError, match=r"."):
            await network.dial(Stream, Address("localhost", 80))
        with pytest.raises(OSError, match=r"."):
            await network.dial(Stream, refused, local_host="192.0.2.1")

    run_on(main)


@needs_ipv6
def test_both_families_share_the_port_the_system_chose(run_on: RunOn) -> None:
    async def main() -> None:
        network, accepted = loop_network(), Acceptor()
        listener = await network.listen(accepted, ["127.0.0.1", "::1", "127.0.0.1"], 0)
        four, six = listener.addresses
        assert (four.host, six.host) == ("127.0.0.1", "::1")
        assert four.port == six.port != 0
        for address in listener.addresses:
            transport, _ = await network.dial(Stream, address)
            transport.abort()
        listener.close()
        with pytest.raises(ConnectionRefusedError):
            await network.dial(Stream, four)

    run_on(main)


@needs_ipv6
async def test_another_port_is_drawn_when_the_second_family_has_it_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    bound: list[tuple[str, int]] = []
    real = network_module._bound_socket

    def crowded(host: str, port: int, kind: socket.SocketKind) -> socket.socket:
        bound.append((host, port))
        if host == "::1" and len(bound) <= 4:
            raise OSError(errno.EADDRINUSE, "taken")
        return real(host, port, kind)

    monkeypatch.setattr(network_module, "_bound_socket", crowded)
    listener = await loop_network().listen(Acceptor(), ["127.0.0.1", "::1"], 0)
    assert [host for host, _ in bound] == ["127.0.0.1", "::1"] * 3
    assert len({address.port for address in listener.addresses}) == 1
    assert len(listener.addresses) == 2
    listener.close()


async def test_after_enough_tries_one_family_is_better_than_none(monkeypatch: pytest.MonkeyPatch) -> None:
    real = network_module._bound_socket

    def crowded(host: str, port: int, kind: socket.SocketKind) -> socket.socket:
        if host == "::1":
            raise OSError(errno.EADDRINUSE, "taken")
        return real(host, port, kind)

    monkeypatch.setattr(network_module, "_bound_socket", crowded)
    listener = await loop_network().listen(Acceptor(), ["127.0.0.1", "::1"], 0)
    assert [address.host for address in listener.addresses] == ["127.0.0.1"]
    listener.close()


def test_hosts_that_cannot_be_bound_are_left_out(run_on: RunOn) -> None:
    async def main() -> None:
        network = loop_network()
        for port in (0, (await _free_port())):
            listener = await network.listen(Acceptor(), ["192.0.2.1", "2001:db8::1", "127.0.0.1"], port)
            assert [address.host for address in listener.addresses] == ["127.0.0.1"]
            assert port in (0, listener.addresses[0].port)
            listener.close()

    run_on(main)


async def _free_port() -> int:
    listener = await loop_network().listen(Acceptor(), ["127.0.0.1"], 0)
    listener.close()
    await asyncio.sleep(0)
    return listener.addresses[0].port


def test_listen_fails_when_nothing_can_be_bound(run_on: RunOn) -> None:
    async def main() -> None:
        network = loop_network()
        first = await network.listen(Acceptor(), ["127.0.0.1"], 0)
        for hosts in (["127.0.0.1"], ["192.0.2.1"], ["localhost"], []):
            with pytest.raises(OSError, match=r"."):
                await network.listen(Acceptor(), hosts, first.addresses[0].port)
        first.close()

    run_on(main)


def test_closing_a_listener_leaves_accepted_connections(run_on: RunOn) -> None:
    async def main() -> None:
        network, accepted = loop_network(), Acceptor()
        listener = await network.listen(accepted, ["127.0.0.1"], 0)
        transport, _ = await network.dial(Stream, listener.addresses[0])
        far = await accepted.accepted()
        listener.close()
        transport.write(b"still here")
        await far.until(lambda: far.received == b"still here")
        transport.abort()
        far.transport.abort()

    run_on(main)


def test_resolve_answers_numeric_hosts_at_once(run_on: RunOn) -> None:
    async def main() -> None:
        assert await loop_network().resolve("127.0.0.1", 7) == [Address("127.0.0.1", 7)]

    run_on(main)
