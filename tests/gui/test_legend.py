"""A legend shows whole entries only, and with enough lines all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from shoal.gui.style.theme import Theme
from shoal.gui.widgets.legend import LINE, Entry, Legend


def nothing(painter: QPainter, rect: QRectF) -> None:
    """A swatch that is not looked at."""


ENTRIES = tuple(Entry(word, nothing, 16, 9) for word in ("sends to you", "you send", "connected"))


@pytest.fixture
def around(qtbot: QtBot) -> Iterator[QWidget]:
    made = QWidget()
    qtbot.addWidget(made)
    yield made
    del made


def words(legend: Legend) -> list[list[str]]:
    return [[entry.word for _, entry in line] for line in legend.lines()]


def test_one_line_leaves_out_what_does_not_fit(theme: Theme, around: QWidget) -> None:
    legend = Legend(theme, ENTRIES, around)
    legend.resize(legend.sizeHint())
    assert words(legend) == [["sends to you", "you send", "connected"]]
    legend.resize(legend.sizeHint().width() - 1, legend.height())
    assert words(legend) == [["sends to you", "you send"]]


def test_a_legend_that_wraps_takes_the_lines_it_needs_and_gives_them_back(
    theme: Theme, around: QWidget, qtbot: QtBot
) -> None:
    legend = Legend(theme, ENTRIES, around, wraps=True)
    layout = QVBoxLayout(around)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(legend)
    layout.addStretch(1)
    whole = sum(legend.fontMetrics().horizontalAdvance(entry.word) for entry in ENTRIES) + 200
    around.resize(whole, 200)
    around.show()
    qtbot.waitUntil(lambda: legend.height() == theme.px(LINE))
    around.resize(210, 200)
    qtbot.waitUntil(lambda: legend.height() == 2 * theme.px(LINE))
    assert words(legend) == [["sends to you", "you send"], ["connected"]]
    around.resize(whole, 200)
    qtbot.waitUntil(lambda: legend.height() == theme.px(LINE))
