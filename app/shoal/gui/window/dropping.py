"""What is dragged over the window, told from its names alone, and what a drop of it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from PySide6.QtCore import QMimeData, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from shoal.gui.style.wording import isolated, say, say_count
from shoal.gui.widgets.drop_overlay import DropOverlay
from shoal.gui.window.row_drag import MIME_TYPE
from shoal.gui.window.sources import SourceKind, classify

MOST_NAMED = 10_000
"""More than that are not looked at: no hand drags them."""


@dataclass(frozen=True, slots=True)
class Dragged:
    """`sources` can be added, `others` are names of what cannot."""

    sources: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def words(self) -> str:
        """What a drop would do."""
        if self.sources and not self.others:
            return say_count(len(self.sources), "Drop to add {n} torrent", "Drop to add {n} torrents")
        if self.sources:
            added = say_count(len(self.sources), "Drop to add {n} torrent", "Drop to add {n} torrents")
            rest = say_count(len(self.others), "{n} other is left out", "{n} others are left out")
            return say("{added}; {rest}", added=added, rest=rest)
        return say_count(max(len(self.others), 1), "Not a torrent file", "None of these is a torrent file")

    @property
    def refusal(self) -> str:
        """The sentence on what is left out; "" when nothing is."""
        if not self.others:
            return ""
        if len(self.others) == 1:
            return say(
                "\u201c{name}\u201d is not a torrent file; it was not added.", name=isolated(self.others[0] or "?")
            )
        return say_count(
            len(self.others), "{n} item is no torrent file.", "{n} of these are not torrent files; they were not added."
        )


def sort_sources(texts: Sequence[str]) -> Dragged:
    """Tell torrents, links and addresses from the rest."""
    sources: list[str] = []
    others: list[str] = []
    for text in texts[:MOST_NAMED]:
        if not text.strip():
            continue
        source = classify(text)
        if source is not None and (source.kind is not SourceKind.FILE or source.text.lower().endswith(".torrent")):
            sources.append(source.text)
        else:
            others.append(PurePath(source.text if source is not None else text.strip()).name)
    return Dragged(tuple(dict.fromkeys(sources)), tuple(others))


def dragged(data: QMimeData) -> Dragged:
    """What `data` holds."""
    if data.hasUrls():
        urls = data.urls()[:MOST_NAMED]
        return sort_sources([url.toLocalFile() if url.isLocalFile() else url.toString() for url in urls])
    return sort_sources(data.text()[: 1 << 20].split("\n"))


class DropZone:
    """Called from the window's drag events. `add` takes sources, `tell` a sentence on what is left out."""

    def __init__(
        self,
        window: QWidget,
        overlay: DropOverlay,
        *,
        add: Callable[[Sequence[str]], None],
        tell: Callable[[str], None],
    ) -> None:
        self._window, self._overlay, self._add, self._tell = window, overlay, add, tell

    def enter(self, event: QDragEnterEvent) -> None:
        """Take whatever comes from outside, so that it can be said what it is."""
        data = event.mimeData()
        if data.hasFormat(MIME_TYPE) or not (data.hasUrls() or data.hasText()):
            event.ignore()
            return
        found = dragged(data)
        self._overlay.show_words(found.words, is_welcome=bool(found.sources))
        _take_a_copy(event)

    def leave(self, event: QDragLeaveEvent) -> None:
        self._overlay.hide()
        event.accept()

    def drop(self, event: QDropEvent) -> None:
        """Adds after the drop has ended: the other program waits for it."""
        self._overlay.hide()
        found = dragged(event.mimeData())
        _take_a_copy(event)
        if found.refusal:
            self._tell(found.refusal)
        if found.sources:
            QTimer.singleShot(0, self._window, lambda: self._add(found.sources))


def _take_a_copy(event: QDropEvent) -> None:
    """Never a move, whatever is proposed: a file manager would delete the dropped file after it."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
