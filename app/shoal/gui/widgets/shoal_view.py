"""The shoal: you in the centre, each peer a fish, and dots for the blocks that go between.

Nothing is invented: how full a fish is, is what the peer has; its nose points to you while it sends, away while it
receives, and along its ring while neither; its size is the rate, its distance how ready it is to send; a dot is a group
of blocks that the counters of that peer grew by. It moves at 30 frames a second only while it is seen and something
moves; else there is no timer at all.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Mapping, Set
from math import atan2, hypot, pi
from time import monotonic

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from shoal.api.details import PeerRow
from shoal.gui.style.diagnosis import FLOWING_RATE
from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.block_dots import BlockMeter, Dots
from shoal.gui.widgets.fish import FishPixmaps, fill_step, side_of
from shoal.gui.widgets.shoal_fish import GLIDE_SECONDS, Fish, key_of, length_of, nearness, peer_words, token_of
from shoal.gui.widgets.shoal_layout import Place, School, Swimmer, share_of

FRAME_MILLISECONDS = 33
TRAVEL_SECONDS = 1.3
"""How long a dot is on its way."""
RELEASE_SECONDS = 1.0
"""Over how long the dots of one answer set out: the time between two answers."""
DOT_RADIUS = 2.6
RING_WIDTH = 5
LINE_WIDTH = 1.0
"""Wider ones cost half as much again."""

LEAST_REACH = 12
"""Half of the smallest target for the pointer, pixels at 96 dpi."""


class ShoalView(QWidget):
    """`show_peers` once per answer. `peer_chosen` carries host and port; `changed` says that the numbers did."""

    peer_chosen = Signal(str, int)
    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget, *, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(parent)
        self._theme, self._clock = theme, clock
        self._school, self._meter, self._pixmaps = School(), BlockMeter(), FishPixmaps()
        self._peers: dict[str, PeerRow] = {}
        self._fish: dict[str, Fish] = {}
        self._dots: list[tuple[str, bool, float]] = []
        """(key, comes to us, set out at)."""
        self._last_dots: Mapping[str, Dots] = {}
        self._progress, self._is_complete, self._empty_words = 0.0, False, ""
        self._is_still = False
        self._layer: QPixmap | None = None
        self._left_out_of_layer: frozenset[str] = frozenset()
        self._drawn_rings: tuple[object, QPixmap] | None = None
        """And what they were drawn for."""
        self._dot_pixmaps: dict[tuple[int, float, float], QPixmap] = {}
        self._pointed: str | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MILLISECONDS)
        self._timer.timeout.connect(self._tick)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(say("The shoal"))
        # It lies on a card: with its colour as the ground, nothing behind has to be drawn for every frame.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self._forget)

    # -- data

    @property
    def group_bytes(self) -> int:
        """What one dot stands for."""
        return self._meter.group

    @property
    def left_out(self) -> int:
        """Connected peers that are not drawn."""
        return self._school.left_out

    @property
    def peer_count(self) -> int:
        return len(self._peers)

    @property
    def is_moving(self) -> bool:
        """Whether its timer runs."""
        return self._timer.isActive()

    @property
    def fish(self) -> Mapping[str, Fish]:
        """What is drawn, by `host:port`."""
        return self._fish

    def set_still(self, still: bool) -> None:
        """No motion: a picture that is drawn again with each answer."""
        self._is_still = still
        self._dots.clear()
        for fish in self._fish.values():
            fish.from_x, fish.from_y = fish.x, fish.y
        self._rest()

    def show_state(self, progress: float, *, complete: bool, empty_words: str) -> None:
        """`progress` 0..1 around you; `empty_words` stand there while nobody is connected."""
        if (progress, complete, empty_words) != (self._progress, self._is_complete, self._empty_words):
            self._progress, self._is_complete, self._empty_words = progress, complete, empty_words
            self._forget()

    def show_peers(self, peers: tuple[PeerRow, ...]) -> None:
        """All connected peers now."""
        self._peers = {key_of(peer): peer for peer in peers}
        dots = self._meter.take(self._peers)
        self._arrange(glide=not self._is_still and self._is_seen())
        self._last_dots = {key: count for key, count in dots.items() if key in self._fish}
        if not self._is_still and self._is_seen():
            self._release()
        if self._pointed not in self._fish:
            self._pointed = None
        self._forget()
        self._rest()
        self.setAccessibleDescription(self.spoken())
        self.changed.emit()

    def clear(self) -> None:
        self._peers, self._fish, self._last_dots, self._pointed = {}, {}, {}, None
        self._dots.clear()
        self._meter.clear()
        self._school = School()
        self._timer.stop()
        self._forget()

    def spoken(self) -> str:
        """The picture in numbers, or the peer that is pointed at."""
        if self._pointed in self._fish:
            return ", ".join(peer_words(self._fish[self._pointed].peer))
        if not self._peers:
            return self._empty_words
        senders = [peer for peer in self._peers.values() if peer.down_rate >= FLOWING_RATE]
        takers = [peer for peer in self._peers.values() if peer.up_rate >= FLOWING_RATE]
        return say(
            "{peers} connected; {senders} to you, {down} together; you send to {takers}, {up} together",
            peers=say_count(len(self._peers), "{n} peer", "{n} peers"),
            senders=say_count(len(senders), "{n} sends", "{n} send"),
            down=rate_text(sum(peer.down_rate for peer in senders)),
            takers=f"{len(takers):,}",
            up=rate_text(sum(peer.up_rate for peer in takers)),
        )

    # -- places

    def _arrange(self, *, glide: bool) -> None:
        now = self._clock()
        swimmers = [Swimmer(key, nearness(peer), peer.down_rate + peer.up_rate) for key, peer in self._peers.items()]
        places = self._school.arrange(swimmers, self.width(), self.height(), self._theme.fonts.scale)
        largest = self._school.waters.fish
        highest = max((max(peer.down_rate, peer.up_rate) for peer in self._peers.values()), default=0.0)
        before = self._fish
        self._fish = {}
        for key, place in places.items():
            peer = self._peers[key]
            self._fish[key] = self._follow(before.get(key) if glide else None, peer, place, now)
            self._fish[key].length = length_of(peer, highest, largest)

    def _follow(self, before: Fish | None, peer: PeerRow, place: Place, now: float) -> Fish:
        from_x, from_y, set_out = place.x, place.y, now - GLIDE_SECONDS
        if before is not None:
            if (before.x, before.y) == (place.x, place.y):
                from_x, from_y, set_out = before.from_x, before.from_y, before.set_out
            else:
                (from_x, from_y), set_out = before.at(now), now
        return Fish(peer, place.x, place.y, place.along, 0, token_of(peer), from_x, from_y, set_out)

    def _release(self) -> None:
        now = self._clock()
        for key, count in self._last_dots.items():
            for number, comes in ((count.down, True), (count.up, False)):
                for at in range(number):
                    self._dots.append((key, comes, now + RELEASE_SECONDS * (at + share_of(key)) / number))

    # -- motion

    def _is_seen(self) -> bool:
        window = self.window()
        handle = window.windowHandle()
        if not self.isVisible() or window.isMinimized() or handle is None or not handle.isExposed():
            return False
        return not self.visibleRegion().isEmpty()

    def _has_motion(self, now: float) -> bool:
        return bool(self._dots) or any(fish.is_gliding(now) for fish in self._fish.values())

    def _rest(self) -> None:
        """Let the timer run only while something moves and is seen."""
        moves = not self._is_still and self._has_motion(self._clock()) and self._is_seen()
        if moves and not self._timer.isActive():
            self._timer.start()
        elif not moves and self._timer.isActive():
            self._timer.stop()
        self.update()

    def _tick(self) -> None:
        now = self._clock()
        self._dots = [dot for dot in self._dots if now - dot[2] < TRAVEL_SECONDS and dot[0] in self._fish]
        if not self._is_seen():
            self._dots.clear()
        self._rest()

    # -- pointer and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        key = self._fish_at(event.position())
        if key != self._pointed:
            self._point(key)
            self.setCursor(Qt.CursorShape.PointingHandCursor if key else Qt.CursorShape.ArrowCursor)
            if key is None:
                QToolTip.hideText()
            else:
                # A tooltip guesses at rich text: escaped, a stranger's client name stays plain.
                lines = (html.escape(line) for line in peer_words(self._fish[key].peer))
                QToolTip.showText(event.globalPosition().toPoint(), f"<qt>{'<br>'.join(lines)}</qt>", self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        key = self._fish_at(event.position())
        if key is not None and event.button() is Qt.MouseButton.LeftButton:
            self._choose(key)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self._point(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Left and right go around the fish, Return or Space shows the one in the list of peers."""
        step = {Qt.Key.Key_Right.value: 1, Qt.Key.Key_Left.value: -1}.get(event.key())
        if step is not None and self._fish:
            order = sorted(self._fish, key=self._turn_of)
            present = order.index(self._pointed) if self._pointed in self._fish else (-1 if step > 0 else 0)
            self._point(order[(present + step) % len(order)])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._pointed in self._fish:
            self._choose(self._pointed)
        else:
            super().keyPressEvent(event)

    def _turn_of(self, key: str) -> float:
        fish = self._fish[key]
        return atan2(fish.x - self.width() / 2, self.height() / 2 - fish.y) % (2 * pi)

    def _choose(self, key: str) -> None:
        peer = self._fish[key].peer
        self.peer_chosen.emit(peer.host, peer.port)

    def _point(self, key: str | None) -> None:
        if key != self._pointed:
            self._pointed = key
            self.setAccessibleDescription(self.spoken())
            self.update()

    def _fish_at(self, point: QPointF) -> str | None:
        now, best, found = self._clock(), float("inf"), None
        for key, fish in self._fish.items():
            x, y = fish.at(now)
            apart = hypot(point.x() - x, point.y() - y)
            if apart < best and apart <= max(self._theme.px(LEAST_REACH), fish.length / 2 + 2):
                best, found = apart, key
        return found

    # -- events

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._dots.clear()
        self._arrange(glide=False)
        self._forget()
        self.changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._timer.stop()
        self._dots.clear()
        # What went while nobody looked is not shown as if it went now.
        self._meter.clear()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(340), self._theme.px(150))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(120), self._theme.px(60))

    # -- drawing

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        now, ratio = self._clock(), self.devicePixelRatioF()
        painter = QPainter(self)
        gliding = {} if self._is_still else {key: fish for key, fish in self._fish.items() if fish.is_gliding(now)}
        painter.drawPixmap(0, 0, self._still_layer(gliding.keys(), now, ratio))
        if gliding:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_swarm(painter, gliding.values(), now, ratio)
            if any(self._is_near_you(fish, now) for fish in gliding.values()):
                self._paint_you(painter)
        self._paint_dots(painter, now, ratio)
        if self._pointed in self._fish:
            self._paint_mark(painter, self._fish[self._pointed], now)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.colour("acc"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _forget(self) -> None:
        self._layer = None
        self.update()

    def _still_layer(self, gliding: Set[str], now: float, ratio: float) -> QPixmap:
        """Everything that keeps its place from frame to frame: the picture without the fish that glide."""
        layer = self._layer
        if layer is None or layer.devicePixelRatio() != ratio or gliding != self._left_out_of_layer:
            self._left_out_of_layer = frozenset(gliding)
            layer = self._layer = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            layer.setDevicePixelRatio(ratio)
            layer.fill(self._theme.colour("surf"))
            painter = QPainter(layer)
            self._paint_scene(painter, now, ratio)
            painter.end()
        return layer

    def _paint_scene(self, painter: QPainter, now: float, ratio: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._fish:
            painter.drawPixmap(0, 0, self._rings(ratio))
            resting = [fish for key, fish in self._fish.items() if key not in self._left_out_of_layer]
            self._paint_swarm(painter, resting, now, ratio)
        self._paint_you(painter)

    def _rings(self, ratio: float) -> QPixmap:
        """The waters alone, which stay as they are for long and cost as much as all the fish in them."""
        waters, colour = self._school.waters, self._theme.colour("line")
        key = (waters, colour.rgba(), self.size(), ratio)
        if self._drawn_rings is None or self._drawn_rings[0] != key:
            picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour, 1.4, Qt.PenStyle.DotLine))
            for ring in waters.rings:
                painter.drawEllipse(QPointF(self.width() / 2, self.height() / 2), ring.rx, ring.ry)
            painter.end()
            self._drawn_rings = key, picture
        return self._drawn_rings[1]

    def _paint_swarm(self, painter: QPainter, swarm: Collection[Fish], now: float, ratio: float) -> None:
        """Few calls: between any two the engine's thread may take the interpreter."""
        for token in ("down", "up"):
            lines = [QLineF(*self._line_of(fish, now)) for fish in swarm if fish.token == token]
            if lines:
                faint = QColor(self._theme.colour(token))
                faint.setAlphaF(0.35)
                painter.setPen(QPen(faint, LINE_WIDTH))
                painter.drawLines(lines)
        for fish in swarm:
            self._paint_fish(painter, fish, now, ratio)

    def _line_of(self, fish: Fish, now: float) -> tuple[QPointF, QPointF]:
        """From the ring around you to the fish."""
        x, y = fish.at(now)
        dx, dy = x - self.width() / 2, y - self.height() / 2
        apart = max(1.0, hypot(dx, dy))
        start = (self._you_radius() + 4) / apart
        end = max(start, (apart - fish.length * 0.5) / apart)
        middle_x, middle_y = self.width() / 2, self.height() / 2
        return (
            QPointF(middle_x + dx * start, middle_y + dy * start),
            QPointF(middle_x + dx * end, middle_y + dy * end),
        )

    def _is_near_you(self, fish: Fish, now: float) -> bool:
        """It would cover the ring around you."""
        x, y = fish.at(now)
        return hypot(x - self.width() / 2, y - self.height() / 2) < self._you_radius() + RING_WIDTH + fish.length

    def _you_radius(self) -> float:
        waters = self._school.waters
        return waters.you if waters.you else self._theme.px(20)

    def _paint_fish(self, painter: QPainter, fish: Fish, now: float, ratio: float) -> None:
        x, y = fish.at(now)
        match fish.token:
            case "down":
                angle = atan2(self.height() / 2 - y, self.width() / 2 - x)
            case "up":
                angle = atan2(y - self.height() / 2, x - self.width() / 2)
            case _:
                angle = fish.along
        tokens = self._theme.tokens
        pixmap = self._pixmaps.pixmap(
            getattr(tokens, fish.token), tokens.surf, fish.length, fill_step(fish.peer.has), angle, ratio
        )
        half = side_of(fish.length) / 2
        painter.drawPixmap(QPointF(x - half, y - half), pixmap)

    def _paint_you(self, painter: QPainter) -> None:
        middle = QPointF(self.width() / 2, self.height() / 2)
        theme, radius, width = self._theme, self._you_radius(), self._theme.px(RING_WIDTH)
        around = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
        painter.setBrush(theme.colour("surf"))
        painter.setPen(QPen(theme.colour("track"), width))
        painter.drawEllipse(around)
        if self._progress > 0:
            token = "seed" if self._is_complete else "down"
            pen = QPen(theme.colour(token), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawArc(around, 90 * 16, -round(min(1.0, self._progress) * 360 * 16))
        painter.setPen(theme.colour("ink"))
        painter.setFont(theme.fonts[Role.SECONDARY_STRONG])
        painter.drawText(around, Qt.AlignmentFlag.AlignCenter, say("You"))
        if not self._fish and self._empty_words:
            painter.setPen(theme.colour("ink2"))
            painter.setFont(theme.fonts[Role.SECONDARY])
            below = QRectF(0, around.bottom() + width, self.width(), self.height() - around.bottom() - width)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(below.adjusted(8, 4, -8, 0), flags, self._empty_words)

    def _paint_dots(self, painter: QPainter, now: float, ratio: float) -> None:
        radius = DOT_RADIUS * self._theme.fonts.scale
        pixmaps = {
            comes: self._dot(self._theme.colour("down" if comes else "up"), radius, ratio) for comes in (True, False)
        }
        if self._is_still:
            for key, count in self._last_dots.items():
                near, far = self._line_of(self._fish[key], now)
                for number, comes in ((count.down, True), (count.up, False)):
                    for at in range(number):
                        self._paint_dot(painter, near, far, (at + 0.5) / number, pixmaps[comes], radius)
            return
        lines: dict[str, tuple[QPointF, QPointF]] = {}
        for key, comes, set_out in self._dots:
            share = (now - set_out) / TRAVEL_SECONDS
            fish = self._fish.get(key)
            if fish is None or not 0 <= share <= 1:
                continue
            ends = lines.get(key)
            if ends is None:
                ends = lines[key] = self._line_of(fish, now)
            self._paint_dot(painter, *ends, 1 - share if comes else share, pixmaps[comes], radius)

    @staticmethod
    def _paint_dot(
        painter: QPainter, near: QPointF, far: QPointF, share: float, pixmap: QPixmap, radius: float
    ) -> None:
        x = near.x() + (far.x() - near.x()) * share
        y = near.y() + (far.y() - near.y()) * share
        painter.drawPixmap(QPointF(x - radius - 1, y - radius - 1), pixmap)

    def _dot(self, colour: QColor, radius: float, ratio: float) -> QPixmap:
        key = (colour.rgba(), radius, ratio)
        found = self._dot_pixmaps.get(key)
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
            self._dot_pixmaps[key] = found
        return found

    def _paint_mark(self, painter: QPainter, fish: Fish, now: float) -> None:
        x, y = fish.at(now)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("acc"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = max(self._theme.px(LEAST_REACH), fish.length / 2 + 2)
        painter.drawEllipse(QPointF(x, y), radius, radius)
