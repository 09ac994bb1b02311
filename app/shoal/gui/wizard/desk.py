"""What the assistant asks of the program around it. Nothing here is asked in the window's thread for long."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from shoal.runtime.folder_facts import FolderFacts


class WizardDesk(Protocol):
    """Folders and ports, looked at in a worker."""

    def start(self, work: Coroutine[Any, Any, None], owner: QObject) -> asyncio.Task[None] | None: ...

    async def look(self, folder: str) -> FolderFacts | None:
        """None when its drive does not answer."""
        ...

    async def choose_folder(self, parent: QDialog, folder: str) -> str | None: ...

    async def make_folder(self, folder: str) -> None:
        """Make it where it is not there; raises OSError."""
        ...

    async def is_port_free(self, port: int) -> bool:
        """Whether this computer could listen on `port` now."""
        ...


@dataclass(frozen=True, slots=True)
class OpenersNow:
    """Who opens torrent files and magnet links; `sentences` tell it."""

    are_ours: bool
    can_change: bool
    sentences: tuple[str, ...] = ()


class OpenersError(Exception):
    """The system refused; the text is a sentence for a person."""


class Openers(Protocol):
    """Opening torrent files and magnet links with Shoal. `claim` and `release` raise OpenersError."""

    async def status(self) -> OpenersNow: ...

    async def claim(self) -> None: ...

    async def release(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known when the assistant is opened."""

    downloads_folder: str
    """What the empty folder for downloads means."""
    has_tray: bool
    openers: OpenersNow
    waiting: tuple[str, ...] = ()
    """Names of torrents that are opened afterwards, cleaned."""
    languages: tuple[tuple[str, str], ...] = ()
    """Codes and names that can be chosen; none where there is no choice."""
    language: str = ""
