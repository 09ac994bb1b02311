"""The six steps at the side of the assistant, on the sea, in which the school of fish grows with every step."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from shoal.gui.style.fonts import Role
from shoal.gui.style.numbers import whole
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.fish import FILL_STEPS, FishPixmaps, side_of
from shoal.gui.wizard.school import school

WIDTH, COMPACT_WIDTH = 232, 64
STEP_HEIGHT, GAP, TOP, MARGIN = 38, 8, 97, 14
LOGO, LOGO_AT, LOGO_MIDDLE, LOGO_TURN = 32, 34, 47, -0.14
"""Length, place across and down, radians."""
SCHOOL_HEIGHT, LEAST_WATER = 200, 90
"""Of the water at the foot of the rail in which the fish swim, and the least in which there are any."""
CURRENT, POINTED, WAVE = 0.10, 0.06, 0.034
"""How strong the light on a step and on the water is."""


class RailStep(QAbstractButton):
    """One step: a number or a mark in a circle, and its name. It can be pressed once it was visited."""

    def __init__(self, theme: Theme, number: int, name: str, total: int) -> None:
        super().__init__()
        self._theme, self._number, self._total = theme, number, total
        self._is_current = self._is_done = self._is_compact = False
        self.setText(name)
        self.setEnabled(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(STEP_HEIGHT))
        theme.changed.connect(self.update)

    def show_state(self, *, is_current: bool, is_done: bool, is_visited: bool) -> None:
        self._is_current, self._is_done = is_current, is_done
        self.setEnabled(is_visited)
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_visited else Qt.CursorShape.ArrowCursor)
        places = {"number": whole(self._number), "total": whole(self._total), "name": self.text()}
        if is_current:
            spoken = say("Step {number} of {total}: {name}, shown now", **places)
        elif is_visited:
            spoken = say("Step {number} of {total}: {name}, visited", **places)
        else:
            spoken = say("Step {number} of {total}: {name}, not visited yet", **places)
        self.setAccessibleName(spoken)
        self.update()

    def set_compact(self, is_compact: bool) -> None:
        """The circle alone; the name is the tooltip then."""
        self._is_compact = is_compact
        self.setToolTip(self.text() if is_compact else "")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(WIDTH - 2 * MARGIN), self._theme.px(STEP_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink, whole_step = theme.colour("onsea"), self.rect().toRectF()
        light = CURRENT if self._is_current else POINTED if self.isEnabled() and self.underMouse() else 0.0
        if light:
            tint = theme.colour("onsea")
            tint = type(tint)(tint.red(), tint.green(), tint.blue(), round(255 * light))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint)
            painter.drawRoundedRect(whole_step, px(8), px(8))
        if self.hasFocus():
            painter.setPen(QPen(ink, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(whole_step.adjusted(1, 1, -1, -1), px(8), px(8))
        mirrored = self.isRightToLeft()
        circle = QRectF(
            (self.width() - px(25)) / 2 if self._is_compact else px(11.5), (self.height() - px(25)) / 2, px(25), px(25)
        )
        if mirrored:
            circle.moveLeft(self.width() - circle.right())
        is_filled = self._is_current or self._is_done
        painter.setPen(QPen(ink, 1.5))
        painter.setBrush(ink if is_filled else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle.adjusted(0.75, 0.75, -0.75, -0.75))
        if self._is_done and not self._is_current:
            side = px(17)
            mark = theme.pixmap("check", "sea", side, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(circle.center().x() - side / 2, circle.center().y() - side / 2), mark)
        else:
            painter.setFont(theme.fonts[Role.SECONDARY_STRONG])
            painter.setPen(theme.colour("deep") if is_filled else ink)
            painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, whole(self._number))
        if not self._is_compact:
            self._paint_name(painter)
        painter.end()

    def _paint_name(self, painter: QPainter) -> None:
        theme, px, mirrored = self._theme, self._theme.px, self.isRightToLeft()
        painter.setFont(theme.fonts[Role.STRONG])
        painter.setPen(theme.colour("onsea"))
        start = px(48)
        words = self.rect().adjusted(0, 0, -start, 0) if mirrored else self.rect().adjusted(start, 0, 0, 0)
        name = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, words.width() - px(6))
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        painter.drawText(words, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, name)


class Rail(QWidget):
    """`chosen` is the number of a visited step that was pressed, 0 = the first."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, names: Sequence[str]) -> None:
        super().__init__()
        px = theme.px
        self._theme = theme
        self._current = 0
        self._is_compact = False
        self._fish = FishPixmaps()
        self.setFixedWidth(px(WIDTH))
        self.setAccessibleName(say("Steps"))
        self.steps = [RailStep(theme, number + 1, name, len(names)) for number, name in enumerate(names)]
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(px(MARGIN), px(TOP), px(MARGIN), 0)
        layout.setSpacing(px(GAP))
        for number, step in enumerate(self.steps):
            step.clicked.connect(lambda _=False, chosen=number: self.chosen.emit(chosen))
            layout.addWidget(step)
        layout.addStretch()
        theme.changed.connect(self.update)

    def set_compact(self, is_compact: bool) -> None:
        """Leave the room to the pages: large text on a small screen."""
        if is_compact != self._is_compact:
            px, self._is_compact = self._theme.px, is_compact
            self.setFixedWidth(px(COMPACT_WIDTH if is_compact else WIDTH))
            margin = px(6 if is_compact else MARGIN)
            self._column.setContentsMargins(margin, px(TOP), margin, 0)
            for step in self.steps:
                step.set_compact(is_compact)

    def show_step(self, current: int, visited: int) -> None:
        """The step that is shown, and the last one that was visited."""
        self._current = current
        for number, step in enumerate(self.steps):
            is_visited = number <= visited
            step.show_state(is_current=number == current, is_done=number < visited, is_visited=is_visited)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sea = QLinearGradient(0, 0, 0, self.height())
        sea.setColorAt(0, theme.colour("sea"))
        sea.setColorAt(1, theme.colour("deep"))
        painter.fillRect(self.rect(), sea)
        self._paint_waves(painter)
        self._paint_school(painter)
        mirrored = self.isRightToLeft()
        tokens, middle, half = theme.tokens, px(LOGO_MIDDLE), side_of(px(LOGO)) / 2
        angle = pi - LOGO_TURN if mirrored else LOGO_TURN
        logo = self._fish.pixmap(tokens.onsea, tokens.sea, px(LOGO), FILL_STEPS, angle, self.devicePixelRatioF())
        across = self.width() / 2 if self._is_compact else px(LOGO_AT)
        painter.drawPixmap(QPointF((self.width() - across if mirrored else across) - half, middle - half), logo)
        if not self._is_compact:
            self._paint_title(painter, middle)
        painter.end()

    # -- inside

    def _paint_title(self, painter: QPainter, middle: int) -> None:
        theme, px, mirrored = self._theme, self._theme.px, self.isRightToLeft()
        painter.setFont(theme.fonts[Role.DIALOG_TITLE])
        painter.setPen(theme.colour("onsea"))
        words = QRectF(px(60), middle - px(16), self.width() - px(70), px(32))
        if mirrored:
            words.moveLeft(self.width() - words.right())
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        painter.drawText(words, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, say("Shoal"))

    def _paint_waves(self, painter: QPainter) -> None:
        """Three layers of water, each a little lighter, as in shallow places."""
        px = self._theme.px
        tint = self._theme.colour("onsea")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(type(tint)(tint.red(), tint.green(), tint.blue(), round(255 * WAVE)))
        for number in range(3):
            surface = self.height() - px(170) + number * px(46)
            length, high = px(58), px(3.5)
            path = QPainterPath(QPointF(-length * (1 - number * 0.3), surface))
            x = path.currentPosition().x()
            while x < self.width():
                for side in (-1, 1):
                    middle, end = QPointF(x + length / 4, surface + side * 2 * high), QPointF(x + length / 2, surface)
                    path.quadTo(middle, end)
                    x = end.x()
            path.lineTo(self.width(), self.height())
            path.lineTo(-length, self.height())
            path.closeSubpath()
            painter.drawPath(path)

    def _paint_school(self, painter: QPainter) -> None:
        theme, px = self._theme, self._theme.px
        top = max(self.height() - px(SCHOOL_HEIGHT), self.steps[-1].geometry().bottom() + px(8))
        if self._is_compact or self.height() - top < px(LEAST_WATER):
            return
        water = QRectF(px(12), top, self.width() - px(24), self.height() - top - px(28))
        mirrored, ratio = self.isRightToLeft(), self.devicePixelRatioF()
        for swimmer in school(self._current):
            x = water.left() + swimmer.across * water.width()
            y = water.top() + swimmer.down * water.height()
            angle = pi - swimmer.turn if mirrored else swimmer.turn
            length = px(swimmer.length)
            tokens = theme.tokens
            fish = self._fish.pixmap(tokens.school, tokens.onsea, length, FILL_STEPS, angle, ratio)
            painter.setOpacity(swimmer.strength)
            half = side_of(length) / 2
            painter.drawPixmap(QPointF((self.width() - x if mirrored else x) - half, y - half), fish)
        painter.setOpacity(1.0)
