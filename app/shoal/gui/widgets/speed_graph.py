"""The mirrored graph of speeds: download above the axis, upload below it, limits as dashed lines, events as ticks.

Drawn once per beat into a pixmap; the pointer or the arrow keys read a moment from it. Time runs to the right in every
language. What is not known is left out, never drawn as zero.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDateTime, QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from shoal.api.commands import Span
from shoal.api.details import SpeedHistory, TorrentEvent
from shoal.gui.style.fonts import Role
from shoal.gui.style.moments import clock_text, short_day_text
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import DASH, rate_text
from shoal.gui.style.wording import say
from shoal.gui.widgets.speed_axis import (
    Point,
    Scale,
    axis_labels,
    is_near,
    known_runs,
    mean,
    peak_of,
    points_of,
    scale_with_limit,
    time_step,
    upper_share,
    window_seconds,
)

LABELS = 60
"""Least room at the right for the numbers, pixels at 96 dpi."""
WIDEST_RATE = 888e6
TIMES = 18
PIXELS_PER_POINT = 3
DOT = 4
TICK = 5
CATCH = 6
"""How near to an event the pointer must be."""
EMPTY = SpeedHistory(Span.TEN_MINUTES, 1.0, 0.0)


class SpeedGraph(QWidget):
    """`show_history` once a beat. With `times` the clock stands below the graph."""

    def __init__(
        self, theme: Theme, parent: QWidget, words_of: Callable[[TorrentEvent], str], *, times: bool = False
    ) -> None:
        super().__init__(parent)
        self._theme, self._words_of, self._has_times = theme, words_of, times
        self._history = EMPTY
        self._down_limit = self._up_limit = 0
        self._points: list[Point] = []
        self._down_scale = self._up_scale = Scale(1.0, 1.0)
        self._pixmap: QPixmap | None = None
        self._cursor: float | None = None
        """The moment that is read, in wall-clock seconds."""
        self._pointer: float | None = None
        """Where the pointer is, when it is what reads."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(say("Speed graph"))
        theme.changed.connect(self._forget)

    # -- data

    def show_history(self, history: SpeedHistory) -> None:
        self._history = history
        if self._pointer is not None:
            self._cursor = self._time_at(self._pointer, self._area())
        self._forget()
        self.setAccessibleDescription(self.reading() or self.spoken())

    def show_limits(self, down: int, up: int) -> None:
        """Bytes/s; 0 = none."""
        if (down, up) != (self._down_limit, self._up_limit):
            self._down_limit, self._up_limit = down, up
            self._forget()

    def clear(self) -> None:
        self._cursor = self._pointer = None
        self.show_history(EMPTY)

    def spoken(self) -> str:
        """The graph in numbers."""
        history = self._history
        down, up = mean(history.down), mean(history.up)
        if down is None or up is None:
            return say("nothing measured yet")
        return say(
            "download now {down}, on average {mean_down}, at most {top_down}; "
            "upload now {up}, on average {mean_up}, at most {top_up}",
            down=rate_text(history.down[-1]),
            mean_down=rate_text(down),
            top_down=rate_text(max(history.down)),
            up=rate_text(history.up[-1]),
            mean_up=rate_text(up),
            top_up=rate_text(max(history.up)),
        )

    def reading(self) -> str:
        """What the pointer or the keys read now: time, both rates, and events nearby; empty when nothing is read."""
        if self._cursor is None:
            return ""
        at = self._cursor
        point = self._nearest(at)
        lines = [
            say(
                "{time}   \u2193 {down}   \u2191 {up}",
                time=self._clock(point.at if point else at, exact=True),
                down=DASH if point is None or point.down is None else rate_text(point.down),
                up=DASH if point is None or point.up is None else rate_text(point.up),
            )
        ]
        lines += [self._words_of(event) for event in self._events_near(at)]
        return "\n".join(line for line in lines if line)

    # -- measures

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(360), self._theme.px(150))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(120), self._theme.px(48))

    def _area(self) -> QRectF:
        px = self._theme.px
        has_times = self._has_times and self.height() >= px(120)
        foot = px(TIMES) if has_times else px(2)
        width = self.width() - self._label_room() - px(2)
        return QRectF(px(2), px(DOT + 2), width, self.height() - px(DOT + 2) - foot)

    def _label_room(self) -> int:
        metrics = QFontMetrics(self._theme.fonts[Role.MICRO])
        widest = max(metrics.horizontalAdvance(words) for words in (rate_text(WIDEST_RATE), say("limit")))
        return max(self._theme.px(LABELS), widest + self._theme.px(DOT + 3) + 2)

    def _zero(self, area: QRectF) -> float:
        return area.top() + area.height() * upper_share(self._down_scale, self._up_scale)

    def _x_of(self, at: float, area: QRectF) -> float:
        return area.right() - area.width() * (self._history.ends_at - at) / window_seconds(self._history)

    def _time_at(self, x: float, area: QRectF) -> float:
        return self._history.ends_at - (area.right() - x) / max(1.0, area.width()) * window_seconds(self._history)

    def _nearest(self, at: float) -> Point | None:
        """The point over `at`; None where there is none for more than two steps around."""
        if not self._points:
            return None
        nearest = min(self._points, key=lambda point: abs(point.at - at))
        apart = window_seconds(self._history) / max(1, int(self._area().width() / PIXELS_PER_POINT))
        return nearest if abs(nearest.at - at) <= 2 * max(apart, self._history.step_seconds) else None

    def _events_near(self, at: float) -> list[TorrentEvent]:
        area = self._area()
        reach = self._theme.px(CATCH)
        x = self._x_of(at, area)
        return [event for event in self._history.events if abs(self._x_of(event.at, area) - x) <= reach]

    def _clock(self, at: float, *, exact: bool) -> str:
        moment = QDateTime.fromMSecsSinceEpoch(round(at * 1000))
        clock = clock_text(moment.time(), seconds=exact and self._history.step_seconds < 60)
        if window_seconds(self._history) <= 86_400 and not (exact and self._history.span is Span.DAY):
            return clock
        return say("{date}, {time}", date=short_day_text(moment.date()), time=clock)

    # -- pointer and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        area = self._area()
        x = event.position().x()
        self._pointer = x if area.left() <= x <= area.right() else None
        self._read(None if self._pointer is None else self._time_at(x, area))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self._pointer = None
        self._read(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self._read(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Left and right read moments, Home and End the oldest and the newest, Esc none."""
        if not self._points:
            super().keyPressEvent(event)
            return
        last = len(self._points) - 1
        present = self._nearest(self._cursor) if self._cursor is not None else None
        place = self._points.index(present) if present is not None else last + 1
        match event.key():
            case Qt.Key.Key_Left:
                place = max(0, place - 1)
            case Qt.Key.Key_Right:
                place = min(last, place + 1)
            case Qt.Key.Key_Home:
                place = 0
            case Qt.Key.Key_End:
                place = last
            case Qt.Key.Key_Escape if self._cursor is not None:
                self._read(None)
                return
            case _:
                super().keyPressEvent(event)
                return
        self._pointer = None
        self._read(self._points[place].at)

    def _read(self, at: float | None) -> None:
        if at != self._cursor:
            self._cursor = at
            self.setAccessibleDescription(self.reading() or self.spoken())
            self.update()

    # -- drawing

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        ratio = self.devicePixelRatioF()
        drawn = self._pixmap
        if drawn is None or drawn.deviceIndependentSize().toSize() != self.size() or drawn.devicePixelRatio() != ratio:
            drawn = self._pixmap = self._draw(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._cursor is not None:
            self._paint_reading(painter, self._cursor)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour("acc"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _forget(self) -> None:
        self._pixmap = None
        self.update()

    def _draw(self, ratio: float) -> QPixmap:
        pixmap = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        area = self._area()
        self._points = points_of(self._history, max(2, int(area.width() / PIXELS_PER_POINT)))
        down_peak, up_peak = peak_of(self._points, of_down=True), peak_of(self._points, of_down=False)
        self._down_scale = scale_with_limit(down_peak, self._down_limit)
        self._up_scale = scale_with_limit(up_peak, self._up_limit)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        zero = self._zero(area)
        if self._has_times and area.bottom() < self.height() - self._theme.px(TIMES) / 2:
            self._paint_times(painter, area)
        self._paint_grid(painter, area, zero)
        if self._points:
            self._paint_half(painter, area, zero, of_down=True)
            self._paint_half(painter, area, zero, of_down=False)
        painter.setPen(QPen(self._theme.colour("ctl"), 1))
        painter.drawLine(QPointF(area.left(), zero), QPointF(area.right(), zero))
        for limit, peak, of_down in ((self._down_limit, down_peak, True), (self._up_limit, up_peak, False)):
            if is_near(limit, peak):
                self._paint_limit(painter, area, self._y_of(limit, area, zero, of_down=of_down), of_down=of_down)
        self._paint_events(painter, area, zero)
        if self._points:
            self._paint_ends(painter, area, zero)
        elif self._history is not EMPTY:
            upper = QRectF(area.left(), area.top(), area.width(), zero - area.top())
            self._text(painter, upper, say("Nothing measured yet"), "ink3", Qt.AlignmentFlag.AlignCenter)
        painter.end()
        return pixmap

    def _y_of(self, rate: float, area: QRectF, zero: float, *, of_down: bool) -> float:
        if of_down:
            return zero - (zero - area.top()) * rate / self._down_scale.top
        return zero + (area.bottom() - zero) * rate / self._up_scale.top

    def _paint_grid(self, painter: QPainter, area: QRectF, zero: float) -> None:
        line_height = QFontMetrics(self._theme.fonts[Role.MICRO]).height()
        taken: list[float] = []
        for scale, of_down, limit in (
            (self._down_scale, True, self._down_limit),
            (self._up_scale, False, self._up_limit),
        ):
            high, low = axis_labels(scale)
            limited = limit if is_near(limit, peak_of(self._points, of_down=of_down)) else 0
            if limited:
                taken.append(self._y_of(limited, area, zero, of_down=of_down))
            for rate, words in ((2 * scale.step, high), (scale.step, low)):
                y = self._y_of(rate, area, zero, of_down=of_down)
                painter.setPen(QPen(self._theme.colour("line"), 1))
                if of_down:
                    painter.drawLine(QPointF(area.left(), round(y) + 0.5), QPointF(area.right(), round(y) + 0.5))
                near_zero = abs(y - zero) < line_height * 0.8
                if near_zero or any(abs(y - other) < line_height for other in taken):
                    continue
                if not of_down and words == low:
                    continue
                taken.append(y)
                self._label(painter, area, y, words, "ink3")

    def _paint_half(self, painter: QPainter, area: QRectF, zero: float, *, of_down: bool) -> None:
        colour = self._theme.colour("down" if of_down else "up")
        edge = area.top() if of_down else area.bottom()
        shade = QLinearGradient(QPointF(0, edge), QPointF(0, zero))
        shade.setColorAt(0, _faded(colour, 0.50 if of_down else 0.30))
        shade.setColorAt(1, _faded(colour, 0.12 if of_down else 0.10))
        painter.save()
        painter.setClipRect(area.adjusted(0, -2, 0, 2))
        runs = known_runs(self._points, of_down=of_down)
        newest = self._points[-1]
        for run in runs:
            line = QPolygonF()
            for at, rate in run:
                # The newest point stands for the present: at the edge, where its dot is.
                x = area.right() if at == newest.at else self._x_of(at, area)
                line.append(QPointF(x, self._y_of(rate, area, zero, of_down=of_down)))
            body = QPainterPath()
            body.addPolygon(line)
            body.lineTo(QPointF(line.last().x(), zero))
            body.lineTo(QPointF(line.first().x(), zero))
            body.closeSubpath()
            painter.fillPath(body, shade)
            painter.setPen(QPen(colour, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            painter.drawPolyline(line)
        painter.restore()

    def _paint_limit(self, painter: QPainter, area: QRectF, y: float, *, of_down: bool) -> None:
        token = "down" if of_down else "up"
        painter.setPen(QPen(self._theme.colour(token), 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        self._label(painter, area, y, say("limit"), token)

    def _paint_events(self, painter: QPainter, area: QRectF, zero: float) -> None:
        size = self._theme.px(TICK)
        painter.setPen(QPen(self._theme.colour("surf"), 1))
        painter.setBrush(self._theme.colour("ink2"))
        for event in self._history.events:
            x = self._x_of(event.at, area)
            if area.left() <= x <= area.right():
                corners = (QPointF(x, zero - size), QPointF(x + size * 0.8, zero), QPointF(x, zero + size))
                painter.drawPolygon(QPolygonF([*corners, QPointF(x - size * 0.8, zero)]))

    def _paint_ends(self, painter: QPainter, area: QRectF, zero: float) -> None:
        newest, radius = self._points[-1], self._theme.px(DOT)
        for rate, of_down in ((newest.down, True), (newest.up, False)):
            if rate is None:
                continue
            painter.setPen(QPen(self._theme.colour("surf"), 2))
            painter.setBrush(self._theme.colour("down" if of_down else "up"))
            painter.drawEllipse(QPointF(area.right(), self._y_of(rate, area, zero, of_down=of_down)), radius, radius)

    def _paint_times(self, painter: QPainter, area: QRectF) -> None:
        window = window_seconds(self._history)
        step = time_step(window, max(2, int(area.width() / self._theme.px(110))))
        offset = QDateTime.fromMSecsSinceEpoch(round(self._history.ends_at * 1000)).offsetFromUtc()
        at = (self._history.ends_at + offset) // step * step - offset
        while self._history.ends_at > 0 and at > self._history.ends_at - window:
            x = round(self._x_of(at, area)) + 0.5
            painter.setPen(QPen(self._theme.colour("line"), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            width = self._theme.px(100)
            foot = QRectF(x - width / 2, area.bottom(), width, self._theme.px(TIMES))
            if foot.left() >= -width / 4 and foot.right() <= self.width():
                self._text(painter, foot, self._clock(at, exact=False), "ink3", Qt.AlignmentFlag.AlignCenter)
            at -= step

    def _paint_reading(self, painter: QPainter, at: float) -> None:
        theme, area = self._theme, self._area()
        zero = self._zero(area)
        point = self._nearest(at)
        x = self._x_of(point.at if point else at, area)
        painter.setPen(QPen(theme.colour("ink3"), 1))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        for rate, of_down in ((point.down, True), (point.up, False)) if point else ():
            if rate is not None:
                painter.setPen(QPen(theme.colour("surf"), 1.5))
                painter.setBrush(theme.colour("down" if of_down else "up"))
                painter.drawEllipse(QPointF(x, self._y_of(rate, area, zero, of_down=of_down)), 3.5, 3.5)
        metrics = QFontMetrics(theme.fonts[Role.MICRO])
        lines = [
            metrics.elidedText(line, Qt.TextElideMode.ElideRight, self.width() - theme.px(24))
            for line in self.reading().split("\n")
        ]
        width = max(metrics.horizontalAdvance(line) for line in lines) + theme.px(16)
        height = metrics.height() * len(lines) + theme.px(8)
        left = x + theme.px(8)
        if left + width > self.width():
            left = x - theme.px(8) - width
        box = QRectF(max(0.0, min(left, self.width() - width)), area.top(), width, height)
        painter.setPen(QPen(theme.colour("ctl"), 1))
        painter.setBrush(theme.colour("surf"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), theme.px(4), theme.px(4))
        inner = box.adjusted(theme.px(8), theme.px(4), -theme.px(8), -theme.px(4))
        self._text(painter, inner, "\n".join(lines), "ink", Qt.AlignmentFlag.AlignLeft)

    def _label(self, painter: QPainter, area: QRectF, y: float, words: str, token: str) -> None:
        height = QFontMetrics(self._theme.fonts[Role.MICRO]).height()
        top = min(max(0.0, y - height / 2), self.height() - height)
        left = area.right() + self._theme.px(DOT + 3)
        rect = QRectF(left, top, self.width() - left, height)
        self._text(painter, rect, words, token, Qt.AlignmentFlag.AlignLeft)

    def _text(self, painter: QPainter, rect: QRectF, words: str, token: str, align: Qt.AlignmentFlag) -> None:
        painter.setFont(self._theme.fonts[Role.MICRO])
        painter.setPen(self._theme.colour(token))
        painter.drawText(rect, align | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute, words)


def _faded(colour: QColor, share: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(share)
    return faded
