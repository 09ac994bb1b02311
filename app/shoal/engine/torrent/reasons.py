"""Why a torrent does not progress, as codes that front ends put into words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentState
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.dht_search import looks_again_in

if TYPE_CHECKING:
    from shoal.engine.torrent.torrent import Torrent

BUSY_SECONDS = 60.0
"""So long nobody sends before that is more than a beginning."""
NOTHING_CHOSEN = Reason("nothing-chosen")
"""Every file is skipped: there is nothing to fetch, and nothing was finished."""
STARTING = Reason("starting")
"""It was added, restored or started a moment ago, and its files are being looked at."""
REMOVING = Reason("removing")
"""It leaves the list as soon as its files are deleted."""
_DISK_CODES = {"missing": "folder-gone"}


def failure_reason(error: StorageError) -> Reason:
    """The lasting reason behind a disk error."""
    params: dict[str, str | int | float] = {"path": error.path}
    if error.missing_bytes:
        params["missing"] = error.missing_bytes
    if error.detail:
        params["detail"] = error.detail
    return Reason(_DISK_CODES.get(error.code, error.code), params)


def reading_reason(error: StorageError) -> Reason:
    """The reason behind a read that failed: verified files are gone or were cut."""
    if error.code == "missing":
        return replace(failure_reason(error), code="files-changed")
    return failure_reason(error)


def failed_move(saved: tuple[str, ...]) -> Reason | None:
    """The reason behind `ResumeRecord.failed_move`."""
    if len(saved) not in (3, 4):
        return None
    params: dict[str, str | int | float] = {"folder": saved[0], "code": saved[1], "path": saved[2]}
    if saved[3:] and saved[3].isdecimal():
        params["at"] = int(saved[3])
    return Reason("move-failed", params)


def is_on_its_way(torrent: Torrent) -> bool:
    """Nobody stopped it: it is about to run, and has no state of its own for that."""
    is_at_rest = torrent.lifecycle.state is TorrentState.STOPPED
    return is_at_rest and torrent.record.is_started and torrent.stages.is_working


def shown_reason(torrent: Torrent, now: float) -> Reason | None:
    """Why it does not progress, or what is wrong."""
    state = torrent.lifecycle.state
    if torrent.failure is not None and state is TorrentState.ERROR:
        return torrent.failure
    if torrent.is_being_removed:
        return REMOVING
    if is_on_its_way(torrent):
        return STARTING
    if state is TorrentState.QUEUED:
        return torrent.queue_reason
    if state is TorrentState.STOPPED and torrent.selection.is_empty:
        return NOTHING_CHOSEN
    if state is TorrentState.STOPPED and torrent.record.choose_above is not None:
        return Reason("choose-files")
    if state is TorrentState.STOPPED and torrent.record.has_shared_enough:
        return Reason("shared-enough", {"ratio": round(torrent.sharing.ratio, 2)})
    return waiting_reason(torrent, now) if state is TorrentState.DOWNLOADING else None


def waiting_reason(torrent: Torrent, now: float) -> Reason | None:
    """What a running download waits for; None while data flows."""
    swarm = torrent.swarm
    seeds, sending, _ = swarm.counts(now)
    if sending:
        return None
    if swarm.connected and not swarm.is_seen(now):
        return None
    if swarm.connected:
        unreachable = (torrent.picker.missing & ~torrent.availability.present).bit_count()
        missing = torrent.picker.missing.bit_count()
        if unreachable and unreachable == missing:
            return Reason("no-seed", {"percent": round(100 * unreachable / torrent.piece_count, 1) or 0.1})
        if torrent.counters.down_quiet_seconds >= BUSY_SECONDS and all(
            peer.peer_choking for peer in swarm.connected.values()
        ):
            return Reason("all-busy", {"seeds": seeds})
        return None
    trouble = torrent.announcer.trouble()
    if trouble is not None:
        return trouble
    next_in = looks_again_in(torrent, now)
    if torrent.announcer.has_answered or torrent.dht_search.has_answered or next_in is None:
        return Reason("no-peers", {} if next_in is None else {"next_in": next_in})
    return Reason("finding")
