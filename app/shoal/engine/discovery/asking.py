"""Asks one tracker for one torrent, whatever the tracker speaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from shoal.engine.discovery import http_tracker
from shoal.engine.discovery.tracker_reply import TrackerReply, bad_url
from shoal.engine.discovery.udp_tracker import ATTEMPT_SECONDS
from shoal.engine.policy.peer_demand import MOST_WANTED
from shoal.engine.policy.tracker import Tracker
from shoal.engine.transport.http_client import HttpClient
from shoal.protocol.announce import AnnounceEvent, AnnounceRequest


class AnnounceStats(NamedTuple):
    """What a tracker is told: payload bytes of this run, bytes still missing, our port, how many peers we want."""

    uploaded: int
    downloaded: int
    left: int
    port: int
    num_want: int = MOST_WANTED


class UdpAnnounces(Protocol):
    """What is needed of `UdpTracker`."""

    async def announce(
        self, url: str, request: AnnounceRequest, *, attempt_seconds: Sequence[float] = ATTEMPT_SECONDS
    ) -> TrackerReply: ...


class Asking:
    """For one torrent. `key`: 32 bits that stay the same, also over the other address family (BEP 7)."""

    def __init__(self, http: HttpClient, udp: UdpAnnounces, info_hash: bytes, peer_id: bytes, key: int) -> None:
        self._http = http
        self._udp = udp
        self._info_hash = info_hash
        self._peer_id = peer_id
        self._key = key

    async def announce(
        self,
        tracker: Tracker,
        event: AnnounceEvent,
        stats: AnnounceStats,
        attempt_seconds: Sequence[float] = ATTEMPT_SECONDS,
    ) -> TrackerReply:
        """Announce once; `attempt_seconds` is for UDP. Raises `TrackerError`."""
        request = AnnounceRequest(
            info_hash=self._info_hash,
            peer_id=self._peer_id,
            port=stats.port,
            uploaded=stats.uploaded,
            downloaded=stats.downloaded,
            left=stats.left,
            event=event,
            num_want=0 if event is AnnounceEvent.STOPPED else stats.num_want,
            key=self._key,
            tracker_id=tracker.tracker_id,
        )
        scheme = tracker.url.partition(":")[0].lower()
        if scheme == "udp":
            return await self._udp.announce(tracker.url, request, attempt_seconds=attempt_seconds)
        if scheme in ("http", "https"):
            return await http_tracker.announce(self._http, tracker.url, request)
        raise bad_url("Only http, https and udp trackers can be asked")
