"""The dots of the shoal that are under way: each a group of blocks that really went, along the line of its peer."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from shoal.gui.widgets.block_dots import Dots
from shoal.gui.widgets.shoal_layout import share_of

TRAVEL_SECONDS = 1.3
"""How long a dot is on its way."""
RELEASE_SECONDS = 1.0
"""Over how long the dots of one answer set out: the time between two answers."""
DOT_RADIUS = 2.6
Ends = tuple[float, float, float, float]
"""A line: x and y near you, x and y at the fish."""
Point = tuple[float, float, bool]
"""Where a dot is, and whether it comes to us."""


class MovingDots:
    """`release` once per answer, `points` once per picture. Times in seconds of one clock."""

    def __init__(self) -> None:
        self._under_way: list[tuple[str, bool, float]] = []
        """(key, comes to us, set out at)."""

    def __bool__(self) -> bool:
        return bool(self._under_way)

    def clear(self) -> None:
        self._under_way.clear()

    def release(self, dots: Mapping[str, Dots], now: float) -> None:
        """They set out one after the other until the next answer."""
        for key, count in dots.items():
            for number, comes in ((count.down, True), (count.up, False)):
                for at in range(number):
                    self._under_way.append((key, comes, now + RELEASE_SECONDS * (at + share_of(key)) / number))

    def end(self, now: float, known: Container[str]) -> None:
        """Take out those that have arrived, and those whose peer is not drawn any more."""
        first = now - TRAVEL_SECONDS
        self._under_way = [dot for dot in self._under_way if dot[2] > first and dot[0] in known]

    def points(self, now: float, ends_of: Callable[[str], Ends]) -> list[Point]:
        """Those that are on their line now."""
        found = []
        for key, comes, set_out in self._under_way:
            share = (now - set_out) / TRAVEL_SECONDS
            if 0 <= share <= 1:
                found.append(point_on(ends_of(key), 1 - share if comes else share, comes=comes))
        return found


def point_on(ends: Ends, share: float, *, comes: bool) -> Point:
    """`share` 0 is near you, 1 at the fish."""
    near_x, near_y, far_x, far_y = ends
    return near_x + (far_x - near_x) * share, near_y + (far_y - near_y) * share, comes


def still_points(dots: Mapping[str, Dots], ends_of: Callable[[str], Ends]) -> list[Point]:
    """The dots of one answer spread along their lines, for a picture that does not move."""
    return [
        point_on(ends_of(key), (at + 0.5) / number, comes=comes)
        for key, count in dots.items()
        for number, comes in ((count.down, True), (count.up, False))
        for at in range(number)
    ]


def room_of(points: list[Point], reach: float) -> QRect:
    """The rectangle with all dots at `points`, each `reach` pixels around its point; empty without any.

    One rectangle: to clip at many small ones costs more than painting what lies between them.
    """
    if not points:
        return QRect()
    left, right = min(point[0] for point in points) - reach, max(point[0] for point in points) + reach
    top, bottom = min(point[1] for point in points) - reach, max(point[1] for point in points) + reach
    return QRectF(left, top, right - left, bottom - top).toAlignedRect()


class DotPixmaps:
    """The pictures of a dot, drawn once for each colour, size and screen."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, float, float], QPixmap] = {}

    def paint(self, painter: QPainter, points: list[Point], colours: tuple[QColor, QColor], scale: float) -> None:
        """`colours` of those that come and of those that go; `scale` is that of the text."""
        radius, ratio = DOT_RADIUS * scale, painter.device().devicePixelRatio()
        coming, going = (self._pixmap(colour, radius, ratio) for colour in colours)
        half = radius + 1
        for x, y, comes in points:
            painter.drawPixmap(QPointF(x - half, y - half), coming if comes else going)

    def _pixmap(self, colour: QColor, radius: float, ratio: float) -> QPixmap:
        key = (colour.rgba(), radius, ratio)
        found = self._kept.get(key)
        if found is None:
            side = 2 * radius + 2
            found = QPixmap(round(side * ratio) + 1, round(side * ratio) + 1)
            found.setDevicePixelRatio(ratio)
            found.fill(Qt.GlobalColor.transparent)
            painter = QPainter(found)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(radius + 1, radius + 1), radius, radius)
            painter.end()
            self._kept[key] = found
        return found
