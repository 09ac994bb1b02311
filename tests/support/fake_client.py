"""A client whose rows are written by the test: remembers commands, sends updates when told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from shoal.api.client import CommandResult
from shoal.api.commands import (
    AddMagnet,
    AddTorrent,
    ChangeSettings,
    Command,
    Detail,
    RemoveTorrent,
    Span,
    StartTorrent,
    StopTorrent,
)
from shoal.api.details import FileRow, MagnetProgress, SpeedHistory, SwarmLookup, TorrentDetails
from shoal.api.errors import UserError
from shoal.api.snapshots import Alert, SessionTotals, SettingsReport, TorrentRow, TorrentState, Update

PLAIN_ROW = TorrentRow(
    torrent_id="0" * 40,
    name="A transfer",
    state=TorrentState.DOWNLOADING,
    size=1_000_000,
    wanted=1_000_000,
    wanted_done=0,
    check_progress=0.0,
    down_rate=0.0,
    up_rate=0.0,
    downloaded=0,
    uploaded=0,
    wasted=0,
    eta=None,
    peers=0,
    seeds=0,
    sending_peers=0,
    receiving_peers=0,
    known_peers=0,
    swarm_seeds=None,
    swarm_leeches=None,
    availability=0.0,
    pieces_total=10,
    pieces_done=0,
    piece_strip=bytes(10),
    private=False,
    queue_position=1,
    folder="/downloads",
    tracker_host="tracker.example",
    down_limit=0,
    up_limit=0,
    sequential=False,
    added_at=0.0,
    completed_at=None,
    next_announce_in=None,
)


def row(torrent_id: str, **values: object) -> TorrentRow:
    """A row like `PLAIN_ROW` with other values."""
    return replace(PLAIN_ROW, torrent_id=torrent_id, **values)  # type: ignore[arg-type]


def update(*changed: TorrentRow, removed: tuple[str, ...] = (), totals: SessionTotals | None = None) -> Update:
    """One beat."""
    return Update(1, tuple(changed), removed, totals or SessionTotals())


class FakeSubscription:
    def __init__(self, client: FakeClient, receiver: Callable[[Update], None]) -> None:
        self._client, self._receiver = client, receiver

    def close(self) -> None:
        if self._receiver in self._client.receivers:
            self._client.receivers.remove(self._receiver)


@dataclass
class FakeClient:
    """`rows` is the state; `push` sends what is given, `refuse` makes the next commands fail with that code."""

    rows: dict[str, TorrentRow] = field(default_factory=dict)
    totals: SessionTotals = field(default_factory=SessionTotals)
    commands: list[Command] = field(default_factory=list)
    receivers: list[Callable[[Update], None]] = field(default_factory=list)
    refuse: UserError | None = None
    break_with: Exception | None = None
    next_id: str = "f" * 40
    sequence: int = 0
    closed: int = 0
    pictures: dict[str, TorrentDetails] = field(default_factory=dict)
    """What `details` answers by torrent, whatever parts are asked."""
    histories: dict[str | None, SpeedHistory] = field(default_factory=dict)
    asked: list[tuple[str, frozenset[Detail], tuple[int, ...]]] = field(default_factory=list)
    """Every call of `details`."""

    lookups: dict[str, SwarmLookup] = field(default_factory=dict)
    """What `look_up_swarm` answers by info-hash; nobody can say of the others."""
    looked_up: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    """Every call of `look_up_swarm`."""
    settings: dict[str, str | int | float | bool] = field(default_factory=dict)
    """What `ChangeSettings` changes and answers."""
    questions: int = 0
    """How often the settings were asked for without a change; no command."""
    told: dict[str, Callable[[MagnetProgress], None]] = field(default_factory=dict)
    """By magnet link who waits for its file list."""
    lists: dict[str, asyncio.Future[bytes]] = field(default_factory=dict)
    """By magnet link what `fetch_metainfo` answers, once the test has set it."""
    may_answer: asyncio.Event | None = None
    """Set by the test when `look_up_swarm` may answer; None: at once."""

    async def execute(self, command: Command) -> CommandResult:
        if command == ChangeSettings(()):
            self.questions += 1
            return SettingsReport(dict(self.settings))
        self.commands.append(command)
        if self.refuse is not None:
            raise self.refuse
        if self.break_with is not None:
            raise self.break_with
        match command:
            case AddTorrent():
                self.push(row(self.next_id, name="Added", queue_position=len(self.rows) + 1))
                return self.next_id
            case AddMagnet():
                known = {"wanted": 0, "size": 0, "has_metainfo": False, "pieces_total": 0, "piece_strip": b""}
                self.push(row(self.next_id, name="Added", queue_position=len(self.rows) + 1, **known))
                return self.next_id
            case RemoveTorrent():
                self.rows.pop(command.torrent_id, None)
                self._send((), (command.torrent_id,))
            case StartTorrent():
                self._change(command.torrent_id, TorrentState.DOWNLOADING)
            case StopTorrent():
                self._change(command.torrent_id, TorrentState.STOPPED)
            case ChangeSettings():
                self.settings.update(command.changes)
                return SettingsReport(dict(self.settings))
            case _:
                pass
        return None

    async def details(
        self, torrent_id: str, parts: frozenset[Detail], *, strips_of: tuple[int, ...] = ()
    ) -> TorrentDetails:
        """What `pictures` has for it; by default one file."""
        self.asked.append((torrent_id, parts, strips_of))
        if torrent_id not in self.rows:
            raise UserError("no-such-torrent", id=torrent_id)
        if torrent_id in self.pictures:
            return self.pictures[torrent_id]
        files = (FileRow(0, "a.bin", 10, 0, 4, False),) if Detail.FILES in parts else None
        return TorrentDetails(torrent_id, files=files)

    async def speed_history(self, torrent_id: str | None, span: Span) -> SpeedHistory:
        return self.histories.get(torrent_id, SpeedHistory(span, 1.0, 0.0))

    async def look_up_swarm(self, trackers: tuple[str, ...], info_hash_hex: str) -> SwarmLookup:
        self.looked_up.append((trackers, info_hash_hex))
        if self.may_answer is not None:
            await self.may_answer.wait()
        return self.lookups.get(info_hash_hex, SwarmLookup())

    async def fetch_metainfo(self, link: str, tell: Callable[[MagnetProgress], None]) -> bytes:
        """What the test puts into `lists`; `told` is whom it tells of progress."""
        self.told[link] = tell
        self.lists[link] = asyncio.get_running_loop().create_future()
        try:
            return await self.lists[link]
        finally:
            del self.told[link]

    def subscribe(self, receiver: Callable[[Update], None], *, beat_seconds: float = 1.0) -> FakeSubscription:
        self.receivers.append(receiver)
        receiver(Update(self.sequence, tuple(self.rows.values()), (), self.totals))
        return FakeSubscription(self, receiver)

    async def close(self) -> None:
        self.closed += 1
        self.receivers.clear()

    def push(
        self,
        *changed: TorrentRow,
        alerts: tuple[Alert, ...] = (),
        removed: tuple[str, ...] = (),
        totals: SessionTotals | None = None,
    ) -> None:
        """Change rows and tell the subscribers."""
        self.rows.update((entry.torrent_id, entry) for entry in changed)
        for torrent_id in removed:
            self.rows.pop(torrent_id, None)
        self.totals = totals or self.totals
        self._send(changed, removed, alerts)

    def _change(self, torrent_id: str, state: TorrentState) -> None:
        if torrent_id in self.rows:
            self.push(replace(self.rows[torrent_id], state=state))

    def _send(self, changed: tuple[TorrentRow, ...], removed: tuple[str, ...], alerts: tuple[Alert, ...] = ()) -> None:
        self.sequence += 1
        for receiver in list(self.receivers):
            receiver(Update(self.sequence, changed, removed, self.totals, alerts))
