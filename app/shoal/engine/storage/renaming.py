"""Giving files and folders of a torrent other names on the disk."""

from __future__ import annotations

import os

from shoal.api.errors import UserError
from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.positioned_io import disk_errors
from shoal.engine.storage.torrent_paths import TorrentPaths
from shoal.metainfo.safe_paths import same_name_key
from shoal.runtime.world import Files


class Renaming:
    """From the names of `old` to those of `new`, which differ in the one element that ends `path`.

    A folder is renamed as it is, with whatever else lies in it. `is_repeated`: an earlier try may have been cut short,
    and what has its new name already is taken for done. For whoever holds the torrent's lock alone.
    """

    def __init__(
        self, files: Files, old: TorrentPaths, new: TorrentPaths, path: tuple[str, ...], *, is_repeated: bool = False
    ) -> None:
        self._files = files
        self._old = old
        self._new = new
        self._is_repeated = is_repeated
        self._affected = old.names.below(path)
        self._depth = len(old.names.top) + len(path)

    def check(self) -> list[tuple[str, str]]:
        """What is to be renamed on the disk: (old path, new path). Raises UserError `name-taken`, StorageError."""
        moves = self._folder() or self._single_files()
        for source, target in moves:
            if not self._is_free(source, target):
                raise UserError("name-taken", name=os.path.basename(target))
        return [(source, target) for source, target in moves if self._is_there(source)]

    def run(self) -> None:
        """Rename, or leave all as it was. Raises as `check`."""
        moves = self.check()
        done: list[tuple[str, str]] = []
        try:
            for source, target in moves:
                with disk_errors(source):
                    self._old.prove(os.path.dirname(source))
                    self._files.make_folders(os.path.dirname(target))
                    self._new.prove(os.path.dirname(target))
                    try:
                        self._files.rename(source, target)
                    except FileExistsError as error:
                        raise UserError("name-taken", name=os.path.basename(target)) from error
                done.append((source, target))
            for folder in {os.path.dirname(target) for _, target in done}:
                with disk_errors(folder):
                    self._files.sync_folder(folder)
        except (StorageError, UserError):
            for source, target in reversed(done):
                with disk_errors(target):
                    self._files.rename(target, source)
            raise
        if len(done) > 1:
            kept = set(self._new.folders())
            for folder in self._old.folders():
                if folder not in kept:
                    with disk_errors(folder):
                        self._files.remove_empty_folder(folder)

    def _folder(self) -> list[tuple[str, str]]:
        """The folder as a whole, when it is one and all files that are there lie in it."""
        old, new = self._old, self._new
        first = old.names.elements(self._affected[0])
        if len(first) <= self._depth:
            return []
        source = os.path.join(old.root, *first[: self._depth])
        target = os.path.join(new.root, *new.names.elements(self._affected[0])[: self._depth])
        if not all(old.path(index).startswith(source + os.sep) for index in self._affected):
            return []
        with disk_errors(source):
            found = self._files.stat(source)
        if found is not None and found.is_regular:
            raise StorageError("not-a-file", source)
        return [(source, target)]

    def _single_files(self) -> list[tuple[str, str]]:
        return [(self._old.path(index), self._new.cleaned(index)) for index in self._affected]

    def _is_there(self, path: str) -> bool:
        with disk_errors(path):
            return self._files.stat(path) is not None

    def _is_free(self, source: str, target: str) -> bool:
        with disk_errors(target):
            if self._files.stat(target) is None:
                return True
            if self._is_repeated and not self._is_there(source):
                return True
            folder, name = os.path.split(target)
            if os.path.dirname(source) != folder or same_name_key(os.path.basename(source)) != same_name_key(name):
                return False
            # On a disk that ignores case the old name answers to the new one, too.
            return name not in {entry.name for entry in self._files.list_folder(folder)}
