"""The simulated transport calls a protocol exactly as asyncio's real one does: each story runs on both."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from tests.support.sim_world import SimWorld, run_story

from shoal.runtime.network import AsyncioNetwork
from shoal.runtime.world import Address, Network

SECONDS = 20.0


class Recorder(asyncio.BufferedProtocol):
    """Writes down every call; behaves oddly on demand."""

    def __init__(self, *, buffer_bytes: int = 1 << 16, keeps_open: bool = False, fails_on: str = "") -> None:
        self.buffer = bytearray(buffer_bytes)
        self.keeps_open = keeps_open
        self.fails_on = fails_on
        self.log: list[str] = []
        self.received = bytearray()
        self.transport: asyncio.Transport
        self._changed = asyncio.Event()

    async def until(self, condition: Callable[[], object]) -> None:
        while not condition():
            self._changed.clear()
            await self._changed.wait()

    async def until_lost(self) -> None:
        await self.until(lambda: self.log and self.log[-1].startswith("lost"))

    def _note(self, entry: str) -> None:
        self.log.append(entry)
        self._changed.set()

    def _maybe_fail(self, call: str) -> None:
        if call == self.fails_on:
            raise LookupError(f"broken {call}")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._note("made")

    def get_buffer(self, sizehint: int) -> memoryview:
        self._maybe_fail("get_buffer")
        return memoryview(self.buffer)

    def buffer_updated(self, nbytes: int) -> None:
        self._maybe_fail("buffer_updated")
        self.received += self.buffer[:nbytes]
        self._changed.set()

    def eof_received(self) -> bool:
        self._note("eof")
        self._maybe_fail("eof_received")
        return self.keeps_open

    def connection_lost(self, exc: BaseException | None) -> None:
        self._note("lost" if exc is None else f"lost {type(exc).__name__}")

    def pause_writing(self) -> None:
        self._note("pause")

    def resume_writing(self) -> None:
        self._note("resume")


class Ground:
    """Two networks that reach each other, and where to listen."""

    def __init__(self, near: Network, far: Network, far_host: str, latency: float) -> None:
        self.near, self.far, self.far_host, self.latency = near, far, far_host, latency
        self.reports: list[str] = []

    async def settle(self) -> None:
        """Let what is under way arrive: a turn of the loop on the real loopback, round trips in the simulation."""
        for _ in range(10):
            await asyncio.sleep(self.latency)

    async def connect(self, near: Recorder, far: Recorder) -> None:
        listener = await self.far.listen(lambda: far, [self.far_host], 0)
        _, protocol = await self.near.dial(lambda: near, Address(self.far_host, listener.addresses[0].port))
        assert protocol is near
        assert near.log == ["made"]
        await far.until(lambda: far.log == ["made"])
        listener.close()


Play = Callable[[Callable[[Ground], Awaitable[None]]], None]


@pytest.fixture(params=["real", "simulated"])
def play(request: pytest.FixtureRequest) -> Play:
    """Run a story on real sockets or in the simulation; `ground.reports` collects what reaches the loop's handler."""

    def watch(ground: Ground) -> None:
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: ground.reports.append(str(context.get("exception")))
        )

    async def real(story: Callable[[Ground], Awaitable[None]]) -> None:
        network = AsyncioNetwork(asyncio.get_running_loop())
        ground = Ground(network, network, "127.0.0.1", 0.0)
        watch(ground)
        async with asyncio.timeout(SECONDS):
            await story(ground)

    async def simulated(sim: SimWorld, story: Callable[[Ground], Awaitable[None]]) -> None:
        near, far = sim.add_host("near"), sim.add_host("far")
        ground = Ground(near.world.network, far.world.network, far.host.addresses[0], 0.02)
        watch(ground)
        await story(ground)

    if request.param == "real":
        return lambda story: asyncio.run(real(story))
    return lambda story: run_story(lambda sim: simulated(sim, story), limit_seconds=60)


def test_close_sends_everything_first(play: Play) -> None:
    async def story(ground: Ground) -> None:
        near, far = Recorder(), Recorder()
        await ground.connect(near, far)
        data = bytes(range(256)) * 8192
        near.transport.write(data)
        near.transport.close()
        assert near.transport.is_closing()
        await far.until_lost()
        await near.until_lost()
        assert far.received == data
        assert far.log == ["made", "eof", "lost"]
        assert [entry for entry in near.log if entry not in ("pause", "resume")] == ["made", "lost"]

    play(story)


def test_a_half_closed_stream_still_answers(play: Play) -> None:
    async def story(ground: Ground) -> None:
        near, far = Recorder(), Recorder(keeps_open=True)
        await ground.connect(near, far)
        assert near.transport.can_write_eof()
        near.transport.write(b"question")
        near.transport.write_eof()
        with pytest.raises(RuntimeError):
            near.transport.write(b"more")
        await far.until(lambda: far.log[-1] == "eof")
        far.transport.writelines([b"ans", bytearray(b"w"), memoryview(b"er")])
        far.transport.close()
        await near.until_lost()
        await far.until_lost()
        assert (far.received, near.received) == (b"question", b"answer")
        assert near.log == ["made", "eof", "lost"]
        assert far.log == ["made", "eof", "lost"]

    play(story)


def test_abort_ends_at_once_for_the_one_and_with_eof_for_the_other(play: Play) -> None:
    async def story(ground: Ground) -> None:
        near, far = Recorder(), Recorder()
        await ground.connect(near, far)
        near.transport.abort()
        near.transport.abort()
        near.transport.close()
        near.transport.write(b"too late")
        await near.until_lost()
        await far.until_lost()
        assert near.log == ["made", "lost"]
        assert far.log == ["made", "eof", "lost"]
        assert far.received == b""

    play(story)


def test_closing_with_unread_data_resets_the_other_end(play: Play) -> None:
    async def story(ground: Ground) -> None:
        near, far = Recorder(), Recorder()
        await ground.connect(near, far)
        far.transport.pause_reading()
        near.transport.write(b"never read")
        await ground.settle()
        far.transport.close()
        await near.until_lost()
        assert near.log[-1] == "lost ConnectionResetError"
        assert far.log == ["made", "lost"]

    play(story)


def test_a_reader_that_pauses_pauses_the_writer(play: Play) -> None:
    async def story(ground: Ground) -> None:
        near, far = Recorder(), Recorder()
        await ground.connect(near, far)
        far.transport.pause_reading()
        far.transport.pause_reading()
        total = 32 << 20
        near.transport.set_write_buffer_limits(high=1 << 20)
        assert near.transport.get_write_buffer_size() == 0
        near.transport.write(bytes(total))
        assert near.log == ["made", "pause"]
        await ground.settle()
        assert near.transport.get_write_buffer_size() > 1 << 20
        assert far.received == b""
        far.transport.resume_reading()
        await far.until(lambda: len(far.received) == total)
        await near.until(lambda: near.log[-1] == "resume")
        assert near.log == ["made", "pause", "resume"]
        assert near.transport.get_write_buffer_size() == 0

    play(story)


def test_pausing_within_a_callback_takes_effect_at_once(play: Play) -> None:
    class OneByOne(Recorder):
        def buffer_updated(self, nbytes: int) -> None:
            super().buffer_updated(nbytes)
            self.transport.pause_reading()

    async def story(ground: Ground) -> None:
        near, far = Recorder(), OneByOne(buffer_bytes=10)
        await ground.connect(near, far)
        near.transport.write(b"0123456789abcdefghij!")
        await far.until(lambda: far.received)
        await ground.settle()
        assert far.received == b"0123456789"
        far.transport.resume_reading()
        assert far.received == b"0123456789"
        await far.until(lambda: len(far.received) > 10)
        assert far.received == b"0123456789abcdefghij"
        near.transport.close()
        far.transport.resume_reading()
        await far.until(lambda: len(far.received) == 21)
        far.transport.resume_reading()
        await far.until_lost()
        assert far.log == ["made", "eof", "lost"]

    play(story)


@pytest.mark.parametrize("call", ["get_buffer", "buffer_updated", "eof_received"])
def test_a_protocol_that_raises_loses_its_connection(play: Play, call: str) -> None:
    async def story(ground: Ground) -> None:
        near, far = Recorder(), Recorder(fails_on=call)
        await ground.connect(near, far)
        if call == "eof_received":
            near.transport.write_eof()
        else:
            near.transport.write(b"x")
        await far.until_lost()
        assert far.log[-1] == "lost LookupError"
        assert ground.reports == [f"broken {call}"]
        await near.until_lost()
        assert near.log in (["made", "eof", "lost"], ["made", "lost ConnectionResetError"])

    play(story)


def test_an_empty_buffer_is_an_error(play: Play) -> None:
    async def story(ground: Ground) -> None:
        near, far = Recorder(), Recorder(buffer_bytes=0)
        await ground.connect(near, far)
        near.transport.write(b"x")
        await far.until_lost()
        assert far.log == ["made", "lost RuntimeError"]
        assert ground.reports == ["get_buffer() returned an empty buffer"]

    play(story)


def test_a_pause_callback_that_raises_is_reported_only(play: Play) -> None:
    class Broken(Recorder):
        def pause_writing(self) -> None:
            raise LookupError("broken pause")

    async def story(ground: Ground) -> None:
        near, far = Broken(), Recorder()
        await ground.connect(near, far)
        near.transport.write(bytes(32 << 20))
        await far.until(lambda: len(far.received) == 32 << 20)
        assert ground.reports == ["broken pause"]
        assert not near.transport.is_closing()

    play(story)


def test_limits_and_arguments_are_checked_alike(play: Play) -> None:
    async def story(ground: Ground) -> None:
        near, far = Recorder(), Recorder()
        await ground.connect(near, far)
        transport: Any = near.transport
        with pytest.raises(TypeError):
            transport.write("text")
        with pytest.raises(ValueError, match="high"):
            transport.set_write_buffer_limits(high=1, low=2)
        transport.write(b"")
        for arguments, limits in (
            ({}, (16384, 65536)),
            ({"high": 1000}, (250, 1000)),
            ({"low": 1000}, (1000, 4000)),
            ({"high": 0}, (0, 0)),
        ):
            transport.set_write_buffer_limits(**arguments)
            assert transport.get_write_buffer_limits() == limits
        assert transport.is_reading()
        transport.pause_reading()
        assert not transport.is_reading()
        transport.resume_reading()
        assert transport.get_protocol() is near
        assert transport.get_extra_info("nothing", "default") == "default"
        peer = transport.get_extra_info("peername")
        assert peer[0] == ground.far_host
        assert peer == far.transport.get_extra_info("sockname")
        assert transport.get_extra_info("sockname") == far.transport.get_extra_info("peername")
        transport.close()
        assert not transport.is_reading()

    play(story)


def test_another_protocol_can_take_over(play: Play) -> None:
    async def story(ground: Ground) -> None:
        near, far, second = Recorder(), Recorder(), Recorder()
        await ground.connect(near, far)
        far.transport.set_protocol(second)
        near.transport.write(b"for the second")
        near.transport.close()
        await second.until_lost()
        assert second.received == b"for the second"
        assert (far.log, second.log) == (["made"], ["eof", "lost"])

    play(story)


def test_a_cancelled_dial_leaves_nothing_at_the_other_end(play: Play) -> None:
    async def story(ground: Ground) -> None:
        far = Recorder()
        listener = await ground.far.listen(lambda: far, [ground.far_host], 0)
        dialling = asyncio.create_task(
            cast("Any", ground.near.dial(Recorder, Address(ground.far_host, listener.addresses[0].port)))
        )
        await asyncio.sleep(0)
        dialling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dialling
        await ground.settle()
        assert far.log == [] or far.log[-1].startswith("lost")
        listener.close()

    play(story)


def test_nobody_listening_refuses(play: Play) -> None:
    async def story(ground: Ground) -> None:
        listener = await ground.far.listen(Recorder, [ground.far_host], 0)
        address = Address(ground.far_host, listener.addresses[0].port)
        with pytest.raises(OSError, match=r"."):
            await ground.far.listen(Recorder, [ground.far_host], address.port)
        listener.close()
        await ground.settle()
        with pytest.raises(ConnectionRefusedError):
            await ground.near.dial(Recorder, address)
        with pytest.raises(OSError, match=r"."):
            await ground.near.dial(Recorder, address, local_host="192.0.2.9")

    play(story)


def test_a_factory_that_fails_fails_the_dial(play: Play) -> None:
    def broken() -> Recorder:
        raise LookupError("broken factory")

    async def story(ground: Ground) -> None:
        far = Recorder()
        listener = await ground.far.listen(lambda: far, [ground.far_host], 0)
        with pytest.raises(LookupError):
            await ground.near.dial(broken, Address(ground.far_host, listener.addresses[0].port))
        await far.until_lost()
        listener.close()

    play(story)
