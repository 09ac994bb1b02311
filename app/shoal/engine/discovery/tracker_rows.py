"""What front ends are shown of a tracker."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from shoal.api.details import TrackerRow
from shoal.api.errors import Reason
from shoal.api.snapshots import SourceAnswer
from shoal.engine.policy.tracker import Tracker, TrackerState

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
        completed=tracker.completed,
        is_automatic=tracker.is_automatic,
    )


def trouble_of(trackers: Iterable[Tracker]) -> Reason | None:
    """What is wrong when every tracker fails, see `Announcer.trouble`."""
    every = list(trackers)
    failing = [tracker for tracker in every if tracker.state in (TrackerState.FAILING, TrackerState.OFF)]
    if not every or len(failing) < len(every):
        return None
    worst = next((tracker for tracker in failing if tracker.has_refused), failing[0])
    code = "tracker-refused" if worst.has_refused else "tracker-failed"
    return Reason(code, {"text": worst.message, "host": host_of(worst.url), "cause": worst.cause})


def scrapes_due(trackers: Iterable[Tracker], now: float, seconds: float) -> list[str]:
    """The first tracker of each tier that is not in trouble, unless its counts were asked for within `seconds`."""
    first: dict[int, Tracker] = {}
    for tracker in trackers:
        if tracker.state not in (TrackerState.FAILING, TrackerState.OFF):
            first.setdefault(tracker.tier, tracker)
    return [
        tracker.url for tracker in first.values() if tracker.scraped_at is None or now - tracker.scraped_at >= seconds
    ]


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
