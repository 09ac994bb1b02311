"""The table by hand: keys, type-ahead, opening, and rows that are dragged."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import row, update

from shoal.api.commands import PlaceInQueue
from shoal.api.errors import Reason, UserError
from shoal.api.snapshots import TorrentState
from shoal.gui.application import Application
from shoal.gui.link.memory import Memory
from shoal.gui.models.torrent_columns import Column
from shoal.gui.models.torrent_order import SortDirection
from shoal.gui.models.torrent_table import TorrentTableModel
from shoal.gui.style.theme import Theme
from shoal.gui.window.row_drag import MIME_TYPE, ids_of, mime_of
from shoal.gui.window.torrent_list import TorrentList
from shoal.settings.interface_settings import InterfaceSettings

NAMES = ["Alpha", "Beta", "beach", "Gamma", "Beta two"]
IDS = [f"{number:040x}" for number in range(len(NAMES))]
COPY = Qt.DropAction.CopyAction


@pytest.fixture
def model(qapp: QApplication) -> TorrentTableModel:
    model = TorrentTableModel(lambda: 0.0)
    model.apply(update(*(row(key, name=NAMES[at], queue_position=at + 1) for at, key in enumerate(IDS))))
    return model


@pytest.fixture
def view(theme: Theme, model: TorrentTableModel, qtbot: object) -> TorrentList:
    view = TorrentList(theme, model, Memory(InterfaceSettings(), lambda settings: None))
    qtbot.addWidget(view)  # type: ignore[attr-defined]
    view.resize(1200, 400)
    view.show()
    view.setFocus()
    return view


def selected(view: TorrentList) -> list[str]:
    return [NAMES[IDS.index(key)] for key in view.selected_ids()]


def point_of(view: TorrentList, position: int, column: Column = Column.SIZE) -> QPoint:
    return view.visualRect(view.model().index(position, column)).center()


def test_letters_go_to_the_name_that_begins_so(view: TorrentList) -> None:
    view.select_ids([IDS[0]])
    view.keyboardSearch("b")
    view.keyboardSearch("e")
    view.keyboardSearch("a")
    assert selected(view) == ["beach"]


def test_one_letter_again_and_again_goes_round(view: TorrentList) -> None:
    view.select_ids([IDS[0]])
    seen = []
    for _ in range(4):
        view.keyboardSearch("b")
        seen += selected(view)
    assert seen == ["Beta", "beach", "Beta two", "Beta"]


def test_a_blank_inside_a_name_does_not_start_or_stop(view: TorrentList) -> None:
    toggled: list[None] = []
    view.toggle_wanted.connect(lambda: toggled.append(None))
    view.select_ids([IDS[0]])
    QTest.keyClicks(view, "beta t")
    assert selected(view) == ["Beta two"]
    assert toggled == []


def test_space_starts_or_stops_when_nothing_is_typed(view: TorrentList) -> None:
    toggled: list[None] = []
    view.toggle_wanted.connect(lambda: toggled.append(None))
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert toggled == [None]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_return_opens_the_current_transfer(view: TorrentList, key: Qt.Key) -> None:
    opened: list[str] = []
    view.opened.connect(opened.append)
    view.select_ids([IDS[2]])
    QTest.keyClick(view, key)
    assert opened == [IDS[2]]


def test_a_double_click_opens_but_not_on_the_pill(view: TorrentList, model: TorrentTableModel) -> None:
    model.apply(update(row(IDS[1], queue_position=2, state=TorrentState.ERROR, reason=Reason("permission"))))
    opened: list[str] = []
    explained: list[str] = []
    view.opened.connect(opened.append)
    view.explain_wanted.connect(explained.append)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point_of(view, 3))
    assert opened == [IDS[3]]
    cell = view.visualRect(model.index(1, Column.NAME))
    pill = QPoint(cell.right() - 30, cell.center().y())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=pill)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=pill)
    assert opened == [IDS[3]]
    assert explained
    assert set(explained) == {IDS[1]}


def test_escape_clears_the_search_before_the_selection(view: TorrentList) -> None:
    searches = [True, False]
    view.clear_search = lambda: searches.pop(0)
    view.select_ids([IDS[1]])
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert selected(view) == ["Beta"]
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert selected(view) == []


def test_home_and_end_go_to_the_ends(view: TorrentList) -> None:
    QTest.keyClick(view, Qt.Key.Key_End)
    assert selected(view) == ["Beta two"]
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert selected(view) == ["Alpha"]


def test_several_are_selected_as_one_range_each(view: TorrentList) -> None:
    view.select_ids([IDS[0], IDS[3], IDS[1]])
    assert selected(view) == ["Alpha", "Beta", "Gamma"]
    assert len(view.selectionModel().selection().toList()) == 2


def test_compact_rows_are_one_line_high(view: TorrentList, theme: Theme) -> None:
    assert view.rowHeight(0) == theme.px(47)
    view.set_compact(True)
    assert view.rowHeight(0) == theme.px(28)
    assert view.is_compact()
    view.set_compact(False)
    assert view.rowHeight(0) == theme.px(47)


def test_compact_rows_are_remembered(theme: Theme, model: TorrentTableModel, qtbot: object) -> None:
    view = TorrentList(theme, model, Memory(InterfaceSettings(compact_rows=True), lambda settings: None))
    qtbot.addWidget(view)  # type: ignore[attr-defined]
    assert view.is_compact()


# -- dragging


def test_finished_files_can_leave_and_only_their_copies(
    view: TorrentList, model: TorrentTableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished = row(
        IDS[1], queue_position=2, wanted_done=1_000_000, state=TorrentState.SEEDING, content_path="/downloads/Beta"
    )
    model.apply(update(finished))
    dragged: list[tuple[list[str], list[str], Qt.DropAction]] = []
    held: list[int] = []

    def drag(self: QDrag, actions: Qt.DropAction) -> Qt.DropAction:
        mime = self.mimeData()
        dragged.append((ids_of(mime), [url.toLocalFile() for url in mime.urls()], actions))
        model.set_sort(Column.QUEUE, SortDirection.BEST_FIRST)
        model.apply(update(row(IDS[0], name="Alpha", queue_position=99)))
        held.append(model.position_of(IDS[0]) or 0)
        return actions

    monkeypatch.setattr(QDrag, "exec", drag)
    view.select_ids([IDS[0], IDS[1]])
    view.startDrag(COPY)
    assert dragged == [([IDS[0], IDS[1]], ["/downloads/Beta"], COPY)]
    assert held == [0]
    assert model.position_of(IDS[0]) == 4


def drop(view: TorrentList, mime: QMimeData, at: QPoint) -> bool:
    """Drag `mime` in, over and down at `at` of the viewport, as Qt delivers it."""
    target, buttons, keys = view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, COPY, mime, buttons, keys)
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return False
    move = QDragMoveEvent(at, COPY, mime, buttons, keys)
    QApplication.sendEvent(target, move)
    if not move.isAccepted():
        return False
    dropped = QDropEvent(QPointF(at), COPY, mime, buttons, keys, QEvent.Type.Drop)
    QApplication.sendEvent(target, dropped)
    return dropped.isAccepted()


def rows_of(view: TorrentList, model: TorrentTableModel, *numbers: int) -> QMimeData:
    found = (model.row_of(IDS[number]) for number in numbers)
    return mime_of([entry for entry in found if entry is not None])


def edge(view: TorrentList, position: int, part: float) -> QPoint:
    return QPoint(200, view.rowViewportPosition(position) + int(view.rowHeight(position) * part))


@pytest.mark.parametrize(
    ("where", "before"),
    [
        (lambda view: edge(view, 1, 0.2), IDS[1]),
        (lambda view: edge(view, 1, 0.8), IDS[2]),
        (lambda view: edge(view, 4, 0.9), None),
        (lambda view: QPoint(200, view.viewport().height() - 2), None),
    ],
)
def test_rows_land_between_rows(
    view: TorrentList, model: TorrentTableModel, where: Callable[[TorrentList], QPoint], before: str | None
) -> None:
    placed: list[tuple[list[str], str | None]] = []
    view.placed.connect(lambda ids, front: placed.append((ids, front)))
    assert drop(view, rows_of(view, model, 3, 0), where(view))
    assert placed == [([IDS[0], IDS[3]], before)]


def test_a_line_shows_where_rows_would_land(view: TorrentList, model: TorrentTableModel, theme: Theme) -> None:
    def colour_there() -> str:
        picture: QImage = view.viewport().grab().toImage()
        return picture.pixelColor(300, view.rowViewportPosition(2)).name().upper()

    mime, at = rows_of(view, model, 0), edge(view, 2, 0.2)
    assert colour_there() != theme.tokens.acc
    for kind in (QDragEnterEvent, QDragMoveEvent):
        event = kind(at, COPY, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(view.viewport(), event)
    assert colour_there() == theme.tokens.acc


def test_only_the_queue_can_be_put_in_order(view: TorrentList, model: TorrentTableModel) -> None:
    model.set_sort(Column.NAME, SortDirection.BEST_FIRST)
    placed: list[object] = []
    view.placed.connect(lambda ids, front: placed.append(ids))
    assert not drop(view, rows_of(view, model, 0), edge(view, 2, 0.2))
    assert placed == []


def test_what_is_no_transfer_is_left_to_the_window(view: TorrentList) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/downloads/some.torrent")])
    assert not drop(view, mime, edge(view, 1, 0.5))


def test_unknown_ids_are_not_placed(view: TorrentList) -> None:
    mime = QMimeData()
    mime.setData(MIME_TYPE, b"\xff\nnobody\n")
    placed: list[object] = []
    view.placed.connect(lambda ids, front: placed.append(ids))
    assert not drop(view, mime, edge(view, 1, 0.5))
    assert placed == []


def test_a_dragged_row_is_placed_by_the_engine(run: WindowRun) -> None:
    run.client.rows = {key: row(key, name=NAMES[at], queue_position=at + 1) for at, key in enumerate(IDS)}

    async def story(application: Application) -> None:
        window = application.window
        view, model = window.list, window.model
        drop(view, rows_of(view, model, 4), edge(view, 0, 0.2))
        assert model.id_at(0) == IDS[4]
        await until(lambda: PlaceInQueue((IDS[4],), IDS[0]) in run.client.commands)

    assert run.play(story) == 0


def test_a_refused_place_is_taken_back(run: WindowRun) -> None:
    run.client.rows = {key: row(key, name=NAMES[at], queue_position=at + 1) for at, key in enumerate(IDS)}

    async def story(application: Application) -> None:
        window = application.window
        run.client.refuse = UserError("no-such-torrent", id=IDS[4])
        drop(window.list, rows_of(window.list, window.model, 4), edge(window.list, 0, 0.2))
        await until(lambda: window.model.id_at(0) == IDS[0])
        assert [window.model.id_at(at) for at in range(5)] == IDS

    assert run.play(story) == 0


def is_wholly_seen(view: TorrentList, position: int) -> bool:
    return view.viewport().rect().contains(view.visualRect(view.model().index(position, Column.NAME)))


def test_a_row_that_has_just_come_is_revealed_as_a_whole(view: TorrentList, model: TorrentTableModel) -> None:
    more = [f"{number:040x}" for number in range(100, 130)]
    model.apply(update(*(row(key, name="More", queue_position=at + 10) for at, key in enumerate(more))))
    model.apply(update(row("f" * 40, name="New", queue_position=99)))
    view.select_ids(["f" * 40])
    assert is_wholly_seen(view, model.rowCount() - 1)
    QApplication.processEvents()
    assert is_wholly_seen(view, model.rowCount() - 1)


def test_the_current_row_is_not_hidden_when_the_list_gets_lower(view: TorrentList, model: TorrentTableModel) -> None:
    last = len(IDS) - 1
    view.resize(1200, 60 + 2 * view.rowHeight(0))
    view.select_ids([IDS[last]])
    assert is_wholly_seen(view, last)
    view.resize(1200, 60 + view.rowHeight(0))
    QApplication.processEvents()
    assert is_wholly_seen(view, last)


def test_a_list_that_gets_lower_does_not_scroll_to_a_row_that_was_not_seen(
    view: TorrentList, model: TorrentTableModel
) -> None:
    view.resize(1200, 60 + 2 * view.rowHeight(0))
    view.select_ids([IDS[-1]])
    view.verticalScrollBar().setValue(0)
    view.resize(1200, 60 + view.rowHeight(0))
    QApplication.processEvents()
    assert view.verticalScrollBar().value() == 0
