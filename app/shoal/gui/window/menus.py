"""The menu bar and the menu of the selected transfers, as the interface specification's sections 4 and 14 have them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from shoal.gui.style.wording import Template, phrase, say, say_phrase
from shoal.gui.widgets.mnemonics import mark_while_open
from shoal.gui.window.actions import Actions
from shoal.gui.window.limits import Direction

Fill = Callable[[QMenu], None]
"""Fills an empty menu just before it is shown."""
DIRECTIONS: tuple[tuple[Direction, Template], ...] = (
    (Direction.DOWN, phrase("Download")),
    (Direction.UP, phrase("Upload")),
)


@dataclass(frozen=True, slots=True)
class Fillers:
    """Menus whose entries change while the program runs."""

    columns: Fill
    labels: Fill
    groups: Fill
    languages: Fill
    limits: Callable[[QMenu, Direction], None]
    """Of the selected transfers."""
    session_limits: Callable[[QMenu, Direction], None]
    active_downloads: Fill
    profiles: Fill
    pauses: Fill
    endings: Fill


class Menus:
    """Only what works is in them: what belongs to a later version is absent, not gray."""

    def __init__(self, actions: Actions, fillers: Fillers) -> None:
        self._actions, self._fillers = actions, fillers

    def fill_bar(self, bar: QMenuBar) -> None:
        """File, Edit, Transfer, View, Tools, Help."""
        do, add = self._actions, self._add
        add(
            bar.addMenu(say("&File")),
            [do.add, do.add_address],
            [do.open_downloads],
            [do.close, do.quit],
        )
        add(bar.addMenu(say("&Edit")), [do.undo], [do.copy_magnet, do.paste, do.select_all, do.select_none], [do.find])
        transfer = bar.addMenu(say("&Transfer"))
        add(
            transfer,
            [do.start, do.stop, do.start_now, do.open, do.open_folder],
            [do.move_up, do.move_down, do.move_top, do.move_bottom],
            [],
        )
        self._label_menu(transfer)
        self._limits_menu(transfer, say("Limits"))
        add(
            transfer,
            [do.in_order, do.first_last_first],
            [do.explain, do.ask_trackers, do.recheck, do.move_files, do.rename, do.save_torrent],
            [do.remove],
        )
        self._fill_view(bar.addMenu(say("&View")))
        tools = self.tools = bar.addMenu(say("T&ools"))
        add(tools, [do.configuration, do.assistant], [])
        self._filled(tools, say("Profile"), self._fillers.profiles)
        limits = tools.addMenu(say("Limits"))
        for direction, name in DIRECTIONS:
            self._filled(limits, say_phrase(name), partial(_with, self._fillers.session_limits, direction))
        self._filled(limits, say("Downloads at the same time"), self._fillers.active_downloads)
        tools.addAction(do.schedule)
        self._filled(tools, say("Pause everything"), self._fillers.pauses)
        self._filled(tools, say("When all is done"), self._fillers.endings)
        add(tools, [], [do.ask_before_adding])
        add(bar.addMenu(say("&Help")), [do.messages, do.keyboard_map], [do.about])
        for action in bar.actions():
            _mark_all(action.menu())

    def context_menu(self, parent: QWidget) -> QMenu:
        """For the selected transfers."""
        do, add = self._actions, self._add
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        add(menu, [do.start, do.stop, do.start_now], [do.open, do.open_folder], [])
        priority = menu.addMenu(say("Priority"))
        add(priority, [do.move_top, do.move_up, do.move_down, do.move_bottom])
        self._for_selected(menu, priority)
        self._limits_menu(menu, say("Limits for this transfer"))
        self._label_menu(menu)
        add(
            menu,
            [do.in_order, do.first_last_first],
            [do.explain],
            [do.recheck, do.ask_trackers, do.move_files, do.rename],
        )
        menu.addSeparator()
        copying = menu.addMenu(say("Copy"))
        add(copying, [do.copy_name, do.copy_magnet, do.copy_hash])
        self._for_selected(menu, copying)
        add(menu, [do.save_torrent], [do.remove])
        _mark_all(menu)
        return menu

    # -- inside

    def _fill_view(self, view: QMenu) -> None:
        do, add = self._actions, self._add
        add(view, [do.sidebar, do.details, do.status_bar])
        view.addMenu(say("Toolbar")).addActions(do.toolbars.actions())
        self._filled(view, say("Columns"), self._fillers.columns)
        add(view, [do.compact_rows], [])
        view.addMenu(say("Theme")).addActions(do.themes.actions())
        self._filled(view, say("Language"), self._fillers.languages)
        add(view, [do.reduce_motion], [])
        self._filled(view, say("Show"), self._fillers.groups)
        add(view, [do.full_screen])

    def _label_menu(self, menu: QMenu) -> None:
        self._for_selected(menu, self._filled(menu, say("Label"), self._fillers.labels))

    def _limits_menu(self, menu: QMenu, name: str) -> None:
        limits = menu.addMenu(name)
        for direction, side in DIRECTIONS:
            self._filled(limits, say_phrase(side), partial(_with, self._fillers.limits, direction))
        self._for_selected(menu, limits)

    def _for_selected(self, menu: QMenu, part: QMenu) -> None:
        """Gray `part` while nothing is selected."""

        def allow() -> None:
            allowed = self._actions.remove.isEnabled()
            part.menuAction().setEnabled(allowed)
            part.menuAction().setToolTip("" if allowed else say("Select a transfer first"))

        menu.aboutToShow.connect(allow)

    def _filled(self, menu: QMenu, name: str, fill: Fill) -> QMenu:
        into = menu.addMenu(name)

        def refill() -> None:
            into.clear()
            fill(into)

        into.aboutToShow.connect(refill)
        return into

    def _add(self, menu: QMenu, *groups: Sequence[QAction]) -> None:
        """Add groups with a line before each but the first; an empty group is the line alone."""
        menu.setToolTipsVisible(True)
        for at, group in enumerate(groups):
            if at:
                menu.addSeparator()
            menu.addActions(list(group))


def _mark_all(menu: QObject | None) -> None:
    """Letters in `menu` and in the menus below it, once all that fills them is connected."""
    if isinstance(menu, QMenu):
        mark_while_open(menu)
        for action in menu.actions():
            _mark_all(action.menu())


def _with(fill: Callable[[QMenu, Direction], None], direction: Direction, menu: QMenu) -> None:
    fill(menu, direction)


def move_entries(source: QMenu, target: QMenu) -> None:
    """Put the entries of `source` into `target`, which owns them from now on."""
    for action in source.actions():
        action.setParent(target)
        target.addAction(action)
    source.deleteLater()
