"""A peer's byte stream: whole messages reach the owner whatever the cuts, and reading stops when it must."""

import asyncio
import random
import tracemalloc

import pytest
from tests.support.wire_peer import WireTransport

from shoal.engine.transport.stream import (
    RECEIVE_BYTES,
    TAIL_ROOM,
    PeerStream,
    ReceiveBuffer,
)


class Owner:
    """Takes messages of a 4-byte length and a body; `limit` is what may be read."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.limit = RECEIVE_BYTES
        self.events: list[str] = []

    def on_connected(self, stream: PeerStream) -> None:
        self.events.append("connected")

    def on_bytes(self, data: memoryview) -> int:
        used = 0
        while used + 4 <= len(data):
            end = used + 4 + int.from_bytes(data[used : used + 4], "big")
            if end > len(data):
                break
            self.messages.append(bytes(data[used + 4 : end]))
            used = end
        return used

    def read_limit(self) -> int:
        return self.limit

    def on_read_limit_reached(self) -> None:
        self.events.append("limit")

    def message_length(self, tail: memoryview) -> int:
        return 4 + int.from_bytes(tail[:4], "big") if len(tail) >= 4 else 4

    def on_writable(self) -> None:
        self.events.append("writable")

    def on_closed(self, error: Exception | None) -> None:
        self.events.append(f"closed {error}")


def message(body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + body


def connected(shared: ReceiveBuffer | None = None) -> tuple[PeerStream, Owner, WireTransport]:
    owner, transport = Owner(), WireTransport()
    stream = PeerStream(shared or ReceiveBuffer(), owner)
    stream.connection_made(transport)
    return stream, owner, transport


def feed(stream: PeerStream, data: bytes) -> int:
    buffer = stream.get_buffer(-1)
    count = min(len(buffer), len(data))
    buffer[:count] = data[:count]
    stream.buffer_updated(count)
    return count


def feed_all(stream: PeerStream, data: bytes) -> None:
    while data:
        data = data[feed(stream, data) :]


@pytest.mark.parametrize("step", [1, 2, 3, 5, 7, 64])
def test_messages_arrive_whole_whatever_the_cuts(step: int) -> None:
    bodies = [b"", b"a", b"hello", bytes(range(60))]
    data = b"".join(map(message, bodies))
    stream, owner, _ = connected()
    for start in range(0, len(data), step):
        feed_all(stream, data[start : start + step])
    assert owner.messages == bodies


def test_streams_that_share_a_buffer_do_not_mix_their_messages() -> None:
    shared = ReceiveBuffer()
    pairs = [connected(shared) for _ in range(3)]
    rng = random.Random(5)
    bodies = [[rng.randbytes(rng.randrange(400)) for _ in range(30)] for _ in pairs]
    waiting = [b"".join(map(message, mine)) for mine in bodies]
    while any(waiting):
        number = rng.randrange(len(pairs))
        cut = rng.randrange(1, 300)
        feed_all(pairs[number][0], waiting[number][:cut])
        waiting[number] = waiting[number][cut:]
    assert [owner.messages for _, owner, _ in pairs] == bodies


@pytest.mark.parametrize("length", [TAIL_ROOM - 5, TAIL_ROOM - 4, TAIL_ROOM - 3, TAIL_ROOM + 1, 1 << 20])
def test_messages_around_and_above_the_tail_room_are_gathered(length: int) -> None:
    body = random.Random(length).randbytes(length)
    stream, owner, _ = connected()
    data = message(b"before") + message(body) + message(b"after")
    for start in range(0, len(data), 100_000):
        feed_all(stream, data[start : start + 100_000])
    assert owner.messages == [b"before", body, b"after"]


def test_a_huge_message_that_comes_in_drips_is_gathered_too() -> None:
    body = random.Random(1).randbytes(TAIL_ROOM + 500)
    stream, owner, _ = connected()
    data = message(body) + message(b"x")
    for start in range(0, len(data), 997):
        feed_all(stream, data[start : start + 997])
    assert owner.messages == [body, b"x"]


def test_an_announced_length_costs_nothing_before_its_bytes_come() -> None:
    stream, _, _ = connected()
    tracemalloc.start()
    try:
        feed_all(stream, (1 << 28).to_bytes(4, "big") + b"x")
        feed_all(stream, bytes(1000))
        assert tracemalloc.get_traced_memory()[1] < 64 * 1024
    finally:
        tracemalloc.stop()


def test_one_read_is_never_larger_than_the_owner_allows() -> None:
    stream, owner, _ = connected()
    owner.limit = 10
    assert len(stream.get_buffer(-1)) == 10
    owner.limit = 1 << 30
    assert len(stream.get_buffer(-1)) == RECEIVE_BYTES
    feed(stream, message(bytes(100))[:50])
    assert len(stream.get_buffer(-1)) == RECEIVE_BYTES


def test_reading_pauses_when_the_limit_is_used_up_and_resumes_once() -> None:
    stream, owner, transport = connected()
    feed(stream, message(b"a"))
    assert not transport.is_paused
    owner.limit = 0
    # The loop had begun this read already: it brings a single byte.
    assert feed(stream, message(b"b")) == 1
    assert transport.is_paused
    assert stream.is_reading_paused
    assert owner.events == ["connected", "limit"]
    owner.limit = 100
    stream.resume_reading()
    assert not transport.is_paused
    feed_all(stream, message(b"b")[1:])
    assert owner.messages == [b"a", b"b"]
    assert owner.events == ["connected", "limit"]


def test_a_closing_stream_does_not_resume() -> None:
    stream, owner, transport = connected()
    owner.limit = 0
    feed(stream, message(b"a"))
    transport.is_aborted = True
    stream.resume_reading()
    assert transport.is_paused


def test_parts_are_written_in_order_until_it_closes() -> None:
    stream, _, transport = connected()
    stream.write([b"one ", memoryview(b"two")])
    assert bytes(transport.sent) == b"one two"
    stream.close()
    assert transport.is_aborted
    stream.write([b"late"])
    assert bytes(transport.sent) == b"one two"


def test_back_pressure_is_told_to_the_owner() -> None:
    stream, owner, _ = connected()
    stream.pause_writing()
    assert not stream.is_writable
    stream.resume_writing()
    assert stream.is_writable
    assert owner.events[-1] == "writable"


def test_a_new_owner_hears_of_the_open_stream_and_gets_the_rest() -> None:
    stream, first, _ = connected()
    second = Owner()
    stream.change_owner(second)
    feed(stream, message(b"mine"))
    stream.connection_lost(ConnectionResetError("gone"))
    assert first.events == ["connected"]
    assert second.events == ["connected", "closed gone"]
    assert second.messages == [b"mine"]
    stream.close()
    stream.write([b"nobody"])


async def test_a_real_loop_drives_it_with_large_messages_both_ways() -> None:
    loop = asyncio.get_running_loop()
    received: asyncio.Future[None] = loop.create_future()
    body = random.Random(3).randbytes(3 * RECEIVE_BYTES)

    class Waiting(Owner):
        def on_bytes(self, data: memoryview) -> int:
            used = super().on_bytes(data)
            if len(self.messages) == 2 and not received.done():
                received.set_result(None)
            return used

    owner, sender = Waiting(), Owner()
    shared = ReceiveBuffer()
    server = await loop.create_server(lambda: PeerStream(shared, owner), "127.0.0.1", 0)
    try:
        port = server.sockets[0].getsockname()[1]
        transport, stream = await loop.create_connection(lambda: PeerStream(shared, sender), "127.0.0.1", port)
        stream.write([message(body), message(b"end")])
        await asyncio.wait_for(received, 20)
        transport.close()
    finally:
        server.close()
    assert owner.messages == [body, b"end"]
