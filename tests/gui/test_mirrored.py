"""In a window that reads from right to left, words stand where reading begins, and addresses read as everywhere."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from shoal.gui.style.theme import Theme
from shoal.gui.widgets.detail_cells import wrapped
from shoal.gui.widgets.filter_cell import FilterEntry
from shoal.gui.widgets.filter_list import FilterList
from shoal.gui.widgets.plain_label import plain_label, read_from_start
from shoal.gui.widgets.tick_box import TickBox

RIGHT_TO_LEFT = Qt.LayoutDirection.RightToLeft
WIDE, TALL = 300, 60


def painted(widget: QWidget, qtbot: QtBot) -> list[int]:
    """The columns in which `widget`, turned and WIDE pixels wide, shows something."""
    qtbot.addWidget(widget)
    widget.setLayoutDirection(RIGHT_TO_LEFT)
    widget.resize(WIDE, TALL)
    widget.show()
    image: QImage = widget.grab().toImage()
    middle = range(TALL // 4, TALL * 3 // 4)
    return [x for x in range(4, WIDE - 4) if len({image.pixel(x, y) for y in middle}) > 1]


def test_words_of_the_sidebar_stand_beside_their_icon(theme: Theme, qtbot: QtBot) -> None:
    shown = FilterList(theme, [("states", "Transfers")], ("states", "all"), "text/x-test")
    shown.show_entries([FilterEntry("states", "all", "All", "list", "ink2", 1, "All, 1")])
    qtbot.addWidget(shown)
    shown.setLayoutDirection(RIGHT_TO_LEFT)
    shown.resize(WIDE, 120)
    shown.show()
    image = shown.grab(shown.visualRect(shown.model().index(0, 0, shown.model().index(0, 0)))).toImage()
    inked = [x for x in range(60, image.width()) if len({image.pixel(x, y) for y in range(8, 24)}) > 1]
    assert min(inked) > image.width() / 2


def test_words_of_a_tick_stand_beside_its_box(theme: Theme, qtbot: QtBot) -> None:
    assert min(painted(TickBox(theme, "Start"), qtbot)) > WIDE / 2


def test_a_label_in_another_language_stands_where_reading_begins(qtbot: QtBot) -> None:
    label = plain_label("Name", "secondary")
    label.setLayoutDirection(RIGHT_TO_LEFT)
    read_from_start(label)
    assert min(painted(label, qtbot)) > WIDE / 2


def test_a_path_is_read_from_left_to_right(qapp: QApplication) -> None:
    layout = wrapped("/home/me/4 films", QFont(), 400, RIGHT_TO_LEFT)
    line = layout.lineAt(0)
    beginning, end = line.cursorToX(0), line.cursorToX(16)
    assert isinstance(beginning, tuple)
    assert isinstance(end, tuple)
    assert beginning[0] < end[0]
    assert end[0] > 390
