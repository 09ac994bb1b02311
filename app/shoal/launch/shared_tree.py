"""The file or folder that `shoal create` shares, read and hashed by the engine's workers."""

from __future__ import annotations

from collections.abc import Sequence

from shoal.api.errors import UserError
from shoal.cli.create import FoundFile, Progress
from shoal.engine.storage.authoring_hash import PlannedFile, hash_tree, plan_tree
from shoal.engine.storage.errors import StorageError
from shoal.runtime.world import World


class SharedTree:
    """`list` first, then `hash`; `path` has no symlink in it."""

    def __init__(self, world: World, path: str, *, threads: int) -> None:
        self._world = world
        self._path = path
        self._threads = threads
        self._planned: list[PlannedFile] = []

    async def list(self) -> Sequence[FoundFile]:
        """Raises `UserError("create-unreadable")`."""
        try:
            self._planned = await self._world.workers.run(
                lambda: plan_tree(self._world.files, self._path), lane="check"
            )
        except StorageError as error:
            raise _unreadable(error) from error
        return [(entry.path, entry.size) for entry in self._planned]

    async def hash(self, piece_length: int, progress: Progress) -> bytes:
        """Raises `UserError("create-unreadable")`."""
        try:
            return await hash_tree(
                self._world.workers,
                self._world.files,
                self._path,
                self._planned,
                piece_length=piece_length,
                threads=self._threads,
                progress=progress,
            )
        except StorageError as error:
            raise _unreadable(error) from error


def _unreadable(error: StorageError) -> UserError:
    # The text of a storage error begins with its code and path, which the sentence has already.
    detail = str(error).removeprefix(f"{error.code}: {error.path}").strip(" ()")
    return UserError("create-unreadable", path=error.path, detail=detail or error.code.replace("-", " "))
