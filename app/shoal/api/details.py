"""The parts of one torrent that a front end asks for while it shows them. Bytes, bytes/s, seconds throughout."""

from __future__ import annotations

from dataclasses import dataclass, field

from shoal.api.commands import Span
from shoal.api.errors import Reason


@dataclass(frozen=True, slots=True)
class FileRow:
    index: int
    path: str
    """Cleaned path inside the torrent, with `/`."""
    size: int
    done: int
    priority: int
    is_pad: bool


@dataclass(frozen=True, slots=True)
class PeerRow:
    host: str
    port: int
    client: str
    has: float
    """0..1 of all pieces."""
    down_rate: float
    up_rate: float
    downloaded: int
    uploaded: int
    is_incoming: bool
    am_choking: bool
    am_interested: bool
    peer_choking: bool
    peer_interested: bool
    is_snubbed: bool
    source: str
    connected_seconds: float = 0.0
    requests: int = 0
    """Blocks that we have asked it for and that have not come."""
    is_held_back: bool = False
    """It only takes: much was sent to it for long, and next to nothing came back."""
    is_encrypted: bool = False
    is_utp: bool = False


@dataclass(frozen=True, slots=True)
class TrackerRow:
    """One source of peers."""

    url: str
    """The tracker's address, or `dht`."""
    tier: int
    """From 0; -1 for what is no tracker."""
    state: str
    """`waiting`, `asking`, `working`, `failing`, `refused`, `off`."""
    seeds: int | None
    leeches: int | None
    peers_received: int
    next_announce_in: float | None
    message: str
    """Last failure or warning in full; text from a stranger."""
    last_answer_at: float | None = None
    """Wall-clock seconds."""
    may_ask_in: float | None = None
    """Seconds until it may be asked by hand without force; 0 = now."""
    nodes: int = 0
    """Of the DHT: nodes that answered the last search."""
    tellers: int = 0
    """Of peer exchange: connected peers that take part."""
    completed: int | None = None
    """How often the tracker was told of a finished download."""
    is_automatic: bool = False
    """It comes from the list of the settings, and goes with it."""

    @property
    def is_tracker(self) -> bool:
        """False for the other sources of peers, whose `url` is a word."""
        return self.tier >= 0


@dataclass(frozen=True, slots=True)
class OpenPiece:
    """A piece that is being fetched."""

    index: int
    done: int
    """Bytes received of it."""
    peers: tuple[str, ...]
    """`host:port` of those that were asked for it."""


@dataclass(frozen=True, slots=True)
class SourceCount:
    """Of the peers that `source` named first (as `PeerRow.source`): addresses known, and those connected now."""

    source: str
    known: int
    connected: int


@dataclass(frozen=True, slots=True)
class TorrentEvent:
    """Something that happened to a torrent; `code` and `params` as in `Reason`, `at` in wall-clock seconds."""

    at: float
    code: str
    params: dict[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TorrentDetails:
    """Parts that were asked for; the rest is None."""

    torrent_id: str
    files: tuple[FileRow, ...] | None = None
    peers: tuple[PeerRow, ...] | None = None
    trackers: tuple[TrackerRow, ...] | None = None
    pieces: bytes | None = None
    """One byte per piece: 0 missing, 1 in flight, 3 have, 4 not wanted."""
    availability: bytes | None = None
    """With PIECES: one byte per piece, connected peers that have it (255 = or more); our own not counted."""
    open_pieces: tuple[OpenPiece, ...] | None = None
    """With PIECES."""
    failed_pieces: tuple[int, ...] = ()
    """With PIECES: those that failed their hash check in the last 60 s."""
    sources: tuple[SourceCount, ...] | None = None
    """With PEERS: where peers come from, most first."""
    file_done: bytes | None = None
    """With FILE_PROGRESS: 8 bytes per file in native order (`array('Q')`), its verified bytes."""
    file_priorities: bytes | None = None
    """With FILE_PROGRESS: one byte per file."""
    file_strips: dict[int, bytes] = field(default_factory=dict)
    """With FILE_PROGRESS: the piece strip of each file asked for, cells as in `TorrentRow.piece_strip`, at most 64."""
    events: tuple[TorrentEvent, ...] | None = None
    """With EVENTS: the last 200, oldest first."""
    metainfo: bytes | None = None
    """With METAINFO: the .torrent as it was added."""
    piece_length: int = 0
    info_hash_v1: str = ""
    info_hash_v2: str | None = None
    comment: str = ""
    created_by: str = ""
    created_at: float | None = None
    magnet: str = ""
    """A link that finds it again, trackers included unless it is private."""


@dataclass(frozen=True, slots=True)
class SwarmLookup:
    """What trackers tell of a swarm that was only looked up. With `answered` and `failed` empty nobody could say."""

    answered: str = ""
    """Host of the first tracker that answered."""
    seeds: int | None = None
    peers: int | None = None
    """Those that lack something."""
    failed: tuple[tuple[str, str], ...] = ()
    """(host, cause) of those that did not answer: `unknown-host`, `unreachable`, `reset`, `timeout` or `tls`."""


@dataclass(frozen=True, slots=True)
class MagnetProgress:
    """How far getting the metainfo of a magnet link is."""

    known: int = 0
    """Addresses of peers."""
    asked: int = 0
    """Different peers that were asked for it so far."""
    offering: int = 0
    """Connected peers that have it."""
    received: int = 0
    """Bytes that the furthest of them has sent, of `size`."""
    size: int = 0
    trouble: Reason | None = None
    """What is wrong when every tracker fails, as in `TorrentRow.reason`."""
    has_sources: bool = True
    """There is a tracker, a peer or the DHT to ask."""
    is_paused: bool = False
    """Everything is paused, this too."""


@dataclass(frozen=True, slots=True)
class SpeedHistory:
    """Mean rates of equal steps, oldest first; `ends_at` (wall-clock seconds) is the end of the last step."""

    span: Span
    step_seconds: float
    ends_at: float
    down: tuple[float, ...] = ()
    up: tuple[float, ...] = ()
    events: tuple[TorrentEvent, ...] = ()
    """Within the span: limits changed, trackers failed, files finished, stopped, started."""
