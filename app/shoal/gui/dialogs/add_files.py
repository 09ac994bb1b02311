"""Which files: the tree with its chips, a filter for the larger ones, and a line on what a skipped file leaves."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from shoal.gui.models.file_tree import KIND_CHOICES, FileTreeModel
from shoal.gui.style.numbers import whole
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_count, say_phrase
from shoal.gui.widgets.file_tree_view import FileTreeView
from shoal.gui.widgets.find_field import FindField
from shoal.gui.widgets.plain_label import plain_label

FILTER_ABOVE = 12
"""A filter is for torrents of more files."""
FIND_WIDTH, LEAST_FIND_WIDTH = 150, 84
CALM_MILLISECONDS = 60
"""The filter waits so long for the next key."""

_TO_THE_TREE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down)


class AddFiles(QWidget):
    """`model` is owned by this. `narrow` puts the chips into a row of their own."""

    def __init__(self, theme: Theme, model: FileTreeModel, *, narrow: bool = False) -> None:
        super().__init__()
        px = theme.px
        self.model = model
        model.setParent(self)
        self.chips: dict[str, QPushButton] = {}
        top = QHBoxLayout()
        top.setSpacing(px(6))
        heading = plain_label(say("Choose files"), "section")
        top.addWidget(heading)
        top.addStretch()
        self.filter = FindField(theme, say("Filter files by name"))
        self.filter.set_hint(say("Filter"))
        self.filter.setToolTip(
            say("Part of a name, or a pattern such as *.mkv. All, None and ticks keep to what is shown.")
        )
        self.filter.setMinimumWidth(px(LEAST_FIND_WIDTH))
        self.filter.setMaximumWidth(px(FIND_WIDTH))
        self.filter.setProperty("small", "true")
        if model.listing.count <= FILTER_ABOVE:
            self.filter.hide()
        top.addWidget(self.filter)
        chips = QHBoxLayout() if narrow else top
        chips.setSpacing(px(6))
        for name, kinds in KIND_CHOICES.items():
            chip = QPushButton(say_phrase(name))
            chip.setProperty("chip", "true")
            chip.setAutoDefault(False)
            if kinds and not model.has_kinds(kinds):
                chip.setEnabled(False)
                chip.setToolTip(say("It holds no such files"))
            chip.clicked.connect(lambda _=False, only=kinds: model.choose_kinds(only))
            self.chips[name] = chip
            chips.addWidget(chip)
        self.tree = FileTreeView(theme, model, model)
        self.tree.setAccessibleName(say("Files"))
        self.note: QLabel = plain_label("", "secondary")
        self.note.setWordWrap(True)
        self.note.hide()
        side = QVBoxLayout(self)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(px(12))
        side.addLayout(top)
        if narrow:
            chips.addStretch()
            side.addLayout(chips)
        side.addWidget(self.tree, 1)
        side.addWidget(self.note)
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM_MILLISECONDS)
        self._calm.timeout.connect(self._filter)
        self.filter.textChanged.connect(self._on_typed)
        self.filter.installEventFilter(self)
        self.tree.current_moved.connect(self._show_note)
        model.selection_changed.connect(self._show_note)
        # Of what changed by its folder, Qt repaints the folder's row alone.
        model.selection_changed.connect(self.tree.viewport().update)
        model.modelReset.connect(self._show_note)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Return in the filter goes to what it found, and downloads nothing; Down does the same."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _TO_THE_TREE:
            self._filter()
            self.tree.setFocus()
            if not self.tree.currentIndex().isValid():
                self.tree.setCurrentIndex(self.model.index(0, 0))
            return True
        return super().eventFilter(watched, event)

    def _on_typed(self) -> None:
        self._calm.start()

    def _filter(self) -> None:
        self.model.set_needle(self.filter.text())

    def _show_note(self) -> None:
        model, current = self.model, self.tree.currentIndex()
        if model.is_filtered and model.shown_count == 0:
            text = say("No file is called like that.")
        elif current.isValid():
            text = " ".join(model.notes(model.node(current)))
        else:
            text = ""
        if not text and model.is_filtered:
            text = say_count(
                model.shown_count,
                "{n} of {total} files is shown; All, None and ticks keep to it.",
                "{n} of {total} files are shown; All, None and ticks keep to them.",
                total=whole(model.listing.count),
            )
        self.note.setText(text)
        self.note.setVisible(bool(text))
