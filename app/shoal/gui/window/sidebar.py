"""The filters at the left: what transfers do, their labels and their trackers with exact counts, and the disk below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QMenu, QVBoxLayout

from shoal.api.snapshots import SessionTotals
from shoal.gui.models.torrent_filter import FilterCounts, Section, TrackerCount, TransferFilter
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import Template, clean, phrase, say, say_count, say_phrase
from shoal.gui.widgets.disk_card import DiskCard
from shoal.gui.widgets.filter_cell import FilterEntry
from shoal.gui.widgets.filter_list import FilterList
from shoal.gui.window.row_drag import MIME_TYPE

WIDTH, RAIL_WIDTH = 210, 64
TRANSFERS, LABELS, TRACKERS = "transfers", "labels", "trackers"
GROUPS: tuple[tuple[str, Template], ...] = (
    (TRANSFERS, phrase("Transfers")),
    (LABELS, phrase("Labels")),
    (TRACKERS, phrase("Trackers")),
)
SECTIONS: dict[Section, tuple[Template, str, str]] = {
    Section.ALL: (phrase("All"), "list", "ink2"),
    Section.NEEDS_YOU: (phrase("Needs you"), "triangle", "err"),
    Section.DOWNLOADING: (phrase("Downloading"), "down", "ink2"),
    Section.SHARING: (phrase("Sharing"), "up", "ink2"),
    Section.WAITING: (phrase("Waiting"), "clock", "ink2"),
    Section.COMPLETE: (phrase("Complete"), "tick", "ink2"),
    Section.STOPPED: (phrase("Stopped"), "stop", "ink2"),
}
TRACKER_STATES: dict[str, tuple[str, str, Template]] = {
    "working": ("tick", "ok", phrase("answers")),
    "refused": ("triangle", "err", phrase("turned you away")),
    "failing": ("triangle", "warn", phrase("does not answer")),
    "asking": ("clock", "ink2", phrase("is being asked")),
    "waiting": ("clock", "ink2", phrase("not asked yet")),
    "off": ("minus", "ink2", phrase("is not asked")),
}
"""Icon, its colour and words for each state of a tracker."""


class Sidebar(QFrame):
    """`show_counts` in the same tick as the table."""

    filter_changed = Signal(object)
    """The `TransferFilter` that is chosen now."""
    label_dropped = Signal(str, object)
    """A label ("" for none) and the ids of the transfers that were dropped on it."""
    new_label_wanted = Signal()
    rename_label_wanted = Signal(str)
    remove_label_wanted = Signal(str)
    ask_tracker_wanted = Signal(str)
    """Ask this host again for every transfer that names it."""
    folding_changed = Signal(object)
    """The keys (frozenset) of the groups that are folded now."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._filter = TransferFilter()
        self.setProperty("sidebar", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        titles = [(key, say_phrase(title)) for key, title in GROUPS]
        self.list = FilterList(theme, titles, (TRANSFERS, Section.ALL.value), MIME_TYPE)
        self.disk = DiskCard(theme)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 1, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.list, 1)
        self._foot = QVBoxLayout()
        self._foot.addWidget(self.disk)
        self._column.addLayout(self._foot)
        self.list.chosen_changed.connect(self._on_chosen)
        self.list.dropped.connect(lambda _group, key, ids: self.label_dropped.emit(key, ids))
        self.list.menu_wanted.connect(self._open_menu)
        self.list.folded_changed.connect(lambda: self.folding_changed.emit(self.list.folded))
        self._is_rail: bool | None = None
        self.set_rail(False)
        self.show_counts(FilterCounts(), ())

    @property
    def filter(self) -> TransferFilter:
        return self._filter

    @property
    def is_rail(self) -> bool:
        return bool(self._is_rail)

    def show_counts(self, counts: FilterCounts, known_labels: Sequence[str]) -> None:
        """`known_labels` are shown even while no transfer has them."""
        sections = [self._section(section, counts.sections.get(section, 0)) for section in Section]
        names = sorted({*known_labels, *counts.labels} - {""}, key=str.casefold)
        labels = [self._label(name, counts.labels.get(name, 0)) for name in names]
        if labels:
            labels.append(self._label("", counts.labels.get("", 0)))
        hosts = sorted(counts.trackers.items(), key=lambda pair: pair[0].casefold())
        trackers = [self._tracker(host, found) for host, found in hosts if host and found.count]
        self.list.show_entries([*sections, *labels, *trackers])

    def show_totals(self, totals: SessionTotals, folder: str) -> None:
        """The disk that `folder`, where downloads go, lies on; else the one that holds most transfers."""
        here = (disk for disk in totals.disks if folder in disk.folders)
        disk = next(here, totals.disks[0] if totals.disks else None)
        free = totals.free_bytes.get(folder, next(iter(totals.free_bytes.values()), None))
        self.disk.show_disk(disk, free)

    def choose_everything(self) -> None:
        """No filter."""
        self.list.choose_everything()

    def set_rail(self, is_rail: bool) -> None:
        """Icons only, for a narrow window."""
        if self._is_rail is is_rail:
            return
        self._is_rail = is_rail
        px = self._theme.px
        self.list.set_rail(is_rail)
        self.disk.set_small(is_rail)
        side = px(8) if is_rail else px(14)
        self._foot.setContentsMargins(side, px(8), side - (0 if is_rail else 1), px(14))
        self.setFixedWidth(px(RAIL_WIDTH if is_rail else WIDTH))

    # -- inside

    def _section(self, section: Section, count: int) -> FilterEntry:
        name, icon, token = SECTIONS[section]
        needs_user = section is Section.NEEDS_YOU
        return FilterEntry(
            TRANSFERS,
            section.value,
            say_phrase(name),
            icon,
            token if count or not needs_user else "ink2",
            count,
            _spoken(say_phrase(name), count),
            is_alert=needs_user,
        )

    def _label(self, name: str, count: int) -> FilterEntry:
        shown = clean(name) if name else say("No label")
        token = "ink2" if name else "ink3"
        return FilterEntry(LABELS, name, shown, "label", token, count, _spoken(shown, count), takes_drops=True)

    def _tracker(self, host: str, found: TrackerCount) -> FilterEntry:
        icon, token, words = TRACKER_STATES.get(found.state, TRACKER_STATES["waiting"])
        shown = clean(host)
        spoken = say("{host} ({state})", host=shown, state=say_phrase(words))
        return FilterEntry(TRACKERS, host, shown, icon, token, found.count, _spoken(spoken, found.count))

    def _on_chosen(self) -> None:
        chosen = self.list.chosen()
        sections = frozenset(Section(key) for key in chosen[TRANSFERS])
        new = TransferFilter(sections, chosen[LABELS], chosen[TRACKERS])
        if new != self._filter:
            self._filter = new
            self.filter_changed.emit(new)

    def _open_menu(self, group: str, key: str, at: QPoint) -> None:
        menu = self.menu_for(group, key)
        if menu.isEmpty():
            menu.deleteLater()
            return
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def menu_for(self, group: str, key: str) -> QMenu:
        """What can be done with an entry; empty for most."""
        menu = QMenu(self)
        if group == LABELS:
            new = menu.addAction(say("New label\u2026"))
            new.triggered.connect(lambda _on: self.new_label_wanted.emit())
            if key:
                menu.addAction(say("Rename\u2026")).triggered.connect(lambda: self.rename_label_wanted.emit(key))
                menu.addAction(say("Remove label")).triggered.connect(lambda: self.remove_label_wanted.emit(key))
        elif group == TRACKERS and key:
            menu.addAction(say("Ask again for all of it")).triggered.connect(lambda: self.ask_tracker_wanted.emit(key))
            menu.addAction(say("Copy address")).triggered.connect(lambda: QGuiApplication.clipboard().setText(key))
        return menu


def _spoken(name: str, count: int) -> str:
    return say_count(count, "{name}, {n} transfer", "{name}, {n} transfers", name=name)
