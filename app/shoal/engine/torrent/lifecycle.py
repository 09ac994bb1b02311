"""The states of a torrent and which may follow which."""

from __future__ import annotations

from shoal.api.snapshots import TorrentState

S = TorrentState

TRANSITIONS: dict[TorrentState, frozenset[TorrentState]] = {
    S.STOPPED: frozenset({S.CHECKING, S.ALLOCATING, S.QUEUED, S.ERROR, S.MOVING}),
    S.QUEUED: frozenset({S.CHECKING, S.ALLOCATING, S.STOPPED, S.ERROR}),
    S.CHECKING: frozenset({S.ALLOCATING, S.QUEUED, S.STOPPED, S.STOPPING, S.ERROR}),
    S.ALLOCATING: frozenset({S.DOWNLOADING, S.SEEDING, S.STOPPING, S.ERROR}),
    S.DOWNLOADING: frozenset({S.SEEDING, S.STOPPING, S.ERROR, S.CHECKING}),
    S.SEEDING: frozenset({S.DOWNLOADING, S.STOPPING, S.ERROR, S.CHECKING}),
    S.STOPPING: frozenset({S.STOPPED, S.ERROR}),
    S.MOVING: frozenset({S.STOPPED, S.CHECKING, S.ALLOCATING, S.QUEUED, S.STOPPING, S.ERROR}),
    S.ERROR: frozenset({S.CHECKING, S.ALLOCATING, S.QUEUED, S.STOPPING, S.STOPPED}),
}
MAGNET_TRANSITIONS: dict[TorrentState, frozenset[TorrentState]] = {
    S.STOPPED: frozenset({S.QUEUED, S.DOWNLOADING}),
    S.QUEUED: frozenset({S.DOWNLOADING, S.STOPPED}),
    S.DOWNLOADING: frozenset({S.STOPPING, S.ERROR}),
    S.STOPPING: frozenset({S.STOPPED}),
    S.ERROR: frozenset({S.STOPPING, S.STOPPED}),
}
"""Of a magnet link without its metainfo: DOWNLOADING means that peers are asked for it."""
RUNNING = frozenset({S.DOWNLOADING, S.SEEDING})
"""States with peers and trackers."""


class Lifecycle:
    """The one state of a torrent; refuses transitions that are not in the table."""

    __slots__ = ("_transitions", "state")

    def __init__(self, transitions: dict[TorrentState, frozenset[TorrentState]] = TRANSITIONS) -> None:
        self._transitions = transitions
        self.state = S.STOPPED

    def to(self, state: TorrentState) -> None:
        """Go to `state`; going where it is already does nothing. Raises ValueError on a step not in the table."""
        if state is self.state:
            return
        if state not in self._transitions[self.state]:
            raise ValueError(f"a torrent cannot go from {self.state.value} to {state.value}")
        self.state = state

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING
