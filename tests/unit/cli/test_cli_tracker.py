"""`tracker` says where it listens, serves until told to end, and always stops what it started."""

from __future__ import annotations

import asyncio
import errno
import io
import os

import pytest

from shoal.api.errors import Reason, UserError
from shoal.cli.options import TrackerOptions
from shoal.cli.tracker import USUAL_PORT, run_tracker


class FakeTracker:
    http_url = "http://127.0.0.1:6969/announce"
    udp_url = "udp://127.0.0.1:6970/announce"

    def __init__(self) -> None:
        self.is_stopped = False

    async def stop(self) -> None:
        self.is_stopped = True


class Opener:
    def __init__(self, *taken: int) -> None:
        self.taken = taken
        self.asked: list[tuple[str, int, int]] = []
        self.tracker = FakeTracker()

    async def __call__(self, host: str, port: int, udp_port: int) -> FakeTracker:
        self.asked.append((host, port, udp_port))
        if port in self.taken:
            raise OSError(errno.EADDRINUSE, f"error while attempting to bind on address ({host!r}, {port})")
        return self.tracker


async def test_says_ready_and_serves_until_asked_to_end() -> None:
    opener, stream, end = Opener(), io.StringIO(), asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, end.set)
    await run_tracker(TrackerOptions("::1", 7, 8), opener, stream, end)
    assert stream.getvalue() == "READY http://127.0.0.1:6969/announce udp://127.0.0.1:6970\n"
    assert opener.asked == [("::1", 7, 8)]
    assert opener.tracker.is_stopped


async def test_usual_port_gives_way_to_any_but_a_wanted_one_does_not() -> None:
    end = asyncio.Event()
    end.set()
    opener = Opener(USUAL_PORT, 7)
    await run_tracker(TrackerOptions(), opener, io.StringIO(), end)
    assert opener.asked == [("0.0.0.0", USUAL_PORT, USUAL_PORT), ("0.0.0.0", 0, 0)]
    with pytest.raises(UserError) as refused:
        await run_tracker(TrackerOptions(port=7), opener, io.StringIO(), end)
    assert refused.value.reason == Reason("tracker-port-taken", {"host": "0.0.0.0", "port": "7"})
    assert opener.asked[-1] == ("0.0.0.0", 7, 7)


async def test_tracker_is_stopped_when_nobody_reads() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    opener = Opener()
    with pytest.raises(BrokenPipeError):
        await run_tracker(TrackerOptions(), opener, Closed(), asyncio.Event())
    assert opener.tracker.is_stopped


async def test_other_refusals_of_the_system_are_in_its_words_alone() -> None:
    async def refuse(host: str, port: int, udp_port: int) -> FakeTracker:
        raise OSError(errno.EADDRNOTAVAIL, f"error while attempting to bind on address ({host!r}, {port})")

    with pytest.raises(UserError) as refused:
        await run_tracker(TrackerOptions("192.0.2.7", 0), refuse, io.StringIO(), asyncio.Event())
    assert refused.value.reason.params["detail"] == os.strerror(errno.EADDRNOTAVAIL)
