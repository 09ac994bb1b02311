"""Moving all files of a torrent to another folder, step by step, so that it can be cancelled and told of.

On one volume files are renamed, as one folder where everything in it is ours. To another volume they are copied under
temporary names, synced and compared in size; only when the last byte is there do they get their names, and only when
the new folder is remembered do the old ones go (`remove_sources`). `undo` brings back what was at any time before.
What a killed process left half done is tidied by storage/move_recovery.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shoal.api.errors import UserError
from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.file_copy import FileCopy
from shoal.engine.storage.own_files import PART_FILE, OwnFile, holds_only
from shoal.engine.storage.positioned_io import disk_errors
from shoal.engine.storage.preparation import check_room
from shoal.engine.storage.torrent_paths import TorrentPaths
from shoal.runtime.world import Files, FileStat

STEP_BYTES = 16 << 20
"""Copied between two looks at whether the move was cancelled."""
STEP_FILES = 500
"""Renamed or made between two looks."""
TEMPORARY_SUFFIX = ".shoal-moving"


class Moved(NamedTuple):
    """One file on its way."""

    own: OwnFile
    target: str
    is_executable: bool


def temporary_prefix(identity: str) -> str:
    """How the names of a torrent's temporary files begin."""
    return f".{identity}."


class Relocation:
    """One move. Called from workers, never twice at a time; everything raises StorageError.

    `step` until it answers True, then `remove_sources`; or `undo`.
    """

    def __init__(
        self, files: Files, old: TorrentPaths, new: TorrentPaths, moved: Sequence[Moved], *, identity: str
    ) -> None:
        self._files = files
        self._old = old
        self._new = new
        self._moved = list(moved)
        self._old_folders = old.folders()
        self._identity = identity
        self._is_copying = False
        self._is_ready = False
        self._next = 0
        self._copy: FileCopy | None = None
        self._temporaries: list[str] = []
        self._made_folders: list[str] = []
        self._renamed: list[tuple[str, str]] = []
        """What has another name now: (then, now)."""
        self._named: list[str] = []
        """Finished copies that have their real names."""
        self.arrived: dict[int, FileStat] = {}
        """What copied files look like at the new place, by index."""
        self.found = {entry.own.number: (entry.own.found.size, entry.own.found.mtime_ns) for entry in moved}
        """(bytes, mtime in ns) of the files when the move was planned, by index."""
        self.total_bytes = sum(entry.own.found.size for entry in moved)
        self.done_bytes = 0

    def check(self) -> None:
        """Refuse what cannot be: UserError `same-folder`, `name-taken` (params: path, name); StorageError."""
        old, new = self._old.root, self._new.root
        if os.path.normcase(old) == os.path.normcase(new):
            raise UserError("same-folder", path=new)
        self._check_names()
        with disk_errors(new):
            self._is_copying = self._files.disk_room(old).device != self._files.disk_room(new).device
        self._check_room()

    def step(self) -> bool:
        """Do the next part; True when everything lies at the new place. Also raises UserError `name-taken`."""
        if not self._is_ready:
            self._make_folder(self._new.root)
            self._is_ready = True
        if not self._is_copying:
            try:
                return self._rename_some()
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
            # One device, and yet two mounts: what was renamed so far goes back, and all is copied.
            self._put_names_back()
            self._next, self.done_bytes = 0, 0
            self._is_copying = True
            self._check_room()
        return self._copy_some()

    def undo(self) -> None:
        """Bring back what was. Goes on after an error and raises the first at the end."""
        errors: list[StorageError] = []
        if self._copy is not None:
            self._copy.close()
            self._copy = None
        with _kept(errors):
            self._put_names_back()
        for path in (*self._named, *self._temporaries):
            with _kept(errors), disk_errors(path):
                if self._files.stat(path) is not None:
                    self._files.remove(path)
        for folder in reversed(self._made_folders):
            with _kept(errors), disk_errors(folder):
                self._files.remove_empty_folder(folder)
        if errors:
            raise errors[0]

    def remove_sources(self) -> None:
        """Delete what was copied and is as it was then, and old folders that are empty. As `undo` on errors."""
        errors: list[StorageError] = []
        if self._is_copying:
            for entry in self._moved:
                path = entry.own.path
                with _kept(errors), disk_errors(path):
                    self._old.prove(os.path.dirname(path))
                    found = self._files.stat(path)
                    if found is not None and _is_same(found, entry.own.found):
                        self._files.remove(path)
        for folder in self._old_folders:
            with _kept(errors), disk_errors(folder):
                self._files.remove_empty_folder(folder)
        if errors:
            raise errors[0]

    # Inside

    def _check_names(self) -> None:
        # Also where files will be made that are not there yet: a stranger's would be taken for ours.
        absent: dict[str, bool] = {}
        for path in (
            *(entry.target for entry in self._moved),
            *(self._new.cleaned(index) for index, entry in enumerate(self._new.names.layout.files) if not entry.is_pad),
        ):
            if not self._is_absent(os.path.dirname(path), absent):
                with disk_errors(path):
                    if self._files.stat(path) is not None:
                        raise _name_taken(path)

    def _is_absent(self, folder: str, known: dict[str, bool]) -> bool:
        """Whether there is no such folder; `known` spares looks."""
        if folder not in known:
            parent = os.path.dirname(folder)
            is_gone = len(folder) > len(self._new.root) and self._is_absent(parent, known)
            with disk_errors(folder):
                known[folder] = is_gone or self._files.stat(folder) is None
        return known[folder]

    def _check_room(self) -> None:
        if self._is_copying:
            needed = sum(min(entry.own.found.size, entry.own.found.allocated) for entry in self._moved)
            check_room(self._files, self._new.root, needed)

    def _make_folder(self, folder: str) -> None:
        with disk_errors(folder):
            missing: list[str] = []
            at = folder
            while self._files.stat(at) is None:
                missing.append(at)
                parent = os.path.dirname(at)
                if parent == at:
                    break
                at = parent
            if missing:
                self._made_folders += reversed(missing)
                self._files.make_folders(folder)
            self._new.prove(folder)

    def _rename_some(self) -> bool:
        """Raises OSError EXDEV for two volumes."""
        if self._next == 0:
            self._rename_whole_folder()
        stop = min(len(self._moved), self._next + STEP_FILES)
        while self._next < stop:
            entry = self._moved[self._next]
            if not self._renamed or not self._lies_below(entry.target, self._renamed[0][1]):
                self._old.prove(os.path.dirname(entry.own.path))
                self._make_folder(os.path.dirname(entry.target))
                self._rename(entry.own.path, entry.target)
            self._next += 1
            self.done_bytes += entry.own.found.size
        if self._next < len(self._moved):
            return False
        self._sync_names()
        return True

    def _rename_whole_folder(self) -> None:
        """One rename for all, where nothing else is in the torrent's own folder."""
        top = self._new.names.top
        if not top:
            return
        source, target = os.path.join(self._old.root, *top), os.path.join(self._new.root, *top)
        own = [entry.own.path for entry in self._moved if entry.own.number != PART_FILE]
        if not own or not all(self._lies_below(path, source) for path in own) or self._lies_below(target, source):
            return
        self._old.prove(source)
        with disk_errors(target):
            is_free = self._files.stat(target) is None
        if is_free and holds_only(self._files, source, own, self._old_folders):
            self._rename(source, target)

    @staticmethod
    def _lies_below(path: str, folder: str) -> bool:
        return path.startswith(folder.rstrip(os.sep) + os.sep)

    def _rename(self, source: str, target: str) -> None:
        try:
            self._files.rename(source, target)
        except OSError as error:
            if error.errno == errno.EXDEV:
                raise
            if error.errno == errno.EEXIST:
                raise _name_taken(target) from error
            with disk_errors(source):
                raise
        self._renamed.append((source, target))

    def _put_names_back(self) -> None:
        while self._renamed:
            source, target = self._renamed[-1]
            with disk_errors(target):
                self._files.rename(target, source)
            self._renamed.pop()

    def _copy_some(self) -> bool:
        budget, most_files = STEP_BYTES, STEP_FILES
        while budget > 0 and most_files > 0:
            if self._copy is None:
                if self._next == len(self._moved):
                    self._give_names()
                    return True
                self._copy = self._begin_copy(self._moved[self._next])
            count = self._copy.some(budget)
            budget -= count
            self.done_bytes += count
            if self._copy.is_complete:
                self._copy.finish()
                self._copy = None
                self._next += 1
                most_files -= 1
        return False

    def _begin_copy(self, entry: Moved) -> FileCopy:
        folder = os.path.dirname(entry.target)
        self._old.prove(os.path.dirname(entry.own.path))
        self._make_folder(folder)
        # A short name of its own: with a suffix to the real one it might be too long.
        name = f"{temporary_prefix(self._identity)}{self._next}{TEMPORARY_SUFFIX}"
        temporary = os.path.join(folder, name)
        self._temporaries.append(temporary)
        return FileCopy(
            self._files, entry.own.path, temporary, found=entry.own.found, is_executable=entry.is_executable
        )

    def _give_names(self) -> None:
        """All copies are complete and on the disk: look that nothing was changed meanwhile, and name them."""
        for entry in self._moved:
            path = entry.own.path
            with disk_errors(path):
                found = self._files.stat(path)
            if found is None or not _is_same(found, entry.own.found):
                raise StorageError("files-changed", path, detail="it was changed while it was copied")
        for entry, temporary in zip(self._moved, list(self._temporaries), strict=True):
            with disk_errors(entry.target):
                try:
                    self._files.rename(temporary, entry.target)
                except FileExistsError as error:
                    raise _name_taken(entry.target) from error
                self._named.append(entry.target)
                found = self._files.stat(entry.target)
                if found is None or found.size != entry.own.found.size:
                    raise StorageError("io-error", entry.target, detail="the copy is not as long as the file")
                self.arrived[entry.own.number] = found
        self._sync_names()

    def _sync_names(self) -> None:
        folders = {os.path.dirname(entry.target) for entry in self._moved} | {self._new.root}
        for folder in sorted(folders | set(map(os.path.dirname, self._made_folders))):
            with disk_errors(folder):
                self._files.sync_folder(folder)


def _name_taken(path: str) -> UserError:
    return UserError("name-taken", path=path, name=os.path.basename(path))


def _is_same(found: FileStat, before: FileStat) -> bool:
    return found.is_regular and (found.size, found.mtime_ns) == (before.size, before.mtime_ns)


@contextlib.contextmanager
def _kept(errors: list[StorageError]) -> Iterator[None]:
    try:
        yield
    except StorageError as error:
        errors.append(error)
