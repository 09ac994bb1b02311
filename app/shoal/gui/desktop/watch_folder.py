"""Takes torrent files that appear in a folder: complete ones only, each once, and puts them away after that.

The system tells of changes where it can; a slow look tells of them on network drives, where it cannot.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from shoal.gui.desktop.watched_files import PutAway, SeenFile, Trash, put_away, torrent_files
from shoal.gui.link.background import Background
from shoal.gui.style.wording import isolated, say

log = logging.getLogger(__name__)

LOOK_MILLISECONDS = 10_000
SOON_MILLISECONDS = 300
"""After a change, and between two looks at a file that may still be written."""
STILL_SECONDS = 1.0
"""A file that has been the same for so long is complete."""
BROKEN_SECONDS = 10.0
"""One that has been the same for so long and cannot be read never will be."""
LOOK_SECONDS = 15.0
"""How long a look may take: longer, and the folder's drive is taken for gone."""

Take = Callable[[str], Awaitable[bool]]
"""Adds the torrent file at a path; False when it stays where it is, for it was not wanted. Raises TakeError."""
Start = Callable[[Coroutine[Any, Any, None]], object]
"""Starts a coroutine that ends with the window."""


class TakeError(Exception):
    """A file that cannot be added; the text is a sentence that says why."""


class WatchFolder(QObject):
    """Watches nothing until `watch`. `tell` is given a sentence on what went wrong, once for each thing."""

    def __init__(
        self,
        background: Background,
        *,
        take: Take,
        start: Start,
        tell: Callable[[str], None],
        trash: Trash,
        parent: QObject,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._background, self._take, self._start, self._tell, self._trash = background, take, start, tell, trash
        self._clock = clock
        self._folder = ""
        self._how = PutAway.RENAME
        self._since: dict[SeenFile, float] = {}
        """When a file was first seen as it is, in seconds of the clock."""
        self._settled: set[SeenFile] = set()
        """Files that stay where they are: not wanted, or not to be had. A changed one is another."""
        self._is_unreadable = False
        self._is_looking = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MILLISECONDS)
        self._soon.timeout.connect(self.look)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._on_change)
        self._slowly = QTimer(self)
        self._slowly.setInterval(LOOK_MILLISECONDS)
        self._slowly.timeout.connect(self.look)

    def watch(self, folder: str, how: PutAway) -> None:
        """From now on watch `folder` ("" = none) and put away what was taken as `how` says."""
        self._how = how
        if folder == self._folder:
            return
        if self._watcher.directories():
            self._watcher.removePaths(self._watcher.directories())
        self._folder = folder
        self._since.clear()
        self._settled.clear()
        self._is_unreadable = False
        if folder:
            self._slowly.start()
            self._soon.start()
        else:
            self._slowly.stop()
            self._soon.stop()

    def look(self) -> None:
        """Look now, unless a look is under way."""
        if self._folder and not self._is_looking:
            self._is_looking = True
            self._start(self._look(self._folder))

    def _on_change(self, _folder: str) -> None:
        self._soon.start()

    async def _look(self, folder: str) -> None:
        try:
            files = await self._files(folder)
            if files is None or folder != self._folder:
                return
            if not self._watcher.directories():
                # Only a folder that answers is handed to Qt, which asks it on this thread.
                self._watcher.addPath(folder)
            now = self._clock()
            self._since = {file: self._since.get(file, now) for file in files}
            self._settled &= set(files)
            ages = {file: now - self._since[file] for file in files if file not in self._settled}
            # Together, so that they are asked about together.
            await asyncio.gather(*(self._take_file(file, age) for file, age in ages.items() if age >= STILL_SECONDS))
            if folder == self._folder and self._since.keys() - self._settled:
                self._soon.start()
        finally:
            self._is_looking = False

    async def _files(self, folder: str) -> tuple[SeenFile, ...] | None:
        try:
            files = await asyncio.wait_for(self._background.run(lambda: torrent_files(folder)), LOOK_SECONDS)
        except TimeoutError:
            reason = say("it does not answer")
        except OSError as error:
            reason = isolated(error.strerror or str(error))
        else:
            self._is_unreadable = False
            return files
        if not self._is_unreadable:
            self._is_unreadable = True
            text = say(
                "The watch folder {folder} cannot be read ({reason}). Shoal keeps looking.",
                folder=isolated(folder),
                reason=reason,
            )
            self._tell(text)
        return None

    async def _take_file(self, file: SeenFile, seconds: float) -> None:
        """`seconds`: for how long it has not changed."""
        name = isolated(Path(file.path).name)
        try:
            is_taken = await self._take(file.path)
        except TakeError as error:
            if seconds >= BROKEN_SECONDS:
                self._settled.add(file)
                self._tell(say("{name} in the watch folder was not added: {reason}", name=name, reason=str(error)))
            return
        self._settled.add(file)
        if not is_taken:
            return
        how = self._how
        try:
            await self._background.run(lambda: put_away(file.path, how, self._trash))
        except FileNotFoundError:
            return
        except OSError as error:
            log.info("a file of the watch folder stays there: %s", error)
            text = say(
                "{name} was added, but stays in the watch folder {folder} ({reason}).",
                name=name,
                folder=isolated(str(Path(file.path).parent)),
                reason=isolated(error.strerror or str(error)),
            )
            self._tell(text)
