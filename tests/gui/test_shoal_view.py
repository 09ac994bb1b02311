"""The shoal draws what the engine told, moves only while something moves, and every fish can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from shoal.api.details import PeerRow
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.fish import FishPixmaps, side_of
from shoal.gui.widgets.shoal_dots import RELEASE_SECONDS, TRAVEL_SECONDS
from shoal.gui.widgets.shoal_fish import GLIDE_SECONDS, length_of, nearness, peer_words
from shoal.gui.widgets.shoal_view import (
    BEHIND_MILLISECONDS,
    CROWD,
    CROWDED_MILLISECONDS,
    FRAME_MILLISECONDS,
    ShoalView,
)

BLOCK = 16_384


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def peer(number: int = 1, *, down: float = 0.0, up: float = 0.0, received: int = 0, choking: bool = True) -> PeerRow:
    return PeerRow(
        host=f"10.0.0.{number}",
        port=6881,
        client="<b>Bold</b> 1.0",
        has=0.5,
        down_rate=down,
        up_rate=up,
        downloaded=received,
        uploaded=0,
        is_incoming=False,
        am_choking=True,
        am_interested=True,
        peer_choking=choking,
        peer_interested=False,
        is_snubbed=False,
        source="tracker",
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def view(theme: Theme, qtbot: QtBot, clock: Clock) -> Iterator[ShoalView]:
    around = QWidget()
    qtbot.addWidget(around)
    made = ShoalView(theme, around, clock=clock)
    made.setGeometry(0, 0, 600, 400)
    around.resize(600, 400)
    with qtbot.waitExposed(around):
        around.show()
    yield made
    del around


def test_it_has_no_timer_while_nothing_moves(view: ShoalView) -> None:
    view.show_peers((peer(1), peer(2)))
    view.show_peers((peer(1), peer(2)))
    assert not view.is_moving


def test_blocks_make_dots_that_end_by_themselves(view: ShoalView, clock: Clock, qtbot: QtBot) -> None:
    view.show_peers((peer(down=1000.0, choking=False),))
    assert not view.is_moving
    view.show_peers((peer(down=1000.0, choking=False, received=3 * BLOCK),))
    assert view.is_moving
    clock.now += RELEASE_SECONDS + TRAVEL_SECONDS + 0.1
    qtbot.waitUntil(lambda: not view.is_moving)


def test_a_hidden_shoal_stands_still(view: ShoalView) -> None:
    view.show_peers((peer(down=1000.0, choking=False),))
    view.show_peers((peer(down=1000.0, choking=False, received=3 * BLOCK),))
    view.window().hide()
    assert not view.is_moving
    view.show_peers((peer(down=1000.0, choking=False, received=9 * BLOCK),))
    assert not view.is_moving


def test_what_went_while_nobody_looked_is_not_shown_afterwards(view: ShoalView, qtbot: QtBot) -> None:
    view.show_peers((peer(down=1000.0, choking=False),))
    view.window().hide()
    with qtbot.waitExposed(view.window()):
        view.window().show()
    view.show_peers((peer(down=1000.0, choking=False, received=500 * BLOCK),))
    assert not view.is_moving


def test_reduced_motion_is_a_still_picture(view: ShoalView) -> None:
    view.set_still(True)
    view.show_peers((peer(),))
    before = view.grab().toImage()
    view.show_peers((peer(down=1000.0, choking=False, received=3 * BLOCK),))
    assert not view.is_moving
    assert view.grab().toImage() != before


def test_a_fish_glides_nearer_when_it_begins_to_send(view: ShoalView, clock: Clock, qtbot: QtBot) -> None:
    view.show_peers((peer(),))
    outside = view.fish["10.0.0.1:6881"].at(clock.now)
    view.show_peers((peer(down=1000.0, choking=False),))
    fish = view.fish["10.0.0.1:6881"]
    assert fish.at(clock.now) == outside
    assert view.is_moving
    clock.now += GLIDE_SECONDS + 0.01
    assert fish.at(clock.now) == (fish.x, fish.y) != outside
    qtbot.waitUntil(lambda: not view.is_moving)


def test_a_gliding_fish_moves_over_the_others_and_comes_to_lie_as_a_resting_one(
    view: ShoalView, clock: Clock, qtbot: QtBot
) -> None:
    others = tuple(peer(number, down=900.0) for number in range(2, 9))
    view.show_peers((peer(), *others))
    view.grab()
    view.show_peers((peer(down=1000.0, choking=False), *others))
    clock.now += GLIDE_SECONDS / 4
    assert [key for key, fish in view.fish.items() if fish.is_gliding(clock.now)] == ["10.0.0.1:6881"]
    under_way = view.grab().toImage()
    clock.now += GLIDE_SECONDS
    there = view.grab().toImage()
    assert there != under_way
    resting = view.fish["10.0.0.2:6881"]
    around = QRect(round(resting.x) - 6, round(resting.y) - 6, 12, 12)
    assert under_way.copy(around) == there.copy(around)
    view.set_still(True)
    view.show_peers((peer(down=1000.0, choking=False), *others))
    assert view.grab().toImage() == there


def test_a_fish_is_drawn_in_its_direction(theme: Theme) -> None:
    pixmaps = FishPixmaps()

    def picture(angle: float) -> QImage:
        return pixmaps.pixmap("#006e90", "#ffffff", 20, 8, angle, 1.0).toImage()

    assert picture(0.0).width() == side_of(20) == picture(1.0).height()
    assert picture(pi) == picture(-pi)

    def eye(angle: float) -> tuple[int, int]:
        image = picture(angle)
        pixels = [(x, y) for x in range(image.width()) for y in range(image.height())]
        return max(pixels, key=lambda at: image.pixelColor(*at).red())

    middle = side_of(20) / 2
    assert eye(0.0)[0] > middle > eye(pi)[0]
    assert eye(pi / 2)[1] > middle > eye(-pi / 2)[1]
    # Belly down, whichever way it swims.
    assert eye(0.0)[1] <= middle >= eye(pi)[1]


def test_readiness_decides_the_distance() -> None:
    assert [nearness(peer(down=5.0)), nearness(peer(choking=False)), nearness(peer())] == [0, 1, 2]


def test_a_click_on_a_fish_chooses_its_peer(view: ShoalView, qtbot: QtBot) -> None:
    view.show_peers((peer(7),))
    fish = view.fish["10.0.0.7:6881"]
    with qtbot.waitSignal(view.peer_chosen) as chosen:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(fish.x), round(fish.y)))
    assert chosen.args == ["10.0.0.7", 6881]


def test_the_keys_reach_every_fish(view: ShoalView, qtbot: QtBot) -> None:
    view.show_peers(tuple(peer(number) for number in range(1, 6)))
    seen = set()
    for _ in range(5):
        QTest.keyClick(view, Qt.Key.Key_Right)
        seen.add(view.accessibleDescription())
    assert len(seen) == 5
    with qtbot.waitSignal(view.peer_chosen):
        QTest.keyClick(view, Qt.Key.Key_Return)


def test_the_picture_is_told_in_numbers(view: ShoalView) -> None:
    view.show_peers((peer(1, down=2000.0, choking=False), peer(2, up=500.0), peer(3)))
    assert view.accessibleDescription() == (
        "3 peers connected; 1 sends to you, 2 kB/s together; you send to 1, 500 B/s together"
    )


def test_a_peer_in_words() -> None:
    words = peer_words(peer(1, down=2000.0, up=500.0))
    assert words == ("<b>Bold</b> 1.0 at 10.0.0.1:6881", "has 50.0 %", "sends to you 2 kB/s", "you send 500 B/s")


@pytest.mark.parametrize("size", [(1, 1), (30, 20), (210, 60), (2000, 1200)])
def test_every_size_can_be_drawn(view: ShoalView, size: tuple[int, int]) -> None:
    view.resize(*size)
    view.show_peers(tuple(peer(number % 250, down=float(number % 3) * 1000) for number in range(300)))
    assert not view.grab().isNull()


def test_nobody_is_an_empty_sea_that_says_why(view: ShoalView) -> None:
    before = view.grab().toImage()
    view.show_state(0.3, complete=False, empty_words="tracker.example: being asked now")
    view.show_peers(())
    assert view.grab().toImage() != before
    assert view.accessibleDescription() == "tracker.example: being asked now"


class PaintedRects(QObject):
    """What of a widget was painted, from its paint events."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.rects: list[QRect] = []
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QPaintEvent):
            self.rects.append(event.rect())
        return False


def test_while_only_dots_move_only_their_place_is_painted(view: ShoalView, clock: Clock, qtbot: QtBot) -> None:
    view.show_peers((peer(down=1000.0, choking=False), peer(2)))
    clock.now += GLIDE_SECONDS + 0.1
    view.show_peers((peer(down=1000.0, choking=False, received=BLOCK), peer(2)))
    clock.now += RELEASE_SECONDS
    painted = PaintedRects(view)
    view.repaint()
    qtbot.waitUntil(lambda: len(painted.rects) > 3)
    assert painted.rects[0] == view.rect()
    fish = view.fish["10.0.0.1:6881"]
    line = QRectF(view.rect().center(), QPointF(fish.x, fish.y)).normalized().adjusted(-8, -8, 8, 8).toAlignedRect()
    assert all(line.contains(rect) for rect in painted.rects[2:])


def test_the_dots_of_a_peer_that_went_go_with_it(view: ShoalView, clock: Clock) -> None:
    view.show_peers((peer(down=1000.0, choking=False), peer(2)))
    view.show_peers((peer(down=1000.0, choking=False, received=3 * BLOCK), peer(2)))
    clock.now += RELEASE_SECONDS
    view.show_peers((peer(2),))
    assert not view.is_moving


def test_a_crowd_and_a_window_behind_another_move_in_fewer_pictures(view: ShoalView, qtbot: QtBot) -> None:
    def pace(count: int) -> int:
        for received in (0, 1):
            view.show_peers(
                tuple(
                    peer(number, down=1000.0, choking=False, received=received * number * BLOCK)
                    for number in range(1, 1 + count)
                )
            )
        assert view.is_moving
        return view.frame_milliseconds

    view.window().activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    assert pace(3) == FRAME_MILLISECONDS < pace(CROWD + 1) == CROWDED_MILLISECONDS
    other = QWidget()
    qtbot.addWidget(other)
    with qtbot.waitExposed(other):
        other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: not view.isActiveWindow())
    assert pace(3) == pace(CROWD + 1) == BEHIND_MILLISECONDS


def test_a_lone_fish_is_no_speck() -> None:
    from_many, alone = (length_of(peer(1), 0.0, 24, count) for count in (40, 1))
    assert alone >= 16 > from_many
