"""The file tree of a transfer: with progress and piece strips, opened by Return, dragged out when finished."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from math import ceil
from typing import Protocol

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QMenu, QStyle, QStyleOptionViewItem

from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.file_tree_cells import NUMBER_INSET, FileTreeCell, Index
from shoal.gui.widgets.file_tree_view import FileTreeView, TreeEdits
from shoal.gui.widgets.piece_bar import PieceStrips

WIDTHS = {"size": 88, "done": 78, "pieces": 170, "priority": 152}
STRIP_HEIGHT, STRIP_INSET = 8, 14
LEAST_WIDTH, WIDEST = 48, 2000
REMEMBER_MILLISECONDS = 400


class FileProgress(TreeEdits, Protocol):
    """What the further columns show."""

    @property
    def is_anybody_here(self) -> bool: ...

    def strip(self, index: Index) -> bytes | None: ...

    def share(self, index: Index) -> float: ...


class TorrentFileCell(FileTreeCell):
    """Adds `done`, a percentage, and `pieces`, a strip; a folder has a plain bar in its place."""

    def __init__(self, theme: Theme, progress: FileProgress) -> None:
        super().__init__(theme, progress)
        self._progress = progress
        self._strips = PieceStrips()

    def paint_other(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, key: str) -> None:
        if key == "pieces":
            self._paint_strip(painter, option, index)
            return
        rect, direction = option.rect, option.direction
        inside = QStyle.visualRect(direction, rect, rect.adjusted(0, 0, -self._theme.px(NUMBER_INSET), 0))
        is_skipped = self._progress.tick(index) is Qt.CheckState.Unchecked
        align = (
            Qt.AlignmentFlag.AlignLeft if direction is Qt.LayoutDirection.RightToLeft else Qt.AlignmentFlag.AlignRight
        )
        token = "ink3" if is_skipped else "ink2"
        self.draw_text(painter, inside, str(index.data()), token=token, role=Role.BODY, side=align)

    def _paint_strip(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, px, rect = self._theme, self._theme.px, option.rect
        strip = QRect(
            rect.left() + px(STRIP_INSET),
            rect.center().y() - px(STRIP_HEIGHT) // 2 + 1,
            max(1, rect.width() - 2 * px(STRIP_INSET)),
            px(STRIP_HEIGHT),
        )
        share, cells = self._progress.share(index), self._progress.strip(index)
        if cells:
            device = painter.device()
            ratio = device.devicePixelRatioF() if device is not None else 1.0
            pixmap = self._strips.pixmap(
                cells,
                strip.width(),
                strip.height(),
                ratio,
                theme.tokens,
                done=share >= 1.0,
                asked=self._progress.is_anybody_here,
            )
            painter.drawPixmap(strip.topLeft(), pixmap)
            return
        radius = strip.height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("track"))
        painter.drawRoundedRect(QRectF(strip), radius, radius)
        if filled := ceil(strip.width() * share):
            part = QRect(strip.left(), strip.top(), max(filled, strip.height()), strip.height())
            painter.setBrush(theme.colour("seed" if share >= 1.0 else "have"))
            painter.drawRoundedRect(QRectF(QStyle.visualRect(option.direction, strip, part)), radius, radius)


class TorrentFileView(FileTreeView):
    """`opened` is Return or a double click on a file; `menu_wanted` asks for the context menu of the selection.

    `keep` gets widths and order as text whenever they were changed; `kept` is that text from the last time.
    """

    opened = Signal(QModelIndex)
    menu_wanted = Signal(QModelIndex, QPoint)

    def __init__(
        self,
        theme: Theme,
        model: QAbstractItemModel,
        progress: FileProgress,
        *,
        kept: str = "",
        keep: Callable[[str], None] = lambda text: None,
    ) -> None:
        super().__init__(theme, model, progress, cell=TorrentFileCell(theme, progress), widths=WIDTHS)
        self._keep = keep
        self._later = QTimer(self, singleShot=True, interval=REMEMBER_MILLISECONDS)
        self._later.timeout.connect(self.remember)
        self._restore(kept)
        self.header().sectionResized.connect(self._on_resized)
        self.header().sectionClicked.connect(lambda section: self._later.start())
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.doubleClicked.connect(self._on_double_click)

    def seen_rows(self) -> Iterator[QModelIndex]:
        """First column of every row that can be seen now, from the top."""
        if not self.isVisible():
            return
        foot = self.viewport().height()
        index = self.indexAt(QPoint(0, 0))
        while index.isValid() and self.visualRect(index).top() < foot:
            yield index.siblingAtColumn(0)
            index = self.indexBelow(index)

    def priority_actions(self, menu: QMenu, index: QModelIndex) -> None:
        """Put the five priorities into `menu`; they are for the selection when `index` is part of it."""
        chosen = self._chosen(index)
        present = self._edits.level(index)
        for level, name in reversed(list(enumerate(self._edits.level_names()))):
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(level == present)
            action.triggered.connect(lambda _=False, to=level: self._edits.set_level(chosen, to))

    def chosen(self, index: QModelIndex) -> list[QModelIndex]:
        """The selection when `index` is part of it, else its row alone."""
        return self._chosen(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        current = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current.isValid() and not event.modifiers():
            if self._edits.is_folder(current):
                self.setExpanded(current.siblingAtColumn(0), not self.isExpanded(current.siblingAtColumn(0)))
            else:
                self.opened.emit(current)
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if index.isValid():
            foot = self.viewport().mapToGlobal(self.visualRect(index.siblingAtColumn(0)).bottomLeft())
            self.menu_wanted.emit(index.siblingAtColumn(0), event.globalPos() if by_mouse else foot)

    # -- what is remembered

    @property
    def open_folders(self) -> frozenset[int]:
        """Numbers of the folders that are open while nothing is filtered."""
        return frozenset(self._open)

    def open_these(self, folders: Iterable[int]) -> None:
        """Open exactly these folders."""
        self.collapseAll()
        for number in sorted(folders):
            index = self._edits.index_of_folder(number)
            if index.isValid():
                self.expand(index)

    def remember(self) -> None:
        """Hand over widths and order now."""
        self._later.stop()
        header, scale = self.header(), self._theme.fonts.scale
        widths = {key: round(header.sectionSize(at) / scale) for at, key in enumerate(self._keys) if at}
        state = {"widths": widths, "order": self._edits.sorted_by()}
        self._keep(json.dumps(state, separators=(",", ":")))

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        if self._later.isActive():
            self.remember()
        super().hideEvent(event)

    def _restore(self, kept: str) -> None:
        """Whatever of it still makes sense."""
        try:
            state = json.loads(kept) if kept else {}
        except ValueError:
            return
        if not isinstance(state, dict):
            return
        widths = state.get("widths")
        for at, key in enumerate(self._keys):
            width = widths.get(key) if isinstance(widths, dict) else None
            if at and isinstance(width, int) and LEAST_WIDTH <= width <= WIDEST:
                self.header().resizeSection(at, self._theme.px(width))
        order = state.get("order")
        if isinstance(order, str) and order and order != self._edits.sorted_by():
            self._edits.sort_by(order)

    def _on_resized(self, section: int, old: int, new: int) -> None:
        # The name takes what is left: its width is nobody's wish.
        if section:
            self._later.start()

    def _on_double_click(self, index: QModelIndex) -> None:
        if not self._edits.is_folder(index):
            self.opened.emit(index)
