"""The detail pane asks only for what is seen, one thing at a time, and shows only what belongs to its transfer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.gui.conftest import until
from tests.support.fake_client import FakeClient, row, update

from shoal.api.commands import Detail, Span
from shoal.api.details import SpeedHistory, TorrentDetails
from shoal.api.errors import Reason
from shoal.api.snapshots import SessionTotals, TorrentState
from shoal.gui.details.overview import OverviewTab
from shoal.gui.details.pane import DetailPane
from shoal.gui.details.speed import SpeedTab
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.theme import Theme
from shoal.settings.interface_settings import InterfaceSettings

OnQt = Callable[[Coroutine[Any, Any, None]], None]
A, B = "a" * 40, "b" * 40


@dataclass
class Kept:
    settings: InterfaceSettings = field(default_factory=InterfaceSettings)

    def remember(self, **values: str | bool) -> None:
        self.settings = replace(self.settings, **values)  # type: ignore[arg-type]


@dataclass
class Desk:
    """A pane over a fake client; `play` runs a story with the pane on the screen."""

    theme: Theme
    on_qt: OnQt
    client: FakeClient = field(default_factory=FakeClient)
    kept: Kept = field(default_factory=Kept)

    def play(self, story: Callable[[DetailPane], Coroutine[Any, Any, None]]) -> None:
        async def live() -> None:
            link = ClientLink(asyncio.get_running_loop())
            link.attach(self.client)
            pane = DetailPane(self.theme, link, self.kept)
            pane.resize(1200, 320)
            pane.show()
            try:
                await story(pane)
            finally:
                pane.hide()
                await link.close()
                pane.deleteLater()

        self.on_qt(live())


def overview(pane: DetailPane) -> OverviewTab:
    tab = pane.tab("overview")
    assert isinstance(tab, OverviewTab)
    return tab


def test_nothing_is_asked_while_nothing_is_selected_or_seen(theme: Theme, on_qt: OnQt) -> None:
    desk = Desk(theme, on_qt, FakeClient({A: row(A)}))

    async def story(pane: DetailPane) -> None:
        pane._ask()
        await asyncio.sleep(0)
        pane.hide()
        pane.show_selection([desk.client.rows[A]])
        pane._ask()
        for _ in range(5):
            await asyncio.sleep(0)
        assert desk.client.asked == []
        pane.show()
        await until(lambda: desk.client.asked)
        assert {torrent_id for torrent_id, _, _ in desk.client.asked} == {A}

    desk.play(story)


def test_an_answer_for_another_transfer_is_dropped(theme: Theme, on_qt: OnQt) -> None:
    @dataclass
    class Slow(FakeClient):
        waiting: list[asyncio.Future[None]] = field(default_factory=list)

        async def details(
            self, torrent_id: str, parts: frozenset[Detail], *, strips_of: tuple[int, ...] = ()
        ) -> TorrentDetails:
            self.asked.append((torrent_id, parts, strips_of))
            self.waiting.append(asyncio.get_running_loop().create_future())
            await self.waiting[-1]
            return TorrentDetails(torrent_id, piece_length=16384 if torrent_id == A else 1 << 20)

    client = Slow({A: row(A), B: row(B)})
    desk = Desk(theme, on_qt, client)

    async def story(pane: DetailPane) -> None:
        pane.show_selection([client.rows[A]])
        await until(lambda: len(client.waiting) == 1)
        pane.show_selection([client.rows[B]])
        pane._ask()
        pane._ask()
        await asyncio.sleep(0.01)
        assert len(client.waiting) == 1, "one request at a time"
        client.waiting[0].set_result(None)
        await until(lambda: len(client.waiting) == 2)
        assert client.asked[1][0] == B
        pane.on_update(update(client.rows[B]))
        assert "KiB" not in overview(pane).verdict.pieces.text()
        client.waiting[1].set_result(None)
        await until(lambda: "1 MiB" in overview(pane).verdict.pieces.accessibleName())

    desk.play(story)


def test_a_transfer_that_is_removed_leaves_the_empty_state(theme: Theme, on_qt: OnQt) -> None:
    desk = Desk(theme, on_qt, FakeClient({A: row(A, name="Gone soon")}))

    async def story(pane: DetailPane) -> None:
        pane.show_selection([desk.client.rows[A]])
        assert pane.pages.currentWidget() is overview(pane)
        pane.on_update(update(removed=(A,)))
        assert pane.pages.currentWidget() is not overview(pane)
        desk.client.rows.clear()
        pane._ask()
        await asyncio.sleep(0.01)

    desk.play(story)


def test_of_several_the_one_that_is_shown_stays(theme: Theme, on_qt: OnQt) -> None:
    first, second = row(A, name="One"), row(B, name="Two")
    desk = Desk(theme, on_qt, FakeClient({A: first, B: second}))

    async def story(pane: DetailPane) -> None:
        pane.show_selection([second])
        pane.show_selection([first, second])
        assert pane._name.accessibleName() == "Two \u00b7 one of 2 selected"
        pane.show_selection([])
        assert pane._name.accessibleName() == ""

    desk.play(story)


def test_the_button_of_the_verdict_asks_for_the_explanation(theme: Theme, on_qt: OnQt) -> None:
    waiting = row(A, state=TorrentState.DOWNLOADING, reason=Reason("no-seed", {"percent": 3}), peers=2)
    desk = Desk(theme, on_qt, FakeClient({A: waiting}))

    async def story(pane: DetailPane) -> None:
        asked: list[str] = []
        pane.explain_wanted.connect(asked.append)
        pane.show_selection([waiting])
        QTest.mouseClick(overview(pane).verdict.plate.button, Qt.MouseButton.LeftButton)
        assert asked == [A]

    desk.play(story)


def test_files_are_asked_once_per_revision(theme: Theme, on_qt: OnQt) -> None:
    """A tab names what it needs; the pane leaves out what it has already brought."""
    desk = Desk(theme, on_qt, FakeClient({A: row(A)}))

    async def story(pane: DetailPane) -> None:
        tab = overview(pane)
        wanted = frozenset({Detail.FILES, Detail.EVENTS, Detail.PEERS})
        tab.parts = lambda: wanted  # type: ignore[method-assign]
        pane.show_selection([desk.client.rows[A]])
        await until(lambda: len(desk.client.asked) == 1)
        pane._ask()
        await until(lambda: len(desk.client.asked) == 2)
        changed = row(A, files_revision=1)
        pane.on_update(update(changed))
        pane._ask()
        await until(lambda: len(desk.client.asked) == 3)
        pane.on_update(update(row(A, files_revision=1, events_revision=5)))
        pane._ask()
        await until(lambda: len(desk.client.asked) == 4)
        asked = [parts for _, parts, _ in desk.client.asked]
        peers = frozenset({Detail.PEERS})
        assert asked == [wanted, peers, peers | {Detail.FILES}, peers | {Detail.EVENTS}]

    desk.play(story)


def test_tab_and_span_are_remembered(theme: Theme, on_qt: OnQt) -> None:
    desk = Desk(theme, on_qt, FakeClient({A: row(A)}))

    async def choose(pane: DetailPane) -> None:
        pane.show_selection([desk.client.rows[A]])
        pane.open_tab("speed")
        speed = pane.tab("speed")
        assert isinstance(speed, SpeedTab)
        QTest.mouseClick(speed._choices.buttons()[2], Qt.MouseButton.LeftButton)
        await until(lambda: speed.span() is Span.DAY)

    async def come_back(pane: DetailPane) -> None:
        assert pane.current_tab == "speed"
        speed = pane.tab("speed")
        assert isinstance(speed, SpeedTab)
        assert speed.span() is Span.DAY

    desk.play(choose)
    assert (desk.kept.settings.detail_tab, desk.kept.settings.speed_span) == ("speed", "24h")
    desk.play(come_back)


def test_without_a_selection_the_speed_is_that_of_all_transfers(theme: Theme, on_qt: OnQt) -> None:
    desk = Desk(theme, on_qt, FakeClient({A: row(A)}))
    desk.client.histories[None] = SpeedHistory(Span.TEN_MINUTES, 1.0, 1e9, (7_000_000.0,), (0.0,))
    desk.client.histories[A] = SpeedHistory(Span.TEN_MINUTES, 1.0, 1e9, (1_000_000.0,), (0.0,))

    async def story(pane: DetailPane) -> None:
        speed = pane.tab("speed")
        assert isinstance(speed, SpeedTab)
        pane.open_tab("speed")
        pane.on_update(update(totals=SessionTotals(down_rate=7_000_000.0)))
        await until(lambda: "7.0 MB/s" in speed.graph.accessibleDescription())
        assert speed.rates.down.text() == "Down 7.0 MB/s"
        assert "All transfers" in speed.caption.text()
        pane.show_selection([desk.client.rows[A]])
        await until(lambda: "1.0 MB/s" in speed.graph.accessibleDescription())
        assert "All transfers" not in speed.caption.text()

    desk.play(story)


def test_cards_that_do_not_fit_are_left_out_whole(theme: Theme, on_qt: OnQt) -> None:
    desk = Desk(theme, on_qt, FakeClient({A: row(A)}))

    async def story(pane: DetailPane) -> None:
        pane.show_selection([desk.client.rows[A]])
        tab = overview(pane)
        shown = []
        for width in (1200, 840, 700, 480):
            pane.resize(width, 300)
            await asyncio.sleep(0.01)
            shown.append([card.isVisible() for card in (tab.verdict, tab.speed, tab.shoal)])
        assert shown == [[True, True, True], [True, True, True], [True, True, False], [True, False, False]]

    desk.play(story)


def test_a_fish_leads_to_its_peer(theme: Theme, on_qt: OnQt) -> None:
    desk = Desk(theme, on_qt, FakeClient({A: row(A, peers=1)}))

    async def story(pane: DetailPane) -> None:
        pane.show_selection([desk.client.rows[A]])
        overview(pane).shoal.view.peer_chosen.emit("10.0.0.7", 6881)
        assert pane.current_tab == "peers"

    desk.play(story)


def test_escape_leaves_the_full_page(theme: Theme, on_qt: OnQt) -> None:
    desk = Desk(theme, on_qt)

    async def story(pane: DetailPane) -> None:
        wanted: list[bool] = []
        pane.wants_full_page.connect(wanted.append)
        QTest.keyClick(pane, Qt.Key.Key_Escape)
        assert wanted == []
        pane.set_full_page(True)
        QTest.keyClick(pane, Qt.Key.Key_Escape)
        assert wanted == [False]

    desk.play(story)


def test_tabs_stay_where_they_are_while_numbers_change(theme: Theme, on_qt: OnQt) -> None:
    desk = Desk(theme, on_qt, FakeClient({A: row(A, peers=1)}))

    async def story(pane: DetailPane) -> None:
        pane.show_selection([desk.client.rows[A]])
        before = [pane.bar.tabRect(index) for index in range(pane.bar.count())]
        pane.on_update(update(row(A, peers=40)))
        pane.open_tab("speed")
        assert [pane.bar.tabRect(index) for index in range(pane.bar.count())] == before
        assert "Peers 40" in [pane.bar.tabText(index) for index in range(pane.bar.count())]

    desk.play(story)
