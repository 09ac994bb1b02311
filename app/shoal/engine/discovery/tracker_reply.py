"""A tracker's answer as discovery uses it: the protocol's reply, and who gave it."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.engine.discovery.errors import TrackerError, TrackerErrorKind
from shoal.protocol.announce import AnnounceFailure, AnnounceReply


@dataclass(frozen=True, slots=True)
class TrackerReply:
    """`source_host` is the tracker's numeric address, by which the scope of the peers that it names is judged."""

    reply: AnnounceReply
    source_host: str


def refusal(failure: AnnounceFailure) -> TrackerError:
    """The error for a tracker that said no, with its own words."""
    text = failure.reason or "The tracker refused without a reason"
    return TrackerError(TrackerErrorKind.TRANSIENT, "failure", text, retry_in=failure.retry_in)


def bad_url(text: str) -> TrackerError:
    """The error for an address that can never be asked."""
    return TrackerError(TrackerErrorKind.PERMANENT, "bad-url", text)


def trouble(code: str, text: str) -> TrackerError:
    """The error for anything that another try may overcome."""
    return TrackerError(TrackerErrorKind.TRANSIENT, code, text)
