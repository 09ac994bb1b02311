"""The speed graph: what it draws, and what the pointer and the keys read from it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from shoal.api.commands import Span
from shoal.api.details import SpeedHistory, TorrentEvent
from shoal.gui.style.theme import Theme
from shoal.gui.style.tokens import LIGHT
from shoal.gui.widgets.speed_graph import SpeedGraph
from shoal.gui.widgets.speed_plot import LABELS

END = 1_800_000_000.0


@pytest.fixture
def graph(theme: Theme, qtbot: QtBot) -> Iterator[SpeedGraph]:
    around = QWidget()
    qtbot.addWidget(around)
    made = SpeedGraph(theme, around, lambda event: f"It was {event.code}")
    made.setGeometry(0, 0, 660, 200)
    yield made
    del around


def history(down: tuple[float, ...], up: tuple[float, ...], *events: TorrentEvent) -> SpeedHistory:
    return SpeedHistory(Span.TEN_MINUTES, 1.0, END, down, up, events)


def picture(graph: SpeedGraph) -> QImage:
    return graph.grab().toImage()


def rows_with(image: QImage, x: int, colour: str) -> list[int]:
    """Heights at which `colour` itself is drawn in the column `x`."""
    wanted = QColor(colour)
    return [y for y in range(image.height()) if image.pixelColor(x, y) == wanted]


def test_download_is_above_the_axis_and_upload_below(graph: SpeedGraph) -> None:
    graph.show_history(history((1_000_000.0,) * 600, (1_000_000.0,) * 600))
    image = picture(graph)
    axis = rows_with(image, 100, LIGHT.ctl)
    down = [y for y in range(image.height()) if near(image.pixelColor(100, y), LIGHT.down)]
    up = [y for y in range(image.height()) if near(image.pixelColor(100, y), LIGHT.up)]
    assert down
    assert up
    assert max(down) < min(up)
    assert not axis or max(down) < axis[0] < min(up)


def near(found: QColor, token: str) -> bool:
    wanted = QColor(token)
    pairs = zip(found.getRgb()[:3], wanted.getRgb()[:3], strict=True)  # type: ignore[index, arg-type]
    return all(abs(a - b) < 40 for a, b in pairs)


def test_time_that_is_not_known_stays_empty(graph: SpeedGraph) -> None:
    graph.show_history(history((1_000_000.0,) * 60, (0.0,) * 60))
    image = picture(graph)
    assert not [y for y in range(image.height()) if near(image.pixelColor(100, y), LIGHT.down)]
    assert [y for y in range(image.height()) if near(image.pixelColor(580, y), LIGHT.down)]


def test_a_limit_is_a_line_of_its_own(graph: SpeedGraph) -> None:
    graph.show_history(history((1_000_000.0,) * 600, (300_000.0,) * 600))
    before = picture(graph)
    graph.show_limits(0, 500_000)
    assert picture(graph) != before


def test_the_pointer_reads_a_moment(graph: SpeedGraph) -> None:
    graph.show_history(history((2_000_000.0,) * 600, (300_000.0,) * 600))
    picture(graph)
    graph.mouseMoveEvent(moved(300, 60))
    assert "\u2193 2.0 MB/s   \u2191 300 kB/s" in graph.reading()


def moved(x: int, y: int) -> QMouseEvent:
    return QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(x, y),
        QPointF(x, y),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )


def test_the_reading_stays_under_the_pointer_while_time_goes_on(graph: SpeedGraph) -> None:
    graph.show_history(history((1_000.0,) * 300 + (2_000_000.0,) * 300, (0.0,) * 600))
    picture(graph)
    graph.mouseMoveEvent(moved(320, 60))
    before = graph.reading()
    later = history((2_000_000.0,) * 600, (0.0,) * 600)
    graph.show_history(SpeedHistory(later.span, 1.0, END + 300, later.down, later.up))
    picture(graph)
    assert graph.reading() != before
    assert "2.0 MB/s" in graph.reading()


def test_an_event_says_what_it_was(graph: SpeedGraph) -> None:
    graph.show_history(history((1.0,) * 600, (1.0,) * 600, TorrentEvent(END - 300, "limits-changed")))
    picture(graph)
    middle = (660 - LABELS) // 2
    graph.mouseMoveEvent(moved(middle, 60))
    assert graph.reading().endswith("It was limits-changed")
    graph.mouseMoveEvent(moved(middle + 100, 60))
    assert "limits-changed" not in graph.reading()


def test_the_keys_read_moments_too(graph: SpeedGraph) -> None:
    graph.show_history(history((1_000.0,) * 300 + (9_000_000.0,) * 300, (0.0,) * 600))
    picture(graph)
    QTest.keyClick(graph, Qt.Key.Key_End)
    assert "9.0 MB/s" in graph.accessibleDescription()
    QTest.keyClick(graph, Qt.Key.Key_Home)
    assert "1 kB/s" in graph.accessibleDescription()
    QTest.keyClick(graph, Qt.Key.Key_Escape)
    assert graph.reading() == ""


def test_the_graph_is_told_in_numbers(graph: SpeedGraph) -> None:
    assert graph.spoken() == "nothing measured yet"
    graph.show_history(history((1_000.0, 3_000.0), (0.0, 500.0)))
    assert graph.accessibleDescription() == (
        "download now 3 kB/s, on average 2 kB/s, at most 3 kB/s; "
        "upload now 500 B/s, on average 250 B/s, at most 500 B/s"
    )


@pytest.mark.parametrize("span", list(Span))
def test_every_span_can_be_drawn_in_every_size(theme: Theme, graph: SpeedGraph, span: Span) -> None:
    detailed = SpeedGraph(theme, graph, lambda event: "", times=True)
    steps = {Span.TEN_MINUTES: 1.0, Span.HOUR: 10.0, Span.DAY: 300.0, Span.ALL: 4096.0}
    detailed.show_history(SpeedHistory(span, steps[span], END, (5.0,) * 288, (5.0,) * 288))
    for size in ((1, 1), (130, 50), (1200, 500)):
        detailed.resize(*size)
        assert not detailed.grab().isNull()


@pytest.mark.parametrize("rate", [888_000.0, 8_888_000.0, 444_000_000.0, 1_500_000_000.0])
def test_no_number_of_the_axis_is_cut(graph: SpeedGraph, rate: float) -> None:
    graph.show_history(history((rate,) * 600, (rate,) * 600))
    image = picture(graph)
    ground = image.pixelColor(image.width() - 1, 0)
    assert all(image.pixelColor(image.width() - 1, y) == ground for y in range(image.height()))
