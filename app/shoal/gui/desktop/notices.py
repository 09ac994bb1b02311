"""What is told to a person who looks elsewhere, and when. Pure: updates and moments go in, notices come out.

Told are downloads that finished, the end of all of them, transfers that only the person can make go on, and a disk that
is almost full. Hash checks, resets and the retries of trackers are never told, nor is what was so at the start already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from shoal.api.snapshots import DiskSpace, TorrentRow, TorrentState, Update
from shoal.gui.desktop import notice
from shoal.gui.desktop.bursts import Burst, Grouped
from shoal.gui.desktop.low_disks import LowDisks
from shoal.gui.desktop.notice import Notice
from shoal.gui.desktop.quiet_hours import is_quiet, quiet_minutes_left
from shoal.gui.style.diagnosis import diagnose, needs_user
from shoal.settings.interface_settings import InterfaceSettings

OfOne = Callable[[int, TorrentRow], Notice]
OfSeveral = Callable[[int, Sequence[TorrentRow], tuple[int, ...]], Notice]
STEADY_SECONDS = 3.0
"""A transfer needs somebody when it does for so long: the engine mends many things at once."""
SETTLED_SECONDS = 600.0
"""The same trouble of the same transfer is told again when it was gone for so long."""
_NEVER_TOLD = frozenset({"nothing-chosen"})
"""What the person has just done."""
_TOLD_ONCE = frozenset({"tracker-refused"})
"""What goes and comes with every retry."""


@dataclass(frozen=True, slots=True)
class Moment:
    now: float
    """Seconds of a steady clock."""
    minute: int
    """Of the local day."""
    in_front: bool = False
    """The person looks at the window: quiet hours are for who does not."""


@dataclass(slots=True)
class _Trouble:
    """What was told of one transfer."""

    code: str
    gone_at: float | None = None


@dataclass(slots=True)
class _Withheld:
    """What happened in quiet hours."""

    done: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    disks: list[DiskSpace] = field(default_factory=list)
    is_all_done: bool = False


class Notices:
    """`take` every update, and call `tick` when `wait` says so. What is known before `begin` is no news."""

    def __init__(self, settings: Callable[[], InterfaceSettings]) -> None:
        self._settings = settings
        self._rows: dict[str, TorrentRow] = {}
        self._unfinished: set[str] = set()
        self._loading: set[str] = set()
        self._has_begun = False
        self._next_key = 1
        self._done_burst, self._stuck_burst = Burst(), Burst()
        self._spell_count = self._spell_size = 0
        """Downloads that finished since there last was nothing to do, and their bytes."""
        self._steadying: dict[str, float] = {}
        """Transfers that need somebody, and since when, before they are told."""
        self._troubles: dict[str, _Trouble] = {}
        self._low_disks = LowDisks()
        self._disks: tuple[DiskSpace, ...] = ()
        self._withheld = _Withheld()

    def begin(self) -> None:
        """Everything that the engine had to tell at its start has come."""
        self._has_begun = True

    def take(self, update: Update, moment: Moment) -> list[Notice]:
        """What is told of this update, in order."""
        for torrent_id in update.removed:
            self._forget(torrent_id)
        for row in update.changed:
            self._follow(row, moment.now)
        self._disks = update.totals.disks
        told = self.tick(moment)
        finished = [alert.torrent_id for alert in update.alerts if alert.code == "finished"]
        told += self._finished([found for found in finished if found is not None], moment)
        told += self._check_disks(moment)
        return told

    def tick(self, moment: Moment) -> list[Notice]:
        """What has become due without an update: trouble that lasts, and the end of quiet hours."""
        told = self._after_quiet(moment)
        since = moment.now - STEADY_SECONDS
        due = [found for found, began in self._steadying.items() if began <= since]
        for torrent_id in due:
            del self._steadying[torrent_id]
        return told + self._stuck(due, moment)

    def wait(self, moment: Moment) -> float | None:
        """Seconds until `tick` may have something to tell; None when only an update can bring that."""
        waits = [max(0.0, began + STEADY_SECONDS - moment.now) for began in self._steadying.values()]
        if self._withheld != _Withheld():
            waits.append(60.0 * quiet_minutes_left(self._settings().quiet_hours, moment.minute))
        return min(waits, default=None)

    # -- what is known

    def _follow(self, row: TorrentRow, now: float) -> None:
        torrent_id = row.torrent_id
        self._rows[torrent_id] = row
        has_work = row.is_started and not row.is_complete and not row.has_nothing_chosen
        if has_work and not self._unfinished:
            self._spell_count = self._spell_size = 0
        _keep(self._unfinished, torrent_id, has_work)
        _keep(self._loading, torrent_id, row.state is TorrentState.DOWNLOADING)
        code = diagnose(row)[0].code if needs_user(row) else ""
        trouble = self._troubles.get(torrent_id)
        if not code or code in _NEVER_TOLD:
            self._steadying.pop(torrent_id, None)
            if trouble is not None and trouble.gone_at is None:
                trouble.gone_at = now
            return
        if trouble is not None and trouble.code == code:
            is_new = trouble.gone_at is not None and now - trouble.gone_at > SETTLED_SECONDS
            trouble.gone_at = None
            if not is_new or code in _TOLD_ONCE:
                return
        self._troubles[torrent_id] = _Trouble(code)
        if self._has_begun:
            self._steadying.setdefault(torrent_id, now)

    def _forget(self, torrent_id: str) -> None:
        self._rows.pop(torrent_id, None)
        self._steadying.pop(torrent_id, None)
        self._troubles.pop(torrent_id, None)
        self._unfinished.discard(torrent_id)
        self._loading.discard(torrent_id)

    def _known(self, torrent_ids: Iterable[str]) -> list[TorrentRow]:
        return [self._rows[found] for found in torrent_ids if found in self._rows]

    # -- what is told

    def _finished(self, torrent_ids: Sequence[str], moment: Moment) -> list[Notice]:
        settings = self._settings()
        # Data that was here already was found by a check, and that is no news.
        rows = [row for row in self._known(torrent_ids) if row.downloaded > 0]
        if not rows:
            return []
        self._unfinished.difference_update(torrent_ids)
        self._spell_count += len(rows)
        self._spell_size += sum(row.wanted for row in rows)
        is_end = settings.notify_all_done and not self._unfinished
        # The end of a single download is told by that download.
        is_end = is_end and (self._spell_count > 1 or not settings.notify_finished)
        if not is_end and not settings.notify_finished:
            return []
        ids = [row.torrent_id for row in rows]
        if self._is_quiet(moment):
            self._withheld.done += ids
            self._withheld.is_all_done = is_end
            return []
        if is_end:
            replaces = self._done_burst.forget()
            return [notice.all_done(self._key(), rows, self._spell_count, self._spell_size, replaces)]
        groups = self._done_burst.add(ids, moment.now, self._key(len(ids)))
        return [self._told(group, notice.finished, notice.several_finished) for group in groups]

    def _stuck(self, torrent_ids: Sequence[str], moment: Moment) -> list[Notice]:
        rows = [row for row in self._known(torrent_ids) if needs_user(row)]
        if not rows or not self._settings().notify_needs_you:
            return []
        ids = [row.torrent_id for row in rows]
        if self._is_quiet(moment):
            self._withheld.stuck += ids
            return []
        groups = self._stuck_burst.add(ids, moment.now, self._key(len(ids)))
        return [self._told(group, notice.needs_you, notice.several_need_you) for group in groups]

    def _told(self, group: Grouped, one: OfOne, several: OfSeveral) -> Notice:
        rows = self._known(group.torrent_ids)
        if len(group.torrent_ids) == 1:
            return one(group.key, rows[0])
        return several(group.key, rows, group.replaces)

    def _check_disks(self, moment: Moment) -> list[Notice]:
        if not self._settings().notify_disk:
            return []
        found = self._low_disks.new(self._disks, self._is_loading)
        if self._is_quiet(moment):
            self._withheld.disks += found
            return []
        return [notice.disk_almost_full(self._key(), disk) for disk in found]

    def _is_loading(self, disk: DiskSpace) -> bool:
        folders = set(disk.folders)
        return any(row.folder in folders for row in self._known(self._loading))

    # -- quiet hours

    def _is_quiet(self, moment: Moment) -> bool:
        return not moment.in_front and is_quiet(self._settings().quiet_hours, moment.minute)

    def _after_quiet(self, moment: Moment) -> list[Notice]:
        held = self._withheld
        if held == _Withheld() or is_quiet(self._settings().quiet_hours, moment.minute):
            return []
        self._withheld = _Withheld()
        done = self._known(dict.fromkeys(held.done))
        stuck = [row for row in self._known(dict.fromkeys(held.stuck)) if needs_user(row)]
        disks = self._low_disks.still(held.disks, self._disks)
        match done, stuck, disks:
            case [], [], []:
                return []
            case [row], [], [] if not held.is_all_done:
                return [notice.finished(self._key(), row)]
            case [], [row], []:
                return [notice.needs_you(self._key(), row)]
            case [], [], [disk]:
                return [notice.disk_almost_full(self._key(), disk)]
        is_all_done = held.is_all_done and not self._unfinished
        return [notice.summary(self._key(), done, stuck, is_disk_full=bool(disks), is_all_done=is_all_done)]

    def _key(self, count: int = 1) -> int:
        """The first of `count` keys that were never used."""
        self._next_key += count
        return self._next_key - count


def _keep(ids: set[str], torrent_id: str, belongs: bool) -> None:
    if belongs:
        ids.add(torrent_id)
    else:
        ids.discard(torrent_id)
