"""Waiting for a torrent: every picture is shown, every end (done, interrupted, too late, refused) has one way out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from shoal.api.errors import Reason, UserError
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.cli.output import Output
from shoal.cli.quantities import percent_text
from shoal.cli.watch import Watch

TICK_SECONDS = 0.25
"""How soon an interrupt or a time-out is noticed."""

SHOW_SECONDS = 0.5
"""How often the picture is shown."""

ANSWER_SECONDS = 30.0
"""How long the engine may take to show a torrent that it has just taken."""

QUIET_SECONDS = 3.0
"""How long after its start a command says nothing of what it waits for: trackers need a moment to answer."""

TRACKERS_SECONDS = 5.0
"""How often a seed, whose row has no reason to wait, looks at its trackers."""

_UNCHECKED = frozenset({TorrentState.STOPPED, TorrentState.QUEUED, TorrentState.CHECKING, TorrentState.ALLOCATING})

MOST_WARNINGS = 200
"""Different warnings that one command prints; a stranger's tracker can think of more."""


@dataclass(slots=True)
class Limits:
    """What ends the waiting from outside: `interrupted` is set by a signal; `deadline` is loop time, None = never."""

    interrupted: asyncio.Event
    started: float
    timeout_seconds: float | None = None
    _warned: set[str] = field(default_factory=set)

    @property
    def deadline(self) -> float | None:
        return None if self.timeout_seconds is None else self.started + self.timeout_seconds

    def is_new_warning(self, reason: Reason, *keys: str) -> bool:
        """True once per code and parameters (with `keys` only these count), at most `MOST_WARNINGS` times in all."""
        key = repr((reason.code, sorted(item for item in reason.params.items() if not keys or item[0] in keys)))
        if key in self._warned or len(self._warned) >= MOST_WARNINGS:
            return False
        self._warned.add(key)
        return True


async def follow(
    watch: Watch,
    torrent_id: str,
    output: Output,
    limits: Limits,
    until: Callable[[TorrentRow], bool],
    *,
    has_tracker: bool = True,
) -> TorrentRow:
    """Show the torrent until `until(row)` holds, and return that row, which has been shown too.

    What it waits for is told once as a warning; without `has_tracker` it waits in vain, and that is said.
    Raises `UserError`: `interrupted`, `time-out`, `removed`, or the reason of the torrent's error.
    """
    loop = asyncio.get_running_loop()
    next_show = loop.time()
    next_look = limits.started + QUIET_SECONDS
    while True:
        now = loop.time()
        row = watch.row(torrent_id)
        show_alerts(watch, torrent_id, output, limits)
        is_done = row is not None and until(row)
        if row is not None and (is_done or now >= next_show or row.state is TorrentState.ERROR):
            output.progress(row, now)
            next_show = now + SHOW_SECONDS
        if row is not None and is_done:
            return row
        if row is not None and now >= next_look and row.state is not TorrentState.ERROR:
            reason = await _hindrance(watch, row, has_tracker=has_tracker)
            next_look = now + (TRACKERS_SECONDS if row.state is TorrentState.SEEDING else TICK_SECONDS)
            if reason is not None and limits.is_new_warning(reason, "text"):
                output.warning(reason)
        reached = _reached(row)
        if torrent_id in watch.removed:
            raise UserError("removed")
        if row is not None and row.state is TorrentState.ERROR:
            raise UserError(row.reason.code, **row.reason.params) if row.reason else UserError("unexpected")
        if limits.interrupted.is_set():
            raise UserError("interrupted", reached=reached)
        deadline = limits.deadline
        if deadline is not None and now >= deadline:
            raise UserError("time-out", seconds=f"{limits.timeout_seconds:g}", reached=reached)
        await watch.news(TICK_SECONDS if deadline is None else min(TICK_SECONDS, deadline - now))


async def _hindrance(watch: Watch, row: TorrentRow, *, has_tracker: bool) -> Reason | None:
    """What keeps others away from a running torrent; None when nothing does, or when it is too soon to say."""
    if row.state is TorrentState.SEEDING:
        # A seed waits for nothing, but without trackers nobody finds it.
        return await watch.tracker_trouble(row.torrent_id) if row.peers == 0 else None
    if row.state is not TorrentState.DOWNLOADING or row.reason is None:
        return None
    if not has_tracker and row.peers == 0 and not row.in_dht:
        return Reason("no-tracker")
    return None if row.reason.code == "finding" else row.reason


def _reached(row: TorrentRow | None) -> str:
    """How far it came, to stand in a sentence about its end."""
    if row is None or row.state in _UNCHECKED:
        return "before the data here was checked"
    return f"with {percent_text(row.progress)} done"


async def first_row(watch: Watch, torrent_id: str) -> TorrentRow:
    """The first picture of a torrent that the engine has; `UserError("unexpected")` when it never shows one."""
    loop = asyncio.get_running_loop()
    end = loop.time() + ANSWER_SECONDS
    while (row := watch.row(torrent_id)) is None:
        if loop.time() >= end:
            raise UserError("unexpected", detail="the engine did not answer")
        await watch.news(TICK_SECONDS)
    return row


async def say_listening(watch: Watch, output: Output, limits: Limits, wanted_port: int | None) -> None:
    """Tell the port as soon as the engine says it, and warn when it is not the one that was asked for."""
    loop = asyncio.get_running_loop()
    end = loop.time() + ANSWER_SECONDS
    while watch.totals is None:
        if loop.time() >= end:
            raise UserError("unexpected", detail="the engine did not answer")
        await watch.news(TICK_SECONDS)
    port = watch.totals.listen_port
    if wanted_port and port != wanted_port:
        taken = Reason("port-taken", {"wanted": wanted_port, "port": port})
        # The engine says the same in an alert.
        if limits.is_new_warning(taken):
            output.warning(taken)
    output.listening(port)


def show_alerts(watch: Watch, torrent_id: str, output: Output, limits: Limits) -> None:
    """Print the warnings among the alerts of this torrent and of the session, each once.

    What stops the torrent itself is told as the command's end, not here.
    """
    for alert in watch.take_alerts():
        reason = Reason(alert.code, alert.params)
        tells = alert.severity == "warning" or (alert.severity == "error" and alert.torrent_id is None)
        if tells and alert.torrent_id in {None, torrent_id} and limits.is_new_warning(reason):
            output.warning(reason)
