"""How long a complete transfer has been shared, and whether that is enough."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shoal.engine.policy.seeding_goal import SeedingGoal

if TYPE_CHECKING:
    from shoal.engine.torrent.torrent import Torrent

MINUTE = 60.0


class Sharing:
    """Of one torrent. A transfer that was started by hand after its goal, or at once, goes on for ever."""

    def __init__(self, torrent: Torrent) -> None:
        self._torrent = torrent

    @property
    def seconds(self) -> float:
        """How long it was shared, in all."""
        begun_at = self._torrent.record.shared_from
        return 0.0 if begun_at is None else self._torrent.counters.active_seconds - begun_at

    @property
    def size(self) -> int:
        """Bytes that the ratio counts: fetched, or one's own content."""
        return self._torrent.counters.downloaded or self._torrent.wanted_done

    @property
    def ratio(self) -> float:
        """Bytes sent per byte that is here."""
        return self._torrent.counters.uploaded / self.size if self.size else 0.0

    def second(self) -> None:
        """Look at the goal of a running seed."""
        torrent = self._torrent
        if torrent.record.shared_from is None:
            torrent.keep(replace(torrent.record, shared_from=torrent.counters.active_seconds))
        settings = torrent.services.settings()
        goal = SeedingGoal(settings.share_ratio, settings.share_minutes * MINUTE)
        if torrent.record.has_shared_enough or torrent.record.skips_queue:
            return
        if goal.is_reached(torrent.counters.uploaded, self.size, self.seconds):
            torrent.keep(replace(torrent.record, has_shared_enough=True))
            torrent.happened("shared-enough", ratio=round(self.ratio, 2))
            torrent.services.shared_enough(torrent)
