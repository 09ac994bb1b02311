"""Makes each tab of the detail pane when it is first seen; its modules are loaded then, and not at the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from shoal.api.commands import Command, Span
from shoal.gui.details.column_memory import ColumnMemory
from shoal.gui.details.opening import Opener
from shoal.gui.details.tab import DetailTab
from shoal.gui.style.motion import system_wants_stillness
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import Template, phrase
from shoal.settings.interface_settings import InterfaceSettings

if TYPE_CHECKING:
    from shoal.gui.models.torrent_files import ListedFiles
    from shoal.gui.widgets.shoal_view import ShoalView

TITLES: dict[str, Template] = {
    "overview": phrase("Overview"),
    "files": phrase("Files"),
    "peers": phrase("Peers"),
    "swarm": phrase("Swarm"),
    "pieces": phrase("Pieces"),
    "trackers": phrase("Trackers"),
    "speed": phrase("Speed"),
    "info": phrase("Info"),
}
NAMES = tuple(TITLES)


class Remembers(Protocol):
    """What is kept between starts: `settings` is in force, `remember` replaces values by name."""

    @property
    def settings(self) -> InterfaceSettings: ...

    def remember(self, **values: str | bool) -> None: ...


@runtime_checkable
class ChoosesPeers(Protocol):
    """The tab that can select a peer."""

    def select_peer(self, host: str, port: int) -> None: ...


@dataclass(frozen=True, slots=True)
class TabHooks:
    """What tabs ask of the pane."""

    send: Callable[[Command], None]
    opener: Opener
    told: Callable[[str, object], None]
    rename: Callable[[str], None]
    explain: Callable[[], None]
    show_peer: Callable[[str, int], None]
    show_bans: Callable[[], None]
    span_chosen: Callable[[Span], None]
    list_files: Callable[[Callable[[], ListedFiles], Callable[[ListedFiles], None]], None]


class TabMaker:
    """`make` each name once."""

    def __init__(self, theme: Theme, parent: QWidget, memory: Remembers, hooks: TabHooks) -> None:
        self._theme, self._parent, self._memory, self._hooks = theme, parent, memory, hooks
        self._columns = ColumnMemory(
            lambda: memory.settings.detail_columns, lambda text: memory.remember(detail_columns=text)
        )
        self._shoals: list[ShoalView] = []
        self._still = memory.settings.reduce_motion

    def set_still(self, still: bool) -> None:
        """Still pictures instead of moving ones, also where the system wants them."""
        self._still = still
        for shoal in self._shoals:
            shoal.set_still(still or system_wants_stillness())

    def make(self, name: str) -> DetailTab:
        """The tab called `name`; KeyError when there is none."""
        makers: dict[str, Callable[[], DetailTab]] = {
            "overview": self._overview,
            "files": self._files,
            "peers": self._peers,
            "swarm": self._swarm,
            "pieces": self._pieces,
            "trackers": self._trackers,
            "speed": self._speed,
            "info": self._info,
        }
        return makers[name]()

    def _overview(self) -> DetailTab:
        from shoal.gui.details.overview import OverviewTab  # noqa: PLC0415

        tab = OverviewTab(self._theme, self._parent)
        tab.explain_wanted.connect(self._hooks.explain)
        tab.peer_chosen.connect(self._hooks.show_peer)
        self._keep_still(tab.shoal.view)
        return tab

    def _files(self) -> DetailTab:
        from shoal.gui.details.files import FilesTab  # noqa: PLC0415

        hooks = self._hooks
        tab = FilesTab(
            self._theme,
            self._parent,
            hooks.send,
            columns=self._columns,
            opener=hooks.opener,
            in_worker=hooks.list_files,
        )
        tab.told.connect(hooks.told)
        tab.rename_wanted.connect(hooks.rename)
        return tab

    def _peers(self) -> DetailTab:
        from shoal.gui.details.peers import PeersTab  # noqa: PLC0415

        hooks = self._hooks
        return PeersTab(
            self._theme,
            self._parent,
            hooks.send,
            columns=self._columns,
            opener=hooks.opener,
            show_bans=hooks.show_bans,
        )

    def _swarm(self) -> DetailTab:
        from shoal.gui.details.swarm import SwarmTab  # noqa: PLC0415

        tab = SwarmTab(self._theme, self._parent)
        tab.peer_chosen.connect(self._hooks.show_peer)
        self._keep_still(tab.panel.view)
        return tab

    def _pieces(self) -> DetailTab:
        from shoal.gui.details.pieces import PiecesTab  # noqa: PLC0415

        return PiecesTab(self._theme, self._parent, self._hooks.send, columns=self._columns)

    def _trackers(self) -> DetailTab:
        from shoal.gui.details.trackers import TrackersTab  # noqa: PLC0415

        tab = TrackersTab(self._theme, self._parent, self._hooks.send, columns=self._columns, opener=self._hooks.opener)
        tab.told.connect(self._hooks.told)
        return tab

    def _speed(self) -> DetailTab:
        from shoal.gui.details.speed import SpeedTab  # noqa: PLC0415

        return SpeedTab(self._theme, self._parent, Span(self._memory.settings.speed_span), self._hooks.span_chosen)

    def _info(self) -> DetailTab:
        from shoal.gui.details.info import InfoTab  # noqa: PLC0415

        return InfoTab(self._theme, self._parent, self._hooks.send, columns=self._columns)

    def _keep_still(self, shoal: ShoalView) -> None:
        self._shoals.append(shoal)
        shoal.set_still(self._still or system_wants_stillness())
