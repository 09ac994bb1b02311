from __future__ import annotations

import asyncio
from pathlib import Path

from shoal.runtime.system_world import system_world
from shoal.runtime.world import World


async def test_its_parts_work_together(tmp_path: Path) -> None:
    world: World = system_world(asyncio.get_running_loop(), check_threads=1)
    path = str(tmp_path / "file")

    def write() -> int:
        handle = world.files.open(path, write=True, create=True)
        written = world.files.pwrite(handle, memoryview(b"data"), 0)
        world.files.close(handle)
        return written

    assert await world.workers.run(write) == 4
    assert await world.network.resolve("127.0.0.1", 1)
    assert 0 <= world.random.random() < 1
    assert world.clock.now() <= world.clock.now()
    world.workers.close()


def test_it_can_be_made_before_the_loop_runs() -> None:
    with asyncio.Runner() as runner:
        world = system_world(runner.get_loop())
        assert runner.run(world.workers.run(lambda: "ran")) == "ran"
        world.workers.close()
