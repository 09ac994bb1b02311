"""The door itself: what a front end may call, whoever answers (local, thread or remote)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from shoal.api.commands import Command, Detail, Span
from shoal.api.details import MagnetProgress, SpeedHistory, SwarmLookup, TorrentDetails
from shoal.api.snapshots import SettingsReport, Update

CommandResult = str | SettingsReport | None


class Subscription(Protocol):
    def close(self) -> None: ...


class Client(Protocol):
    """Commands in, snapshots out. All awaits raise `UserError` when the engine refuses."""

    async def execute(self, command: Command) -> CommandResult:
        """Do one command; `AddTorrent` answers the torrent id, `ChangeSettings` a `SettingsReport`, others None."""
        ...

    async def details(
        self, torrent_id: str, parts: frozenset[Detail], *, strips_of: tuple[int, ...] = ()
    ) -> TorrentDetails:
        """The parts of one torrent that are shown now; `strips_of` are the files whose piece strips are seen."""
        ...

    async def speed_history(self, torrent_id: str | None, span: Span) -> SpeedHistory:
        """Rates over time of one torrent, or of the whole session for None."""
        ...

    async def look_up_swarm(self, trackers: tuple[str, ...], info_hash_hex: str) -> SwarmLookup:
        """Ask some of `trackers`, the first first, how large a swarm is, without joining it; takes at most 10 s.

        Also for what is not in the list. Raises ValueError for what is no info-hash in hex.
        """
        ...

    async def fetch_metainfo(self, link: str, tell: Callable[[MagnetProgress], None]) -> bytes:
        """The metainfo of a magnet link, got from peers: the bytes of a .torrent with the link's trackers in it.

        Takes as long as it takes; cancelling leaves nothing behind, unless `AddMagnet` has put it into the list.
        `tell` is called from the engine's thread when something changes, and must not block it. Raises `UserError`
        (`bad-magnet`, `v2-only`, `bad-metainfo`, `removed`: it was in the list and was taken away).
        """
        ...

    def subscribe(self, receiver: Callable[[Update], None], *, beat_seconds: float = 1.0) -> Subscription:
        """Call `receiver` once a beat when anything changed, from the engine's thread; must not block it."""
        ...

    async def close(self) -> None:
        """Announce `stopped` (at most 5 s), save everything, stop the engine."""
        ...
