"""Rate limits as menus: on the rates of the status bar for the whole session, in a row's menu for its transfers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from shoal.api.commands import ChangeSettings, SetLimits
from shoal.api.snapshots import SessionTotals, TorrentRow
from shoal.gui.dialogs.limit import LimitDialog
from shoal.gui.link.awaitable import Turns
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.numbers import whole
from shoal.gui.style.rates import limit_steps
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import Template, phrase, say, say_phrase


class Direction(Enum):
    DOWN = "down"
    UP = "up"


TITLES: dict[Direction, Template] = {Direction.DOWN: phrase("Download limit"), Direction.UP: phrase("Upload limit")}


ACTIVE_STEPS = (1, 2, 3, 5, 8, 12)


class Limits:
    """`totals` is what the session does now; `selected` answers the selected transfers."""

    def __init__(
        self, theme: Theme, parent: QWidget, link: ClientLink, turns: Turns, selected: Callable[[], list[TorrentRow]]
    ) -> None:
        self._theme = theme
        self._parent = parent
        self._link = link
        self._turns = turns
        self._selected = selected
        self.totals = SessionTotals()
        self.offer_profile: Callable[[QMenu], None] = lambda menu: None
        """Adds the way back to the speed profile to the menus of the whole session."""

    def open_for_session(self, direction: Direction, chip: QWidget) -> None:
        """The menu of one direction, standing on its rate in the status bar."""
        menu = QMenu(chip)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_for_session(menu, direction)
        menu.popup(chip.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def fill_for_session(self, menu: QMenu, direction: Direction) -> None:
        """The menu of one direction for everything."""
        totals, is_down = self.totals, direction is Direction.DOWN
        present, rate = (totals.down_limit, totals.down_rate) if is_down else (totals.up_limit, totals.up_rate)
        self._fill(menu, direction, (None,), present, rate)
        self.offer_profile(menu)

    def fill_active_downloads(self, menu: QMenu) -> None:
        """How many downloads may run at the same time."""
        present = self.totals.active_downloads
        group = QActionGroup(menu)
        for count in (0, *sorted({*ACTIVE_STEPS, present} - {0})):
            action = QAction(whole(count) if count else say("No limit"), group)
            action.setCheckable(True)
            action.setChecked(count == present)
            action.triggered.connect(partial(self._set_active, count))
            menu.addAction(action)
            if not count:
                menu.addSeparator()

    def fill_for_selected(self, menu: QMenu, direction: Direction) -> None:
        """The menu of one direction for the selected transfers; unlike limits tick nothing."""
        menu.clear()
        rows, is_down = self._selected(), direction is Direction.DOWN
        limits = {row.down_limit if is_down else row.up_limit for row in rows}
        rate = max((row.down_rate if is_down else row.up_rate for row in rows), default=0.0)
        present = limits.pop() if len(limits) == 1 else None
        self._fill(menu, direction, tuple(row.torrent_id for row in rows), present, rate)

    def _fill(
        self, menu: QMenu, direction: Direction, targets: Sequence[str | None], present: int | None, rate: float
    ) -> None:
        group = QActionGroup(menu)
        for limit in (0, *limit_steps(present or 0, rate)):
            action = QAction(rate_text(limit) if limit else say("No limit"), group)
            action.setCheckable(True)
            action.setChecked(limit == present)
            action.triggered.connect(partial(self._limit, direction, targets, limit))
            menu.addAction(action)
            if not limit:
                menu.addSeparator()
        menu.addSeparator()
        other = menu.addAction(say("Other\u2026"))
        other.triggered.connect(lambda: self._link.run(self._ask(direction, targets, present or 0), self._parent))

    def _set_active(self, count: int, _checked: bool = False) -> None:
        self._link.send(ChangeSettings((("active_downloads", count),)))

    def _limit(self, direction: Direction, targets: Sequence[str | None], limit: int, _checked: bool = False) -> None:
        for target in targets:
            is_down = direction is Direction.DOWN
            self._link.send(SetLimits(target, down=limit) if is_down else SetLimits(target, up=limit))

    async def _ask(self, direction: Direction, targets: Sequence[str | None], present: int) -> None:
        dialog = LimitDialog(self._theme, self._parent, say_phrase(TITLES[direction]), present)
        limit = await self._turns.ask(dialog, dialog.limit)
        if limit is not None:
            self._limit(direction, targets, limit)
