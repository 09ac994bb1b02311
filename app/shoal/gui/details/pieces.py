"""The Pieces tab: a map of all pieces, what is known of the one looked at, and a list of those in flight."""

from __future__ import annotations

import html
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from shoal.api.commands import Command, Detail
from shoal.api.details import OpenPiece, TorrentDetails
from shoal.api.snapshots import TorrentRow
from shoal.gui.details.column_memory import ColumnMemory
from shoal.gui.details.list_page import remembered_table
from shoal.gui.models.open_piece_table import OpenPieceTable, PieceInFlight
from shoal.gui.style.piece_sentences import FilePlaces, piece_line, piece_size, range_line
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_count, say_phrase
from shoal.gui.widgets.detail_table import Arrangement
from shoal.gui.widgets.elided_label import ElidedLabel
from shoal.gui.widgets.piece_cells import PieceKind, counts_of
from shoal.gui.widgets.piece_legend import KIND_NAMES, PieceLegend
from shoal.gui.widgets.piece_map import PieceMap

TABLE = "pieces"
ARRANGEMENT = Arrangement(
    widths={"piece": 90, "done": 130, "size": 100}, stretched="peers", least=200, wrapped=frozenset({"peers"})
)


class PiecesTab:
    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        send: Callable[[Command], None],
        *,
        columns: ColumnMemory | None = None,
    ) -> None:
        self._theme = theme
        self._row: TorrentRow | None = None
        self._places = FilePlaces(())
        self._piece_length = 0
        self._open: dict[int, OpenPiece] = {}
        self._copies = b""
        self._looked_at = (-1, 0)
        self.widget = QWidget(parent)
        self.map = PieceMap(theme)
        self.map.setAccessibleName(say("Map of pieces"))
        self.map.looked_at.connect(self._look)
        self.legend = PieceLegend(theme)
        self.model = OpenPieceTable(self.widget)
        self.table = remembered_table(theme, self.model, ARRANGEMENT, say("Pieces in flight"), columns, TABLE)
        self.map_button = self._switch(say("Map"), say("Every piece as a cell"))
        self.list_button = self._switch(say("In flight"), say("The pieces that are being fetched, as a list"))
        self._told = ""
        self._line = ElidedLabel("", "secondary")
        self._lay_out()
        self.map_button.setChecked(True)
        self._tell()

    @property
    def sentence(self) -> str:
        """What is told of the cell that is looked at."""
        return self._told

    def parts(self) -> frozenset[Detail]:
        return frozenset({Detail.PIECES, Detail.FILES})

    def strips_of(self) -> tuple[int, ...]:
        return ()

    def show_row(self, row: TorrentRow) -> None:
        self._row = row

    def show_details(self, details: TorrentDetails) -> None:
        if details.files is not None:
            self._places = FilePlaces(details.files)
        if details.pieces is None:
            return
        self._piece_length = details.piece_length or self._piece_length
        self._open = {piece.index: piece for piece in details.open_pieces or ()}
        self._copies = details.availability or b""
        partly = {index: self._share(piece) for index, piece in self._open.items()}
        is_anybody_here = self._row is not None and self._row.sees_others
        self.map.show_pieces(
            details.pieces, details.availability, partly, details.failed_pieces, is_anybody_here=is_anybody_here
        )
        self.legend.show_counts(counts_of(self.map.kinds))
        self.model.show_rows(
            [PieceInFlight(index, piece.done, self._size(index), piece.peers) for index, piece in self._open.items()]
        )
        self._tell()

    def clear(self) -> None:
        self._row, self._places, self._open, self._copies = None, FilePlaces(()), {}, b""
        self._piece_length = 0
        self.map.clear()
        self.model.clear()
        self.legend.show_counts({})
        self._tell()

    # -- inside

    def _size(self, index: int) -> int:
        return piece_size(index, self._piece_length, self._places.total)

    def _share(self, piece: OpenPiece) -> float:
        size = self._size(piece.index)
        return min(1.0, piece.done / size) if size else 0.0

    def _look(self, first: int, count: int) -> None:
        self._looked_at = (first, count)
        if first >= 0:
            place = self.map.piece_rect(first)
            self._area.ensureVisible(place.center().x(), place.center().y())
        self._tell()

    def _tell(self) -> None:
        """What is known of the cell looked at; it changes while it is looked at."""
        first, count = self._looked_at
        if self._pages.currentWidget() is self.table:
            line = "" if self.model.rowCount() else say("No piece is being fetched right now.")
        elif first < 0 or first >= len(self.map.kinds):
            line = self._overview()
        else:
            line = self._one(first) if count == 1 else self._several(first, count)
        if line != self._told:
            self._told = line
            self._line.set_whole(line)
            self.map.setAccessibleDescription(line)
            # Tooltips guess at rich text; escaped, names of strangers stay plain.
            self.map.setToolTip(f"<qt>{html.escape(line)}</qt>" if first >= 0 else "")

    def _overview(self) -> str:
        if not self.map.kinds:
            return ""
        if self.map.group > 1:
            return say_count(
                self.map.group,
                "Each cell stands for {n} piece and fills up from below. Point at one, or use the arrow keys.",
                "Each cell stands for {n} pieces and fills up from below. Point at one, or use the arrow keys.",
            )
        return say("Point at a piece to see what it is, or use the arrow keys.")

    def _one(self, index: int) -> str:
        piece, size = self._open.get(index), self._size(index)
        start = index * self._piece_length
        return piece_line(
            index,
            size,
            say_phrase(KIND_NAMES[PieceKind(self.map.kinds[index])]),
            self._copies[index] if index < len(self._copies) else None,
            self._places.between(start, start + size),
            piece.peers if piece is not None else (),
            piece.done if piece is not None else 0,
        )

    def _several(self, first: int, count: int) -> str:
        kinds = self.map.kinds[first : first + count]
        missing = [at for at in range(first, first + len(kinds)) if self.map.kinds[at] != PieceKind.HAVE]
        known = [self._copies[at] for at in missing if at < len(self._copies)]
        start = first * self._piece_length
        return range_line(
            first,
            len(kinds),
            kinds.count(PieceKind.HAVE),
            min(known) if known else None,
            self._places.between(start, start + len(kinds) * self._piece_length),
            sum(first <= at < first + count for at in self._open),
        )

    def _switch(self, text: str, hint: str) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("chip", "true")
        button.setCheckable(True)
        button.setToolTip(hint)
        return button

    def _lay_out(self) -> None:
        px = self._theme.px
        self._area = _MapArea(self.map)
        card = QFrame()
        card.setProperty("card", "true")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(px(9), px(9), px(9), px(9))
        inside.addWidget(self._area)
        self._pages = QStackedWidget()
        self._pages.addWidget(card)
        self._pages.addWidget(self.table)
        choice = QButtonGroup(self.widget)
        choice.addButton(self.map_button)
        choice.addButton(self.list_button)
        self.list_button.toggled.connect(self._show_list)
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(self.legend, 1, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.map_button, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.list_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self.widget)
        layout.setContentsMargins(px(16), px(8), px(16), px(8))
        layout.setSpacing(px(6))
        layout.addLayout(head)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._line)

    def _show_list(self, on: bool) -> None:
        self._pages.setCurrentIndex(1 if on else 0)
        self._tell()


class _MapArea(QScrollArea):
    """Gives the map all its width, and tells it the height that needs no scrolling."""

    def __init__(self, shown: PieceMap) -> None:
        super().__init__()
        self._map = shown
        self.setWidget(shown)
        self.setWidgetResizable(True)
        # The card behind them is the ground.
        shown.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._map.set_room(self.viewport().height())
