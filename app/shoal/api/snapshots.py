"""Immutable pictures of the engine's state, as front ends see them. Bytes, bytes/s, seconds throughout."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from shoal.api.errors import Reason


class TorrentState(Enum):
    """What a torrent is doing. Exactly one at a time; engine/torrent/lifecycle has the transition table."""

    STOPPED = "stopped"
    QUEUED = "queued"
    CHECKING = "checking"
    ALLOCATING = "allocating"
    DOWNLOADING = "downloading"
    SEEDING = "seeding"
    MOVING = "moving"
    """Its files are being moved to another folder."""
    STOPPING = "stopping"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """What a source of peers said last: `source` is its scheme, host and port, `at` wall-clock seconds.

    `text` is in its own words, or why it gave no answer; empty when it answered and had nothing to remark.
    """

    source: str
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class TorrentRow:
    """One line of the table."""

    torrent_id: str
    name: str
    state: TorrentState
    size: int
    """All content bytes, padding left out."""
    wanted: int
    """Bytes of the files not skipped."""
    wanted_done: int
    """Verified bytes of those."""
    check_progress: float
    """0..1 while CHECKING, ALLOCATING or MOVING, else 0."""
    down_rate: float
    up_rate: float
    downloaded: int
    """Payload bytes received, ever."""
    uploaded: int
    wasted: int
    """Payload bytes thrown away: failed, duplicate, unasked."""
    eta: float | None
    """Seconds until all wanted bytes are here at the 60 s smoothed rate; None = unknown or not flowing."""
    peers: int
    """Connected peers, seeds among them."""
    seeds: int
    sending_peers: int
    """Peers that sent payload in the last 10 s."""
    receiving_peers: int
    known_peers: int
    """Addresses known; while SEEDING only those that may lack something."""
    swarm_seeds: int | None
    """Others, as the trackers say; None = no tracker said so."""
    swarm_leeches: int | None
    availability: float
    """Distributed copies, our own not counted: whole part = fewest, fraction = share of pieces above it."""
    pieces_total: int
    pieces_done: int
    piece_strip: bytes
    """At most 128 cells; each byte: 0 nobody, 1 in the swarm, 2 rare (one peer), 3 have; 4 not wanted."""
    private: bool
    queue_position: int
    folder: str
    tracker_host: str
    down_limit: int
    up_limit: int
    sequential: bool
    added_at: float
    """Wall-clock seconds since the epoch."""
    completed_at: float | None
    next_announce_in: float | None
    reason: Reason | None = None
    """Why it does not progress, or what is wrong; see docs/messages.md for the codes."""
    missing_pieces: int = 0
    """Wanted pieces that no connected peer has and we lack."""
    swarm_is_seen: bool = True
    """A connected peer has told its pieces; before that `availability` and the strip know nothing of others."""
    largest_file_name: str = ""
    label: str = ""
    first_last_first: bool = False
    is_started: bool = True
    """The user wants it to run; what it does now is its state."""
    skips_queue: bool = False
    file_count: int = 1
    """Files that a person sees: padding left out."""
    files_first: int = 0
    """Unfinished files of the highest priority, which are fetched before the others."""
    trackers: tuple[tuple[str, str], ...] = ()
    """(host, state as in `TrackerRow.state`) of at most 8 tracker hosts, the one in use first."""
    content_path: str = ""
    """Absolute path of its file, or of its top folder."""
    active_seconds: float = 0.0
    """How long it has been running, in all."""
    last_activity: float | None = None
    """Wall-clock seconds of the last payload byte in either direction."""
    events_revision: int = 0
    """Grows with every event of `Detail.EVENTS`."""
    files_revision: int = 0
    """Grows when paths of its files change."""
    has_metainfo: bool = True
    """False for a magnet link whose files are not known yet: sizes and pieces are 0 then."""
    in_dht: bool = False
    """Peers are looked for in the DHT, which answers or has just begun."""
    failed_move: Reason | None = None
    """A move that was refused or broken off (`move-failed`: folder, code, path), until it is dealt with or left."""
    answers: tuple[SourceAnswer, ...] = ()
    """Of at most 8 trackers, in the order in which they are tried."""

    @property
    def progress(self) -> float:
        """0..1 of what was chosen."""
        if self.wanted == 0:
            return 0.0 if self.has_nothing_chosen or not self.has_metainfo else 1.0
        return self.wanted_done / self.wanted

    @property
    def is_complete(self) -> bool:
        return self.has_metainfo and self.wanted_done >= self.wanted and not self.has_nothing_chosen

    @property
    def sees_others(self) -> bool:
        """What the connected peers have is known."""
        return self.peers > 0 and self.swarm_is_seen

    @property
    def has_nothing_chosen(self) -> bool:
        """Every file is skipped, and so it rests."""
        return self.reason is not None and self.reason.code == "nothing-chosen"


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """One disk, in bytes. `due` is what its unfinished transfers still need there."""

    folders: tuple[str, ...]
    total: int
    free: int
    due: int


class RouterState(Enum):
    """What became of asking the router to let others in."""

    OFF = "off"
    """It is not asked: switched off, or nobody outside could connect anyway."""
    ASKING = "asking"
    OPEN = "open"
    SILENT = "silent"
    REFUSED = "refused"
    NONE = "none"
    """No router of a private network is there to be asked."""


@dataclass(frozen=True, slots=True)
class RouterRow:
    """`port` is the router's one that leads to us, `way` how it is spoken to (`UPnP`...), `host` its address."""

    state: RouterState = RouterState.OFF
    port: int = 0
    way: str = ""
    host: str = ""
    is_behind_another: bool = False
    """The router itself has no public address: another one, such as the provider's, is in the way."""


class IpFilterStep(Enum):
    """What is done with the list of addresses that are shut out."""

    OFF = "off"
    """None was chosen."""
    FETCHING = "fetching"
    READING = "reading"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class IpFilterState:
    """The list of addresses that are shut out. A list in force stays so while another is fetched or read."""

    source: str = ""
    """A path or an http(s) address, as in the settings."""
    step: IpFilterStep = IpFilterStep.OFF
    progress: float = 0.0
    """0..1 while READING."""
    ranges: int = 0
    """In force, those that overlap or touch put together."""
    unreadable: int = 0
    """Lines that were none that is known."""
    updated_at: float = 0.0
    """When a list from the web was last known to be the newest, or a file written; wall-clock seconds, 0 = never."""
    problem: Reason | None = None
    """Why the last attempt came to nothing: `ip-filter-*`."""


@dataclass(frozen=True, slots=True)
class SessionTotals:
    """The whole session: rates in bytes/s, counters since its start."""

    down_rate: float = 0.0
    up_rate: float = 0.0
    downloaded: int = 0
    uploaded: int = 0
    down_limit: int = 0
    up_limit: int = 0
    peers: int = 0
    listen_port: int = 0
    has_incoming: bool = False
    """A peer has connected in since the start."""
    router: RouterRow = RouterRow()
    external_host: str = ""
    """Our IPv4 address, else the IPv6 one, as the rest of the world sees it; "" while that is not known."""
    free_bytes: dict[str, int] = field(default_factory=dict)
    """Free bytes by download folder."""
    disks: tuple[DiskSpace, ...] = ()
    """The disks that hold downloads; first the one that holds most transfers."""
    active_downloads: int = 0
    """How many downloads the queue lets run at the same time; 0 = all."""
    settings_revision: int = 0
    """Grows whenever engine settings change."""
    paused_until: float = 0.0
    """Wall-clock seconds at which everything goes on; 0 = nothing is paused, -1 = until somebody resumes."""
    barred: Reason | None = None
    """Why nothing is sent or received although nobody paused it: `address-gone`, `address-unknown`."""
    dht_state: str = "off"
    """`off`, `starting`, `no-answer` (nobody answers), `working`."""
    dht_nodes: int = 0
    """Nodes that were heard of lately."""
    is_dht_read_only: bool = False
    """It asks others and answers nobody."""
    ip_filter: IpFilterState = field(default_factory=IpFilterState)


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that happened and is worth a line: `code` and `params` as in `Reason`."""

    code: str
    torrent_id: str | None
    params: dict[str, str | int | float]
    severity: str = "info"
    """`info`, `warning`, `error`."""


@dataclass(frozen=True, slots=True)
class SettingsReport:
    """What really took effect: final values by key, and notes such as `port-taken`."""

    values: dict[str, str | int | float | bool]
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """One beat: only what changed since the subscriber's last one. The first beat carries every row."""

    sequence: int
    changed: tuple[TorrentRow, ...]
    removed: tuple[str, ...]
    totals: SessionTotals
    alerts: tuple[Alert, ...] = ()
