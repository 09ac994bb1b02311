"""The pieces that are being fetched, as a table: the piece map for those who do not see or point."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from shoal.gui.models.keyed_table import KeyedTable, TableColumn
from shoal.gui.style.numbers import whole
from shoal.gui.style.units import percent_text, size_text
from shoal.gui.style.wording import phrase, say, say_count


@dataclass(frozen=True, slots=True)
class PieceInFlight:
    """A piece that is being fetched: bytes here, its size in bytes, and from whom (`host:port`)."""

    index: int
    done: int
    size: int
    peers: tuple[str, ...]


class OpenPieceTable(KeyedTable[PieceInFlight]):
    def __init__(self, parent: QObject | None = None) -> None:
        columns: tuple[TableColumn[PieceInFlight], ...] = (
            TableColumn(
                "piece",
                phrase("Piece"),
                lambda piece: whole(piece.index),
                lambda piece: float(piece.index),
                right=True,
                token=lambda piece: "ink",
            ),
            TableColumn(
                "done",
                phrase("Done"),
                lambda piece: percent_text(piece.done, piece.size),
                lambda piece: -piece.done / max(1, piece.size),
                share=lambda piece: piece.done / max(1, piece.size),
            ),
            TableColumn(
                "size",
                phrase("Size"),
                lambda piece: size_text(piece.size),
                lambda piece: -float(piece.size),
                right=True,
            ),
            TableColumn(
                "peers",
                phrase("From whom"),
                lambda piece: from_whom(piece.peers),
                lambda piece: -float(len(piece.peers)),
            ),
        )
        super().__init__(columns, lambda piece: piece.index, _spoken, parent)
        self.set_sort("piece")


def from_whom(peers: tuple[str, ...]) -> str:
    """Their addresses in one line."""
    return ", ".join(peers) if peers else say("nobody has been asked yet")


def _spoken(piece: PieceInFlight) -> str:
    return say_count(
        len(piece.peers),
        "Piece {index}, {percent} of {size}, from {n} peer: {peers}",
        "Piece {index}, {percent} of {size}, from {n} peers: {peers}",
        index=whole(piece.index),
        percent=percent_text(piece.done, piece.size),
        size=size_text(piece.size),
        peers=from_whom(piece.peers),
    )
