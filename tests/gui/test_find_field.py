"""The search field: its cross is Shoal's own, in the middle, and on the other side where reading goes the other way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from shoal.gui.style.theme import Theme
from shoal.gui.widgets.find_field import FindField

LEFT_TO_RIGHT, RIGHT_TO_LEFT = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft


@pytest.fixture
def field(theme: Theme, qtbot: QtBot) -> FindField:
    field = FindField(theme, "Find transfers by name")
    qtbot.addWidget(field)
    field.show()
    return field


def inked(field: FindField) -> list[int]:
    """The columns in which the field shows more than its ground."""
    image: QImage = field.grab().toImage()
    middle = range(8, image.height() - 8)
    return [x for x in range(6, image.width() - 6) if len({image.pixel(x, y) for y in middle}) > 1]


def test_the_cross_is_there_only_while_there_is_something_to_clear(field: FindField) -> None:
    assert not field.cross.isVisible()
    QTest.keyClicks(field, "deb")
    assert field.cross.isVisible()
    assert field.cross.accessibleName() == "Clear search"
    QTest.mouseClick(field.cross, Qt.MouseButton.LeftButton)
    assert field.text() == ""
    assert not field.cross.isVisible()


@pytest.mark.parametrize("direction", [LEFT_TO_RIGHT, RIGHT_TO_LEFT])
def test_the_cross_stands_in_the_middle_at_the_end_of_the_line(field: FindField, direction: Qt.LayoutDirection) -> None:
    field.setLayoutDirection(direction)
    field.setText("deb")
    target = field.cross.geometry()
    assert abs(target.center().y() - field.rect().center().y()) <= 1
    assert target.width() >= 24
    assert (target.center().x() > field.width() / 2) is (direction is LEFT_TO_RIGHT)
    assert not field.isClearButtonEnabled()


@pytest.mark.parametrize("direction", [LEFT_TO_RIGHT, RIGHT_TO_LEFT])
def test_the_hint_keeps_clear_of_the_magnifier(field: FindField, direction: Qt.LayoutDirection) -> None:
    field.setLayoutDirection(direction)
    empty = inked(field)
    field.set_hint("Find in 11 transfers")
    words = set(inked(field)) - set(empty)
    gap = min(words) - max(empty) if direction is LEFT_TO_RIGHT else min(empty) - max(words)
    assert gap >= 4


def test_a_long_hint_gives_way_to_a_shorter_one(field: FindField) -> None:
    field.set_hint("In viertausend \u00dcbertragungen suchen      Strg+F", "In viertausend \u00dcbertragungen")
    assert field.placeholderText() == "In viertausend \u00dcbertragungen"
