"""`check` counts and names what is damaged; `seed` shares only what is whole."""

from __future__ import annotations

import asyncio

import pytest
from tests.support.fake_client import row
from tests.unit.cli.recorded_output import RecordedOutput
from tests.unit.cli.scripted_client import ScriptedClient, tracker
from tests.unit.cli.small_torrent import small_source

from shoal.api.commands import AddPeers, AddTorrent, RecheckTorrent, StartTorrent
from shoal.api.details import FileRow
from shoal.api.errors import Reason, UserError
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.cli.check import check
from shoal.cli.follow import QUIET_SECONDS, Limits
from shoal.cli.messages import ExitCode
from shoal.cli.options import CheckOptions, SeedOptions, TransferOptions
from shoal.cli.seed import seed

SOURCE = small_source()
ID = SOURCE.metainfo.torrent_id
FILES = (FileRow(0, "one.ogg", 20_000, 20_000, 4, False), FileRow(1, "text/two.txt", 30_000, 13_616, 4, False))


def picture(state: TorrentState, good: int, check_progress: float = 0.0) -> TorrentRow:
    return row(
        ID, name="songs", state=state, pieces_total=4, pieces_done=good, check_progress=check_progress, folder="/at"
    )


def limits(timeout: float | None = None) -> Limits:
    return Limits(asyncio.Event(), asyncio.get_running_loop().time(), timeout)


def checked(good: int, after: TorrentState = TorrentState.STOPPED) -> tuple[TorrentRow, ...]:
    return (
        picture(TorrentState.CHECKING, 0),
        picture(TorrentState.CHECKING, good, 0.5),
        picture(after, good),
    )


async def test_check_of_good_data_says_so() -> None:
    client, output = ScriptedClient(ID, {AddTorrent: [picture(TorrentState.STOPPED, 0)]}), RecordedOutput()
    client.stories[RecheckTorrent] = checked(4)
    client.files = (FILES[0], FileRow(1, "text/two.txt", 30_000, 30_000, 4, False), FileRow(2, "pad", 9, 0, 4, True))
    assert await check(client, SOURCE, CheckOptions("s", "/at"), output, limits()) is ExitCode.DONE
    assert output.results == [("4/4 pieces", {"event": "checked", "good": 4, "total": 4, "damaged": []})]
    assert client.said(AddTorrent) == [AddTorrent(SOURCE.raw, "/at", start=False, check_existing=False)]
    assert client.said(StartTorrent) == []


async def test_check_names_the_damaged_files() -> None:
    client, output = ScriptedClient(ID, {AddTorrent: [picture(TorrentState.STOPPED, 0)]}), RecordedOutput()
    client.stories[RecheckTorrent] = checked(3)
    client.files = FILES
    assert await check(client, SOURCE, CheckOptions("s", "/at"), output, limits()) is ExitCode.NO
    text, event = output.results[0]
    assert text.splitlines() == ["3/4 pieces", "damaged or missing: text/two.txt (16.4 kB of 30.0 kB bad)"]
    assert event["damaged"] == [{"path": "text/two.txt", "size": 30_000, "done": 13_616}]


async def test_seed_shares_whole_data_until_it_is_told_to_end() -> None:
    client, output, end = ScriptedClient(ID), RecordedOutput(), limits()
    client.stories = {RecheckTorrent: checked(4), StartTorrent: [picture(TorrentState.SEEDING, 4)]}
    asyncio.get_running_loop().call_later(0.1, end.interrupted.set)
    await seed(client, SOURCE, SeedOptions("s", "/at"), output, end)
    assert output.events == ["listening", "metadata songs 50000", "progress", "complete", "progress"]
    assert client.said(AddTorrent) == [AddTorrent(SOURCE.raw, "/at", start=False, check_existing=False)]
    assert client.said(StartTorrent) == [StartTorrent(ID)]


async def test_seed_refuses_data_that_is_not_whole() -> None:
    client = ScriptedClient(ID, {RecheckTorrent: checked(3)})
    with pytest.raises(UserError) as refused:
        await seed(client, SOURCE, SeedOptions("s", "/at"), RecordedOutput(), limits())
    assert refused.value.code == "incomplete-data"
    assert refused.value.reason.params == {"good": 3, "total": 4, "name": "songs", "folder": "/at"}
    assert client.said(StartTorrent) == []


async def test_seed_takes_up_what_its_profile_has() -> None:
    client, end = ScriptedClient(ID, refusals={AddTorrent: [UserError("already-here", id=ID)]}), limits()
    client.stories = {RecheckTorrent: checked(4, TorrentState.SEEDING)}
    asyncio.get_running_loop().call_later(0.05, end.interrupted.set)
    options = SeedOptions("s", "/at", TransferOptions(peers=(("127.0.0.1", 5),), profile="/p"))
    await seed(client, SOURCE, options, RecordedOutput(), end)
    assert client.commands[1:] == [
        AddPeers(ID, (("127.0.0.1", 5),)),
        RecheckTorrent(ID),
        StartTorrent(ID),
    ]


async def test_seed_interrupted_while_checking_is_not_done() -> None:
    client, end = ScriptedClient(ID, {RecheckTorrent: [picture(TorrentState.CHECKING, 0)]}), limits()
    end.interrupted.set()
    with pytest.raises(UserError) as ended:
        await seed(client, SOURCE, SeedOptions("s", "/at"), RecordedOutput(), end)
    assert ended.value.reason == Reason("interrupted", {"reached": "before the data here was checked"})


async def test_seed_that_nobody_can_find_says_so() -> None:
    source = small_source(announce=None)
    client, output = ScriptedClient(ID), RecordedOutput()
    client.stories = {RecheckTorrent: checked(4), StartTorrent: [picture(TorrentState.SEEDING, 4)]}
    with pytest.raises(UserError, match="time-out"):
        await seed(client, source, SeedOptions("s", "/at"), output, limits(0.1))
    assert output.warnings == [Reason("no-tracker")]


async def test_seed_whose_trackers_all_fail_says_what_they_said() -> None:
    client, output = ScriptedClient(ID), RecordedOutput()
    client.stories = {RecheckTorrent: checked(4), StartTorrent: [picture(TorrentState.SEEDING, 4)]}
    client.trackers = (tracker("http://t.example/secret/announce", "failing", "members only"),)
    end = Limits(asyncio.Event(), asyncio.get_running_loop().time() - QUIET_SECONDS)
    asyncio.get_running_loop().call_later(0.1, end.interrupted.set)
    await seed(client, SOURCE, SeedOptions("s", "/at"), output, end)
    assert output.warnings == [Reason("tracker-failed", {"host": "t.example", "text": "members only"})]


async def test_seed_ends_when_its_time_runs_out() -> None:
    client = ScriptedClient(ID, {RecheckTorrent: checked(4), StartTorrent: [picture(TorrentState.SEEDING, 4)]})
    with pytest.raises(UserError) as ended:
        await seed(client, SOURCE, SeedOptions("s", "/at"), RecordedOutput(), limits(0.1))
    assert ended.value.code == "time-out"
