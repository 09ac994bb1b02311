"""What `create` shares is listed and hashed by the workers; what cannot be read is named once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shoal.api.errors import UserError
from shoal.launch.shared_tree import SharedTree
from shoal.runtime.system_world import system_world
from shoal.runtime.world import World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = system_world(asyncio.get_running_loop())
    yield world
    world.workers.close()


async def test_folder_is_listed_and_hashed_in_one_order(world: World, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two").write_bytes(b"2" * 20_000)
    (tmp_path / "a").write_bytes(b"1" * 5)
    tree = SharedTree(world, str(tmp_path), threads=2)
    assert await tree.list() == [(("a",), 5), (("b", "two"), 20_000)]
    told: list[tuple[int, int]] = []
    hashes = await tree.hash(16_384, lambda done, total: told.append((done, total)))
    content = b"1" * 5 + b"2" * 20_000
    assert hashes == hashlib.sha1(content[:16_384]).digest() + hashlib.sha1(content[16_384:]).digest()
    assert told[-1] == (20_005, 20_005)


async def test_what_cannot_be_read_is_named_once(world: World, tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        await SharedTree(world, str(tmp_path / "none"), threads=1).list()
    assert refused.value.reason.params == {"path": str(tmp_path / "none"), "detail": "missing"}
    (tmp_path / "link").symlink_to("elsewhere")
    with pytest.raises(UserError) as refused:
        await SharedTree(world, str(tmp_path), threads=1).list()
    assert refused.value.code == "create-unreadable"
    assert refused.value.reason.params == {
        "path": str(tmp_path / "link"),
        "detail": "links cannot go into a torrent",
    }


async def test_file_that_shrinks_meanwhile_is_refused(world: World, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 40_000)
    tree = SharedTree(world, str(file), threads=1)
    assert await tree.list() == [((), 40_000)]
    file.write_bytes(b"x")
    with pytest.raises(UserError, match="create-unreadable"):
        await tree.hash(16_384, lambda done, total: None)
