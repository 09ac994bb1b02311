"""The mirrored graph of speeds: download above the axis, upload below it, limits as dashed lines, events as ticks.

Drawn once per beat into a pixmap; the pointer or the arrow keys read a moment from it. Time runs to the right in every
language. What is not known is left out, never drawn as zero.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from shoal.api.details import SpeedHistory, TorrentEvent
from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import DASH, rate_text
from shoal.gui.style.wording import say
from shoal.gui.widgets.speed_axis import mean
from shoal.gui.widgets.speed_plot import EMPTY, SpeedPlot


class SpeedGraph(QWidget):
    """`show_history` once a beat. With `times` the clock stands below the graph."""

    def __init__(
        self, theme: Theme, parent: QWidget, words_of: Callable[[TorrentEvent], str], *, times: bool = False
    ) -> None:
        super().__init__(parent)
        self._theme, self._words_of, self._has_times = theme, words_of, times
        self._history = EMPTY
        self._down_limit = self._up_limit = 0
        self._plotted: tuple[QSize, SpeedPlot] | None = None
        """And the size that it is for."""
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
        self._forget()
        if self._pointer is not None:
            self._cursor = self._plot().time_at(self._pointer)
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
        at, plot = self._cursor, self._plot()
        point = plot.nearest(at)
        lines = [
            say(
                "{time}   \u2193 {down}   \u2191 {up}",
                time=plot.clock(point.at if point else at, exact=True),
                down=DASH if point is None or point.down is None else rate_text(point.down),
                up=DASH if point is None or point.up is None else rate_text(point.up),
            )
        ]
        lines += [self._words_of(event) for event in plot.events_near(at)]
        return "\n".join(line for line in lines if line)

    # -- measures

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(360), self._theme.px(150))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(120), self._theme.px(48))

    def _plot(self) -> SpeedPlot:
        """Of what is known now, in the present size."""
        if self._plotted is None or self._plotted[0] != self.size():
            limits = self._down_limit, self._up_limit
            plot = SpeedPlot(self._theme, self.size(), self._history, limits, times=self._has_times)
            self._plotted = self.size(), plot
        return self._plotted[1]

    # -- pointer and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        plot = self._plot()
        x = event.position().x()
        self._pointer = x if plot.area.left() <= x <= plot.area.right() else None
        self._read(None if self._pointer is None else plot.time_at(x))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self._pointer = None
        self._read(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self._read(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Left and right read moments, Home and End the oldest and the newest, Esc none."""
        plot = self._plot()
        if not plot.points:
            super().keyPressEvent(event)
            return
        last = len(plot.points) - 1
        present = plot.nearest(self._cursor) if self._cursor is not None else None
        place = plot.points.index(present) if present is not None else last + 1
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
        self._read(plot.points[place].at)

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
            drawn = self._pixmap = self._plot().picture(ratio)
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
        self._pixmap = self._plotted = None
        self.update()

    def _paint_reading(self, painter: QPainter, at: float) -> None:
        theme, plot = self._theme, self._plot()
        area, point = plot.area, plot.nearest(at)
        x = plot.x_of(point.at if point else at)
        painter.setPen(QPen(theme.colour("ink3"), 1))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        for rate, of_down in ((point.down, True), (point.up, False)) if point else ():
            if rate is not None:
                painter.setPen(QPen(theme.colour("surf"), 1.5))
                painter.setBrush(theme.colour("down" if of_down else "up"))
                painter.drawEllipse(QPointF(x, plot.y_of(rate, of_down=of_down)), 3.5, 3.5)
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
        painter.setFont(theme.fonts[Role.MICRO])
        painter.setPen(theme.colour("ink"))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(inner, flags, "\n".join(lines))
