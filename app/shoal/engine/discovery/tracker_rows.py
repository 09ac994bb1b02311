"""What front ends are shown of a tracker."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from shoal.api.details import TrackerRow
from shoal.api.snapshots import SourceAnswer
from shoal.engine.policy.announce_schedule import Tracker, TrackerState

REFUSED = "refused"
"""The state of a tracker that answers, and says no."""


def tracker_row(tracker: Tracker, now: float, wall: float, may_ask_at: float | None) -> TrackerRow:
    """`now` in monotonic, `wall` in wall-clock seconds; `may_ask_at` is None while no announces are made."""
    is_waiting = may_ask_at is not None and tracker.state is not TrackerState.OFF
    answered_at = tracker.answered_at
    return TrackerRow(
        url=tracker.url,
        tier=tracker.tier,
        state=state_of(tracker),
        seeds=tracker.seeds,
        leeches=tracker.leeches,
        peers_received=tracker.peers_received,
        next_announce_in=max(0.0, tracker.next_at - now) if is_waiting else None,
        message=tracker.message,
        last_answer_at=None if answered_at is None else wall - (now - answered_at),
        may_ask_in=max(0.0, may_ask_at - now) if is_waiting and may_ask_at is not None else None,
    )


def state_of(tracker: Tracker) -> str:
    """The word of `TrackerRow.state`."""
    if tracker.has_refused and tracker.state in (TrackerState.FAILING, TrackerState.OFF):
        return REFUSED
    return tracker.state.value


def answer_of(tracker: Tracker, now: float, wall: float) -> SourceAnswer | None:
    """What it said last, or why it did not; None before the first announce has ended. Times as in `tracker_row`."""
    if tracker.heard_at is None:
        return None
    return SourceAnswer(origin_of(tracker.url), wall - (now - tracker.heard_at), tracker.message)


@lru_cache(maxsize=4096)
def origin_of(url: str) -> str:
    """Scheme, host and port: what follows often is the user's own key to a tracker."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].rpartition('@')[2]}"


@lru_cache(maxsize=4096)
def host_of(url: str) -> str:
    """The host in a tracker's address; empty when it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
