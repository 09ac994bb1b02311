"""What the detail pane asks of each of its tabs."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtWidgets import QWidget

from shoal.api.commands import Detail
from shoal.api.details import TorrentDetails
from shoal.api.snapshots import TorrentRow


class DetailTab(Protocol):
    """One tab. The pane asks the engine for `parts` once a second while the tab is seen, and only then.

    `show_row` comes with every update of the transfer, `show_details` with every answer; both for the same transfer
    until `clear`. A tab keeps what the user set (sort, selection, scroll) while it shows the same transfer.
    """

    @property
    def widget(self) -> QWidget: ...

    @property
    def title(self) -> str: ...

    def parts(self) -> frozenset[Detail]:
        """What it needs now; may change from beat to beat."""
        ...

    def strips_of(self) -> tuple[int, ...]:
        """The files whose piece strips can be seen; empty for tabs without files."""
        ...

    def show_row(self, row: TorrentRow) -> None: ...

    def show_details(self, details: TorrentDetails) -> None: ...

    def clear(self) -> None:
        """No transfer, or another one next."""
        ...
