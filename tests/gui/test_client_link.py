"""Updates are merged while the window is busy; work of slots is held, cancelled and reported."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QDialog
from tests.gui.conftest import until
from tests.support.fake_client import FakeClient, row, update
from tests.support.log_watch import LogWatch

from shoal.api.commands import StopTorrent
from shoal.api.errors import UserError
from shoal.api.snapshots import Alert, SessionTotals, Update
from shoal.gui.link.awaitable import Turns, ask
from shoal.gui.link.client_link import (
    FEWER_ROWS,
    FIRST_ROWS,
    MOST_ROWS,
    MOST_WAITING_ALERTS,
    SLOW_SECONDS,
    ClientLink,
    merge,
    split,
)

OnQt = Callable[[Any], Any]
A, B = "a" * 40, "b" * 40


def test_merging_has_the_effect_of_both() -> None:
    first = update(row(A, name="old"), row(B), totals=SessionTotals(peers=1))
    second = update(row(A, name="new"), removed=(B,), totals=SessionTotals(peers=2))
    merged = merge(first, second)
    assert [(entry.torrent_id, entry.name) for entry in merged.changed] == [(A, "new")]
    assert merged.removed == (B,)
    assert merged.totals.peers == 2


def test_a_row_that_comes_back_is_removed_and_then_there() -> None:
    merged = merge(update(removed=(A,)), update(row(A, name="again")))
    assert merged.removed == (A,)
    assert merged.changed[0].name == "again"


def test_waiting_alerts_are_bounded() -> None:
    many = tuple(Alert("x", None, {"n": at}) for at in range(MOST_WAITING_ALERTS))
    one = Update(1, (), (), SessionTotals(), (Alert("y", None, {}),))
    merged = merge(Update(0, (), (), SessionTotals(), many), one)
    assert len(merged.alerts) == MOST_WAITING_ALERTS
    assert merged.alerts[-1].code == "y"


def test_a_large_update_is_split_and_nothing_of_it_is_lost() -> None:
    rows = tuple(row(f"{at:040x}") for at in range(25))
    alert = Alert("x", rows[24].torrent_id, {})
    whole = Update(7, rows, (A,), SessionTotals(peers=3), (alert,))
    now, rest = split(whole, 10)
    assert rest is not None
    assert (now.changed, now.removed, now.alerts) == (rows[:10], (A,), ())
    assert (rest.changed, rest.removed, rest.alerts) == (rows[10:], (), (alert,))
    assert rest.totals == whole.totals
    assert split(now, 10) == (now, None)


def test_the_window_lives_between_the_parts_of_a_large_update(on_qt: OnQt) -> None:
    async def story() -> None:
        link, client = ClientLink(asyncio.get_running_loop(), clock=lambda: 0.0), FakeClient()
        client.rows = {f"{at:040x}": row(f"{at:040x}") for at in range(2 * MOST_ROWS + 5)}
        seen: list[int] = []
        something_else = -1
        link.updated.connect(lambda part: seen.append(len(part.changed)))
        QTimer.singleShot(0, lambda: seen.append(something_else))
        link.attach(client)
        newer = f"{2 * MOST_ROWS:040x}"
        client.push(row(newer, name="newer"))
        await asyncio.wait_for(link.has_all_rows(), 10)
        assert seen.index(something_else) < 2
        seen.remove(something_else)
        # Twice as many each time, until it is as many as there may be.
        assert seen[:3] == [FIRST_ROWS, 2 * FIRST_ROWS, 4 * FIRST_ROWS]
        assert max(seen) <= MOST_ROWS
        assert sum(seen) == 2 * MOST_ROWS + 5
        await link.close()

    on_qt(story())


def test_parts_are_smaller_while_the_window_is_slow(on_qt: OnQt) -> None:
    async def story() -> None:
        now = 0.0
        link, client = ClientLink(asyncio.get_running_loop(), clock=lambda: now), FakeClient()
        client.rows = {f"{at:040x}": row(f"{at:040x}") for at in range(800)}
        seen: list[int] = []

        def take(part: Update) -> None:
            nonlocal now
            seen.append(len(part.changed))
            # Parts of more than a hundred rows take long.
            now += 2 * SLOW_SECONDS if len(part.changed) > 100 else 0.0

        link.updated.connect(take)
        link.attach(client)
        await asyncio.wait_for(link.has_all_rows(), 10)
        assert sum(seen) == 800
        assert seen[:8] == [4, 8, 16, 32, 64, 128, 64, 128]
        await link.close()

    on_qt(story())


def test_parts_do_not_become_tiny_because_the_first_painting_is_slow(on_qt: OnQt) -> None:
    async def story() -> None:
        now = 0.0
        link, client = ClientLink(asyncio.get_running_loop(), clock=lambda: now), FakeClient()
        client.rows = {f"{at:040x}": row(f"{at:040x}") for at in range(400)}
        seen: list[int] = []

        def take(part: Update) -> None:
            nonlocal now
            seen.append(len(part.changed))
            now += 2 * SLOW_SECONDS

        link.updated.connect(take)
        link.attach(client)
        await asyncio.wait_for(link.has_all_rows(), 10)
        assert sum(seen) == 400
        assert seen[:5] == [FIRST_ROWS, FEWER_ROWS, FEWER_ROWS, FEWER_ROWS, FEWER_ROWS]
        await link.close()

    on_qt(story())


def test_many_updates_from_another_thread_arrive_as_one(on_qt: OnQt) -> None:
    async def story() -> None:
        client, link = FakeClient(), ClientLink(asyncio.get_running_loop())
        taken: list[Update] = []
        link.updated.connect(taken.append)
        link.attach(client)

        def shout() -> None:
            for at in range(500):
                client.push(row(A, downloaded=at))

        engine = threading.Thread(target=shout)
        engine.start()
        engine.join()
        await until(lambda: taken and taken[-1].changed)
        assert len(taken) == 1
        assert taken[0].changed[0].downloaded == 499

    on_qt(story())


def test_a_window_that_nobody_sees_gathers_its_updates(on_qt: OnQt) -> None:
    async def story() -> None:
        client, link = FakeClient(), ClientLink(asyncio.get_running_loop())
        taken: list[Update] = []
        link.updated.connect(taken.append)
        link.set_quiet(True)
        link.attach(client)
        client.push(row(A))
        client.push(row(B))
        await asyncio.sleep(0.02)
        assert taken == []
        link.set_quiet(False)
        assert {entry.torrent_id for entry in taken[0].changed} == {A, B}

    on_qt(story())


def test_commands_wait_for_the_engine_to_open(on_qt: OnQt) -> None:
    async def story() -> None:
        client, link = FakeClient({A: row(A)}), ClientLink(asyncio.get_running_loop())
        sent = link.run(link.execute(StopTorrent(A)))  # type: ignore[arg-type]
        # Whatever is ready now has had its turn when this has.
        await asyncio.to_thread(lambda: None)
        assert sent is not None
        assert not sent.done()
        assert client.commands == []
        link.attach(client)
        await until(sent.done)
        assert client.commands == [StopTorrent(A)]
        await link.close()
        assert client.closed == 1

    on_qt(story())


def test_a_refusal_is_told_as_a_reason(on_qt: OnQt) -> None:
    async def story() -> None:
        client, link = FakeClient(refuse=UserError("unknown-torrent", id=A)), ClientLink(asyncio.get_running_loop())
        link.attach(client)
        told: list[Any] = []
        link.refused.connect(told.append)
        link.send(StopTorrent(A))
        await until(lambda: told)
        assert told[0].code == "unknown-torrent"

    on_qt(story())


def test_an_unexpected_error_is_logged_and_told(on_qt: OnQt, expect_log: LogWatch) -> None:
    expect_log("unexpected error")

    async def story() -> None:
        client, link = FakeClient(break_with=ZeroDivisionError("boom")), ClientLink(asyncio.get_running_loop())
        link.attach(client)
        told: list[BaseException] = []
        link.crashed.connect(told.append)
        link.send(StopTorrent(A))
        await until(lambda: told)
        assert isinstance(told[0], ZeroDivisionError)

    on_qt(story())


async def forever() -> None:
    await asyncio.Event().wait()


def test_work_ends_with_its_owner(on_qt: OnQt) -> None:
    async def story() -> None:
        link, owner = ClientLink(asyncio.get_running_loop()), QObject()
        task = link.run(forever(), owner)
        owner.deleteLater()
        await until(task.done)
        assert task.cancelled()

    on_qt(story())


def test_an_engine_that_does_not_close_is_given_up(on_qt: OnQt, expect_log: LogWatch, monkeypatch: Any) -> None:
    expect_log("did not close")
    monkeypatch.setattr("shoal.gui.link.client_link.CLOSE_SECONDS", 0.05)

    class Stubborn(FakeClient):
        async def close(self) -> None:
            await asyncio.Event().wait()

    async def story() -> None:
        link = ClientLink(asyncio.get_running_loop())
        link.attach(Stubborn())
        await link.close()

    on_qt(story())


def test_dialogs_are_awaited_and_never_two_at_a_time(on_qt: OnQt) -> None:
    async def story() -> None:
        turns, first, second = Turns(), QDialog(), QDialog()
        one = asyncio.ensure_future(turns.ask(first, lambda: "one"))
        two = asyncio.ensure_future(turns.ask(second, lambda: "two"))
        await until(first.isVisible)
        assert not second.isVisible()
        first.accept()
        assert await one == "one"
        await until(second.isVisible)
        second.reject()
        assert await two is None

    on_qt(story())


def test_a_cancelled_wait_closes_the_dialog(on_qt: OnQt) -> None:
    async def story() -> None:
        dialog = QDialog()
        hidden: list[int] = []
        dialog.finished.connect(hidden.append)
        waiting = asyncio.ensure_future(ask(dialog, lambda: 1))
        await until(dialog.isVisible)
        waiting.cancel()
        await until(waiting.done)
        assert hidden

    on_qt(story())
