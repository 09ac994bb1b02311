"""A watch keeps the newest picture of each torrent, and wakes whoever waits for one."""

from __future__ import annotations

import asyncio

from tests.support.fake_client import row
from tests.unit.cli.scripted_client import ScriptedClient, tracker

from shoal.api.errors import Reason
from shoal.api.snapshots import Alert
from shoal.cli.watch import MOST_ALERTS, Watch

ID = "a" * 40


async def test_newest_row_wins_and_a_removed_one_is_gone() -> None:
    client = ScriptedClient(ID, rows={ID: row(ID, peers=1)})
    with Watch(client) as watch:
        await watch.news(1)
        assert watch.row(ID) == row(ID, peers=1)
        assert watch.totals == client.totals
        client.show(row(ID, peers=2))
        await watch.news(1)
        assert watch.row(ID) == row(ID, peers=2)
        client.show(removed=(ID,))
        await watch.news(1)
        assert watch.row(ID) is None
        assert watch.removed == {ID}
        client.show(row(ID, peers=3))
        await watch.news(1)
        assert watch.row(ID) == row(ID, peers=3)
        assert watch.removed == set()


async def test_news_from_another_thread_wakes_the_waiting() -> None:
    client = ScriptedClient(ID)
    with Watch(client) as watch:
        await watch.news(1)
        waiting = asyncio.create_task(watch.news(30))
        await asyncio.to_thread(client.show, row(ID))
        await asyncio.wait_for(waiting, 10)
        assert watch.row(ID) == row(ID)


async def test_waiting_ends_without_news_and_leaving_lets_go() -> None:
    client = ScriptedClient(ID)
    with Watch(client) as watch:
        await watch.news(1)
        await watch.news(0.0)
        assert len(client.receivers) == 1
    assert client.receivers == []


async def test_forgotten_torrent_is_neither_there_nor_removed() -> None:
    client = ScriptedClient(ID, rows={ID: row(ID)})
    with Watch(client) as watch:
        await watch.news(1)
        client.show(removed=(ID,))
        await watch.news(1)
        watch.forget(ID)
        assert (watch.row(ID), watch.removed) == (None, set())


async def test_alerts_are_taken_once_and_bounded() -> None:
    client = ScriptedClient(ID, alerts=(Alert("first", None, {}),))
    with Watch(client) as watch:
        await watch.news(1)
        assert [alert.code for alert in watch.take_alerts()] == ["first"]
        assert watch.take_alerts() == []
        client.show(alerts=tuple(Alert(str(number), None, {}) for number in range(MOST_ALERTS + 1)))
        await watch.news(1)
        assert [alert.code for alert in watch.take_alerts()] == [str(number) for number in range(1, MOST_ALERTS + 1)]


async def test_trackers_are_a_trouble_when_none_of_them_helps() -> None:
    client = ScriptedClient(ID)
    with Watch(client) as watch:
        assert await watch.tracker_trouble(ID) is None
        client.trackers = (tracker("udp://a.example:1", "failing", "gone"), tracker("http://b.example/x", "working"))
        assert await watch.tracker_trouble(ID) is None
        client.trackers = (tracker("udp://a.example:1", "failing", "gone"), tracker("http://b.example/x", "off"))
        assert await watch.tracker_trouble(ID) == Reason("tracker-failed", {"host": "a.example", "text": "gone"})
