"""The add window: what one or several torrents are, which files, where to, and one button that names what it does."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from shoal.gui.dialogs.add_asking import AddAsking
from shoal.gui.dialogs.add_disks import AddDisks
from shoal.gui.dialogs.add_entry import (
    ADD_TRACKERS,
    GIVE_UP,
    GIVE_UP_ALL,
    SHOW_IT,
    TRY_AGAIN,
    AddChoice,
    AddDefaults,
    AddDesk,
    AddEntry,
    When,
)
from shoal.gui.dialogs.add_files import AddFiles
from shoal.gui.dialogs.add_foot import AddFoot
from shoal.gui.dialogs.add_header import AddHeader
from shoal.gui.dialogs.add_notice import AddNotice
from shoal.gui.dialogs.add_options import AddOptions
from shoal.gui.dialogs.add_room import (
    ADD_STOPPED,
    CHOOSE_FILES,
    CHOOSE_FOLDER,
    no_room_notice,
)
from shoal.gui.dialogs.add_words import act, problem_of, ticked, waiting_notice
from shoal.gui.models.file_tree import FileTreeModel
from shoal.gui.style.screen_room import screen_room
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.in_room import put_in_room
from shoal.gui.widgets.plain_label import hairline
from shoal.gui.widgets.torrent_ticks import TorrentTicks
from shoal.runtime.folder_facts import FolderFacts

WIDTH, HEIGHT = 900, 644
SEVERAL_WIDTH, SEVERAL_HEIGHT = 1120, 720
NOTICE_WIDTH, NOTICE_HEIGHT = 640, 320
LIST_WIDTH, LARGE_TEXT = 190, 1.2
TITLE_BAR = 40
"""Height that a window manager's title takes at most of the screen, at 100 % text."""
CALM_MILLISECONDS = 120
"""A folder that is being typed is looked at when the next key has not come for so long."""


class AddTorrentDialog(QDialog):
    """`choices()` when it was accepted; `show_id` is a transfer to show instead, when it was closed for that.

    `wanted` carries the key of a button and the entry that it stands beside; its owner then calls `show_change`.
    """

    wanted = Signal(str, object)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        entries: Sequence[AddEntry],
        desk: AddDesk,
        defaults: AddDefaults,
    ) -> None:
        super().__init__(parent)
        self._theme, self._desk = theme, desk
        # What can be added comes first; sorting keeps the order of the rest.
        self.entries = sorted(entries, key=lambda entry: entry.notice is not None)
        self._several = len(self.entries) > 1 or self.entries[0].is_waiting
        self._entry = self.entries[0]
        self._pages: dict[AddEntry, QWidget] = {}
        self._disks = AddDisks(desk)
        self._is_looking = False
        self.show_id = ""
        for entry in self.entries:
            entry.folder, entry.label = entry.folder or defaults.folder, entry.label or defaults.label
            # Many that all pass the queue would leave none of it.
            entry.when = When.QUEUE if self._several else When.NOW
        self._show_title()
        self.header = AddHeader(theme, desk)
        self.options = AddOptions(theme, defaults, several=self._several)
        self.ticks = TorrentTicks(theme)
        self._stack = QStackedWidget()
        self._main = QStackedWidget()
        foot = self._foot_row = AddFoot(theme)
        self.without_asking, self.note = foot.without_asking, foot.note
        self.cancel_button, self.add_button = foot.cancel, foot.add
        self.cancel_button.clicked.connect(lambda: super(AddTorrentDialog, self).reject())
        self.add_button.clicked.connect(self._on_add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(hairline())
        layout.addWidget(self._main, 1)
        put_in_room(self._main, self._body())
        layout.addWidget(self._foot_row)
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM_MILLISECONDS)
        self._calm.timeout.connect(self._look)
        self.options.changed.connect(self._refresh)
        self.options.folder_changed.connect(self._on_folder)
        self.options.choose_wanted.connect(self._choose_folder)
        self.options.same_folder.toggled.connect(self._on_folder)
        self.options.for_all_wanted.connect(self._use_for_all)
        self._tell_time = QTimer(self)
        self._tell_time.setInterval(1000)
        self._tell_time.timeout.connect(self._show_waiting)
        self._tell_time.start()
        self._fit()
        self._show(self._entry)
        self._look()
        # Known to be the default only now that it lies in the dialog.
        self.add_button.setDefault(True)
        self.add_button.setFocus()
        page = self._stack.currentWidget()
        if isinstance(page, AddNotice) and not self._several:
            page.focus_first()

    # -- what was decided

    def choices(self) -> list[AddChoice]:
        """One for every torrent that is ticked and can be added, in their order."""
        return [entry.choice() for entry in self._chosen()]

    def shown_entry(self) -> AddEntry:
        """The one whose files and choices are seen."""
        return self._entry

    def shown_files(self) -> AddFiles:
        """The tree of the shown entry, which must have one."""
        page = self._stack.currentWidget()
        assert isinstance(page, AddFiles)
        return page

    def reject(self) -> None:
        """Esc goes back from a notice over the choices; else it closes."""
        if self._main.currentIndex() > 0:
            self._back()
        else:
            super().reject()

    # -- parts

    def _body(self) -> QWidget:
        px = self._theme.px
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(px(24), px(20), px(10), px(20))
        row.setSpacing(px(22))
        if self._several:
            for entry in self.entries:
                self.ticks.add(ticked(entry))
            self.ticks.setMinimumWidth(px(LIST_WIDTH))
            self.ticks.setMaximumWidth(px(LIST_WIDTH * 1.4))
            self.ticks.setCurrentRow(0)
            self.ticks.currentRowChanged.connect(lambda at: self._show(self.entries[at]))
            self.ticks.itemChanged.connect(self._on_tick)
            row.addWidget(self.ticks, 1)
        else:
            self.ticks.setParent(body)
            self.ticks.hide()
        row.addWidget(self._stack, 3)
        row.addWidget(self.options)
        return body

    def _fit(self) -> None:
        """Never larger than the screen, whatever the size of its text."""
        px, room = self._theme.px, screen_room()
        width, height = (SEVERAL_WIDTH, SEVERAL_HEIGHT) if self._several else (WIDTH, HEIGHT)
        if not self._several and not self._entry.can_add:
            self._foot_row.hide()
            self.resize(px(NOTICE_WIDTH), px(NOTICE_HEIGHT))
            return
        self.resize(min(px(width), room.width()), min(px(height), room.height() - px(TITLE_BAR)))

    # -- one of several

    def _show(self, entry: AddEntry) -> None:
        self._entry = entry
        self.header.show_entry(entry)
        page = self._pages.get(entry)
        if page is None:
            page = self._pages[entry] = self._make_page(entry)
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        self.options.setVisible(entry.can_add)
        if entry.can_add:
            self.options.show_entry(entry)
        self._refresh()

    def _make_page(self, entry: AddEntry) -> QWidget:
        if entry.is_asking:
            asking = AddAsking(self._theme, entry)
            asking.changed.connect(self._refresh)
            return asking
        if entry.preview is None or entry.notice is not None:
            notice = entry.notice or waiting_notice(entry, self.entries)
            page = AddNotice(self._theme, notice, has_primary=not self._several)
            page.pressed.connect(lambda key: self._on_notice(entry, key))
            return page
        entry.model = FileTreeModel(entry.preview.tree)
        chosen = None if entry.link is None else entry.link.priorities(entry.preview.entry_count)
        if chosen is not None:
            entry.model.take_priorities(chosen)
        entry.model.selection_changed.connect(self._refresh)
        return AddFiles(self._theme, entry.model, narrow=self._several or self._theme.fonts.scale > LARGE_TEXT)

    def show_change(self, entry: AddEntry) -> None:
        """It has come from the web, or never will, or is asked for again."""
        if not isValid(self) or entry not in self.entries:
            return
        old = self._pages.pop(entry, None)
        self._show_title()
        had_keys = old is not None and (focused := self.focusWidget()) is not None and old.isAncestorOf(focused)
        self._tell_line(entry)
        if entry is self._entry:
            self._show(entry)
        if old is not None:
            self._stack.removeWidget(old)
            old.deleteLater()
        if had_keys:
            (self.ticks if self._several else self.add_button).setFocus()
        self._look()
        self._refresh()

    def show_progress(self, entry: AddEntry) -> None:
        """Getting the file list of a magnet link has come further, or not."""
        page = self._pages.get(entry) if isValid(self) else None
        if isinstance(page, AddAsking):
            page.show_progress(entry.progress)
            self._tell_line(entry)

    def _tell_line(self, entry: AddEntry) -> None:
        if self._several:
            self.ticks.change(self.entries.index(entry), ticked(entry))

    def _show_waiting(self) -> None:
        """For how long each is waited for; the last one ends it until one is asked for again."""
        for row, entry in enumerate(self.entries):
            if entry.is_waiting:
                self.ticks.change(row, ticked(entry))

    def _show_title(self) -> None:
        """How many can be added, as far as is known."""
        count = sum(entry.notice is None for entry in self.entries)
        self.setWindowTitle(say_count(max(count, 1), "Add torrent", "Add {n} torrents"))

    def _on_tick(self) -> None:
        for row, entry in enumerate(self.entries):
            if entry.can_add:
                entry.is_ticked = self.ticks.is_ticked(row)
        self._refresh()

    def _chosen(self) -> list[AddEntry]:
        return [entry for entry in self.entries if entry.can_add and entry.is_ticked]

    def _use_for_all(self) -> None:
        shown = self._entry
        for entry in self.entries:
            entry.label, entry.when = shown.label, shown.when
            entry.sequential, entry.first_last_first = shown.sequential, shown.first_last_first
        self._refresh()

    def _on_notice(self, entry: AddEntry, key: str) -> None:
        if key == SHOW_IT and entry.here is not None:
            self.show_id = entry.here.torrent_id
            self.accept()
        elif key == ADD_TRACKERS and entry.here is not None:
            self._desk.start(self._add_trackers(entry), self)
        elif key in (TRY_AGAIN, GIVE_UP, GIVE_UP_ALL):
            self.wanted.emit(key, entry)
        else:
            self.reject()

    async def _add_trackers(self, entry: AddEntry) -> None:
        here, page = entry.here, self._pages[entry]
        assert here is not None
        assert isinstance(page, AddNotice)
        page.buttons[ADD_TRACKERS].setEnabled(False)
        taken = await self._desk.add_trackers(here.torrent_id, here.new_trackers)
        if not isValid(self):
            return
        if not self._several and taken:
            self.show_id = here.torrent_id
            self.accept()
        else:
            page.buttons[ADD_TRACKERS].setText(say("Added") if taken else say("Not added"))

    # -- folders and room

    def _on_folder(self) -> None:
        if self.options.same_folder.isChecked() and self._several:
            for entry in self.entries:
                entry.folder = self._entry.folder
        self._calm.start()
        self._refresh()

    def _choose_folder(self) -> None:
        self._desk.start(self._ask_folder(), self)

    async def _ask_folder(self) -> None:
        chosen = await self._desk.choose_folder(self, self._entry.folder)
        if chosen and isValid(self):
            self.options.field.set_folder(chosen)

    def _look(self) -> None:
        if any(entry.can_add for entry in self.entries):
            self._desk.start(self._learn(), self)

    async def _learn(self) -> None:
        await self._disks.learn(self.entries)
        if isValid(self):
            self._refresh()

    def _on_add(self) -> None:
        if not self._is_looking and self.add_button.isEnabled():
            self._is_looking = True
            self._refresh()
            self._desk.start(self._check_room(), self)

    async def _check_room(self) -> None:
        """Ask every disk once more; accept, or say which one is too small."""
        try:
            starting = [entry for entry in self._chosen() if entry.when is not When.LATER]
            lacking = await self._disks.lacking(starting)
        finally:
            if isValid(self):
                self._is_looking = False
        if not isValid(self):
            return
        self._refresh()
        if lacking is not None:
            self._tell_no_room(*lacking)
        else:
            self.accept()

    def _tell_no_room(self, needed: int, facts: FolderFacts) -> None:
        """Message 8 of the error catalogue, in the place of the choices."""
        page = AddNotice(self._theme, no_room_notice(needed, facts.free or 0))
        page.pressed.connect(lambda key: self._on_no_room(key, facts.disk))
        self._main.addWidget(page)
        self._main.setCurrentWidget(page)
        self.add_button.hide()
        page.focus_first()

    def _on_no_room(self, key: str, disk: str) -> None:
        self._back()
        if key == CHOOSE_FOLDER:
            self._choose_folder()
        elif key == CHOOSE_FILES:
            self.shown_files().tree.setFocus()
        elif key == ADD_STOPPED:
            for entry in self._chosen():
                facts = self._disks.facts.get(entry.folder)
                if facts is not None and facts.disk == disk:
                    entry.when = When.LATER
            self._on_add()

    def _back(self) -> None:
        page = self._main.widget(1)
        self._main.setCurrentIndex(0)
        if page is not None:
            self._main.removeWidget(page)
            page.deleteLater()
        self.add_button.show()
        self.add_button.setDefault(True)
        self.add_button.setFocus()

    # -- what is seen

    def _refresh(self) -> None:
        entry, chosen = self._entry, self._chosen()
        self._tell_line(entry)
        if self._several:
            for row, other in enumerate(self.entries):
                if other.is_found:
                    self.ticks.change(row, ticked(other))
        if entry.can_add:
            needed, count, facts = self._disks.needed_beside(entry, chosen)
            self.options.show_space(needed, facts, count, is_found=entry.is_found, is_unknown=entry.is_asking)
            if not self._disks.has_looked(entry):
                self.options.show_looking()
        self.add_button.setText(act(chosen, several=self._several))
        problem = problem_of(chosen, self.entries)
        self.note.setText(problem or (say("Looking at the disk\u2026") if self._is_looking else ""))
        self.note.setVisible(bool(self.note.text()))
        self.add_button.setEnabled(not problem)
        self.add_button.setToolTip(problem)
