"""Where the files of one torrent lie on the disk, with the proof that they lie inside its folder."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Sequence

from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.positioned_io import disk_errors
from shoal.engine.storage.torrent_names import TorrentNames
from shoal.runtime.world import Files

_FORBIDDEN_ELEMENTS = ("", ".", "..")


def _key(elements: Sequence[str]) -> str:
    return unicodedata.normalize("NFC", "/".join(elements)).casefold()


class TorrentPaths:
    """Absolute paths of a torrent's files: real path of `root`, then what `names` says.

    `root` itself may be a symlink (the person chose it); nothing below it may be one. Where a file is not there under
    its cleaned name, but under the very name that the metainfo gives, that one is used: a person shares files as they
    are called. New files always get cleaned names.
    """

    def __init__(self, files: Files, names: TorrentNames, root: str) -> None:
        self._files = files
        self._names = names
        self._layout = names.layout
        self._root = root
        self._cleaned_keys: Counter[str] = Counter()
        self._real_root: str | None = None
        self._paths: dict[int, str] = {}
        self._seen: dict[int, str] = {}

    @property
    def names(self) -> TorrentNames:
        return self._names

    def elsewhere(self, root: str) -> TorrentPaths:
        """The same files below another root."""
        return TorrentPaths(self._files, self._names, root)

    def renamed(self, names: TorrentNames) -> TorrentPaths:
        """The same root with other names."""
        return TorrentPaths(self._files, names, self._root)

    def at_same_name(self, path: str, root: str) -> str:
        """Where the file `path` below the other `root` would lie below this one."""
        return os.path.join(self.root, os.path.relpath(path, root))

    def take(self, other: TorrentPaths) -> None:
        """Be what `other` is from now on."""
        self._names, self._root = other._names, other._root
        self._cleaned_keys.clear()
        self.forget()

    @property
    def root(self) -> str:
        """The real path of the folder. Raises StorageError when it cannot be resolved."""
        if self._real_root is None:
            with disk_errors(self._root):
                self._real_root = self._files.resolve(self._root)
        return self._real_root

    def forget(self) -> None:
        """Resolve the root again at the next use: a volume may have come or gone."""
        self._real_root = None
        self._paths.clear()
        self._seen.clear()

    def path(self, index: int) -> str:
        """The path of file `index`. Raises StorageError `outside-folder` for elements that could lead out."""
        known = self._paths.get(index)
        if known is not None:
            return known
        elements = self._names.elements(index)
        joined = self.cleaned(index)
        for element in elements:
            if element in _FORBIDDEN_ELEMENTS or "\0" in element or os.sep in element or "/" in element:
                raise StorageError("outside-folder", joined, detail=f"a path element is {element!r}")
        if os.path.splitdrive(os.path.join(*elements))[0]:
            raise StorageError("outside-folder", joined, detail="a path element names a drive")
        chosen = self._as_named(index, elements, joined) or joined
        self._paths[index] = chosen
        return chosen

    def seen(self, index: int) -> str | None:
        """The path below the root that `path` found last; None when nobody asked. Looks at no disk."""
        # Kept: each row of the list asks for that of the first file.
        found = self._seen.get(index)
        path, root = self._paths.get(index), self._real_root
        if found is None and path is not None and root is not None:
            found = self._seen[index] = os.path.relpath(path, root)
        return found

    def cleaned(self, index: int) -> str:
        """Where file `index` would be made, whatever is there."""
        return os.path.join(self.root, *self._names.elements(index))

    def _as_named(self, index: int, elements: tuple[str, ...], cleaned: str) -> str | None:
        """The path under the metainfo's own names when only that one is there; None for the cleaned path."""
        original = self._names.original(index)
        if os.name == "nt" or original == tuple(element.encode("utf-8", "surrogateescape") for element in elements):
            return None
        names = [element.decode("utf-8", "surrogateescape") for element in original]
        if not names or any(name in _FORBIDDEN_ELEMENTS or "\0" in name or "/" in name for name in names):
            return None
        path = os.path.join(self.root, *names)
        # Where the disk does not tell case or composition apart it could be another file of this torrent.
        if self._is_anothers(names, elements):
            return None
        with disk_errors(path):
            if self._files.stat(cleaned) is not None:
                return None
            found = self._files.stat(path)
        return path if found is not None and found.is_regular else None

    def _is_anothers(self, names: Sequence[str], elements: Sequence[str]) -> bool:
        if not self._cleaned_keys:
            self._cleaned_keys.update(_key(self._names.elements(index)) for index in range(len(self._layout.files)))
        wanted = _key(names)
        return self._cleaned_keys[wanted] > (1 if wanted == _key(elements) else 0)

    def folder(self, index: int) -> str:
        """The folder that file `index` lies in."""
        return os.path.dirname(self.path(index))

    def prove(self, path: str) -> None:
        """Raise StorageError unless the real path of `path` (a file's or a folder's of ours) is that very path.

        `outside-folder` when a symlink leads out of the root, `is-symlink` when it stays inside.
        """
        with disk_errors(path):
            real = self._files.resolve(path)
        if os.path.normcase(real) == os.path.normcase(path):
            return
        root = os.path.normcase(self.root)
        inside = os.path.normcase(real).startswith(root.rstrip(os.sep) + os.sep)
        raise StorageError("is-symlink" if inside else "outside-folder", path, detail="a symlink is in the way")

    def folders(self) -> list[str]:
        """Every folder below the root that the torrent's files need, the deepest first."""
        found: set[str] = set()
        for index, entry in enumerate(self._layout.files):
            if entry.is_pad:
                continue
            folder = self.folder(index)
            while folder not in found and folder != self.root:
                found.add(folder)
                folder = os.path.dirname(folder)
        return sorted(found, key=lambda folder: (-folder.count(os.sep), folder))
