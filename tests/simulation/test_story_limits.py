"""Stories of limits: the mean over a minute is what was set, up and down, for one torrent and for several."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import FOLDER, Node, StorySwarm, lay_out, measured
from tests.support.swarm_content import Content, single_file

from shoal.api.commands import AddTorrent, SetLimits
from shoal.engine.torrent.traffic import announce_stats

MINUTE = 60.0
LIMIT = 100_000
TOLERANCE = 0.01


async def minute_mean(node: Node, *, up: bool = False, torrent_id: str | None = None) -> float:
    """Payload bytes/s of the next 60 virtual seconds, of all torrents or of one."""

    def total() -> int:
        chosen = [node.session.torrents[torrent_id]] if torrent_id else list(node.session.torrents.values())
        stats = [announce_stats(torrent) for torrent in chosen]
        return sum(one.uploaded if up else one.downloaded for one in stats)

    before = total()
    await asyncio.sleep(MINUTE)
    return (total() - before) / MINUTE


def assert_kept(what: str, mean: float, limit: float, tolerance: float = TOLERANCE) -> None:
    measured(f"{what}: mean / limit", mean / limit)
    assert abs(mean / limit - 1) <= tolerance, f"{what}: {mean:.0f} B/s with a limit of {limit:.0f}"


async def pair(sim: SimWorld, size: int, **limits: int) -> tuple[StorySwarm, Node, Node]:
    """A seed and a leech; `limits` are the leech's and seed's, as `seed_up_limit` or `down_limit`."""
    swarm = StorySwarm(sim, single_file(size))
    seed = await swarm.seed("seed", up_limit=limits.pop("seed_up_limit", 0))
    leech = await swarm.leech("leech", peers=[seed], **limits)
    return swarm, seed, leech


@pytest.mark.parametrize("limit", [20_000, 100_000, 400_000])
def test_download_limit_of_a_torrent_holds_over_a_minute(limit: int) -> None:
    async def story(sim: SimWorld) -> None:
        swarm, _, leech = await pair(sim, 70 * limit, down_limit=limit)
        await leech.until(lambda: leech.downloaded > 0, 10, "on its way")
        assert_kept(f"down {limit}", await minute_mean(leech), limit, 0.05 if limit < LIMIT else TOLERANCE)
        await swarm.close()

    run_story(story, seed=1)


def test_upload_limit_of_a_torrent_holds_over_a_minute() -> None:
    async def story(sim: SimWorld) -> None:
        swarm, seed, leech = await pair(sim, 70 * LIMIT, seed_up_limit=LIMIT)
        await leech.until(lambda: leech.downloaded > 0, 10, "on its way")
        assert_kept("up", await minute_mean(seed, up=True), LIMIT)
        await swarm.close()

    run_story(story, seed=2)


@pytest.mark.parametrize("direction", ["down", "up"])
def test_session_limit_holds_over_ten_peers_of_one_torrent(direction: str) -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(70 * LIMIT if direction == "down" else 8 * LIMIT))
        if direction == "down":
            seeds = [await swarm.seed(f"seed {number}") for number in range(10)]
            one = await swarm.leech("leech", peers=seeds, settings={"down_limit": LIMIT})
        else:
            one = await swarm.seed("seed", settings={"up_limit": LIMIT, "upload_slots": 10})
            for number in range(10):
                await swarm.leech(f"leech {number}", peers=[one])
        await asyncio.sleep(3)
        mean = await minute_mean(one, up=direction == "up")
        assert_kept(f"session, ten peers, {direction}", mean, LIMIT)
        await swarm.close()

    run_story(story, seed=3)


async def three_torrents(
    sim: SimWorld, own_limits: Sequence[int], settings: dict[str, int]
) -> tuple[Node, Node, list[str]]:
    contents = [single_file(50 * LIMIT, seed=number, name=f"file {number}") for number in range(3)]
    swarm = StorySwarm(sim, contents[0])
    machine = sim.add_host("seed")
    seed = await swarm.boot(machine)
    leech = await swarm.boot(sim.add_host("leech"), settings=settings)
    for content in contents:
        lay_out(machine.files, content)
        await seed.client.execute(AddTorrent(content.torrent(), FOLDER))
    await asyncio.sleep(1)
    ids = [await add(leech, content, seed, limit) for content, limit in zip(contents, own_limits, strict=True)]
    await asyncio.sleep(3)
    return seed, leech, ids


async def add(leech: Node, content: Content, seed: Node, limit: int) -> str:
    answer = await leech.client.execute(AddTorrent(content.torrent(), FOLDER, peers=(seed.address,), down_limit=limit))
    assert isinstance(answer, str)
    return answer


def test_three_torrents_share_the_session_limit_and_none_starves() -> None:
    async def story(sim: SimWorld) -> None:
        seed, leech, ids = await three_torrents(sim, (0, 0, 0), {"down_limit": LIMIT})
        whole, *each = await asyncio.gather(
            minute_mean(leech), *(minute_mean(leech, torrent_id=torrent_id) for torrent_id in ids)
        )
        assert_kept("three torrents, session", whole, LIMIT)
        measured("least share of a torrent", min(each) / LIMIT)
        assert min(each) > 0.25 * LIMIT
        await leech.close()
        await seed.close()

    run_story(story, seed=4)


def test_limits_of_torrents_below_the_sessions_hold_too() -> None:
    async def story(sim: SimWorld) -> None:
        seed, leech, ids = await three_torrents(sim, (10_000, 25_000, 0), {"down_limit": LIMIT})
        whole, slow, middle, free = await asyncio.gather(
            minute_mean(leech), *(minute_mean(leech, torrent_id=torrent_id) for torrent_id in ids)
        )
        assert_kept("session", whole, LIMIT)
        assert_kept("torrent of 10 kB/s", slow, 10_000, 0.05)
        assert_kept("torrent of 25 kB/s", middle, 25_000, 0.05)
        assert_kept("torrent with what is left", free, LIMIT - 35_000, 0.05)
        await leech.close()
        await seed.close()

    run_story(story, seed=5)


def test_limits_change_and_go_while_data_flows() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(16_000_000))
        seed = await swarm.seed("seed", up=400_000)
        leech = await swarm.leech("leech", peers=[seed], down_limit=50_000)

        async def rate(seconds: float, *, of_seed: bool = False) -> float:
            await asyncio.sleep(2)
            before = seed.uploaded if of_seed else leech.downloaded
            await asyncio.sleep(seconds)
            return ((seed.uploaded if of_seed else leech.downloaded) - before) / seconds

        await leech.until(lambda: leech.downloaded > 0, 10, "on its way")
        assert await rate(10) == pytest.approx(50_000, rel=0.05)
        await leech.client.execute(SetLimits(leech.torrent_id, down=150_000))
        assert await rate(10) == pytest.approx(150_000, rel=0.05)
        await leech.client.execute(SetLimits(leech.torrent_id, down=0))
        assert await rate(10) > 0.9 * 400_000
        await leech.client.execute(SetLimits(None, down=30_000))
        assert await rate(10) == pytest.approx(30_000, rel=0.1)
        await leech.client.execute(SetLimits(None, down=0))
        assert await rate(5) > 0.9 * 400_000
        await seed.client.execute(SetLimits(None, up=10_000))
        assert await rate(30, of_seed=True) == pytest.approx(10_000, rel=0.1)
        await seed.client.execute(SetLimits(None, up=0))
        assert await rate(5) > 0.9 * 400_000
        await swarm.close()

    run_story(story, seed=6)


def test_tiny_limit_still_moves() -> None:
    """A limit of one block in eight seconds starves nobody: the transfer goes on, slowly."""

    async def story(sim: SimWorld) -> None:
        swarm, _, leech = await pair(sim, 200_000, down_limit=2048)
        await leech.until(lambda: leech.downloaded > 0, 20, "on its way")
        assert_kept("tiny", await minute_mean(leech), 2048, 0.15)
        await leech.completed(200)
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=7)
