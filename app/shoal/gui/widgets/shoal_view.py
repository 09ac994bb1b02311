"""The shoal: you in the centre, each peer a fish, and dots for the blocks that go between.

Nothing is invented: how full a fish is, is what the peer has; its nose points to you while it sends, away while it
receives, and along its ring while neither; its size is the rate, its distance how ready it is to send; a dot is a group
of blocks that the counters of that peer grew by. It moves only while it is seen and something moves, fewer times a
second in a crowd or behind another window; else there is no timer at all. While only dots move, only where they are is
painted.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from math import atan2, hypot, pi
from time import monotonic

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from shoal.api.details import PeerRow
from shoal.gui.style.diagnosis import FLOWING_RATE
from shoal.gui.style.numbers import whole
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.block_dots import BlockMeter, Dots
from shoal.gui.widgets.shoal_dots import (
    DOT_RADIUS,
    DotPixmaps,
    Ends,
    MovingDots,
    Point,
    room_of,
    still_points,
)
from shoal.gui.widgets.shoal_fish import GLIDE_SECONDS, Fish, key_of, length_of, nearness, peer_words, token_of
from shoal.gui.widgets.shoal_layout import Place, School, Swimmer
from shoal.gui.widgets.shoal_scene import ShoalScene, You, gliding_at

FRAME_MILLISECONDS, CROWDED_MILLISECONDS, BEHIND_MILLISECONDS = 33, 60, 100
"""Between two pictures: while few swim, while many do, and while another window has the keys."""
CROWD = 40
"""Fish."""
LEAST_REACH = 12
"""Half of the smallest target for the pointer, pixels at 96 dpi."""


class ShoalView(QWidget):
    """`show_peers` once per answer. `peer_chosen` carries host and port; `changed` says that the numbers did."""

    peer_chosen = Signal(str, int)
    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget, *, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(parent)
        self._theme, self._clock = theme, clock
        self._school, self._meter, self._scene = School(), BlockMeter(), ShoalScene(theme)
        self._peers: dict[str, PeerRow] = {}
        self._fish: dict[str, Fish] = {}
        self._gliding: dict[str, Fish] = {}
        self._dots, self._dot_pixmaps = MovingDots(), DotPixmaps()
        self._last_dots: Mapping[str, Dots] = {}
        self._points: list[Point] = []
        """The dots of the picture that is seen."""
        self._frame_at = 0.0
        self._is_frame_due = False
        """The next painting is for the moment `_frame_at`."""
        self._is_still = False
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
        theme.changed.connect(self._repaint_all)

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
    def frame_milliseconds(self) -> int:
        """The time between two of its pictures."""
        return self._timer.interval()

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
        self._repaint()

    def show_state(self, progress: float, *, complete: bool, empty_words: str) -> None:
        """`progress` 0..1 around you; `empty_words` stand there while nobody is connected."""
        before, you = self._scene.you, You(progress, complete, empty_words)
        if you != before:
            self._scene.you = you
            if you.empty_words != before.empty_words:
                self._scene.forget()
            self.update()

    def show_peers(self, peers: tuple[PeerRow, ...]) -> None:
        """All connected peers now."""
        self._peers = {key_of(peer): peer for peer in peers}
        dots = self._meter.take(self._peers)
        moves = not self._is_still and self._is_seen()
        self._arrange(glide=moves)
        self._last_dots = {key: count for key, count in dots.items() if key in self._fish}
        if moves:
            self._dots.release(self._last_dots, self._clock())
        self._dots.end(self._clock(), self._fish)
        if self._pointed not in self._fish:
            self._pointed = None
        self._rest()
        self._repaint()
        self.setAccessibleDescription(self.spoken())
        self.changed.emit()

    def clear(self) -> None:
        self._peers, self._last_dots, self._pointed = {}, {}, None
        self._dots.clear()
        self._meter.clear()
        self._school = School()
        self._timer.stop()
        self._arrange(glide=False)
        self._repaint()

    def spoken(self) -> str:
        """The picture in numbers, or the peer that is pointed at."""
        if self._pointed in self._fish:
            return ", ".join(peer_words(self._fish[self._pointed].peer))
        if not self._peers:
            return self._scene.you.empty_words
        senders = [peer for peer in self._peers.values() if peer.down_rate >= FLOWING_RATE]
        takers = [peer for peer in self._peers.values() if peer.up_rate >= FLOWING_RATE]
        return say(
            "{peers} connected; {senders} to you, {down} together; you send to {takers}, {up} together",
            peers=say_count(len(self._peers), "{n} peer", "{n} peers"),
            senders=say_count(len(senders), "{n} sends", "{n} send"),
            down=rate_text(sum(peer.down_rate for peer in senders)),
            takers=whole(len(takers)),
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
            self._fish[key].length = length_of(peer, highest, largest, len(places))
        self._gliding = gliding_at(self._fish.items(), now)
        self._scene.arrange(self._fish, self._school.waters, self.size())

    def _follow(self, before: Fish | None, peer: PeerRow, place: Place, now: float) -> Fish:
        from_x, from_y, set_out = place.x, place.y, now - GLIDE_SECONDS
        if before is not None:
            if (before.x, before.y) == (place.x, place.y):
                from_x, from_y, set_out = before.from_x, before.from_y, before.set_out
            else:
                (from_x, from_y), set_out = before.at(now), now
        return Fish(peer, place.x, place.y, place.along, 0, token_of(peer), from_x, from_y, set_out)

    # -- motion

    def _is_seen(self) -> bool:
        window = self.window()
        handle = window.windowHandle()
        if not self.isVisible() or window.isMinimized() or handle is None or not handle.isExposed():
            return False
        return not self.visibleRegion().isEmpty()

    def _rest(self) -> None:
        """Let the timer run only while something moves.

        Only what is seen is set in motion, and what hides later ends its way within seconds: no frame asks for it.
        """
        if not self._is_still and (self._dots or self._gliding):
            pace = CROWDED_MILLISECONDS if len(self._fish) > CROWD else FRAME_MILLISECONDS
            pace = pace if self.isActiveWindow() else BEHIND_MILLISECONDS
            if pace != self._timer.interval() or not self._timer.isActive():
                self._timer.start(pace)
            return
        self._timer.stop()

    def _tick(self) -> None:
        """The next picture: of all while fish glide, else of the place of the dots only."""
        now = self._clock()
        self._dots.end(now, self._fish)
        is_gliding, before = bool(self._gliding), self._points
        self._go_on(now)
        self._is_frame_due = True
        if is_gliding:
            self.update()
        else:
            self.update(room_of(before + self._points, DOT_RADIUS * self._theme.fonts.scale + 2))
        if not self._dots and not self._gliding:
            self._timer.stop()

    def _go_on(self, now: float) -> None:
        """Everything is where it is `now`."""
        self._frame_at = now
        if self._gliding:
            self._gliding = gliding_at(self._gliding.items(), now)
        if self._is_still:
            self._points = still_points(self._last_dots, self._ends_of)
        else:
            self._points = self._dots.points(now, self._ends_of)

    def _ends_of(self, key: str) -> Ends:
        return self._scene.ends_of(key, self._frame_at)

    def _repaint(self) -> None:
        self._go_on(self._clock())
        self.update()

    def _repaint_all(self) -> None:
        self._scene.forget()
        self.update()

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
        self._repaint()
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
        if not self._is_frame_due and event.rect() == self.rect():
            self._go_on(self._clock())
        self._is_frame_due = False
        theme, now = self._theme, self._frame_at
        painter = QPainter(self)
        self._scene.paint(painter, self._gliding, now, self.devicePixelRatioF())
        self._dot_pixmaps.paint(painter, self._points, (theme.colour("down"), theme.colour("up")), theme.fonts.scale)
        if self._pointed in self._fish:
            self._paint_mark(painter, self._fish[self._pointed], now)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("acc"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _paint_mark(self, painter: QPainter, fish: Fish, now: float) -> None:
        x, y = fish.at(now)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("acc"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = max(self._theme.px(LEAST_REACH), fish.length / 2 + 2)
        painter.drawEllipse(QPointF(x, y), radius, radius)
