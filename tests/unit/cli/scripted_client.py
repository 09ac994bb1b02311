"""A client that plays a story: after chosen commands it shows the rows that the test wrote, one beat each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shoal.api.client import CommandResult
from shoal.api.commands import AddTorrent, Command, Detail, RemoveTorrent
from shoal.api.details import FileRow, MagnetProgress, SwarmLookup, TorrentDetails, TrackerRow
from shoal.api.errors import UserError
from shoal.api.snapshots import Alert, SessionTotals, TorrentRow, Update

BEAT_SECONDS = 0.002


def tracker(url: str, state: str, message: str = "") -> TrackerRow:
    """A tracker's row with what a test looks at."""
    return TrackerRow(url, 0, state, None, None, 0, None, message)


@dataclass
class ScriptedClient:
    """`stories` holds rows by the type of the command that sets them off; `refusals` are raised once each."""

    torrent_id: str
    stories: dict[type[Command], Sequence[TorrentRow]] = field(default_factory=dict)
    refusals: dict[type[Command], list[UserError]] = field(default_factory=dict)
    alerts: tuple[Alert, ...] = ()
    files: tuple[FileRow, ...] = ()
    trackers: tuple[TrackerRow, ...] = ()
    totals: SessionTotals = field(default_factory=lambda: SessionTotals(listen_port=6881))
    commands: list[Command] = field(default_factory=list)
    rows: dict[str, TorrentRow] = field(default_factory=dict)
    receivers: list[Callable[[Update], None]] = field(default_factory=list)
    asking: tuple[MagnetProgress, ...] = ()
    metainfo: bytes | None = None
    links: list[str] = field(default_factory=list)

    async def execute(self, command: Command) -> CommandResult:
        self.commands.append(command)
        refusals = self.refusals.get(type(command))
        if refusals:
            raise refusals.pop(0)
        if isinstance(command, RemoveTorrent):
            self.rows.pop(command.torrent_id, None)
            self.show(removed=(command.torrent_id,))
        rows = list(self.stories.get(type(command), ()))
        if rows:
            # The first picture is there when the command answers, as with the engine.
            self.show(rows[0])
        for number, row in enumerate(rows[1:], start=1):
            asyncio.get_running_loop().call_later(number * BEAT_SECONDS, self.show, row)
        return self.torrent_id if isinstance(command, AddTorrent) else None

    async def details(self, torrent_id: str, parts: frozenset[Detail]) -> TorrentDetails:
        return TorrentDetails(torrent_id, files=self.files, trackers=self.trackers)

    async def look_up_swarm(self, trackers: tuple[str, ...], info_hash_hex: str) -> SwarmLookup:
        return SwarmLookup()

    async def fetch_metainfo(self, link: str, tell: Callable[[MagnetProgress], None]) -> bytes:
        """Tells each of `asking`, then gives `metainfo`, if there is one."""
        self.links.append(link)
        for progress in self.asking:
            tell(progress)
            await asyncio.sleep(0.6)
        if self.metainfo is None:
            await asyncio.Event().wait()
        assert self.metainfo is not None
        return self.metainfo

    def subscribe(self, receiver: Callable[[Update], None], *, beat_seconds: float = 1.0) -> _Subscription:
        self.receivers.append(receiver)
        receiver(Update(0, tuple(self.rows.values()), (), self.totals, self.alerts))
        return _Subscription(self, receiver)

    async def close(self) -> None:
        self.receivers.clear()

    def show(self, *rows: TorrentRow, removed: tuple[str, ...] = (), alerts: tuple[Alert, ...] = ()) -> None:
        self.rows.update((row.torrent_id, row) for row in rows)
        for receiver in list(self.receivers):
            receiver(Update(1, rows, removed, self.totals, alerts))

    def said(self, kind: type[Command]) -> list[Command]:
        return [command for command in self.commands if isinstance(command, kind)]


@dataclass
class _Subscription:
    client: ScriptedClient
    receiver: Callable[[Update], None]

    def close(self) -> None:
        if self.receiver in self.client.receivers:
            self.client.receivers.remove(self.receiver)
