"""The engine's door: every command that cannot be done says why with a stable code."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.support.sim_world import SimWorld, run_story
from tests.support.swarm_content import many_files, single_file

from shoal.api import commands
from shoal.api.commands import Detail
from shoal.api.errors import UserError
from shoal.api.snapshots import Alert, SettingsReport, TorrentRow, TorrentState, Update
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.session import Session
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.schema import SettingsError

CONTENT = many_files([100_000, 50_000, 20], piece_length=1 << 15)
TORRENT = CONTENT.torrent()
ID = CONTENT.info_hash.hex()


class Door:
    """A session on a simulated machine, and the latest rows."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.client = LocalClient(session)
        self.rows: dict[str, TorrentRow] = {}
        self.removed: list[str] = []
        self.client.subscribe(self._take)

    def _take(self, update: Update) -> None:
        self.rows.update((row.torrent_id, row) for row in update.changed)
        self.removed += update.removed

    async def refused(self, command: commands.Command) -> dict[str, object]:
        with pytest.raises(UserError) as caught:
            await self.client.execute(command)
        return {"code": caught.value.code, **caught.value.reason.params}


def story(main: Callable[[Door, SimWorld], Awaitable[None]], settings: EngineSettings | None = None) -> None:
    async def run(sim: SimWorld) -> None:
        session = Session(sim.add_host("home").world, SessionConfig(settings or EngineSettings()), None)
        await session.open()
        door = Door(session)
        await main(door, sim)
        await door.client.close()

    run_story(run)


def add(**values: object) -> commands.AddTorrent:
    return commands.AddTorrent(**{"metainfo": TORRENT, "folder": "/downloads", **values})  # type: ignore[arg-type]


def test_adding_answers_the_id_and_twice_is_refused() -> None:
    async def main(door: Door, sim: SimWorld) -> None:
        assert await door.client.execute(add()) == ID
        refused = await door.refused(add())
        assert refused == {"code": "already-here", "id": ID, "name": CONTENT.name, "new_trackers": 0}
        assert len(door.session.torrents) == 1

    story(main)


@pytest.mark.parametrize("data", [b"", b"hello", b"de", TORRENT[:-1], b"d4:infodee"])
def test_what_is_no_torrent_is_refused_with_its_problem(data: bytes) -> None:
    async def main(door: Door, sim: SimWorld) -> None:
        refused = await door.refused(add(metainfo=data))
        assert refused["code"] == "bad-metainfo"
        assert refused["problem"]
        assert door.session.torrents == {}

    story(main)


@pytest.mark.parametrize("priorities", [(4,), (4, 4, 4, 4), (4, 4, 3), (-1, 4, 4), (4, 99, 4)])
def test_priorities_that_do_not_fit_are_refused_and_nothing_is_added(priorities: tuple[int, ...]) -> None:
    async def main(door: Door, sim: SimWorld) -> None:
        assert (await door.refused(add(file_priorities=priorities)))["code"] == "bad-priorities"
        assert door.session.torrents == {}

    story(main)


def test_a_peer_that_cannot_be_found_refuses_the_whole_add() -> None:
    async def main(door: Door, sim: SimWorld) -> None:
        refused = await door.refused(add(peers=(("no.such.host", 6881),)))
        assert refused == {"code": "unknown-host", "host": "no.such.host"}
        assert door.session.torrents == {}

    story(main)


@pytest.mark.parametrize(
    "command",
    [
        commands.StartTorrent("x"),
        commands.StopTorrent("x"),
        commands.RemoveTorrent("x"),
        commands.RecheckTorrent("x"),
        commands.CancelCheck("x"),
        commands.SetFilePriorities("x", ((0, 4),)),
        commands.SetOrder("x", True, True),
        commands.SetLimits("x", down=1),
        commands.AddPeers("x", (("1.2.3.4", 5),)),
        commands.AnnounceNow("x"),
    ],
)
def test_commands_for_a_torrent_that_is_not_here_are_refused(command: commands.Command) -> None:
    async def main(door: Door, sim: SimWorld) -> None:
        assert await door.refused(command) == {"code": "no-such-torrent", "id": "x"}
        with pytest.raises(UserError, match="no-such-torrent"):
            await door.client.details("x", frozenset(Detail))

    story(main)


def test_priorities_of_a_torrent_change_or_are_refused_whole() -> None:
    async def main(door: Door, sim: SimWorld) -> None:
        await door.client.execute(add())
        selection = door.session.torrents[ID].selection
        assert (await door.refused(commands.SetFilePriorities(ID, ((0, 0), (7, 4)))))["code"] == "no-such-file"
        assert (await door.refused(commands.SetFilePriorities(ID, ((0, 0), (1, 5)))))["code"] == "bad-priorities"
        assert selection.priorities == (4, 4, 4)
        await door.client.execute(commands.SetFilePriorities(ID, ((0, 0), (2, 7))))
        assert selection.priorities == (0, 4, 7)
        details = await door.client.details(ID, frozenset({Detail.FILES}))
        assert details.files is not None
        assert [row.priority for row in details.files] == [0, 4, 7]

    story(main)


def test_limits_of_the_session_and_of_a_torrent() -> None:
    async def main(door: Door, sim: SimWorld) -> None:
        await door.client.execute(add())
        assert await door.refused(commands.SetLimits(None, down=-1)) == {"code": "bad-limit", "rate": -1}
        assert await door.refused(commands.SetLimits(ID, up=-5)) == {"code": "bad-limit", "rate": -5}
        await door.client.execute(commands.SetLimits(None, down=1000))
        await door.client.execute(commands.SetLimits(None, up=2000))
        await door.client.execute(commands.SetLimits(ID, down=30, up=40))
        session, torrent = door.session, door.session.torrents[ID]
        assert (session.settings.down_limit, session.settings.up_limit) == (1000, 2000)
        assert (session.totals().down_limit, session.totals().up_limit) == (1000, 2000)
        assert (torrent.down_bucket.rate, torrent.up_bucket.rate) == (30, 40)

    story(main)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((("nonsense", 1),), {"code": "unknown-setting", "field": "nonsense"}),
        ((("max_peers", 1),), {"code": "bad-setting", "field": "max_peers", "must": "must be at least 2"}),
        ((("max_peers", "many"),), {"code": "bad-setting", "field": "max_peers", "must": "must be a whole number"}),
        ((("listen_port", 65_536),), {"code": "bad-setting", "field": "listen_port", "must": "must be at most 65535"}),
        ((("save_seconds", float("nan")),), {"code": "bad-setting", "field": "save_seconds"}),
    ],
)
def test_settings_that_cannot_be_taken_are_refused(
    changes: tuple[tuple[str, str | int | float | bool], ...], expected: dict[str, object]
) -> None:
    async def main(door: Door, sim: SimWorld) -> None:
        before = door.session.settings
        refused = await door.refused(commands.ChangeSettings((("half_open", 7), *changes)))
        assert refused.items() >= expected.items()
        assert door.session.settings is before

    story(main)


def test_settings_take_effect_at_once() -> None:
    async def main(door: Door, sim: SimWorld) -> None:
        changes = (("down_limit", 5000), ("piece_memory", 1 << 21), ("read_memory", 1 << 22), ("listen_port", 7000))
        report = await door.client.execute(commands.ChangeSettings(changes))
        assert isinstance(report, SettingsReport)
        assert report.notes == ()
        assert report.values["down_limit"] == 5000
        session = door.session
        assert session.down_bucket.rate == 5000
        assert session.services.buffers.budget_bytes == 1 << 21
        assert session.services.read_cache.capacity_bytes == 1 << 22
        assert session.connections.listen_port == 7000

    story(main)


def test_a_port_that_is_taken_is_noted_and_another_used() -> None:
    async def main(door: Door, sim: SimWorld) -> None:
        other = Session(sim.machines["home"].world, SessionConfig(EngineSettings(listen_port=7000)), None)
        await other.open()
        report = await door.client.execute(commands.ChangeSettings((("listen_port", 7000),)))
        assert isinstance(report, SettingsReport)
        (note,) = report.notes
        assert note.code == "port-taken"
        assert note.params == {"wanted": 7000, "port": door.session.connections.listen_port}
        assert door.session.connections.listen_port not in (0, 7000)
        await other.close()

    story(main)


def test_an_address_that_is_not_ours_is_refused_and_the_old_one_goes_on_listening() -> None:
    async def main(door: Door, sim: SimWorld) -> None:
        port = door.session.connections.listen_port
        refused = await door.refused(commands.ChangeSettings((("listen_hosts", "203.0.113.200"), ("down_limit", 9))))
        assert refused["code"] == "bad-setting"
        assert refused["field"] == "listen_hosts"
        assert door.session.settings.listen_hosts == EngineSettings().listen_hosts
        assert door.session.settings.down_limit == 0
        assert door.session.down_bucket.rate == 0
        assert door.session.connections.listen_port > 0
        assert len(sim.machines["home"].host.listeners) == 2, port

    story(main)


def test_a_torrent_is_stopped_started_and_removed() -> None:
    async def main(door: Door, sim: SimWorld) -> None:
        await door.client.execute(add(start=False))
        await asyncio.sleep(3)
        assert door.rows[ID].state is TorrentState.STOPPED
        await door.client.execute(commands.StartTorrent(ID))
        await asyncio.sleep(3)
        assert door.rows[ID].state is TorrentState.DOWNLOADING
        await door.client.execute(commands.StopTorrent(ID))
        assert door.session.torrents[ID].lifecycle.state is TorrentState.STOPPED
        await door.client.execute(commands.RemoveTorrent(ID, delete_data=True))
        await asyncio.sleep(2)
        assert door.removed == [ID]
        assert door.session.torrents == {}
        assert await door.refused(commands.RemoveTorrent(ID)) == {"code": "no-such-torrent", "id": ID}

    story(main)


def test_addresses_of_peers_are_looked_up_and_the_impossible_not_believed() -> None:
    async def main(door: Door, sim: SimWorld) -> None:
        sim.internet.names["peer.example"] = ["45.0.0.77"]
        await door.client.execute(add(peers=(("peer.example", 6881), ("224.0.0.1", 6881), ("45.0.0.78", 6881))))
        known = door.session.torrents[ID].swarm.known
        assert known.count == 2
        assert (await door.refused(commands.AddPeers(ID, (("nowhere", 1),))))["code"] == "unknown-host"

    story(main)


def test_closing_twice_is_harmless() -> None:
    async def main(door: Door, sim: SimWorld) -> None:
        await door.client.execute(add(metainfo=single_file(10).torrent()))
        await door.client.close()

    story(main)


def test_changed_settings_and_limits_are_saved_and_a_refusal_is_told() -> None:
    saved: list[EngineSettings] = []
    refusals: list[Exception] = []

    def save(settings: EngineSettings) -> None:
        if refusals:
            raise refusals[0]
        saved.append(settings)

    async def run(sim: SimWorld) -> None:
        session = Session(sim.add_host("home").world, SessionConfig(EngineSettings(), save_settings=save), None)
        await session.open()
        client = LocalClient(session)
        alerts: list[Alert] = []
        client.subscribe(lambda update: alerts.extend(update.alerts))
        await client.execute(add())
        await client.execute(commands.SetLimits(ID, down=5))
        assert saved == []
        await client.execute(commands.SetLimits(None, down=1000))
        await client.execute(commands.ChangeSettings((("upload_slots", 3),)))
        await client.execute(commands.ChangeSettings((("upload_slots", 3),)))
        assert saved == [EngineSettings(down_limit=1000), EngineSettings(down_limit=1000, upload_slots=3)]
        refusals.append(OSError(28, "No space left on device"))
        report = await client.execute(commands.ChangeSettings((("upload_slots", 4),)))
        assert isinstance(report, SettingsReport)
        assert [note.code for note in report.notes] == ["settings-not-saved"]
        assert report.values["upload_slots"] == 4
        refusals[:] = [SettingsError("schema", "is of a newer Shoal")]
        await client.execute(commands.SetLimits(None, up=7))
        await asyncio.sleep(2)
        assert [(alert.code, alert.severity) for alert in alerts] == [("settings-not-saved", "warning")]
        refusals.clear()
        await client.execute(commands.SetLimits(None, up=8))
        assert saved[-1] == EngineSettings(down_limit=1000, up_limit=8, upload_slots=4)
        await client.close()

    run_story(run)
