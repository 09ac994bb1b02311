"""Which rows a tree of files has: filtered, ordered, and made only for the folders that are open."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from shoal.gui.models.file_listing import SHOWN, FileListing, Folder, Node, natural_key

FIRST_CHILDREN = 500
"""A view asks about every listed child of an open folder, so a huge folder lists its children by and by."""


class FileOrder(Enum):
    """How the children of every folder are ordered; named as the columns are.

    What changes by itself, as DONE and PRIORITY do, orders as it was at first sight: no row runs from the pointer.
    """

    TORRENT = "torrent"
    NAME = "name"
    SIZE = "size"
    DONE = "done"
    PRIORITY = "priority"


class FileRows:
    """Children are slots of files, and `~number` of folders, as in the listing."""

    def __init__(self, listing: FileListing, weight: Callable[[Node, FileOrder], float]) -> None:
        """`weight` says how far up an order puts a node that the listing cannot order by itself."""
        self._listing = listing
        self._weight = weight
        self.order = FileOrder.TORRENT
        self.shown: bytes | None = None
        """The filter's mask; None shows all."""
        self._children: dict[int, list[int]] = {}
        self._row_of: dict[int, int] = {}
        self._listed: dict[int, int] = {}

    def forget(self) -> None:
        """The filter or the order has changed."""
        self._children.clear()
        self._row_of.clear()
        self._listed.clear()

    def children(self, folder: Folder) -> list[int]:
        """What is shown of a folder, in order."""
        known = self._children.get(folder.number)
        if known is None:
            known = self._ordered(self._shown_of(folder))
            self._children[folder.number] = known
            self._row_of.update((~child, row) for row, child in enumerate(known) if child < 0)
        return known

    def listed(self, folder: Folder) -> int:
        """How many of its children have been listed so far."""
        return min(self._listed.get(folder.number, FIRST_CHILDREN), len(self.children(folder)))

    def list_more(self, folder: Folder) -> None:
        self._listed[folder.number] = self.next_listed(folder)

    def next_listed(self, folder: Folder) -> int:
        """How many would be listed after `list_more`."""
        return min(self.listed(folder) + FIRST_CHILDREN, len(self.children(folder)))

    def row_of(self, folder: Folder) -> int | None:
        """Its row in its parent; None when it is not listed."""
        if folder.parent is None:
            return None
        limit = self.listed(folder.parent)
        row = self._row_of.get(folder.number)
        return row if row is not None and row < limit else None

    def _shown_of(self, folder: Folder) -> list[int]:
        shown, folders = self.shown, self._listing.folders
        if shown is None:
            return folder.children
        return [
            child
            for child in folder.children
            if (shown[child] if child >= 0 else shown.find(SHOWN, folders[~child].first, folders[~child].last) >= 0)
        ]

    def _ordered(self, children: list[int]) -> list[int]:
        node = self._listing.node
        match self.order:
            case FileOrder.NAME:
                folders = sorted(
                    (child for child in children if child < 0), key=lambda child: natural_key(node(child).name)
                )
                return folders + sorted((child for child in children if child >= 0), key=self._listing.natural)
            case FileOrder.SIZE:
                return sorted(children, key=lambda child: -node(child).size)
            case FileOrder.DONE | FileOrder.PRIORITY:
                return sorted(children, key=lambda child: -self._weight(node(child), self.order))
            case FileOrder.TORRENT:
                return children
