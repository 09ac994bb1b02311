"""A link that was copied elsewhere is offered when the window is used next: quietly, and never the same one twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication

from shoal.gui.link.memory import Memory
from shoal.gui.style.wording import say
from shoal.gui.widgets.offer_bar import OfferBar
from shoal.gui.window.sources import LONGEST_SOURCE, Source, SourceKind, classify
from shoal.gui.window.web_source import host_of


class ClipboardOffer(QObject):
    """`add` takes the link as pasting does."""

    def __init__(
        self, app: QGuiApplication, bar: OfferBar, memory: Memory, add: Callable[[Sequence[str]], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bar, self._memory, self._add = bar, memory, add
        self._clipboard = app.clipboard()
        self._has_changed = True
        self._link = ""
        self._clipboard.dataChanged.connect(self._on_copied)
        app.applicationStateChanged.connect(self._on_state)
        bar.accepted.connect(self._accept)
        bar.stopped.connect(self._stop)

    def look(self) -> None:
        """Offer what is on the clipboard now, if it is a link that was not offered yet."""
        # Reading asks the program that owns the clipboard, and waits for it: once for each change.
        if not self._has_changed or not self._memory.settings.offer_clipboard:
            return
        self._has_changed = False
        if self._clipboard.ownsClipboard():
            return
        source = copied_link(self._clipboard.text())
        if source is None:
            self._bar.hide()
            return
        mark = hashlib.sha256(source.text.encode("utf-8", "surrogatepass")).hexdigest()
        if mark == self._memory.settings.last_offer:
            return
        self._memory.remember(last_offer=mark)
        self._link = source.text
        if source.kind is SourceKind.MAGNET:
            self._bar.offer(say("Add the magnet link you copied?"))
        else:
            self._bar.offer(say("Add the torrent from {host} whose address you copied?", host=host_of(source.text)))

    def _on_copied(self) -> None:
        self._has_changed = True

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:
            self.look()

    def _accept(self) -> None:
        self._add([self._link])

    def _stop(self) -> None:
        self._memory.remember(offer_clipboard=False)


def copied_link(text: str) -> Source | None:
    """The magnet link or the address of a torrent file that `text` is, and nothing else."""
    text = text.strip() if len(text) <= LONGEST_SOURCE else ""
    source = classify(text)
    if source is None or any(letter.isspace() for letter in text):
        return None
    if source.kind is SourceKind.MAGNET and "xt=urn:bt" in text:
        return source
    if source.kind is SourceKind.WEB:
        try:
            is_torrent = urlsplit(text).path.lower().endswith(".torrent")
        except ValueError:
            return None
        return source if is_torrent else None
    return None
