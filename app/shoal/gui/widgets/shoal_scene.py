"""How the shoal is drawn: what rests once into a picture, what glides and you over it for every frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import atan2, hypot

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.fish import FishPixmaps, fill_step, side_of
from shoal.gui.widgets.shoal_dots import Ends
from shoal.gui.widgets.shoal_fish import Fish
from shoal.gui.widgets.shoal_layout import Waters

RING_WIDTH = 5
LINE_WIDTH = 1.0
"""Wider ones cost half as much again."""
ARC_STEPS = 1000
"""Of the progress around you that are told apart."""
_LINED = ("down", "up")


@dataclass(frozen=True, slots=True)
class You:
    """The middle: `progress` 0..1 around it, `empty_words` below it while nobody is connected."""

    progress: float = 0.0
    is_complete: bool = False
    empty_words: str = ""


@dataclass(frozen=True, slots=True)
class _Look:
    """A fish where it rests: all that drawing it takes. `made_of` is what it depends on."""

    made_of: tuple[object, ...]
    pixmap: QPixmap
    half: float
    corner: QPointF
    ends: Ends
    line: QLineF


class ShoalScene:
    """`arrange` when fish, size or theme changed, `paint` once per frame; all lengths in logical pixels."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._pixmaps = FishPixmaps()
        self._size, self._ratio = QSize(), 1.0
        self._waters = Waters(0, 0, 0, 0, ())
        self._fish: Mapping[str, Fish] = {}
        self._looks: dict[str, _Look] = {}
        self._resting_ends: dict[str, Ends] = {}
        self._layer: QPixmap | None = None
        self._left_out: frozenset[str] = frozenset()
        self._drawn_rings: tuple[object, QPixmap] | None = None
        """And what they were drawn for."""
        self._drawn_you: tuple[object, QPixmap] | None = None
        self.you = You()

    def arrange(self, fish: Mapping[str, Fish], waters: Waters, size: QSize) -> None:
        """What is to be drawn from now on."""
        if size != self._size or waters != self._waters:
            self._looks.clear()
        self._fish, self._waters, self._size = fish, waters, size
        self._looks = {key: look for key, look in self._looks.items() if key in fish}
        self._resting_ends.clear()
        self._layer = None

    def forget(self) -> None:
        """Colours or words have changed: everything is drawn anew."""
        self._looks.clear()
        self._layer = None

    def ends_of(self, key: str, now: float) -> Ends:
        """The line between you and a fish that is drawn."""
        ends = self._resting_ends.get(key)
        if ends is None:
            fish = self._fish[key]
            if fish.is_gliding(now):
                return self._ends(*fish.at(now), fish.length)
            ends = self._resting_ends[key] = self._look(key, fish).ends
        return ends

    def paint(self, painter: QPainter, gliding: Mapping[str, Fish], now: float, ratio: float) -> None:
        """All but the dots. `gliding` are those of the fish that are on their way at `now`."""
        if ratio != self._ratio:
            self._ratio = ratio
            self.forget()
        painter.drawPixmap(0, 0, self._still_layer(frozenset(gliding)))
        if gliding:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_gliding(painter, gliding, now)
        you = self._you_pixmap()
        half = you.deviceIndependentSize().width() / 2
        painter.drawPixmap(QPointF(self._size.width() / 2 - half, self._size.height() / 2 - half), you)

    # -- what rests

    def _still_layer(self, gliding: frozenset[str]) -> QPixmap:
        """Everything that keeps its place from frame to frame: the picture without the fish that glide."""
        if self._layer is not None and gliding < self._left_out:
            # Those that have come to rest are put where they are seen already.
            landed, self._left_out = self._left_out - gliding, gliding
            painter = QPainter(self._layer)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_resting(painter, {key: self._fish[key] for key in landed})
            painter.end()
        elif self._layer is None or gliding != self._left_out:
            self._left_out = gliding
            layer = self._layer = self._new_pixmap(self._size.width(), self._size.height())
            layer.fill(self._theme.colour("surf"))
            painter = QPainter(layer)
            if self._fish:
                painter.drawPixmap(0, 0, self._rings())
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                self._paint_resting(painter, {key: one for key, one in self._fish.items() if key not in gliding})
            elif self.you.empty_words:
                self._paint_words(painter)
            painter.end()
        return self._layer

    def _paint_resting(self, painter: QPainter, resting: Mapping[str, Fish]) -> None:
        looks = [(fish.token, self._look(key, fish)) for key, fish in resting.items()]
        for token in _LINED:
            self._draw_lines(painter, token, [look.line for other, look in looks if other == token])
        for _, look in looks:
            painter.drawPixmap(look.corner, look.pixmap)

    def _rings(self) -> QPixmap:
        """The waters alone, which stay as they are for long and cost as much as all the fish in them."""
        colour = self._theme.colour("line")
        key = (self._waters, colour.rgba(), self._size, self._ratio)
        if self._drawn_rings is None or self._drawn_rings[0] != key:
            picture = self._new_pixmap(self._size.width(), self._size.height())
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour, 1.4, Qt.PenStyle.DotLine))
            for ring in self._waters.rings:
                painter.drawEllipse(QPointF(self._size.width() / 2, self._size.height() / 2), ring.rx, ring.ry)
            painter.end()
            self._drawn_rings = key, picture
        return self._drawn_rings[1]

    def _paint_words(self, painter: QPainter) -> None:
        bottom = self._size.height() / 2 + self._you_radius() + self._theme.px(RING_WIDTH)
        below = QRectF(0, bottom, self._size.width(), self._size.height() - bottom)
        painter.setPen(self._theme.colour("ink2"))
        painter.setFont(self._theme.fonts[Role.SECONDARY])
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(below.adjusted(8, 4, -8, 0), flags, self.you.empty_words)

    # -- what moves

    def _paint_gliding(self, painter: QPainter, gliding: Mapping[str, Fish], now: float) -> None:
        """With the face of the place where it goes: on its way it hardly turns."""
        there = [(fish, self._look(key, fish), fish.at(now)) for key, fish in gliding.items()]
        for token in _LINED:
            lines = [QLineF(*self._ends(*at, fish.length)) for fish, _, at in there if fish.token == token]
            self._draw_lines(painter, token, lines)
        for _, look, (x, y) in there:
            painter.drawPixmap(QPointF(x - look.half, y - look.half), look.pixmap)

    def _draw_lines(self, painter: QPainter, token: str, lines: list[QLineF]) -> None:
        if lines:
            faint = QColor(self._theme.colour(token))
            faint.setAlphaF(0.35)
            painter.setPen(QPen(faint, LINE_WIDTH))
            painter.drawLines(lines)

    # -- fish

    def _look(self, key: str, fish: Fish) -> _Look:
        step = fill_step(fish.peer.has)
        made_of = (fish.x, fish.y, fish.along, fish.length, fish.token, step)
        look = self._looks.get(key)
        if look is None or look.made_of != made_of:
            tokens, half = self._theme.tokens, side_of(fish.length) / 2
            pixmap = self._pixmaps.pixmap(
                getattr(tokens, fish.token), tokens.surf, fish.length, step, self._angle(fish), self._ratio
            )
            ends = self._ends(fish.x, fish.y, fish.length)
            corner = QPointF(fish.x - half, fish.y - half)
            look = self._looks[key] = _Look(made_of, pixmap, half, corner, ends, QLineF(*ends))
        return look

    def _angle(self, fish: Fish) -> float:
        """Its nose to you while it sends, away while it receives, along its ring else; radians, clockwise."""
        to_you = self._size.width() / 2 - fish.x, self._size.height() / 2 - fish.y
        match fish.token:
            case "down":
                return atan2(to_you[1], to_you[0])
            case "up":
                return atan2(-to_you[1], -to_you[0])
        return fish.along

    def _ends(self, x: float, y: float, length: int) -> Ends:
        """From the ring around you to a fish of `length` at `x`, `y`."""
        middle_x, middle_y = self._size.width() / 2, self._size.height() / 2
        dx, dy = x - middle_x, y - middle_y
        apart = max(1.0, hypot(dx, dy))
        start = (self._you_radius() + 4) / apart
        end = max(start, (apart - length * 0.5) / apart)
        return middle_x + dx * start, middle_y + dy * start, middle_x + dx * end, middle_y + dy * end

    # -- you

    def _you_radius(self) -> float:
        return self._waters.you or self._theme.px(20)

    def _you_pixmap(self) -> QPixmap:
        """You with the progress around you, drawn once: it lies over every fish that passes."""
        theme, radius, width = self._theme, self._you_radius(), self._theme.px(RING_WIDTH)
        colours = tuple(theme.colour(token).rgba() for token in ("surf", "track", "seed", "down", "ink"))
        key = (radius, width, colours, round(self.you.progress * ARC_STEPS), self.you.is_complete, self._ratio)
        if self._drawn_you is None or self._drawn_you[0] != key:
            side = 2 * round(radius + width)
            picture = self._new_pixmap(side, side)
            painter = QPainter(picture)
            self._paint_you(painter, QRectF(side / 2 - radius, side / 2 - radius, 2 * radius, 2 * radius), width)
            painter.end()
            self._drawn_you = key, picture
        return self._drawn_you[1]

    def _paint_you(self, painter: QPainter, around: QRectF, width: int) -> None:
        theme = self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.colour("surf"))
        painter.setPen(QPen(theme.colour("track"), width))
        painter.drawEllipse(around)
        if self.you.progress > 0:
            token = "seed" if self.you.is_complete else "down"
            painter.setPen(QPen(theme.colour(token), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawArc(around, 90 * 16, -round(min(1.0, self.you.progress) * 360 * 16))
        painter.setPen(theme.colour("ink"))
        painter.setFont(theme.fonts[Role.SECONDARY_STRONG])
        painter.drawText(around, Qt.AlignmentFlag.AlignCenter, say("You"))

    def _new_pixmap(self, width: int, height: int) -> QPixmap:
        pixmap = QPixmap(round(width * self._ratio), round(height * self._ratio))
        pixmap.setDevicePixelRatio(self._ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap


def gliding_at(fish: Iterable[tuple[str, Fish]], now: float) -> dict[str, Fish]:
    """Those that are on their way."""
    return {key: one for key, one in fish if one.is_gliding(now)}
