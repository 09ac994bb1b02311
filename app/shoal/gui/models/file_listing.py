"""The files of a torrent in the order of their tree, each folder a range of them: totals without a walk.

A torrent may have 100,000 files, so files are numbers (slots) here and only folders are objects. Made in a worker.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from typing import NamedTuple

from shoal.gui.style.kinds import kind_of
from shoal.metainfo.file_layout import FileLayout

SHOWN, HIDDEN = 0xFF, 0x00
_AS_MASK = bytes((SHOWN if value else HIDDEN) for value in range(256))
_WILDCARDS = re.compile(r"[*?]+")
_DIGITS = re.compile(r"[0-9]+")
_LONGEST_NUMBER = 20


class ListedFile(NamedTuple):
    """One file as the metainfo lists it; `number` counts padding files too."""

    number: int
    path: tuple[str, ...]
    size: int


class Folder:
    """Its files, at whatever depth, are the slots `first` to `last` (excluded)."""

    __slots__ = ("children", "first", "last", "name", "number", "parent")

    def __init__(self, name: str, parent: Folder | None, number: int) -> None:
        self.name = name
        self.parent = parent
        self.number = number
        """Where it is in `FileListing.folders`."""
        self.first = self.last = 0
        self.children: list[int] = []
        """Slots of files, and `~number` of folders, in the order of the torrent."""


class Node(NamedTuple):
    """A file or a folder, as a row shows it."""

    name: str
    number: int
    """Of the file in the metainfo, -1 for a folder."""
    size: int
    """Bytes; of a folder those of all its files."""
    first: int
    last: int
    """Its files are the slots from `first` to `last`, excluded."""
    folder: Folder | None = None

    @property
    def is_folder(self) -> bool:
        return self.folder is not None

    @property
    def file_count(self) -> int:
        return self.last - self.first


@dataclass(slots=True)
class FileListing:
    """Files by slot, and the folders over them; folder 0 is the root, which is never shown."""

    folders: list[Folder]
    names: list[str]
    numbers: list[int]
    """Index in the metainfo by slot."""
    parents: list[int]
    """Number of the folder that holds it, by slot."""
    totals: list[int]
    """Bytes of all slots before this one; one entry more than slots."""
    originals: dict[int, str] = field(default_factory=dict)
    """What the metainfo calls a file whose name had to be cleaned, by index."""
    layout: FileLayout | None = None
    """Where files meet in pieces, where that is known."""
    _lowered: list[str] = field(default_factory=list)
    _folder_names: list[str] = field(default_factory=list)
    _natural: list[str] = field(default_factory=list)
    _kinds: dict[frozenset[str], bytes] = field(default_factory=dict)
    _slots: dict[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.names)

    @property
    def size(self) -> int:
        return self.totals[-1]

    def node(self, child: int) -> Node:
        """The node of an entry of `Folder.children`."""
        if child >= 0:
            size = self.totals[child + 1] - self.totals[child]
            return Node(self.names[child], self.numbers[child], size, child, child + 1)
        return self.folder_node(self.folders[~child])

    def folder_node(self, folder: Folder) -> Node:
        size = self.totals[folder.last] - self.totals[folder.first]
        return Node(folder.name, -1, size, folder.first, folder.last, folder)

    def slot_of(self, index: int) -> int:
        """The slot of a file by its index in the metainfo; KeyError for padding."""
        if not self._slots:
            self._slots = {number: slot for slot, number in enumerate(self.numbers)}
        return self._slots[index]

    def path(self, node: Node) -> str:
        """Below the torrent's own folder, with `/`; empty for that folder itself."""
        parts: list[str] = []
        if node.folder is None:
            parts.append(node.name)
            folder: Folder | None = self.folders[self.parents[node.first]]
        else:
            folder = node.folder
        while folder is not None and folder.parent is not None and folder.parent.parent is not None:
            parts.append(folder.name)
            folder = folder.parent
        return "/".join(reversed(parts))

    def of_kinds(self, kinds: frozenset[str]) -> bytes:
        """A mask of the files of these kinds: one byte per slot, SHOWN or HIDDEN."""
        known = self._kinds.get(kinds) if kinds else bytes(self.count)
        if known is None:
            known = bytes(SHOWN if kind_of(name) in kinds else HIDDEN for name in self.names)
            self._kinds[kinds] = known
        return known

    def matching(self, needle: str) -> bytes | None:
        """A mask of the files whose name, or whose folder's name, matches `needle`; None when it asks for nothing.

        Without `*` and `?` it may stand anywhere in the name; with them it must fit the whole name. Case is ignored.
        """
        needle = needle.strip().lower()
        if not needle:
            return None
        mask = bytearray(_which(needle, self.lowered()))
        # The root and the torrent's own folder hold everything, whatever they are called.
        for at, fits in enumerate(_which(needle, self._folder_names)):
            if fits and at > 1:
                folder = self.folders[at]
                mask[folder.first : folder.last] = bytes((SHOWN,)) * (folder.last - folder.first)
        return bytes(mask)

    def lowered(self) -> list[str]:
        """Names for comparing, made once."""
        if not self._lowered:
            self._lowered = [name.lower() for name in self.names]
            self._folder_names = [folder.name.lower() for folder in self.folders]
        return self._lowered

    def natural(self, slot: int) -> str:
        """The key that orders a file by its name; all are made at once."""
        if not self._natural:
            self._natural = [natural_key(name) for name in self.names]
        return self._natural[slot]

    def prepare(self, *kinds: frozenset[str]) -> None:
        """In the worker, make all that would otherwise be made at the first key or click."""
        self.lowered()
        self.natural(0)
        for group in kinds:
            self.of_kinds(group)
        self.slot_of(self.numbers[0])


def build_tree(
    name: str,
    files: Sequence[ListedFile],
    *,
    originals: dict[int, str] | None = None,
    layout: FileLayout | None = None,
) -> FileListing:
    """One folder `name` over the files, or the file itself when there is only one and it has a bare path."""
    root = Folder("", None, 0)
    folders = [root]
    top = root
    if len(files) != 1 or len(files[0].path) != 1:
        top = _below(root, name, folders)
    by_path: dict[tuple[str, ...], Folder] = {(): top}
    for at, entry in enumerate(files):
        above = entry.path[:-1]
        folder = by_path.get(above)
        if folder is None:
            folder = _folder(by_path, above, folders)
        folder.children.append(at)
    order: list[int] = []
    parents: list[int] = []
    _number(root, folders, order, parents)
    totals = [0]
    total = 0
    for at in order:
        total += files[at].size
        totals.append(total)
    names, numbers = [files[at].path[-1] for at in order], [files[at].number for at in order]
    return FileListing(folders, names, numbers, parents, totals, originals or {}, layout)


def _below(parent: Folder, name: str, folders: list[Folder]) -> Folder:
    folder = Folder(name, parent, len(folders))
    folders.append(folder)
    parent.children.append(~folder.number)
    return folder


def _folder(by_path: dict[tuple[str, ...], Folder], path: tuple[str, ...], folders: list[Folder]) -> Folder:
    depth = len(path)
    while path[:depth] not in by_path:
        depth -= 1
    folder = by_path[path[:depth]]
    for at in range(depth, len(path)):
        by_path[path[: at + 1]] = folder = _below(folder, path[at], folders)
    return folder


def _number(folder: Folder, folders: list[Folder], order: list[int], parents: list[int]) -> None:
    """Give every file its slot; paths have a bounded depth, and so has this."""
    folder.first = len(order)
    for position, child in enumerate(folder.children):
        if child < 0:
            _number(folders[~child], folders, order, parents)
        else:
            folder.children[position] = len(order)
            order.append(child)
            parents.append(folder.number)
    folder.last = len(order)


def _which(needle: str, names: Sequence[str]) -> bytes:
    """A mask of the lower-case names that the lower-case `needle` matches."""
    if "*" not in needle and "?" not in needle:
        return bytes([needle in name for name in names]).translate(_AS_MASK)
    # What has all of its words in it is soon found; only that is worth a closer look.
    left: Sequence[int] = range(len(names))
    for word in _WILDCARDS.split(needle):
        if word:
            left = [at for at in left if word in names[at]]
    # Brackets are no wildcards here: names are full of them.
    fits = re.compile(translate(needle.replace("[", "[[]"))).match
    mask = bytearray(len(names))
    for at in left:
        if fits(names[at]):
            mask[at] = SHOWN
    return bytes(mask)


def natural_key(name: str) -> str:
    """Numbers in a name compare as numbers: `Part 2` comes before `Part 10`."""
    return _DIGITS.sub(_padded, name.casefold())


def _padded(digits: re.Match[str]) -> str:
    return digits[0].zfill(_LONGEST_NUMBER)
