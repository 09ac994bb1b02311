"""What to tell one peer about the others (BEP 11), and how much of what it tells counts. Pure: time is an argument.

At most one message a minute each way, of 50 new and 50 gone peers; what did not fit comes with the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TypeVar

from shoal.protocol.ut_pex import MAX_PEERS, PexFlag, PexMessage

TELL_SECONDS = 60.0
LISTEN_SECONDS = 50.0
"""Messages that come sooner after the last that counted are skipped; a minute, less what the line may jitter."""
FIRST_WITHIN_SECONDS = 10.0
"""A new peer hears of the others soon: that is when it needs them most."""

Peer = TypeVar("Peer", bound=tuple[str, int])


class PeerGossip:
    """Between us and one connected peer."""

    __slots__ = ("_heard_at", "_tell_at", "_told")

    def __init__(self, now: float) -> None:
        self._told: dict[tuple[str, int], PexFlag] = {}
        self._tell_at = now + FIRST_WITHIN_SECONDS
        self._heard_at: float | None = None

    def is_due(self, now: float) -> bool:
        """Whether `news` may be asked."""
        return now >= self._tell_at

    def news(
        self, connected: Mapping[Peer, PexFlag], itself: Iterable[tuple[str, int]], now: float
    ) -> PexMessage | None:
        """What changed among the `connected` since it was told last; None when nothing did. Asked once it is due.

        `itself` are the addresses under which the peer itself is known: nobody needs to hear of himself.
        """
        self._tell_at = now + TELL_SECONDS
        own, still_here = set(itself), set[tuple[str, int]](connected)
        fresh = ((peer, flags) for peer, flags in connected.items() if peer not in self._told and peer not in own)
        added: dict[tuple[str, int], PexFlag] = dict(islice(fresh, MAX_PEERS))
        dropped = tuple(islice((peer for peer in self._told if peer not in still_here), MAX_PEERS))
        if not added and not dropped:
            return None
        for peer in dropped:
            del self._told[peer]
        self._told.update(added)
        return PexMessage(added, dropped)

    def may_hear(self, now: float) -> bool:
        """Whether a message that comes now counts."""
        if self._heard_at is not None and now - self._heard_at < LISTEN_SECONDS:
            return False
        self._heard_at = now
        return True
