"""`get` with a magnet link: what is tried is shown, the choice of the link holds, and every end has its sentence."""

from __future__ import annotations

import asyncio

import pytest
from tests.support.fake_client import row
from tests.unit.cli.recorded_output import RecordedOutput
from tests.unit.cli.scripted_client import ScriptedClient
from tests.unit.cli.small_torrent import small_source

from shoal.api.commands import AddTorrent
from shoal.api.details import MagnetProgress
from shoal.api.errors import UserError
from shoal.api.snapshots import TorrentState
from shoal.cli.follow import Limits
from shoal.cli.magnet import get_magnet
from shoal.cli.options import GetOptions, TransferOptions
from shoal.cli.output import asking_text
from shoal.cli.source import read_link

SOURCE = small_source()
ID = SOURCE.metainfo.torrent_id
LINK = f"magnet:?xt=urn:btih:{ID}&x.pe=192.0.2.7:6881&so=1"
DONE = row(ID, name="songs", state=TorrentState.SEEDING, wanted_done=1, wanted=1, size=1, folder="/to")


def limits(timeout: float | None = None) -> Limits:
    return Limits(asyncio.Event(), asyncio.get_running_loop().time(), timeout)


def options(**values: object) -> GetOptions:
    return GetOptions(LINK, "/to", TransferOptions(peers=(("192.0.2.8", 1),)), **values)  # type: ignore[arg-type]


async def test_the_metainfo_comes_and_the_links_choice_holds() -> None:
    told = (MagnetProgress(known=1), MagnetProgress(known=1, asked=1, offering=1))
    client = ScriptedClient(ID, {AddTorrent: (DONE,)}, asking=told, metainfo=SOURCE.raw)
    output = RecordedOutput()
    await get_magnet(client, read_link(LINK), options(), output, limits())
    assert output.events[:3] == ["listening", "asking 0", "asking 1"]
    assert output.events[-1] == "complete"
    (request,) = client.said(AddTorrent)
    assert isinstance(request, AddTorrent)
    assert request.peers == (("192.0.2.7", 6881), ("192.0.2.8", 1))
    assert request.file_priorities is not None
    chosen = [index for index, value in enumerate(request.file_priorities) if value]
    assert 1 in chosen
    assert 0 not in chosen
    assert "x.pe=192.0.2.8:1" in client.links[0]


async def test_what_is_selected_by_hand_is_stronger() -> None:
    client = ScriptedClient(ID, {AddTorrent: (DONE,)}, metainfo=SOURCE.raw)
    first = "/".join(SOURCE.metainfo.files[0].path)
    await get_magnet(client, read_link(LINK), options(select=(first,)), RecordedOutput(), limits())
    (request,) = client.said(AddTorrent)
    assert isinstance(request, AddTorrent)
    assert request.file_priorities is not None
    assert request.file_priorities[0]


async def test_the_time_runs_out_before_the_list_is_here() -> None:
    client = ScriptedClient(ID, asking=(MagnetProgress(known=3, asked=2),))
    with pytest.raises(UserError) as caught:
        await get_magnet(client, read_link(LINK), options(), RecordedOutput(), limits(0.2))
    assert caught.value.code == "time-out"
    assert caught.value.reason.params["reached"] == "before the file list was here"


async def test_an_interrupt_ends_it() -> None:
    client = ScriptedClient(ID)
    ends = limits()
    asyncio.get_running_loop().call_later(0.05, ends.interrupted.set)
    with pytest.raises(UserError, match="interrupted"):
        await get_magnet(client, read_link(LINK), options(), RecordedOutput(), ends)


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (MagnetProgress(), "looking for peers"),
        (MagnetProgress(asked=14), "asked 14 peers, none has it yet"),
        (MagnetProgress(asked=2, offering=1), "Getting the file list from 1 peer"),
        (MagnetProgress(asked=2, offering=2, received=1, size=4), "25"),
    ],
)
def test_what_is_said_meanwhile(progress: MagnetProgress, text: str) -> None:
    assert text in asking_text(progress)
