"""Moving and renaming a torrent's files as the torrent sees it: remembered before it is done, undone when it fails.

What is under way is kept in the record's `journal`, so that a start after a kill finishes it or brings all back:
`("move", folder)` until everything has arrived, `("moved", old folder)` until the old copies are gone,
`("rename", path, new name)` until the new name is saved.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from shoal.api.errors import Reason, UserError
from shoal.api.snapshots import Alert
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.reasons import failure_reason

if TYPE_CHECKING:
    from shoal.engine.storage.relocation import Relocation
    from shoal.engine.torrent.torrent import Torrent

logger = logging.getLogger(__name__)
T = TypeVar("T")

SAVE_TRIES = 3
LANE = "move"
BROKEN_OFF = "interrupted"
"""Why a move failed that was ended by a quit, a kill, or another command."""


class _MoveCancelledError(Exception):
    """Somebody wants something else with the torrent."""


class Relocating:
    """Of one torrent. Loop thread only; `Stages` sees to it that nothing else goes on meanwhile."""

    def __init__(self, torrent: Torrent) -> None:
        self._torrent = torrent
        self._is_cancelled = False
        self.is_unwanted = False
        """Who asked for the move takes it back: that it ends early is no news."""

    async def check(self, folder: str) -> None:
        """See whether all can move to `folder`, touching no file; that it cannot is remembered.

        Raises UserError `same-folder`, `name-taken` (params: path), StorageError (`disk-full`, `missing`).
        """
        try:
            await self._torrent.world.workers.run(self._plan(folder), lane="slow")
        except (StorageError, UserError) as error:
            reason = _reason(error)
            if reason.code != "same-folder":
                self._failed(folder, reason)
            raise

    def forget(self) -> None:
        """No longer tell of a move that failed."""
        if self._torrent.record.failed_move:
            self._torrent.keep(replace(self._torrent.record, failed_move=()))

    async def move(self, folder: str) -> None:
        """Move everything to `folder`; ends with an alert `moved` or `move-failed`. The torrent is not running.

        Cancelled, it brings everything back before it ends.
        """
        self._is_cancelled = self.is_unwanted = False
        task = asyncio.ensure_future(self._move(folder))
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            self._is_cancelled = True
            await asyncio.wait({task})
            if not task.cancelled() and task.exception() is not None:
                logger.error("%s: a cancelled move failed", self._torrent.torrent_id, exc_info=task.exception())
            raise

    @property
    def is_settled(self) -> bool:
        """`settle` has nothing to do."""
        torrent = self._torrent
        return not torrent.record.journal and torrent.disk.priorities == torrent.selection.priorities

    async def settle(self) -> None:
        """Finish, or bring back, what a kill or a failing disk left half done. Raises StorageError: try again later."""
        torrent = self._torrent
        placement, record = torrent.disk.placement, torrent.record
        match record.journal:
            case ("move", folder):
                there = replace(record, folder=folder).part_path
                must_exist = record.has_known_files
                await self._run(partial(placement.bring_back, folder, there, torrent.torrent_id, must_exist=must_exist))
                if not (record.failed_move or self.is_unwanted):
                    self._failed(folder, None)
            case ("moved", folder):
                # Once is enough: who puts files there later means to keep them.
                with contextlib.suppress(StorageError):
                    there = replace(record, folder=folder).part_path
                    await self._run(partial(placement.remove_old_copies, folder, there))
            case ("rename", path, new_name):
                with contextlib.suppress(UserError):
                    await self._run(
                        partial(
                            placement.rename,
                            elements(path),
                            new_name,
                            is_repeated=True,
                            must_exist=record.has_known_files,
                        )
                    )
                self._names_changed()
        if record.journal:
            torrent.keep(replace(torrent.record, journal=()))
            await torrent.services.save(torrent)
        if torrent.disk.priorities != torrent.selection.priorities:
            torrent.lose(
                await torrent.world.workers.run(partial(torrent.disk.set_priorities, torrent.selection.priorities))
            )

    async def rename(self, path: str, new_name: str) -> None:
        """Call the file or folder `path` of the torrent `new_name`, running or not. Raises UserError, StorageError."""
        torrent = self._torrent
        placement = torrent.disk.placement
        if torrent.record.journal:
            # What an earlier move has left half done must not be forgotten for this.
            await self.settle()
        await self._run(
            partial(placement.check_rename, elements(path), new_name, must_exist=torrent.record.has_known_files)
        )
        torrent.keep(replace(torrent.record, journal=("rename", path, new_name)))
        await torrent.services.save(torrent)
        try:
            await self._run(partial(placement.rename, elements(path), new_name))
            self._names_changed()
            torrent.happened("file-renamed", path=path, name=new_name)
        finally:
            torrent.keep(replace(torrent.record, journal=()))
            await torrent.services.save(torrent)

    async def find(self, folder: str) -> str:
        """The folder to look in when the person says that the files are in `folder`.

        Raises UserError `files-not-there` (params: path), StorageError.
        """
        found = await self._torrent.world.workers.run(
            partial(self._torrent.disk.placement.find_in, folder), lane="slow"
        )
        if found is None:
            raise UserError("files-not-there", path=folder)
        return found

    async def look_in(self, folder: str) -> None:
        """The files are in `folder` from now on. Raises StorageError."""
        torrent = self._torrent
        record = replace(torrent.record, folder=folder)
        await self._run(partial(torrent.disk.placement.look_in, folder, record.part_path))
        torrent.keep(replace(torrent.record, folder=folder))

    # Inside

    def _plan(self, folder: str) -> Callable[[], Relocation]:
        """The job that makes a checked move."""
        record = self._torrent.record
        part_path = replace(record, folder=folder).part_path
        placement = self._torrent.disk.placement
        return partial(placement.plan_move, folder, part_path, record.torrent_id, must_exist=record.has_known_files)

    async def _run(self, job: Callable[[], T]) -> T:
        return await self._torrent.world.workers.run(job, lane=LANE)

    async def _move(self, folder: str) -> None:
        torrent = self._torrent
        move: Relocation | None = None
        try:
            if torrent.record.journal:
                await self.settle()
            if torrent.knows_files:
                await self._run(torrent.disk.sync)
            move = await self._run(self._plan(folder))
            await self._remember(("move", folder))
            is_there = False
            while not is_there:
                if self._is_cancelled:
                    raise _MoveCancelledError
                is_there = await self._run(move.step)
                torrent.check_progress = move.done_bytes / move.total_bytes if move.total_bytes else 1.0
                torrent.services.changed(torrent)
        except (StorageError, UserError, _MoveCancelledError) as error:
            await self._give_up(move, folder, error)
        else:
            await self._arrive(move, folder)

    async def _give_up(self, move: Relocation | None, folder: str, error: Exception) -> None:
        torrent = self._torrent
        reason = None if isinstance(error, _MoveCancelledError) else _reason(error)
        if not self.is_unwanted:
            self._failed(folder, reason)
        try:
            if move is not None:
                await self._run(move.undo)
        except StorageError as trouble:
            # The journal stays: it is brought back when the torrent comes up.
            logger.info("%s: a move could not be undone yet: %s", torrent.torrent_id, trouble)
        else:
            await self._remember(())
        if reason is None:
            return
        params = {**reason.params, "code": reason.code, "folder": folder}
        torrent.services.alert(Alert("move-failed", torrent.torrent_id, params, "error"))

    def _failed(self, folder: str, reason: Reason | None) -> None:
        """Remember that a move did not happen; without a reason it was broken off on the way."""
        torrent = self._torrent
        code, path = (reason.code, str(reason.params.get("path", ""))) if reason is not None else (BROKEN_OFF, "")
        at = str(int(torrent.world.clock.wall()))
        torrent.keep(replace(torrent.record, failed_move=(folder, code, path, at)))
        torrent.happened("move-failed", folder=folder, why=code)

    async def _arrive(self, move: Relocation, folder: str) -> None:
        torrent = self._torrent
        old = torrent.record.folder
        knew_files, torrent.knows_files = torrent.knows_files, False
        arrived = {index: (stat.size, stat.mtime_ns) for index, stat in move.arrived.items()}
        await self.look_in(folder)
        stats = tuple(
            # What is as we left it has moved as it is; what was changed behind our back is checked, as always.
            arrived.get(index, saved) if saved is not None and move.found.get(index, saved) == saved else saved
            for index, saved in enumerate(torrent.record.file_stats)
        )
        torrent.keep(replace(torrent.record, file_stats=stats))
        if await self._remember(("moved", old)):
            try:
                await self._run(move.remove_sources)
            except StorageError as error:
                logger.info("%s: old files stay: %s", torrent.torrent_id, error)
                torrent.services.alert(Alert("old-files-stay", torrent.torrent_id, {"path": error.path}, "warning"))
        torrent.knows_files = knew_files
        await self._remember(())
        torrent.services.read_cache.drop(torrent.key)
        torrent.services.disks_changed()
        torrent.happened("moved", folder=folder)
        torrent.services.alert(Alert("moved", torrent.torrent_id, {"folder": folder}))

    async def _remember(self, journal: tuple[str, ...]) -> bool:
        """Save what is under way; whether that is certain. What the files are claimed to hold is left as it is."""
        torrent = self._torrent
        knew_files, torrent.knows_files = torrent.knows_files, False
        try:
            torrent.keep(replace(torrent.record, journal=journal))
            for _ in range(SAVE_TRIES):
                await torrent.services.save(torrent)
                if not torrent.is_dirty:
                    return True
            return False
        finally:
            torrent.knows_files = knew_files
            torrent.is_dirty = torrent.is_dirty or knew_files

    def _names_changed(self) -> None:
        torrent = self._torrent
        torrent.files_revision += 1
        torrent.keep(replace(torrent.record, renamed_paths=torrent.disk.placement.names.saved()))


def elements(path: str) -> tuple[str, ...]:
    """The path elements of `FileRow.path`; none for the torrent's own folder."""
    return tuple(path.split("/")) if path else ()


def _reason(error: Exception) -> Reason:
    return failure_reason(error) if isinstance(error, StorageError) else getattr(error, "reason", Reason("unexpected"))
