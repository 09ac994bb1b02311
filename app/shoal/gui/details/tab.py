"""What the detail pane asks of each of its tabs."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from shoal.api.commands import Detail, Span
from shoal.api.details import SpeedHistory, TorrentDetails
from shoal.api.snapshots import SessionTotals, TorrentRow


class DetailTab(Protocol):
    """One tab. The pane asks the engine for `parts` once a second while the tab is seen, and only then.

    `show_row` comes with every update of the transfer, `show_details` with every answer; both for the same transfer
    until `clear`. A tab keeps what the user set (sort, selection, scroll) while it shows the same transfer.
    FILES comes once per `TorrentRow.files_revision` and EVENTS once per `events_revision`, however often `parts` names
    them, and again after `clear`.
    """

    @property
    def widget(self) -> QWidget: ...

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


@runtime_checkable
class ShowsHistory(Protocol):
    """A tab that also needs rates over time; it is asked for `span` while the tab is seen."""

    def span(self) -> Span: ...

    def show_history(self, history: SpeedHistory) -> None: ...


@runtime_checkable
class ShowsTotals(Protocol):
    """A tab that also needs what the whole session does; told before `show_row`."""

    def show_totals(self, totals: SessionTotals) -> None: ...
