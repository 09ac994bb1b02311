"""What happened to a transfer, newest first, a sentence each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject

from shoal.api.details import TorrentEvent
from shoal.gui.models.keyed_table import KeyedTable, TableColumn
from shoal.gui.style.event_sentences import event_sentence
from shoal.gui.style.moments import moment_text
from shoal.gui.style.wording import phrase, say


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """`number` tells apart what happened at the same moment."""

    at: float
    code: str
    number: int
    sentence: str


class HistoryTable(KeyedTable[HistoryLine]):
    """`clock` gives wall-clock seconds."""

    def __init__(self, clock: Callable[[], float], parent: QObject | None = None) -> None:
        self._clock = clock
        columns: tuple[TableColumn[HistoryLine], ...] = (
            TableColumn("when", phrase("When"), self._when, lambda line: -line.at),
            TableColumn(
                "what",
                phrase("What happened"),
                lambda line: line.sentence,
                lambda line: line.sentence,
                token=lambda line: "ink",
            ),
        )
        super().__init__(columns, lambda line: (line.at, line.code, line.number), self._spoken_line, parent)
        self.set_sort("when")

    def show_events(self, events: Sequence[TorrentEvent]) -> None:
        """The engine's events, oldest first."""
        seen: Counter[tuple[float, str]] = Counter()
        lines: list[HistoryLine] = []
        for event in events:
            moment = (event.at, event.code)
            lines.append(HistoryLine(event.at, event.code, seen[moment], event_sentence(event)))
            seen[moment] += 1
        # Of what happened at the same moment the later comes first, too.
        self.show_rows(lines[::-1])

    def _when(self, line: HistoryLine) -> str:
        return moment_text(line.at, self._clock())

    def _spoken_line(self, line: HistoryLine) -> str:
        return say("{time}: {sentence}", time=self._when(line), sentence=line.sentence)
