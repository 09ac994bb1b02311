"""The window as it is at the very first start: what a row says fits, and there are rows enough."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import FakeClient, row

from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentState
from shoal.gui.application import Application
from shoal.gui.details.overview import LEAST_CARD, OverviewTab
from shoal.gui.models.torrent_columns import DEFAULT_SHOWN, Column
from shoal.gui.widgets.row_delegate import CELL_PADDING

IDS = [f"{number:040x}" for number in range(1, 8)]
REFUSED = Reason("tracker-refused", {"text": "Invalid passkey", "host": "t.example"})
BUSY = {"peers": 214, "seeds": 189, "sending_peers": 31, "down_rate": 12_300_000.0, "up_rate": 180_000.0, "eta": 750.0}


@pytest.fixture
def seven(run: WindowRun) -> WindowRun:
    rows = [
        row(key, name="Sintel", queue_position=at, size=12_300_000_000, wanted=12_300_000_000)
        for at, key in enumerate(IDS, 1)
    ]
    rows[0] = row(IDS[0], name="Debian 14.1 amd64 DVD-1", queue_position=1, wanted_done=870_000, **BUSY)
    rows[1] = row(IDS[1], name="Sintel", queue_position=2, state=TorrentState.DOWNLOADING, reason=REFUSED)
    run.client = FakeClient({entry.torrent_id: entry for entry in rows})
    return run


def test_every_column_and_what_it_usually_says_fits(seven: WindowRun) -> None:
    async def story(application: Application) -> None:
        table = application.window.list
        assert all(not table.isColumnHidden(column) for column in DEFAULT_SHOWN)
        room = {column: table.columnWidth(column) - 2 * application.window._theme.px(CELL_PADDING) for column in Column}
        # The bar of the progress takes what there is.
        for column in DEFAULT_SHOWN - {Column.PROGRESS}:
            needed = [table._delegates[column].natural_width(table.view_at(at)) for at in range(len(IDS))]
            assert max(needed) <= room[column], column

    seven.play(story)


@pytest.mark.parametrize(("size", "rows"), [(QSize(1280, 800), 5), (QSize(900, 560), 4)])
def test_the_list_and_the_details_share_the_height(seven: WindowRun, size: QSize, rows: int) -> None:
    """In the smallest window neither is cut to a strip: four whole rows, and cards in which something can be read."""
    seven.size = size

    async def story(application: Application) -> None:
        window = application.window
        window.list.select_ids(IDS[:1])
        await until(window.details.isVisible)
        first, last = window.list.visible_positions()
        whole = window.list.viewport().height() // window.list.rowHeight(0)
        assert first == 0
        assert last >= rows - 1
        assert whole >= rows
        overview = window.details.tab("overview")
        assert isinstance(overview, OverviewTab)
        scroller = overview.scroller
        # All of it can be reached, and two thirds of the cards are seen at once.
        assert overview.verdict.height() >= LEAST_CARD
        seen = overview.verdict.visibleRegion().boundingRect().height()
        assert seen >= 2 * LEAST_CARD // 3
        scroller.verticalScrollBar().setValue(scroller.verticalScrollBar().maximum())
        await until(lambda: overview.verdict.visibleRegion().boundingRect().height() >= LEAST_CARD)

    seven.play(story)
