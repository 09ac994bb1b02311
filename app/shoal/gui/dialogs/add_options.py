"""The right side of the add window: where to, with which label, and what happens once it is in the list."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from shoal.gui.dialogs.add_entry import AddDefaults, AddEntry, When
from shoal.gui.dialogs.add_more import AddMore
from shoal.gui.dialogs.add_room import space_sentence, unknown_space_sentence
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.folder_field import FolderField
from shoal.gui.widgets.label_field import LabelField
from shoal.gui.widgets.plain_label import plain_label, set_role
from shoal.gui.widgets.space_gauge import SpaceGauge
from shoal.gui.widgets.tick_box import TickBox
from shoal.runtime.folder_facts import FolderFacts

WIDTH = 262


class AddOptions(QScrollArea):
    """Writes into the entry it shows. `changed` after any change, `folder_changed` when it was the folder."""

    changed = Signal()
    folder_changed = Signal()
    choose_wanted = Signal()
    for_all_wanted = Signal()
    """Label, start and order of this one are to be those of all."""

    def __init__(self, theme: Theme, defaults: AddDefaults, *, several: bool) -> None:
        super().__init__()
        px = theme.px
        self._theme = theme
        self._entry: AddEntry | None = None
        self._more: AddMore | None = None
        self._is_opening = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        # What is inside scrolls into view when it takes the focus.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedWidth(px(WIDTH + 14))
        inside = QWidget()
        self.setWidget(inside)
        # No style sheet of its own for that: it would cost a quarter of the time in which the window opens.
        inside.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        column = self._column = QVBoxLayout(inside)
        # The scroll bar keeps this place free; the focus rings need 2 px at the start.
        column.setContentsMargins(px(2), px(4), px(14), px(4))
        column.setSpacing(0)
        self.field = FolderField(theme, defaults.folder, defaults.recent_folders)
        column.addWidget(self._heading(say("Save &in"), self.field))
        column.addSpacing(px(12))
        column.addWidget(self.field)
        column.addSpacing(px(14))
        self.gauge = SpaceGauge(theme)
        column.addWidget(self.gauge)
        column.addSpacing(px(8))
        self.space = plain_label("", "secondary")
        self.space.setWordWrap(True)
        self.choose_another = self._link(say("Choose another"))
        self.choose_another.clicked.connect(self.choose_wanted)
        column.addWidget(self.space)
        column.addWidget(self.choose_another, 0, Qt.AlignmentFlag.AlignLeft)
        self.same_folder = TickBox(theme, say("Same folder for &all"))
        self.same_folder.setChecked(several)
        column.addWidget(self.same_folder)
        column.addSpacing(px(16))
        self.label = LabelField(theme, defaults.label, defaults.known_labels)
        column.addWidget(self._heading(say("&Label"), self.label))
        column.addSpacing(px(8))
        column.addWidget(self.label)
        column.addSpacing(px(16))
        column.addWidget(plain_label(say("When added"), "section"))
        column.addSpacing(px(6))
        self.starts = {
            When.NOW: TickBox(theme, say("&Start straight away"), exclusive=True),
            When.QUEUE: TickBox(theme, say("Put last in the &queue"), exclusive=True),
            When.LATER: TickBox(theme, say("Add, but do &not start"), exclusive=True),
        }
        for box in self.starts.values():
            column.addWidget(box)
        column.addSpacing(px(6))
        self.in_order = TickBox(theme, say("Load in &order, to preview early"))
        self.ends_first = TickBox(theme, say("&First and last pieces first"))
        column.addWidget(self.in_order)
        column.addWidget(self.ends_first)
        self.for_all = self._link(say("Use these choices for all"))
        self.for_all.clicked.connect(self.for_all_wanted)
        column.addWidget(self.for_all, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(px(6))
        self.more_button = self._link(say("Trackers, comment and hash"))
        self.more_button.setCheckable(True)
        self.more_button.toggled.connect(self._show_more)
        self.verticalScrollBar().rangeChanged.connect(self._reveal_more)
        column.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch()
        self.choose_another.hide()
        if not several:
            self.same_folder.hide()
            self.for_all.hide()
        theme.changed.connect(self._paint_chevron)
        self._paint_chevron()
        self.field.edit.textChanged.connect(self._on_folder)
        self.field.choose_wanted.connect(self.choose_wanted)
        self.label.edit.textChanged.connect(self._on_change)
        for box in (*self.starts.values(), self.in_order, self.ends_first):
            box.toggled.connect(self._on_change)

    def show_entry(self, entry: AddEntry) -> None:
        """Show what was chosen for `entry` so far, and write into it from now on."""
        self._entry = None
        # What is being typed stays as it is when a file list comes meanwhile.
        if self.field.folder() != entry.folder:
            self.field.set_folder(entry.folder)
        if self.label.label() != entry.label:
            self.label.edit.setText(entry.label)
        self.starts[entry.when].setChecked(True)
        self.in_order.setChecked(entry.sequential)
        self.ends_first.setChecked(entry.first_last_first)
        self._entry = entry
        self.more_button.setVisible(entry.preview is not None)
        self._show_more(self.more_button.isChecked())

    def show_space(
        self, needed: int, facts: FolderFacts | None, torrents: int, *, is_found: bool, is_unknown: bool = False
    ) -> None:
        """Bytes that this one and others on the same disk need; `is_unknown`: its files are still to come."""
        if not self.field.is_absolute():
            text, short = say("The folder must be a full path."), True
        elif is_unknown:
            text, short = unknown_space_sentence(facts), False
        elif is_found and needed == 0:
            text, short = say("All its files are there; they are checked first."), False
        else:
            text = space_sentence(needed, facts, torrents)
            short = facts is not None and facts.free is not None and needed > facts.free
        self.space.setText(text)
        set_role(self.space, "problem" if short else "secondary")
        self.choose_another.setVisible(short)
        free, total = (None, None) if facts is None else (facts.free, facts.total)
        self.gauge.show_space(needed, free, total)
        self.gauge.setAccessibleName(text)

    def show_looking(self) -> None:
        """Nobody knows yet how full the disk is: a busy one takes seconds to tell."""
        self.space.setText(say("Looking at the disk\u2026"))
        self.gauge.setAccessibleName(self.space.text())

    def more(self) -> AddMore | None:
        """What is behind the disclosure, while it is open."""
        return self._more

    def _on_folder(self) -> None:
        if self._entry is not None:
            self._entry.folder = self.field.folder()
            self.folder_changed.emit()

    def _on_change(self) -> None:
        entry = self._entry
        if entry is None:
            return
        entry.label = self.label.label()
        entry.when = next((when for when, box in self.starts.items() if box.isChecked()), entry.when)
        entry.sequential = self.in_order.isChecked()
        entry.first_last_first = self.ends_first.isChecked()
        self.changed.emit()

    def _show_more(self, shown: bool) -> None:
        if self._more is not None:
            self._column.removeWidget(self._more)
            self._more.deleteLater()
            self._more = None
        entry = self._entry
        if shown and entry is not None and entry.preview is not None:
            self._more = AddMore(self._theme, entry, entry.preview)
            self._more.changed.connect(self.changed)
            self._column.insertWidget(self._column.count() - 1, self._more)
            self._is_opening = True
        self._paint_chevron()

    def _reveal_more(self) -> None:
        """Scroll to what was opened, as soon as the layout has made room for it."""
        if self._is_opening:
            self._is_opening = False
            bar = self.verticalScrollBar()
            bar.setValue(min(self.more_button.y(), bar.maximum()))

    def _heading(self, text: str, buddy: QWidget) -> QLabel:
        label = plain_label(text, "section")
        label.setBuddy(buddy)
        return label

    def _link(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("link", "true")
        button.setAutoDefault(False)
        return button

    def _paint_chevron(self) -> None:
        name = "chevron-down" if self.more_button.isChecked() else "chevron-right"
        size = self._theme.px(13)
        self.more_button.setIcon(QIcon(self._theme.pixmap(name, "acc", size, self.devicePixelRatioF())))
