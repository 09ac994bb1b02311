"""The beat that lets limited connections go on: small shares in turn, so that a mean is kept and nobody starves."""

from __future__ import annotations

from shoal.engine.peer.connection import PeerConnection
from shoal.engine.policy.rate_limit import UNLIMITED

BEAT_SECONDS = 0.1
SHARE_BYTES = 16 * 1024
"""The least share of one beat when many wait; the last one takes what is left."""


class LimitedPeers:
    """Connections that used up their limits and wait for the next beat."""

    def __init__(self) -> None:
        self._readers: dict[PeerConnection, None] = {}
        self._senders: dict[PeerConnection, None] = {}

    def wait_to_read(self, peer: PeerConnection) -> None:
        self._readers[peer] = None

    def wait_to_send(self, peer: PeerConnection) -> None:
        self._senders[peer] = None

    def beat(self, now: float) -> None:
        """Hand out what the buckets have. Those not served keep their place in front."""
        if self._readers:
            self._read(now)
        if self._senders:
            self._send(now)

    def _read(self, now: float) -> None:
        waiting, self._readers = self._readers, {}
        left: dict[PeerConnection, None] = {}
        for place, peer in enumerate(waiting):
            host = peer.host
            if peer.is_closed or host is None:
                continue
            if peer.is_throttled(now):
                left[peer] = None
                continue
            allowance = host.down_bucket.allowance(now)
            if allowance >= UNLIMITED:
                peer.grant_reading(SHARE_BYTES)
                continue
            if allowance <= 0:
                left[peer] = None
                continue
            quota = min(allowance, max(SHARE_BYTES, allowance // (len(waiting) - place)))
            # Charged when granted, not when read: what is under way must not be handed out twice.
            host.down_bucket.take(quota, now)
            peer.grant_reading(quota)
        self._readers = left | self._readers

    def _send(self, now: float) -> None:
        waiting, self._senders = self._senders, {}
        left: dict[PeerConnection, None] = {}
        for place, peer in enumerate(waiting):
            host = peer.host
            if peer.is_closed or host is None:
                continue
            allowance = host.up_bucket.allowance(now)
            if allowance > 0:
                peer.uploads.pump(max(SHARE_BYTES, allowance // (len(waiting) - place)))
            else:
                left[peer] = None
        self._senders = left | self._senders
