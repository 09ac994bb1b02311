"""A session as a whole: beats, restarts, totals and the end."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import lay_out
from tests.support.swarm_content import single_file

from shoal.api import commands
from shoal.api.snapshots import Alert, SettingsReport, TorrentState, Update
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.disk_watch import MEASURE_SECONDS
from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.own_port import FIRST_PORT, LAST_PORT, TRIES, listen_on_own
from shoal.engine.session.session import Session, open_session
from shoal.engine.torrent.torrent import Torrent
from shoal.settings.engine_settings import EngineSettings

CONTENTS = [single_file(100_000, seed=number, name=f"file {number}") for number in range(3)]


async def opened(sim: SimWorld, name: str = "home", **settings: object) -> Session:
    machine = sim.machines.get(name) or sim.add_host(name)
    session = Session(machine.world, SessionConfig(EngineSettings(**settings)), None)  # type: ignore[arg-type]
    await session.open()
    return session


def story(main: Callable[[SimWorld], Awaitable[None]]) -> None:
    async def run(sim: SimWorld) -> None:
        await main(sim)

    run_story(run)


def test_the_first_update_has_all_rows_and_idle_torrents_are_not_told_again() -> None:
    async def main(sim: SimWorld) -> None:
        session = await opened(sim)
        client = LocalClient(session)
        for content in CONTENTS:
            await client.execute(commands.AddTorrent(content.torrent(), "/downloads", start=False))
        await asyncio.sleep(3)
        got: list[Update] = []
        client.subscribe(got.append)
        await asyncio.sleep(2)
        assert {row.torrent_id for row in got[0].changed} == {content.info_hash.hex() for content in CONTENTS}
        assert [row.queue_position for row in got[0].changed] == [1, 2, 3]
        count = len(got)
        await asyncio.sleep(MEASURE_SECONDS - 6)
        assert sum(len(update.changed) for update in got[count:]) == 0
        await client.close()

    story(main)


def test_a_subscriber_that_fails_costs_the_others_nothing(expect_log: Callable[[str], None]) -> None:
    expect_log("a subscriber to updates failed")

    async def main(sim: SimWorld) -> None:
        session = await opened(sim)
        client = LocalClient(session)
        got: list[Update] = []

        def fail(update: Update) -> None:
            raise ZeroDivisionError

        client.subscribe(fail)
        client.subscribe(got.append)
        await client.execute(commands.AddTorrent(CONTENTS[0].torrent(), "/downloads"))
        await asyncio.sleep(5)
        assert got
        assert got[-1].changed or got[0].changed
        await client.close()

    story(main)


def test_free_space_of_each_folder_is_measured() -> None:
    async def main(sim: SimWorld) -> None:
        session = await opened(sim)
        client = LocalClient(session)
        await client.execute(commands.AddTorrent(CONTENTS[0].torrent(), "/one", start=False))
        await client.execute(commands.AddTorrent(CONTENTS[1].torrent(), "/two", start=False))
        await asyncio.sleep(2)
        assert set(session.totals().free_bytes) == {"/one", "/two"}
        await client.close()

    story(main)


def test_a_taken_port_is_an_alert_and_another_is_used() -> None:
    async def main(sim: SimWorld) -> None:
        first = await opened(sim, listen_port=7000)
        second = Session(sim.machines["home"].world, SessionConfig(EngineSettings(listen_port=7000)), None)
        got: list[Update] = []
        LocalClient(second).subscribe(got.append)
        await second.open()
        await asyncio.sleep(2)
        (alert,) = got[0].alerts
        assert alert.code == "port-taken"
        assert alert.params["port"] == second.connections.listen_port != 7000
        await first.close()
        await second.close()

    story(main)


def test_closing_tells_the_last_state_and_lets_go_of_everything() -> None:
    async def main(sim: SimWorld) -> None:
        session = await opened(sim)
        client = LocalClient(session)
        got: list[Update] = []
        client.subscribe(got.append, beat_seconds=1000.0)
        await client.execute(commands.AddTorrent(CONTENTS[0].torrent(), "/downloads"))
        await asyncio.sleep(3)
        await client.close()
        (row,) = got[-1].changed
        assert row.state is TorrentState.STOPPED
        home = sim.machines["home"].host
        assert home.listeners == {}
        assert home.udp_ports == {}
        assert session.connections.count == 0
        # It goes on at the next start.
        assert session.torrents[row.torrent_id].record.is_started

    story(main)


def test_progress_is_told_while_data_flows_and_the_totals_add_up() -> None:
    content = CONTENTS[0]

    async def main(sim: SimWorld) -> None:
        seed, leech = await opened(sim, "seed"), await opened(sim, "leech", down_limit=20_000)
        files = seed.world.files
        handle = files.open(f"/downloads/{content.name}", write=True, create=True)
        files.pwrite(handle, memoryview(content.stream), 0)
        files.close(handle)
        await LocalClient(seed).execute(commands.AddTorrent(content.torrent(), "/downloads"))
        await asyncio.sleep(1)
        got: list[Update] = []
        client = LocalClient(leech)
        client.subscribe(got.append)
        there = (sim.machines["seed"].host.addresses[0], seed.connections.listen_port)
        await client.execute(commands.AddTorrent(content.torrent(), "/downloads", peers=(there,)))
        await asyncio.sleep(20)
        rates = [update.totals.down_rate for update in got]
        assert any(5_000 < rate < 60_000 for rate in rates)
        totals = leech.totals()
        assert totals.downloaded >= content.size
        assert totals.down_limit == 20_000
        assert seed.totals().uploaded >= content.size
        assert seed.totals().has_incoming
        assert not leech.totals().has_incoming
        await leech.close()
        await seed.close()

    story(main)


def test_a_port_of_our_own_is_kept_and_another_is_taken_when_it_is_not_free() -> None:
    saved: list[EngineSettings] = []

    async def main(sim: SimWorld) -> None:
        world = sim.add_host("home").world

        async def opened_with(settings: EngineSettings) -> LocalClient:
            return await open_session(world, SessionConfig(settings, None, saved.append, keeps_port=True))

        client = await opened_with(EngineSettings())
        (first,) = saved
        assert FIRST_PORT <= first.listen_port <= LAST_PORT
        assert client._session.connections.listen_port == first.listen_port
        await client.close()
        again = await opened_with(first)
        assert again._session.connections.listen_port == first.listen_port
        alerts: list[Alert] = []
        late = await opened_with(first)
        late.subscribe(lambda update: alerts.extend(update.alerts))
        await asyncio.sleep(1)
        port = late._session.connections.listen_port
        assert [(alert.code, alert.params) for alert in alerts] == [
            ("port-taken", {"wanted": first.listen_port, "port": port})
        ]
        assert port != first.listen_port
        assert saved == [first], "the port that others know of stays the wanted one"
        report = await late.execute(commands.ChangeSettings((("listen_port", 0),)))
        assert isinstance(report, SettingsReport)
        assert report.values["listen_port"] == saved[-1].listen_port == late._session.connections.listen_port
        assert FIRST_PORT <= saved[-1].listen_port <= LAST_PORT
        await late.close()
        await again.close()

    story(main)


def test_without_a_free_port_among_those_tried_the_system_chooses() -> None:
    tried: list[int] = []

    async def never(port: int) -> bool:
        tried.append(port)
        return False

    async def main(sim: SimWorld) -> None:
        assert await listen_on_own(never, sim.add_host("home").world.random) == 0
        assert len(set(tried)) == TRIES

    story(main)


def test_transfers_that_only_wait_are_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    walked: list[str] = []
    second = Torrent.second

    def counted(torrent: Torrent, now: float) -> float:
        walked.append(torrent.torrent_id)
        return second(torrent, now)

    monkeypatch.setattr(Torrent, "second", counted)

    async def main(sim: SimWorld) -> None:
        session = await opened(sim)
        client = LocalClient(session)
        lay_out(sim.machines["home"].files, CONTENTS[0])
        for number, content in enumerate(CONTENTS):
            await client.execute(commands.AddTorrent(content.torrent(), "/downloads", start=number == 0))
        await asyncio.sleep(10)
        seed, stopped = (content.info_hash.hex() for content in CONTENTS[:2])
        assert session.torrents[seed].is_seeding
        walked.clear()
        await asyncio.sleep(1_000)
        assert 2 <= walked.count(seed) <= 6
        assert stopped not in walked
        # Whatever happens wakes it.
        await client.execute(commands.AnnounceNow(seed))
        walked.clear()
        await client.execute(commands.StartTorrent(stopped))
        await asyncio.sleep(5)
        assert walked.count(stopped) >= 3
        await client.close()

    story(main)
