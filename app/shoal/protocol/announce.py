"""What clients and trackers tell each other, whatever carries it: shared by the HTTP and the UDP tracker codecs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

INFO_HASH_LENGTH = 20
PEER_ID_LENGTH = 20

DEFAULT_INTERVAL_SECONDS = 1800
MIN_INTERVAL_SECONDS = 60
MAX_INTERVAL_SECONDS = 24 * 3600
MAX_RETRY_SECONDS = 7 * 24 * 3600
MAX_PEERS = 3_000
MAX_SCRAPE_HASHES = 74
MAX_REASON_LENGTH = 300
MAX_TRACKER_ID_LENGTH = 256
MAX_COUNT = 2**31 - 1
MAX_AMOUNT_BYTES = 2**63 - 1

Peer = tuple[str, int]


class AnnounceEvent(Enum):
    """Why a client announces; the values are the codes of BEP 15."""

    NONE = 0
    COMPLETED = 1
    STARTED = 2
    STOPPED = 3


@dataclass(frozen=True, slots=True)
class AnnounceRequest:
    """One announce. Amounts in bytes; `port` 0..65535 as said by the client (0 cannot be dialled).

    `num_want` None leaves the number of peers to the tracker. `key` is 32 bits that stay the same when the address of
    the client changes. `ip` is what the client claims; a tracker need not believe it. `compact` and `no_peer_id`
    concern HTTP only.
    """

    info_hash: bytes
    peer_id: bytes
    port: int
    uploaded: int
    downloaded: int
    left: int
    event: AnnounceEvent = AnnounceEvent.NONE
    num_want: int | None = None
    key: int | None = None
    tracker_id: bytes | None = None
    ip: str | None = None
    compact: bool = True
    no_peer_id: bool = True


@dataclass(frozen=True, slots=True)
class AnnounceReply:
    """A tracker's answer. Intervals in seconds; `peers` are `(numeric address, port)`; None where nothing was said.

    `external_ip` is our own address as the tracker sees it (BEP 24).
    """

    interval: int
    min_interval: int | None = None
    peers: tuple[Peer, ...] = ()
    seeds: int | None = None
    leeches: int | None = None
    warning: str = ""
    tracker_id: bytes | None = None
    external_ip: str | None = None


@dataclass(frozen=True, slots=True)
class AnnounceFailure:
    """A tracker's refusal, of announce and scrape alike.

    `reason` is clean plain text. `retry_in` is in seconds, `math.inf` for "never again", None where nothing was said
    (BEP 31).
    """

    reason: str
    retry_in: float | None = None


@dataclass(frozen=True, slots=True)
class ScrapeEntry:
    """Counts of one swarm: present seeds and leeches, and how often a download was completed."""

    info_hash: bytes
    seeds: int
    completed: int
    leeches: int


def clamp_interval(seconds: int) -> int:
    """A tracker's interval brought into the bounds that we honour."""
    return min(max(seconds, MIN_INTERVAL_SECONDS), MAX_INTERVAL_SECONDS)
