"""`get` waits for the right moment, says the right things, and takes up what was begun before."""

from __future__ import annotations

import asyncio

import pytest
from tests.support.fake_client import row
from tests.unit.cli.recorded_output import RecordedOutput
from tests.unit.cli.scripted_client import ScriptedClient
from tests.unit.cli.small_torrent import small_source

from shoal.api.commands import (
    AddPeers,
    AddTorrent,
    AddTrackers,
    RemoveTorrent,
    SetFilePriorities,
    SetOrder,
    StartTorrent,
)
from shoal.api.details import FileRow
from shoal.api.errors import Reason, UserError
from shoal.api.snapshots import Alert, TorrentRow, TorrentState
from shoal.cli.follow import QUIET_SECONDS, TICK_SECONDS, Limits
from shoal.cli.get import get
from shoal.cli.options import GetOptions, TransferOptions
from shoal.cli.source import Source

SOURCE = small_source()
ID = SOURCE.metainfo.torrent_id
SIZE = SOURCE.metainfo.size


def picture(state: TorrentState, done: int, **values: object) -> TorrentRow:
    shown = {"name": "songs", "size": SIZE, "wanted": SIZE, "folder": "/to", **values}
    return row(ID, state=state, wanted_done=done, **shown)


ARRIVING = (
    picture(TorrentState.CHECKING, 0),
    picture(TorrentState.DOWNLOADING, 20_000),
    picture(TorrentState.DOWNLOADING, SIZE),
    picture(TorrentState.SEEDING, SIZE),
)


def limits(timeout: float | None = None) -> Limits:
    return Limits(asyncio.Event(), asyncio.get_running_loop().time(), timeout)


async def test_ends_when_everything_is_here_and_verified() -> None:
    client, output = ScriptedClient(ID, {AddTorrent: ARRIVING}), RecordedOutput()
    await get(client, SOURCE, GetOptions("s", "/to"), output, limits())
    assert output.events == ["listening", f"metadata songs {SIZE}", "progress", "complete"]
    assert output.port == 6881
    assert output.rows[-1].state is TorrentState.SEEDING
    assert client.receivers == []
    assert client.commands == [AddTorrent(SOURCE.raw, "/to")]


async def test_selection_order_and_peers_go_into_the_request() -> None:
    client = ScriptedClient(ID, {AddTorrent: ARRIVING})
    transfer = TransferOptions(peers=(("127.0.0.1", 5),))
    options = GetOptions("s", "/to", transfer, sequential=True, select=("*.txt",))
    await get(client, SOURCE, options, RecordedOutput(), limits())
    assert client.commands == [
        AddTorrent(SOURCE.raw, "/to", file_priorities=(0, 4), sequential=True, peers=(("127.0.0.1", 5),))
    ]


async def test_selection_that_matches_nothing_is_refused_before_anything_is_added() -> None:
    client = ScriptedClient(ID)
    with pytest.raises(UserError) as refused:
        await get(client, SOURCE, GetOptions("s", "/to", select=("*.iso",)), RecordedOutput(), limits())
    assert refused.value.code == "nothing-selected"
    assert client.commands == []


async def test_begun_download_is_taken_up_with_the_new_wishes() -> None:
    client = ScriptedClient(
        ID,
        {StartTorrent: ARRIVING},
        {AddTorrent: [UserError("already-here", id=ID)]},
        files=(FileRow(0, "one.ogg", 20_000, 0, 0, False), FileRow(1, "text/two.txt", 30_000, 0, 4, False)),
    )
    client.rows[ID] = picture(TorrentState.STOPPED, 20_000)
    transfer = TransferOptions(peers=(("127.0.0.1", 5),))
    await get(client, SOURCE, GetOptions("s", "/to", transfer), RecordedOutput(), limits())
    assert client.commands[1:] == [
        SetFilePriorities(ID, ((0, 4), (1, 4))),
        SetOrder(ID, sequential=False, first_last_first=False),
        AddPeers(ID, (("127.0.0.1", 5),)),
        StartTorrent(ID),
    ]


async def test_known_torrent_learns_of_the_trackers_of_its_new_file() -> None:
    source = small_source(announce=b"http://one.invalid/announce")
    refusal = UserError("already-here", id=ID, new_trackers=1)
    client = ScriptedClient(ID, {StartTorrent: ARRIVING}, {AddTorrent: [refusal]})
    client.rows[ID] = picture(TorrentState.STOPPED, 20_000)
    await get(client, source, GetOptions("s", "/to"), RecordedOutput(), limits())
    assert client.said(AddTrackers) == [AddTrackers(ID, ("http://one.invalid/announce",))]


async def test_state_that_moved_with_its_folder_is_begun_anew() -> None:
    client = ScriptedClient(ID, {AddTorrent: ARRIVING}, {AddTorrent: [UserError("already-here", id=ID)]})
    client.rows[ID] = picture(TorrentState.STOPPED, 0, folder="/where/it/was")

    await get(client, SOURCE, GetOptions("s", "/to"), RecordedOutput(), limits())
    assert client.said(RemoveTorrent) == [RemoveTorrent(ID, delete_data=False)]
    assert len(client.said(AddTorrent)) == 2


async def test_download_whose_files_were_taken_away_is_begun_anew() -> None:
    gone = picture(TorrentState.ERROR, 0, reason=Reason("folder-gone", {"path": "/to"}))
    client = ScriptedClient(ID, {StartTorrent: [gone]}, {AddTorrent: [UserError("already-here", id=ID)]})
    client.rows[ID] = gone
    client.stories[AddTorrent] = ARRIVING
    output = RecordedOutput()
    await get(client, SOURCE, GetOptions("s", "/to"), output, limits())
    assert client.said(RemoveTorrent) == [RemoveTorrent(ID)]
    assert output.events[-1] == "complete"


async def test_profile_that_has_it_in_another_folder_is_not_overruled() -> None:
    client = ScriptedClient(ID, refusals={AddTorrent: [UserError("already-here", id=ID)]})
    client.rows[ID] = picture(TorrentState.STOPPED, 0, folder="/elsewhere")
    options = GetOptions("s", "/to", TransferOptions(profile="/p"))
    with pytest.raises(UserError) as refused:
        await get(client, SOURCE, options, RecordedOutput(), limits())
    assert refused.value.reason == Reason("elsewhere", {"name": "songs", "folder": "/elsewhere"})


async def test_seeding_goes_on_until_the_ratio_is_reached() -> None:
    seeding = [picture(TorrentState.SEEDING, SIZE, uploaded=part) for part in (0, SIZE, 2 * SIZE)]
    client, output = ScriptedClient(ID, {AddTorrent: seeding}), RecordedOutput()
    await get(client, SOURCE, GetOptions("s", "/to", seed_ratio=2.0), output, limits())
    assert output.events[2:] == ["progress", "complete", "progress"]
    assert output.rows[-1].uploaded == 2 * SIZE


async def test_seeding_ends_when_its_time_is_over() -> None:
    client, output = ScriptedClient(ID, {AddTorrent: ARRIVING}), RecordedOutput()
    await get(client, SOURCE, GetOptions("s", "/to", seed_seconds=0.05), output, limits(30))
    assert output.events[-2:] == ["complete", "progress"]


async def test_time_out_names_how_far_it_came() -> None:
    client = ScriptedClient(ID, {AddTorrent: [picture(TorrentState.DOWNLOADING, SIZE // 2)]})
    with pytest.raises(UserError) as ended:
        await get(client, SOURCE, GetOptions("s", "/to"), RecordedOutput(), limits(0.5))
    assert ended.value.reason == Reason("time-out", {"seconds": "0.5", "reached": "with 50.0 % done"})


async def test_time_out_during_the_check_names_no_share() -> None:
    client = ScriptedClient(ID, {AddTorrent: [picture(TorrentState.CHECKING, 0, check_progress=0.9)]})
    with pytest.raises(UserError) as ended:
        await get(client, SOURCE, GetOptions("s", "/to"), RecordedOutput(), limits(0.5))
    assert ended.value.reason.params["reached"] == "before the data here was checked"


async def warnings_of(*waiting: TorrentRow, source: Source = SOURCE, ago: float = QUIET_SECONDS) -> list[Reason]:
    """What a `get` that began `ago` seconds ago warns of while it shows these rows and then completes."""
    client, output = ScriptedClient(ID), RecordedOutput()
    client.stories = {AddTorrent: waiting[:1]}
    loop = asyncio.get_running_loop()
    end = Limits(asyncio.Event(), loop.time() - ago)
    for number, shown in enumerate((*waiting[1:], picture(TorrentState.SEEDING, SIZE)), start=1):
        loop.call_later(number * (TICK_SECONDS + 0.05), client.show, shown)
    await get(client, source, GetOptions("s", "/to"), output, end)
    return output.warnings


async def test_what_it_waits_for_is_told_once_for_each_text() -> None:
    refused = Reason("tracker-refused", {"host": "t.example", "text": "no member"})
    other = Reason("tracker-refused", {"host": "t.example", "text": "banned"})
    lonely, still = Reason("no-peers", {"next_in": 9.0}), Reason("no-peers", {"next_in": 8.0})
    shown = [
        picture(TorrentState.DOWNLOADING, 0, reason=reason)
        for reason in (refused, refused, lonely, still, None, refused, other)
    ]
    assert await warnings_of(*shown) == [refused, lonely, other]


async def test_nothing_is_said_of_trackers_that_are_just_being_asked() -> None:
    assert await warnings_of(picture(TorrentState.DOWNLOADING, 0, reason=Reason("finding"))) == []
    early = picture(TorrentState.DOWNLOADING, 0, reason=Reason("no-peers"))
    assert await warnings_of(early, ago=0.0) == []


async def test_torrent_without_tracker_and_peer_waits_in_vain_and_is_told_so() -> None:
    lonely = picture(TorrentState.DOWNLOADING, 0, reason=Reason("no-peers"))
    assert await warnings_of(lonely, source=small_source(announce=None)) == [Reason("no-tracker")]


async def test_interrupt_ends_the_waiting() -> None:
    client, end = ScriptedClient(ID, {AddTorrent: [picture(TorrentState.DOWNLOADING, 0)]}), limits()
    end.interrupted.set()
    with pytest.raises(UserError) as ended:
        await get(client, SOURCE, GetOptions("s", "/to"), RecordedOutput(), end)
    assert ended.value.code == "interrupted"


async def test_torrent_in_error_ends_with_its_reason() -> None:
    full = picture(TorrentState.ERROR, 0, reason=Reason("disk-full", {"path": "/to"}))
    client = ScriptedClient(ID, {AddTorrent: [full]})
    with pytest.raises(UserError) as ended:
        await get(client, SOURCE, GetOptions("s", "/to"), RecordedOutput(), limits())
    assert ended.value.reason == Reason("disk-full", {"path": "/to"})


async def test_torrent_that_someone_removes_ends_it() -> None:
    client = ScriptedClient(ID, {AddTorrent: [picture(TorrentState.DOWNLOADING, 0)]})
    asyncio.get_running_loop().call_later(0.02, lambda: client.show(removed=(ID,)))
    with pytest.raises(UserError) as ended:
        await get(client, SOURCE, GetOptions("s", "/to"), RecordedOutput(), limits())
    assert ended.value.code == "removed"


async def test_each_warning_is_told_once_and_others_not() -> None:
    failing = Alert("tracker-failing", ID, {"url": "http://a"}, "warning")
    client, output = ScriptedClient(ID, {AddTorrent: ARRIVING}), RecordedOutput()
    client.alerts = (failing, failing, Alert("noted", ID, {}), Alert("tracker-failing", "f" * 40, {}, "warning"))
    await get(client, SOURCE, GetOptions("s", "/to"), output, limits())
    assert output.warnings == [Reason("tracker-failing", {"url": "http://a"})]


async def test_another_port_than_the_one_asked_for_is_told_once() -> None:
    client, output = ScriptedClient(ID, {AddTorrent: ARRIVING}), RecordedOutput()
    client.alerts = (Alert("port-taken", None, {"wanted": 7000, "port": 6881}, "warning"),)
    await get(client, SOURCE, GetOptions("s", "/to", TransferOptions(port=7000)), output, limits())
    assert output.warnings == [Reason("port-taken", {"wanted": 7000, "port": 6881})]
    assert output.port == 6881
