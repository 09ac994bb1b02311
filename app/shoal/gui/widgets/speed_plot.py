"""The plot of speeds over time in one size: where each moment and rate is, and how it looks. Made anew per change."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
)

from shoal.api.commands import Span
from shoal.api.details import SpeedHistory, TorrentEvent
from shoal.gui.style.fonts import Role
from shoal.gui.style.moments import clock_text, short_day_text
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import say
from shoal.gui.widgets.speed_axis import (
    Point,
    axis_labels,
    is_near,
    known_runs,
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


class SpeedPlot:
    """Of one history, with its limits in bytes/s (0 = none). With `times` the clock stands below it."""

    def __init__(
        self, theme: Theme, size: QSize, history: SpeedHistory, limits: tuple[int, int], *, times: bool
    ) -> None:
        self._theme, self._size, self._history, self._has_times = theme, size, history, times
        self._down_limit, self._up_limit = limits
        self.area = self._area()
        self.points: list[Point] = points_of(history, max(2, int(self.area.width() / PIXELS_PER_POINT)))
        """What is drawn, oldest first."""
        self._peaks = peak_of(self.points, of_down=True), peak_of(self.points, of_down=False)
        self._down_scale = scale_with_limit(self._peaks[0], self._down_limit)
        self._up_scale = scale_with_limit(self._peaks[1], self._up_limit)
        self._zero = self.area.top() + self.area.height() * upper_share(self._down_scale, self._up_scale)

    def _area(self) -> QRectF:
        px = self._theme.px
        has_times = self._has_times and self._size.height() >= px(120)
        foot = px(TIMES) if has_times else px(2)
        width = self._size.width() - self._label_room() - px(2)
        return QRectF(px(2), px(DOT + 2), width, self._size.height() - px(DOT + 2) - foot)

    def _label_room(self) -> int:
        metrics = QFontMetrics(self._theme.fonts[Role.MICRO])
        widest = max(metrics.horizontalAdvance(words) for words in (rate_text(WIDEST_RATE), say("limit")))
        return max(self._theme.px(LABELS), widest + self._theme.px(DOT + 3) + 2)

    # -- where things are

    def x_of(self, at: float) -> float:
        """Where the moment `at` is, in wall-clock seconds."""
        return self.area.right() - self.area.width() * (self._history.ends_at - at) / window_seconds(self._history)

    def time_at(self, x: float) -> float:
        """The moment at `x`."""
        return self._history.ends_at - (self.area.right() - x) / max(1.0, self.area.width()) * window_seconds(
            self._history
        )

    def nearest(self, at: float) -> Point | None:
        """The point over `at`; None where there is none for more than two steps around."""
        if not self.points:
            return None
        nearest = min(self.points, key=lambda point: abs(point.at - at))
        apart = window_seconds(self._history) / max(1, int(self.area.width() / PIXELS_PER_POINT))
        return nearest if abs(nearest.at - at) <= 2 * max(apart, self._history.step_seconds) else None

    def events_near(self, at: float) -> list[TorrentEvent]:
        """Those that the pointer over `at` touches."""
        reach = self._theme.px(CATCH)
        x = self.x_of(at)
        return [event for event in self._history.events if abs(self.x_of(event.at) - x) <= reach]

    def clock(self, at: float, *, exact: bool) -> str:
        """The time at `at`, to the second where the history knows it and it is to be `exact`."""
        moment = QDateTime.fromMSecsSinceEpoch(round(at * 1000))
        clock = clock_text(moment.time(), seconds=exact and self._history.step_seconds < 60)
        if window_seconds(self._history) <= 86_400 and not (exact and self._history.span is Span.DAY):
            return clock
        return say("{date}, {time}", date=short_day_text(moment.date()), time=clock)

    # -- drawing

    def picture(self, ratio: float) -> QPixmap:
        """The plot for a screen of that device ratio."""
        pixmap = QPixmap(round(self._size.width() * ratio), round(self._size.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self._paint(painter)
        painter.end()
        return pixmap

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._has_times and self.area.bottom() < self._size.height() - self._theme.px(TIMES) / 2:
            self._paint_times(painter)
        self._paint_grid(painter)
        if self.points:
            self._paint_half(painter, of_down=True)
            self._paint_half(painter, of_down=False)
        painter.setPen(QPen(self._theme.colour("ctl"), 1))
        painter.drawLine(QPointF(self.area.left(), self._zero), QPointF(self.area.right(), self._zero))
        limits = (self._down_limit, self._up_limit)
        for limit, peak, of_down in zip(limits, self._peaks, (True, False), strict=True):
            if is_near(limit, peak):
                self._paint_limit(painter, self.y_of(limit, of_down=of_down), of_down=of_down)
        self._paint_events(painter)
        if self.points:
            self._paint_ends(painter)
        elif self._history is not EMPTY:
            upper = QRectF(self.area.left(), self.area.top(), self.area.width(), self._zero - self.area.top())
            self._text(painter, upper, say("Nothing measured yet"), "ink3", Qt.AlignmentFlag.AlignCenter)

    def y_of(self, rate: float, *, of_down: bool) -> float:
        """Where a rate of bytes/s is, in the half of downloads or in that of uploads."""
        if of_down:
            return self._zero - (self._zero - self.area.top()) * rate / self._down_scale.top
        return self._zero + (self.area.bottom() - self._zero) * rate / self._up_scale.top

    def _paint_grid(self, painter: QPainter) -> None:
        line_height = QFontMetrics(self._theme.fonts[Role.MICRO]).height()
        taken: list[float] = []
        for scale, of_down, limit in (
            (self._down_scale, True, self._down_limit),
            (self._up_scale, False, self._up_limit),
        ):
            high, low = axis_labels(scale)
            limited = limit if is_near(limit, self._peaks[0 if of_down else 1]) else 0
            if limited:
                taken.append(self.y_of(limited, of_down=of_down))
            for rate, words in ((2 * scale.step, high), (scale.step, low)):
                y = self.y_of(rate, of_down=of_down)
                painter.setPen(QPen(self._theme.colour("line"), 1))
                if of_down:
                    painter.drawLine(
                        QPointF(self.area.left(), round(y) + 0.5), QPointF(self.area.right(), round(y) + 0.5)
                    )
                near_zero = abs(y - self._zero) < line_height * 0.8
                if near_zero or any(abs(y - other) < line_height for other in taken):
                    continue
                if not of_down and words == low:
                    continue
                taken.append(y)
                self._label(painter, y, words, "ink3")

    def _paint_half(self, painter: QPainter, *, of_down: bool) -> None:
        colour = self._theme.colour("down" if of_down else "up")
        edge = self.area.top() if of_down else self.area.bottom()
        shade = QLinearGradient(QPointF(0, edge), QPointF(0, self._zero))
        shade.setColorAt(0, _faded(colour, 0.50 if of_down else 0.30))
        shade.setColorAt(1, _faded(colour, 0.12 if of_down else 0.10))
        painter.save()
        painter.setClipRect(self.area.adjusted(0, -2, 0, 2))
        runs = known_runs(self.points, of_down=of_down)
        newest = self.points[-1]
        for run in runs:
            line = QPolygonF()
            for at, rate in run:
                # The newest point stands for the present: at the edge, where its dot is.
                x = self.area.right() if at == newest.at else self.x_of(at)
                line.append(QPointF(x, self.y_of(rate, of_down=of_down)))
            body = QPainterPath()
            body.addPolygon(line)
            body.lineTo(QPointF(line.last().x(), self._zero))
            body.lineTo(QPointF(line.first().x(), self._zero))
            body.closeSubpath()
            painter.fillPath(body, shade)
            painter.setPen(QPen(colour, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            painter.drawPolyline(line)
        painter.restore()

    def _paint_limit(self, painter: QPainter, y: float, *, of_down: bool) -> None:
        token = "down" if of_down else "up"
        painter.setPen(QPen(self._theme.colour(token), 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(self.area.left(), y), QPointF(self.area.right(), y))
        self._label(painter, y, say("limit"), token)

    def _paint_events(self, painter: QPainter) -> None:
        size = self._theme.px(TICK)
        painter.setPen(QPen(self._theme.colour("surf"), 1))
        painter.setBrush(self._theme.colour("ink2"))
        for event in self._history.events:
            x = self.x_of(event.at)
            if self.area.left() <= x <= self.area.right():
                corners = (
                    QPointF(x, self._zero - size),
                    QPointF(x + size * 0.8, self._zero),
                    QPointF(x, self._zero + size),
                )
                painter.drawPolygon(QPolygonF([*corners, QPointF(x - size * 0.8, self._zero)]))

    def _paint_ends(self, painter: QPainter) -> None:
        newest, radius = self.points[-1], self._theme.px(DOT)
        for rate, of_down in ((newest.down, True), (newest.up, False)):
            if rate is None:
                continue
            painter.setPen(QPen(self._theme.colour("surf"), 2))
            painter.setBrush(self._theme.colour("down" if of_down else "up"))
            painter.drawEllipse(QPointF(self.area.right(), self.y_of(rate, of_down=of_down)), radius, radius)

    def _paint_times(self, painter: QPainter) -> None:
        window = window_seconds(self._history)
        step = time_step(window, max(2, int(self.area.width() / self._theme.px(110))))
        offset = QDateTime.fromMSecsSinceEpoch(round(self._history.ends_at * 1000)).offsetFromUtc()
        at = (self._history.ends_at + offset) // step * step - offset
        while self._history.ends_at > 0 and at > self._history.ends_at - window:
            x = round(self.x_of(at)) + 0.5
            painter.setPen(QPen(self._theme.colour("line"), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, self.area.top()), QPointF(x, self.area.bottom()))
            width = self._theme.px(100)
            foot = QRectF(x - width / 2, self.area.bottom(), width, self._theme.px(TIMES))
            if foot.left() >= -width / 4 and foot.right() <= self._size.width():
                self._text(painter, foot, self.clock(at, exact=False), "ink3", Qt.AlignmentFlag.AlignCenter)
            at -= step

    def _label(self, painter: QPainter, y: float, words: str, token: str) -> None:
        height = QFontMetrics(self._theme.fonts[Role.MICRO]).height()
        top = min(max(0.0, y - height / 2), self._size.height() - height)
        left = self.area.right() + self._theme.px(DOT + 3)
        rect = QRectF(left, top, self._size.width() - left, height)
        self._text(painter, rect, words, token, Qt.AlignmentFlag.AlignLeft)

    def _text(self, painter: QPainter, rect: QRectF, words: str, token: str, align: Qt.AlignmentFlag) -> None:
        painter.setFont(self._theme.fonts[Role.MICRO])
        painter.setPen(self._theme.colour(token))
        painter.drawText(rect, align | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute, words)


def _faded(colour: QColor, share: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(share)
    return faded
