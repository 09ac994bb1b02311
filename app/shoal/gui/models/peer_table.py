"""The connected peers of one transfer, told apart by address."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QObject

from shoal.api.details import PeerRow
from shoal.gui.models.keyed_table import KeyedTable, TableColumn
from shoal.gui.style.diagnosis import FLOWING_RATE
from shoal.gui.style.peer_sentences import (
    activity,
    address,
    client_name,
    connection,
    fairness,
    fairness_rank,
    has_text,
    spoken_peer,
)
from shoal.gui.style.units import DASH, rate_text, size_text
from shoal.gui.style.wording import phrase

_ACTIVITY_ORDER = ("down", "up", "warn", "ink2", "ink3")


class PeerTable(KeyedTable[PeerRow]):
    """`we_are_complete` decides whether somebody can owe us anything."""

    def __init__(self, parent: QObject | None = None) -> None:
        self.we_are_complete = False
        super().__init__(self._make_columns(), _key, self._spoken_row, parent)
        self.set_sort("down")

    def position_at(self, host: str, port: int) -> int | None:
        return self.position_of((host, port))

    def _spoken_row(self, peer: PeerRow) -> str:
        return spoken_peer(peer, we_are_complete=self.we_are_complete)

    def _make_columns(self) -> tuple[TableColumn[PeerRow], ...]:
        def fair(peer: PeerRow) -> str:
            return fairness(peer, we_are_complete=self.we_are_complete).text

        return (
            TableColumn(
                "address",
                phrase("Address"),
                lambda peer: address(peer.host, peer.port),
                lambda peer: _address_order(peer.host),
                token=lambda peer: "ink",
                tooltip=lambda peer: connection(peer).why,
            ),
            TableColumn("client", phrase("Client"), client_name, lambda peer: peer.client.casefold() or None),
            TableColumn("has", phrase("Has"), has_text, lambda peer: -peer.has, share=lambda peer: peer.has),
            TableColumn(
                "down",
                phrase("Down"),
                lambda peer: _rate(peer.down_rate),
                lambda peer: -peer.down_rate,
                right=True,
                token=lambda peer: "down" if peer.down_rate >= FLOWING_RATE else "ink3",
                strong=lambda peer: peer.down_rate >= FLOWING_RATE,
            ),
            TableColumn(
                "up",
                phrase("Up"),
                lambda peer: _rate(peer.up_rate),
                lambda peer: -peer.up_rate,
                right=True,
                token=lambda peer: "up" if peer.up_rate >= FLOWING_RATE else "ink3",
                strong=lambda peer: peer.up_rate >= FLOWING_RATE,
            ),
            TableColumn(
                "downloaded",
                phrase("Downloaded"),
                lambda peer: _size(peer.downloaded),
                lambda peer: -peer.downloaded,
                right=True,
            ),
            TableColumn(
                "uploaded",
                phrase("Uploaded"),
                lambda peer: _size(peer.uploaded),
                lambda peer: -peer.uploaded,
                right=True,
            ),
            TableColumn(
                "fairness",
                phrase("Fairness"),
                fair,
                lambda peer: -fairness_rank(peer),
                token=lambda peer: fairness(peer, we_are_complete=self.we_are_complete).token,
                icon=lambda peer: fairness(peer, we_are_complete=self.we_are_complete).icon,
                tooltip=lambda peer: fairness(peer, we_are_complete=self.we_are_complete).why,
            ),
            TableColumn(
                "connection",
                phrase("Connection"),
                lambda peer: connection(peer).text,
                lambda peer: connection(peer).text,
                tooltip=lambda peer: connection(peer).why,
            ),
            TableColumn(
                "activity",
                phrase("What is happening"),
                lambda peer: activity(peer).text,
                lambda peer: float(_ACTIVITY_ORDER.index(activity(peer).token)),
                token=lambda peer: activity(peer).token,
                icon=lambda peer: activity(peer).icon,
                tooltip=lambda peer: activity(peer).why,
            ),
        )


def _key(peer: PeerRow) -> Hashable:
    return peer.host, peer.port


def _address_order(host: str) -> str:
    """IPv4 by number, before IPv6."""
    parts = host.split(".")
    return ".".join(part.rjust(3, "0") for part in parts) if len(parts) == 4 else f"~{host}"


def _rate(rate: float) -> str:
    return rate_text(rate) if rate >= FLOWING_RATE else DASH


def _size(count: int) -> str:
    return size_text(count) if count else DASH
