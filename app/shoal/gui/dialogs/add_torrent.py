"""The add dialog: what it is, which files, where to, and one button that names what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from shoal.gui.dialogs.torrent_preview import TorrentPreview, tracker_sentence
from shoal.gui.models.file_tree import KIND_GROUPS, FileTreeModel
from shoal.gui.style.kinds import kind_of
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import size_text
from shoal.gui.style.wording import clean, isolated, say, say_count
from shoal.gui.widgets.elided_label import ElidedLabel
from shoal.gui.widgets.file_tree_view import FileTreeView
from shoal.gui.widgets.folder_field import FolderField
from shoal.gui.widgets.tick_box import TickBox

FreeBytes = Callable[[str], Awaitable[int | None]]
"""Free bytes on the disk of a folder (or of its nearest parent), asked off the window's thread; None = not known."""


@dataclass(frozen=True, slots=True)
class AddChoice:
    """What was decided."""

    folder: str
    priorities: tuple[int, ...]
    start: bool
    sequential: bool


def space_sentence(needed: int, free: int | None) -> str:
    """Whether it fits on the disk."""
    if free is None:
        return say("Needs {needed}; free space is not known", needed=size_text(needed))
    if needed > free:
        return say("{missing} short on this disk: {free} free", missing=size_text(needed - free), free=size_text(free))
    return say("Fits: {needed} needed, {free} free", needed=size_text(needed), free=size_text(free))


class AddTorrentDialog(QDialog):
    """`choice` when it was accepted. `change_folder_wanted` asks the owner for another folder.

    One of several carries its `place`, (number, of how many), and `skip_rest_wanted` is emitted as it closes for them.
    """

    change_folder_wanted = Signal()
    folder_changed = Signal(str)
    skip_rest_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        preview: TorrentPreview,
        folder: str,
        place: tuple[int, int] = (1, 1),
    ) -> None:
        super().__init__(parent)
        self._place = place
        self._theme = theme
        self._preview = preview
        self._free: int | None = None
        self.setWindowTitle(say("Add torrent"))
        self.resize(theme.px(900), theme.px(644))
        self.setMinimumSize(theme.px(680), theme.px(480))
        self.model = FileTreeModel(preview.tree, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._header())
        layout.addWidget(_line())
        body = QHBoxLayout()
        body.setContentsMargins(theme.px(24), theme.px(20), theme.px(24), theme.px(20))
        body.setSpacing(theme.px(24))
        body.addLayout(self._files_side(), 1)
        body.addLayout(self._choices_side(folder))
        layout.addLayout(body, 1)
        layout.addWidget(_line())
        layout.addLayout(self._foot())
        self.model.selection_changed.connect(self._refresh)
        self.folder_edit.textChanged.connect(self.folder_changed)
        self.folder_edit.textChanged.connect(self._refresh)
        self._refresh()
        self.add_button.setFocus()

    def choice(self) -> AddChoice:
        return AddChoice(
            folder=self.folder(),
            priorities=self.model.priorities(self._preview.entry_count),
            start=self.start_now.isChecked(),
            sequential=self.in_order.isChecked(),
        )

    def folder(self) -> str:
        """Absolute; a leading `~` is the home folder."""
        return self._field.folder()

    def set_folder(self, folder: str) -> None:
        self._field.set_folder(folder)

    def show_free_space(self, free: int | None) -> None:
        """Free bytes of the chosen folder's disk; None = not known."""
        self._free = free
        self._refresh()

    # -- parts

    def _header(self) -> QWidget:
        theme, px, preview = self._theme, self._theme.px, self._preview
        header = QWidget()
        header.setProperty("surface", "true")
        header.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        tile = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        tile.setFixedSize(px(48), px(48))
        tile.setStyleSheet(f"background: {theme.tokens.soft}; border-radius: {px(12)}px;")
        tile.setPixmap(theme.pixmap(kind_of(preview.largest_file_name), "acc", px(24), self.devicePixelRatioF()))
        self.heading = ElidedLabel(clean(preview.name), "dialog-title")
        facts = say_count(
            preview.file_count,
            "{size} in {n} file \u00b7 {tracker}",
            "{size} in {n} files \u00b7 {tracker}",
            size=size_text(preview.size),
            tracker=tracker_sentence(preview),
        )
        if preview.is_private:
            facts = say("{facts} \u00b7 private", facts=facts)
        words = QVBoxLayout()
        words.setSpacing(px(2))
        words.addStretch()
        words.addWidget(self.heading)
        words.addWidget(_plain(facts, "secondary"))
        words.addStretch()
        row = QHBoxLayout(header)
        row.setContentsMargins(px(24), px(20), px(24), px(20))
        row.setSpacing(px(16))
        row.addWidget(tile)
        row.addLayout(words, 1)
        return header

    def _files_side(self) -> QVBoxLayout:
        px = self._theme.px
        top = QHBoxLayout()
        top.setSpacing(px(6))
        top.addWidget(_plain(say("Choose files"), "section"))
        top.addStretch()
        groups: dict[str, frozenset[str] | None] = {**KIND_GROUPS, "All": None, "None": frozenset()}
        for name, kinds in groups.items():
            chip = QPushButton(say(name))
            chip.setProperty("chip", "true")
            chip.setAutoDefault(False)
            chip.clicked.connect(lambda _=False, only=kinds: self.model.choose_kinds(only))
            top.addWidget(chip)
        self.tree = FileTreeView(self._theme, self.model, self.model)
        self.tree.setAccessibleName(say("Files"))
        side = QVBoxLayout()
        side.setSpacing(px(12))
        side.addLayout(top)
        side.addWidget(self.tree, 1)
        return side

    def _choices_side(self, folder: str) -> QVBoxLayout:
        theme, px = self._theme, self._theme.px
        side = QVBoxLayout()
        side.setSpacing(px(8))
        side.addWidget(_plain(say("Save in"), "section"))
        self._field = FolderField(theme, folder)
        self._field.change.clicked.connect(self.change_folder_wanted)
        self.folder_edit = self._field.edit
        side.addWidget(self._field)
        self.space = _plain("", "secondary")
        self.space.setWordWrap(True)
        self.space.setFixedWidth(px(262))
        side.addWidget(self.space)
        side.addSpacing(px(16))
        side.addWidget(_plain(say("When added"), "section"))
        self.start_now = TickBox(theme, say("Start straight away"), exclusive=True)
        self.start_later = TickBox(theme, say("Add, but do not start"), exclusive=True)
        self.start_now.setChecked(True)
        self.start_now.toggled.connect(self._refresh)
        self.in_order = TickBox(theme, say("Load in order, to preview early"))
        side.addWidget(self.start_now)
        side.addWidget(self.start_later)
        side.addSpacing(px(8))
        side.addWidget(self.in_order)
        if self._preview.comment:
            side.addSpacing(px(16))
            side.addWidget(_plain(say("Comment"), "section"))
            comment = _plain(isolated(self._preview.comment), "secondary")
            comment.setWordWrap(True)
            comment.setFixedWidth(px(262))
            side.addWidget(comment)
        side.addStretch()
        return side

    def _foot(self) -> QHBoxLayout:
        px = self._theme.px
        foot = QHBoxLayout()
        foot.setContentsMargins(px(24), px(12), px(24), px(12))
        foot.setSpacing(px(10))
        self._note = _plain("", "problem")
        foot.addWidget(self._note)
        foot.addStretch()
        number, total = self._place
        if total > 1:
            foot.addWidget(_plain(say("{number} of {total}", number=f"{number:,}", total=f"{total:,}"), "secondary"))
        if number < total:
            self.skip_button = QPushButton(say("Skip the rest"))
            self.skip_button.setAutoDefault(False)
            self.skip_button.clicked.connect(self.skip_rest_wanted)
            self.skip_button.clicked.connect(self.reject)
            foot.addWidget(self.skip_button)
        cancel = QPushButton(say("Skip this") if number < total else say("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.add_button = QPushButton()
        self.add_button.setProperty("primary", "true")
        self.add_button.setDefault(True)
        self.add_button.setMinimumWidth(px(162))
        self.add_button.clicked.connect(self.accept)
        foot.addWidget(cancel)
        foot.addWidget(self.add_button)
        return foot

    def _refresh(self) -> None:
        wanted = self.model.wanted_bytes
        size = size_text(wanted)
        starts = self.start_now.isChecked()
        self.add_button.setText(say("Download {size}", size=size) if starts else say("Add for later"))
        if not self._field.is_absolute():
            problem = say("The folder must be a full path.")
        elif wanted == 0:
            problem = say("Choose at least one file.")
        else:
            problem = ""
        self._note.setText(problem)
        self.add_button.setEnabled(not problem)
        self.add_button.setToolTip(problem)
        short = self._free is not None and wanted > self._free
        self.space.setText(space_sentence(wanted, self._free))
        self.space.setProperty("role", "problem" if short else "secondary")
        self.space.style().unpolish(self.space)
        self.space.style().polish(self.space)


def _plain(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("divider", "true")
    line.setFixedHeight(1)
    return line
