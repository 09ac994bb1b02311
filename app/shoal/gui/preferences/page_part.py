"""What a page of the Configuration shows beside its rows: made by other parts of the window, found by the search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from shoal.gui.preferences.changes import Changes
from shoal.gui.style.theme import Theme
from shoal.settings.schema import Page


@dataclass(frozen=True, slots=True)
class PagePart:
    """`make` is called for each opening of the window; a change by way of its `Changes` can be taken back there."""

    page: Page
    make: Callable[[Theme, Changes], QWidget]
    is_above: bool = False
    """Above the rows instead of below them."""


class SearchedPart(QWidget):
    """A part that the Configuration's search looks through; any other widget is left as it is."""

    def mark_hits(self, words: str) -> frozenset[str]:
        """Show what has all of `words` in it; "" shows everything. The keys that were found."""
        raise NotImplementedError

    def first_hit(self) -> QWidget | None:
        """What Return in the search goes to, after `mark_hits`."""
        raise NotImplementedError

    def open_key(self, key: str) -> bool:
        """Go to the setting `key`; False when it is not here."""
        raise NotImplementedError
