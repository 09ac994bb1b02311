"""The map of all pieces: one cell each, or one for a range of them, repainted only where something changed.

Told apart by height and shape, not by colour alone: have and in the swarm full, rare 62 %, nobody 34 %, in flight
framed and filling up, damaged crossed out, not wanted a line, not known hollow.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from shoal.gui.style.icons import colour_of
from shoal.gui.style.theme import Theme
from shoal.gui.style.tokens import Tokens
from shoal.gui.widgets.piece_bar import NOBODY_HEIGHT, RARE_HEIGHT
from shoal.gui.widgets.piece_cells import Cell, PieceKind, cell_of, group_size, kinds_of

LARGEST_PITCH, LEAST_PITCH = 20, 9
GAP = 2
EDGE = 3
"""Room around the cells for the mark of the one that is looked at."""
Corner = tuple[int, int]
_HEIGHTS = {PieceKind.RARE: RARE_HEIGHT, PieceKind.NOBODY: NOBODY_HEIGHT, PieceKind.NOT_WANTED: 0.14}
_TOKENS = {PieceKind.IN_SWARM: "avail", PieceKind.RARE: "rare", PieceKind.NOBODY: "none", PieceKind.NOT_WANTED: "ctl"}
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class PieceMap(QWidget):
    """`show_pieces` takes each answer; `looked_at` tells the cell under the pointer or chosen by keys."""

    looked_at = Signal(int, int)
    """First piece of the cell and how many it stands for; (-1, 0) when none is looked at."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._kinds = b""
        self._partly: dict[int, float] = {}
        self._cells: list[Cell] = []
        self._group = 1
        self._pitch = LARGEST_PITCH
        self._columns = 1
        self._room = 0
        self._place = (0, 0, 0, 0)
        self._picture: QPixmap | None = None
        self._look = -1
        self._is_keyboard_led = False
        self.painted_cells = 0
        """Cells painted so far, for tests of what an answer costs."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        theme.changed.connect(self._repaint_all)

    @property
    def cells(self) -> Sequence[Cell]:
        return self._cells

    @property
    def kinds(self) -> bytes:
        """One `PieceKind` per piece."""
        return self._kinds

    @property
    def group(self) -> int:
        """Pieces per cell."""
        return self._group

    def show_pieces(
        self,
        states: bytes,
        availability: bytes | None,
        partly_done: dict[int, float],
        failed: Sequence[int] = (),
        *,
        is_anybody_here: bool = True,
    ) -> None:
        """`partly_done` has the share that is here of each piece in flight; the rest as in `TorrentDetails`."""
        kinds = kinds_of(states, availability, failed, is_anybody_here=is_anybody_here)
        if len(kinds) != len(self._kinds):
            self._group = group_size(len(kinds))
            self._kinds, self._partly = kinds, partly_done
            starts = range(0, len(kinds), self._group)
            self._cells = [cell_of(kinds, partly_done, first, self._group) for first in starts]
            self._look = -1
            self._arrange(force=True)
            return
        changed = self._changed_cells(kinds, partly_done)
        self._kinds, self._partly = kinds, partly_done
        self._replace(changed)

    def clear(self) -> None:
        self._kinds, self._partly, self._cells = b"", {}, []
        self._look_at(-1)
        self._arrange(force=True)

    def set_room(self, height: int) -> None:
        """How tall it may be before it has to be scrolled, in pixels."""
        if height != self._room:
            self._room = height
            self._arrange()

    def piece_rect(self, piece: int) -> QRect:
        """Where the cell of a piece is."""
        return self._rect(piece // self._group)

    def look_at_piece(self, piece: int) -> None:
        """Mark the cell of a piece; -1 for none."""
        self._look_at(piece // self._group if 0 <= piece < len(self._kinds) else -1)

    # -- what changed

    def _changed_cells(self, kinds: bytes, partly_done: dict[int, float]) -> set[int]:
        group, old = self._group, self._kinds
        changed: set[int] = set()
        if kinds != old:
            for cell in range(len(self._cells)):
                first = cell * group
                if kinds[first : first + group] != old[first : first + group]:
                    changed.add(cell)
        before = self._partly
        for piece in before.keys() | partly_done.keys():
            if before.get(piece) != partly_done.get(piece) and piece < len(kinds):
                changed.add(piece // group)
        return changed

    def _replace(self, changed: set[int]) -> None:
        painter: QPainter | None = None
        for at in sorted(changed):
            cell = cell_of(self._kinds, self._partly, at * self._group, self._group)
            if cell == self._cells[at]:
                continue
            self._cells[at] = cell
            if self._picture is not None:
                painter = painter or self._painter(self._picture)
                self.painted_cells += 1
                place = self._rect(at)
                paint_cells(painter, [(place.left(), place.top())], place.width(), cell, self._theme.tokens)
                self.update(self._rect(at).adjusted(-EDGE, -EDGE, EDGE, EDGE))
        if painter is not None:
            painter.end()

    # -- geometry

    def _arrange(self, *, force: bool = False) -> None:
        """The largest cells that fit into the room there is; all are painted anew if they move, or by `force`."""
        scale, count = self._theme.px, max(1, len(self._cells))
        width = max(1, self.width() - 2 * scale(EDGE))
        pitch = scale(LARGEST_PITCH)
        while pitch > scale(LEAST_PITCH):
            columns = max(1, width // pitch)
            if ceil(count / columns) * pitch + 2 * scale(EDGE) <= self._room:
                break
            pitch -= 1
        columns = max(1, width // pitch)
        tall = ceil(count / columns) * pitch + 2 * scale(EDGE)
        place = (pitch, columns, self.width(), tall)
        if force or place != self._place:
            self._place = place
            self._pitch, self._columns = pitch, columns
            self.setMinimumHeight(tall)
            self._repaint_all()

    def _rect(self, at: int) -> QRect:
        edge, side = self._theme.px(EDGE), self._pitch - self._theme.px(GAP)
        row, column = divmod(at, self._columns)
        return QRect(self._lefts()[column], edge + row * self._pitch, side, side)

    def _lefts(self) -> list[int]:
        """Where each column begins."""
        edge, side = self._theme.px(EDGE), self._pitch - self._theme.px(GAP)
        lefts = [edge + column * self._pitch for column in range(self._columns)]
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            return [self.width() - left - side for left in lefts]
        return lefts

    def _corners(self) -> list[Corner]:
        """The upper left corner of every cell."""
        edge, pitch, lefts = self._theme.px(EDGE), self._pitch, self._lefts()
        rows = ceil(len(self._cells) / self._columns)
        corners = [(left, edge + row * pitch) for row in range(rows) for left in lefts]
        return corners[: len(self._cells)]

    def _cell_at(self, at: QPoint) -> int:
        edge = self._theme.px(EDGE)
        x = self.width() - at.x() if self.layoutDirection() is Qt.LayoutDirection.RightToLeft else at.x()
        column, row = (x - edge) // self._pitch, (at.y() - edge) // self._pitch
        found = row * self._columns + column
        return found if 0 <= column < self._columns and 0 <= found < len(self._cells) and row >= 0 else -1

    # -- painting

    def _repaint_all(self) -> None:
        self._picture = None
        self.update()

    def _painter(self, picture: QPixmap) -> QPainter:
        painter = QPainter(picture)
        painter.setPen(Qt.PenStyle.NoPen)
        return painter

    def _draw_picture(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(ceil(self.width() * ratio), ceil(self.minimumHeight() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        by_look: dict[Cell, list[Corner]] = {}
        for corner, cell in zip(self._corners(), self._cells, strict=True):
            by_look.setdefault(cell, []).append(corner)
        painter = self._painter(picture)
        side = self._pitch - self._theme.px(GAP)
        for cell, places in by_look.items():
            paint_cells(painter, places, side, cell, self._theme.tokens)
        painter.end()
        self.painted_cells += len(self._cells)
        return picture

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if self._picture is None:
            self._picture = self._draw_picture()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if 0 <= self._look < len(self._cells):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.colour("acc" if self.hasFocus() else "ink"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self._rect(self._look)).adjusted(-1.5, -1.5, 1.5, 1.5), 2, 2)
        painter.end()

    # -- looking

    def _look_at(self, at: int) -> None:
        if at == self._look:
            return
        for cell in (self._look, at):
            if cell >= 0:
                self.update(self._rect(cell).adjusted(-EDGE, -EDGE, EDGE, EDGE))
        self._look = at
        first = at * self._group
        self.looked_at.emit(first if at >= 0 else -1, min(self._group, len(self._kinds) - first) if at >= 0 else 0)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._is_keyboard_led = False
        self._look_at(self._cell_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        if not self._is_keyboard_led:
            self._look_at(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key, last = Qt.Key(event.key()), len(self._cells) - 1
        if last < 0 or (key not in _STEPS and key not in (Qt.Key.Key_Home, Qt.Key.Key_End)):
            super().keyPressEvent(event)
            return
        self._is_keyboard_led = True
        if key is Qt.Key.Key_Home:
            target = 0
        elif key is Qt.Key.Key_End:
            target = last
        else:
            across, down = _STEPS[key]
            if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
                across = -across
            target = 0 if self._look < 0 else self._look + across + down * self._columns
        self._look_at(min(last, max(0, target)))

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason) and self._cells:
            self._is_keyboard_led = True
            self._look_at(max(0, self._look))
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        if self._is_keyboard_led:
            self._is_keyboard_led = False
            self._look_at(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """Another screen may have another device ratio, another language another direction."""
        if event.type() in (QEvent.Type.DevicePixelRatioChange, QEvent.Type.LayoutDirectionChange):
            self._repaint_all()
        return super().event(event)


def paint_cells(painter: QPainter, places: Sequence[Corner], side: int, cell: Cell, tokens: Tokens) -> None:
    """The same cell at many places (their upper left corners), over whatever was there before.

    Together, since a call of the painter costs more than what it paints.
    """

    def fill(top: int, tall: int, colour: str) -> None:
        painter.setBrush(colour_of(colour))
        painter.drawRects([QRect(x, y + top, side, tall) for x, y in places])

    kind = PieceKind.IN_SWARM if cell.kind is PieceKind.IN_FLIGHT else cell.kind
    fill(0, side, tokens.surf if kind is PieceKind.UNKNOWN else tokens.track)
    done = side if kind is PieceKind.HAVE else min(side - 1, ceil(side * cell.done))
    rest = side - done
    if kind is PieceKind.UNKNOWN:
        _frame(painter, places, side, tokens.ctl)
    elif kind in _TOKENS and rest:
        # What is not here yet keeps its height rule in the room above what is.
        tall = max(1, ceil(rest * _HEIGHTS.get(kind, 1.0)))
        fill(rest - tall, tall, getattr(tokens, _TOKENS[kind]))
    if done:
        fill(rest, done, tokens.have)
    if cell.has_failed:
        fill(0, side, tokens.errbg)
        _cross(painter, places, side, tokens.err)
    elif cell.is_in_flight:
        _frame(painter, places, side, tokens.down)


def _frame(painter: QPainter, places: Sequence[Corner], side: int, colour: str) -> None:
    painter.setPen(QPen(colour_of(colour), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRects([QRect(x, y, side - 1, side - 1) for x, y in places])
    painter.setPen(Qt.PenStyle.NoPen)


def _cross(painter: QPainter, places: Sequence[Corner], side: int, colour: str) -> None:
    painter.setPen(QPen(colour_of(colour), 2))
    for x, y in places:
        painter.drawLine(x + 2, y + 2, x + side - 3, y + side - 3)
        painter.drawLine(x + side - 3, y + 2, x + 2, y + side - 3)
    painter.setPen(Qt.PenStyle.NoPen)
