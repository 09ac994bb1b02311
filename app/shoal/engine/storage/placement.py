"""Where a torrent's files lie and what they are called, and changing that: moving, finding, renaming."""

from __future__ import annotations

import os
from collections.abc import Callable

from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.file_places import FilePlaces
from shoal.engine.storage.move_recovery import bring_back, remove_old_copies
from shoal.engine.storage.own_files import PART_FILE, own_files
from shoal.engine.storage.positioned_io import disk_errors
from shoal.engine.storage.relocation import Moved, Relocation
from shoal.engine.storage.renaming import Renaming
from shoal.engine.storage.shared_lock import SharedLock
from shoal.engine.storage.torrent_names import TorrentNames
from shoal.engine.storage.torrent_paths import TorrentPaths
from shoal.runtime.world import Files


class Placement:
    """A part of `TorrentDisk`, whose lock it takes; called from workers. `names` may be read from anywhere."""

    def __init__(
        self,
        files: Files,
        paths: TorrentPaths,
        places: FilePlaces,
        lock: SharedLock,
        *,
        look_once: Callable[[], None],
        close_files: Callable[[], None],
        let_go: Callable[[], None],
    ) -> None:
        """With the lock held alone: `close_files` closes all handles, `let_go` also forgets what was seen and written.

        `look_once` looks at the disk if nobody did.
        """
        self._files = files
        self._paths = paths
        self._places = places
        self._lock = lock
        self._look_once = look_once
        self._close_files = close_files
        self._let_go = let_go

    @property
    def names(self) -> TorrentNames:
        """What the files are called now."""
        return self._paths.names

    def content_path(self, folder: str) -> str:
        """The torrent's own folder or file, below `folder` as the person named that; looks at no disk."""
        names = self.names
        shown = self._paths.seen(0) or os.path.join(*names.elements(0))
        return os.path.join(folder, *shown.split(os.sep)[: max(1, len(names.top))])

    def plan_move(self, root: str, part_path: str, identity: str, *, must_exist: bool) -> Relocation:
        """A checked move of everything to `root`; `identity` names its temporary files.

        Raises StorageError, UserError as `Relocation.check`; `missing` when with `must_exist` no file is there.
        """
        self._look_once()
        with self._lock.shared():
            old = self._paths.renamed(self.names)
            new = old.elsewhere(root)
            moved: list[Moved] = []
            for own in own_files(self._files, self._places, old, may_be_longer=True):
                target = part_path if own.number == PART_FILE else new.at_same_name(own.path, old.root)
                is_executable = own.number != PART_FILE and self._places.layout.files[own.number].is_executable
                moved.append(Moved(own, target, is_executable))
            if must_exist and not moved:
                raise StorageError("missing", old.root, detail="none of the files is there")
            move = Relocation(self._files, old, new, moved, identity=identity)
            move.check()
        return move

    def look_in(self, root: str, part_path: str) -> None:
        """The files are in `root` from now on; what was written before is synced, or of no interest."""
        with self._lock.exclusive():
            self._let_go()
            self._paths.take(self._paths.elsewhere(root))
            self._places.part.path = part_path

    def find_in(self, folder: str) -> str | None:
        """The root under which files of the torrent are in `folder`, which may be its own folder; None = none is."""
        top = self.names.top
        roots = [folder]
        if top and os.path.normcase(os.path.basename(folder)) == os.path.normcase(top[-1]):
            roots.append(os.path.dirname(folder))
        for root in roots:
            paths = self._paths.elsewhere(root)
            for index in range(len(self._places.layout.files)):
                if self._places.is_content(index):
                    path = paths.path(index)
                    with disk_errors(path):
                        found = self._files.stat(path)
                    if found is not None and found.is_regular:
                        return root
        return None

    def bring_back(self, root: str, part_path: str, identity: str, *, must_exist: bool) -> None:
        """Undo a move to `root` that was cut short. Raises StorageError."""
        with self._lock.exclusive():
            old = self._paths.renamed(self.names)
            parts = (self._places.part.path, part_path)
            bring_back(self._files, old, old.elsewhere(root), parts, identity, must_exist=must_exist)
            self._places.is_surveyed = False

    def remove_old_copies(self, root: str, part_path: str) -> None:
        """Finish a move from `root` that was cut short when all was here. Raises StorageError."""
        with self._lock.exclusive():
            new = self._paths.renamed(self.names)
            remove_old_copies(self._files, new.elsewhere(root), new, (part_path, self._places.part.path))

    def check_rename(self, path: tuple[str, ...], new_name: str, *, must_exist: bool = False) -> None:
        """See whether `rename` may. Raises as it does."""
        with self._lock.exclusive():
            new, renaming = self._renaming(path, new_name)
            self._see_any(new, must_exist)
            renaming.check()

    def rename(
        self, path: tuple[str, ...], new_name: str, *, is_repeated: bool = False, must_exist: bool = False
    ) -> TorrentNames:
        """Rename the file or folder `path` of the torrent, on the disk too where it is there; the names then.

        `is_repeated`: an earlier try may have been cut short. With `must_exist` it is `missing` when no file of the
        torrent is there: a volume that is away would come back with the old names. Raises UserError as
        `TorrentNames.with_name` and `name-taken` for a stranger's file in the way, StorageError; all is as it was then.
        """
        with self._lock.exclusive():
            new, renaming = self._renaming(path, new_name, is_repeated=is_repeated)
            self._see_any(new, must_exist)
            self._close_files()
            renaming.run()
            self._paths.take(new)
            return self.names

    def _see_any(self, new: TorrentPaths, must_exist: bool) -> None:
        if not must_exist:
            return
        for index in range(len(self._places.layout.files)):
            for path in {self._paths.path(index), new.cleaned(index)}:
                with disk_errors(path):
                    if self._places.is_content(index) and self._files.stat(path) is not None:
                        return
        raise StorageError("missing", new.root, detail="none of the files is there")

    def _renaming(
        self, path: tuple[str, ...], new_name: str, *, is_repeated: bool = False
    ) -> tuple[TorrentPaths, Renaming]:
        new = self._paths.renamed(self.names.with_name(path, new_name))
        return new, Renaming(self._files, self._paths, new, path, is_repeated=is_repeated)
