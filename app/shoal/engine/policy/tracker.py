"""One tracker of a torrent: where it is, what it said, and when it is asked next."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from shoal.protocol.announce import DEFAULT_INTERVAL_SECONDS


class TrackerState(Enum):
    """What is known of a tracker; the values are words of `api.details.TrackerRow.state`."""

    WAITING = "waiting"
    ASKING = "asking"
    WORKING = "working"
    FAILING = "failing"
    OFF = "off"


@dataclass(slots=True, eq=False)
class Tracker:
    """One tracker of the torrent. Times in seconds of the caller's clock.

    Only `AnnounceSchedule` changes it; its counts also who scrapes them.
    """

    url: str
    tier: int
    state: TrackerState = TrackerState.WAITING
    next_at: float = -math.inf
    asked_at: float = -math.inf
    answered_at: float | None = None
    """When it last answered, with a refusal at least."""
    heard_at: float | None = None
    """When an announce last ended, with an answer or without one."""
    interval: float = DEFAULT_INTERVAL_SECONDS
    min_interval: float | None = None
    failures: int = 0
    knows_us: bool = False
    """It accepted an announce of this run, so it is owed `stopped`."""
    owes_completed: bool = False
    has_usable_peers: bool = False
    seeds: int | None = None
    leeches: int | None = None
    """Others, as it told last (`swarm_count`)."""
    completed: int | None = None
    """How often it was told of a finished download."""
    scraped_at: float | None = None
    """When its counts were last asked for without an announce."""
    peers_received: int = 0
    message: str = ""
    has_refused: bool = False
    """Its last answer was a refusal in its own words, not a failure to reach it."""
    cause: str = ""
    """Code of the last failure."""
    is_unusable: bool = False
    """Its address cannot be asked at all."""
    is_removed: bool = False
    """It was taken from the torrent; what it still answers no longer counts."""
    is_automatic: bool = False
    """It comes from the list of the settings, not from the torrent or by hand."""
    tracker_id: bytes | None = None
