"""What a download tells the torrent that it is of, and asks of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from shoal.engine.peer.connection import PeerConnection
from shoal.engine.storage.errors import StorageError


class DownloadEvents(Protocol):
    """What the torrent wants to hear."""

    def piece_is_good(self, index: int) -> None: ...
    def piece_is_bad(self, index: int, guilty: frozenset[str], size: int) -> None: ...
    def peers_are_guilty(self, guilty: frozenset[str]) -> None: ...
    def storage_failed(self, error: StorageError) -> None: ...
    def peers(self) -> Iterable[PeerConnection]: ...
