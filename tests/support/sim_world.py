"""`World` for each host of a simulation, and the way to tell a story with them.

def test_something():
    async def story(sim: SimWorld) -> None:
        seed = sim.add_host("seed", up=2_000_000)
        leech = sim.add_host("leech")
        ...engines on seed.world and leech.world...

    run_story(story, seed=1)
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.support.faulty_files import PowerLossFiles
from tests.support.sim_network import MAX_WINDOW_BYTES, SimHost, SimInternet
from tests.support.virtual_time import run_virtual

from shoal.runtime.world import Files, World

T = TypeVar("T")

WALL_START = 1_790_000_000.0
"""The calendar time at which every simulation starts."""

LANES = ("disk", "read", "check", "move", "slow", "lists")


class SimClock:
    """`Clock` on the loop's virtual time, whose calendar can be set wrong."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._jumped = 0.0

    def now(self) -> float:
        return self._loop.time()

    def wall(self) -> float:
        return WALL_START + self._loop.time() + self._jumped

    def jump_wall(self, seconds: float) -> None:
        """Set the calendar forward, or back when negative; `now` does not notice, as a monotonic clock does not."""
        self._jumped += seconds


class InlineWorkers:
    """`Workers` without threads: a job runs on the loop when its lane is free; its result comes later, in order.

    `seconds` says how much virtual time a job of a lane takes: 0 or no entry means that the result comes at
    the loop's next turn. Each lane does one job at a time. May be changed while running, for a slow disk.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: Mapping[str, float] | None = None) -> None:
        self._loop = loop
        self.seconds = dict(seconds or {})
        self.jobs_run = 0
        self._waiting: dict[str, deque[tuple[Callable[[], Any], Callable[[Any], None]]]] = {
            lane: deque() for lane in LANES
        }
        self._busy: set[str] = set()
        self._awaited: dict[asyncio.Future[Any], None] = {}
        self._closed = False

    def submit(self, job: Callable[[], T], done: Callable[[T | BaseException], None], *, lane: str = "disk") -> None:
        if lane not in self._waiting:
            raise ValueError(f"no lane of workers is called {lane!r}")
        if self._closed:
            raise RuntimeError("the workers are closed")
        self._waiting[lane].append((job, done))
        if lane not in self._busy:
            self._start(lane)

    async def run(self, job: Callable[[], T], *, lane: str = "disk") -> T:
        future: asyncio.Future[T] = self._loop.create_future()

        def done(result: T | BaseException) -> None:
            if future.done():
                return
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)

        self.submit(job, done, lane=lane)
        self._awaited[future] = None
        try:
            return await future
        finally:
            del self._awaited[future]

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        for queue in self._waiting.values():
            queue.clear()
        # Results of jobs that ran are on their way already and come first.
        self._loop.call_later(max(self.seconds.values(), default=0.0), self._cancel_awaited)

    def _start(self, lane: str) -> None:
        job, done = self._waiting[lane].popleft()
        self.jobs_run += 1
        result: Any
        try:
            result = job()
        except Exception as error:
            result = error
        seconds = self.seconds.get(lane, 0.0)
        if seconds <= 0:
            self._loop.call_soon(done, result)
            return
        self._busy.add(lane)
        self._loop.call_later(seconds, self._end, lane, done, result)

    def _end(self, lane: str, done: Callable[[Any], None], result: Any) -> None:
        self._busy.discard(lane)
        while self._waiting[lane] and lane not in self._busy:
            self._start(lane)
        done(result)

    def _cancel_awaited(self) -> None:
        for future in list(self._awaited):
            future.cancel()


@dataclass
class Machine:
    """A simulated computer; `world` is what an engine on it gets."""

    name: str
    host: SimHost
    clock: SimClock
    workers: InlineWorkers
    files: Files
    world: World


class SimWorld:
    """All machines of a story. `random` decides everything that is left to chance, so a seed repeats the run.

    Must be made while a virtual-time loop runs; `run_story` does.
    """

    def __init__(
        self, seed: int = 0, *, latency: float = 0.02, max_window: int = MAX_WINDOW_BYTES, record: bool = False
    ) -> None:
        self.seed = seed
        self.loop = asyncio.get_running_loop()
        self.random = random.Random(seed)
        self.internet = SimInternet(
            random.Random(self.random.random()), latency=latency, max_window=max_window, record=record
        )
        self.machines: dict[str, Machine] = {}

    def add_host(
        self,
        name: str,
        *,
        addresses: Sequence[str] | None = None,
        up: float = 0.0,
        down: float = 0.0,
        files: Files | None = None,
        job_seconds: Mapping[str, float] | None = None,
    ) -> Machine:
        """Add a machine with a line of `up` and `down` bytes/s (0 = no limit).

        Without `addresses` it gets the next free pair, one IPv4 and one IPv6; without `files` an empty disk in
        memory that models a loss of power. `job_seconds` as in `InlineWorkers`.
        """
        if name in self.machines:
            raise ValueError(f"there is a machine called {name} already")
        if addresses is None:
            number = len(self.machines) + 1
            # Public looking, because peers of private ranges are believed only from private sources.
            addresses = (f"45.0.{number // 250}.{number % 250 + 1}", f"2a00:45::{number:x}")
        return self._boot(name, self.internet.host(name, addresses, up=up, down=down), files, job_seconds, None)

    def kill(self, name: str) -> Machine:
        """Kill the programs of a machine as `kill -9` does, and return the machine as it is then.

        Peers get resets, the disk keeps every write. What is left of the old engine acts on nothing any more.
        """
        return self._reboot(name, lambda disk: disk.kill(), silently=False)

    def lose_power(self, name: str, *, torn: bool = False, keeps_metadata: bool = False) -> Machine:
        """Cut a machine's power and return it booted again; peers hear nothing, unsynced writes are gone.

        `torn` and `keeps_metadata` as `rng` and `keeps_metadata` of `PowerLossFiles.crash`.
        """
        rng = self.random if torn else None
        return self._reboot(name, lambda disk: disk.crash(rng, keeps_metadata=keeps_metadata), silently=True)

    def _reboot(self, name: str, survive: Callable[[PowerLossFiles], PowerLossFiles], *, silently: bool) -> Machine:
        old = self.machines[name]
        if not isinstance(old.files, PowerLossFiles):
            raise TypeError(f"the disk of {name} cannot tell what survives: it is no PowerLossFiles")
        addresses, up, down = old.host.addresses, old.host.up.rate, old.host.down.rate
        files = survive(old.files)
        old.host.vanish(silently=silently)
        host = self.internet.host(name, addresses, up=up, down=down)
        host.is_black_hole, host.is_firewalled = old.host.is_black_hole, old.host.is_firewalled
        host.lan = old.host.lan
        return self._boot(name, host, files, old.workers.seconds, old.clock)

    def _boot(
        self,
        name: str,
        host: SimHost,
        files: Files | None,
        job_seconds: Mapping[str, float] | None,
        clock: SimClock | None,
    ) -> Machine:
        clock = clock or SimClock(self.loop)
        workers = InlineWorkers(self.loop, job_seconds)
        files = files if files is not None else PowerLossFiles(clock.wall)
        world = World(
            clock=clock, network=host, workers=workers, files=files, random=random.Random(self.random.random())
        )
        machine = self.machines[name] = Machine(name, host, clock, workers, files, world)
        return machine


def run_story(
    story: Callable[[SimWorld], Coroutine[Any, Any, T]],
    *,
    seed: int = 0,
    limit_seconds: float = 3600.0,
    latency: float = 0.02,
    max_window: int = MAX_WINDOW_BYTES,
    record: bool = False,
) -> T:
    """Run `story(sim)` in virtual time to its end; see `run_virtual` for what it raises and `SimInternet`."""

    async def main() -> T:
        return await story(SimWorld(seed, latency=latency, max_window=max_window, record=record))

    return run_virtual(main, seed=seed, limit_seconds=limit_seconds)
