"""Everything a front end can ask of the engine: frozen values, executed by `Client.execute`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class AddTorrent:
    """Add a torrent from raw metainfo bytes; answers its `TorrentId` (the v1 info-hash in hex).

    `file_priorities` has one `FilePriority` value per visible-or-pad file of the metainfo, in its order; None = all
    normal. `folder` is the absolute folder in which the torrent's file or top folder lies. Limits in bytes/s, 0 = none.
    `full_allocation` reserves all room at once; None = as the setting of that name says.
    Errors: `bad-metainfo`, `already-here` (params: id, name, new_trackers: how many of its trackers the one that is
    here does not have; 0 for a private one), `v2-only`.
    """

    metainfo: bytes
    folder: str
    file_priorities: tuple[int, ...] | None = None
    start: bool = True
    sequential: bool = False
    first_last_first: bool = False
    full_allocation: bool | None = None
    check_existing: bool = True
    down_limit: int = 0
    up_limit: int = 0
    extra_trackers: tuple[str, ...] = ()
    peers: tuple[tuple[str, int], ...] = ()
    label: str = ""
    skip_queue: bool = False
    """Start at once, whatever the queue says ("straight away")."""


@dataclass(frozen=True, slots=True)
class AddMagnet:
    """Add what a magnet link names; answers its `TorrentId`. Its metainfo is got from peers, then it is like any other.

    What is chosen here stays when that comes: `so=` of the link says which files. Fields as in `AddTorrent`.
    `choose_above`: once the files are known and hold more than so many bytes it stops, for its files to be chosen
    (`TorrentRow.reason` `choose-files`); 0 = in any case, None = never. Errors: `bad-magnet` (params: text),
    `already-here` (as `AddTorrent`), `v2-only`.
    """

    link: str
    folder: str
    start: bool = True
    sequential: bool = False
    first_last_first: bool = False
    full_allocation: bool | None = None
    check_existing: bool = True
    down_limit: int = 0
    up_limit: int = 0
    extra_trackers: tuple[str, ...] = ()
    peers: tuple[tuple[str, int], ...] = ()
    label: str = ""
    skip_queue: bool = False
    choose_above: int | None = None


@dataclass(frozen=True, slots=True)
class StartTorrent:
    """Let it run when the queue has room for it; `skip_queue` starts it at once and keeps it out of the queue."""

    torrent_id: str
    skip_queue: bool = False


@dataclass(frozen=True, slots=True)
class StopTorrent:
    """Stop transfer, announce `stopped`, save; answers when the state is saved."""

    torrent_id: str


@dataclass(frozen=True, slots=True)
class RemoveTorrent:
    """Take it from the list; with `delete_data` its files (never a stranger's) go too.

    Files go to the system's wastebasket where there is one and `to_wastebasket` asks for it, else for good.
    """

    torrent_id: str
    delete_data: bool = False
    to_wastebasket: bool = True


@dataclass(frozen=True, slots=True)
class RestoreTorrent:
    """Bring back what `RemoveTorrent` took from the list in this run, as it was; its files must still be there.

    Errors: `nothing-to-restore`.
    """

    torrent_id: str


@dataclass(frozen=True, slots=True)
class RecheckTorrent:
    """Hash everything again; the torrent goes on afterwards as before (stopped stays stopped).

    When all that was here is gone, it says so (`folder-gone`) and loads nothing anew, unless `start_anew`.
    """

    torrent_id: str
    start_anew: bool = False


@dataclass(frozen=True, slots=True)
class CancelCheck:
    torrent_id: str


@dataclass(frozen=True, slots=True)
class SetFilePriorities:
    """`priorities` maps a file's index to a `FilePriority` value; effective at once."""

    torrent_id: str
    priorities: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SetOrder:
    """None leaves that one as it is."""

    torrent_id: str
    sequential: bool | None = None
    first_last_first: bool | None = None


@dataclass(frozen=True, slots=True)
class SetLimits:
    """Rates in bytes/s, 0 = no limit. `torrent_id` None = the whole session."""

    torrent_id: str | None
    down: int | None = None
    up: int | None = None


@dataclass(frozen=True, slots=True)
class AddPeers:
    torrent_id: str
    peers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class AnnounceNow:
    """Ask the trackers again, never sooner than they allow unless `force`."""

    torrent_id: str
    force: bool = False


@dataclass(frozen=True, slots=True)
class AddTrackers:
    """Append these addresses, a tier each; known ones are left out. Errors: `bad-tracker` (params: url)."""

    torrent_id: str
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveTrackers:
    """Ask these addresses no more, also after a restart."""

    torrent_id: str
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetTrackers:
    """Ask exactly these addresses, in these tiers and this order (BEP 12), also after a restart.

    An address that comes twice counts where it comes first. Errors: `bad-tracker` (params: url), nothing is changed
    then.
    """

    torrent_id: str
    tiers: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class BanPeer:
    """End every connection with `host` and accept none; for this session, or `always`. Errors: `bad-address`."""

    host: str
    always: bool = False


class QueueStep(Enum):
    """Where `MoveInQueue` takes transfers, which keep their order among themselves."""

    TOP = "top"
    UP = "up"
    DOWN = "down"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class MoveInQueue:
    torrent_ids: tuple[str, ...]
    step: QueueStep


@dataclass(frozen=True, slots=True)
class PlaceInQueue:
    """Put the transfers, in the order given, before the transfer `before` (None = at the end)."""

    torrent_ids: tuple[str, ...]
    before: str | None


@dataclass(frozen=True, slots=True)
class SetLabel:
    """One label per transfer, at most 64 characters; empty takes it away. Errors: `bad-label`."""

    torrent_id: str
    label: str


@dataclass(frozen=True, slots=True)
class RenameTorrent:
    """The name in the list only; the files keep theirs. Empty gives back the metainfo's. Errors: `bad-name`."""

    torrent_id: str
    name: str


@dataclass(frozen=True, slots=True)
class RenamePath:
    """Rename a file or folder of the torrent on the disk, whether it is there already or not.

    `path` is as in `FileRow.path` (for a folder the part before one of its `/`); `new_name` is one path element.
    Errors: `bad-name` (params: name, why), `name-taken` (params: name), and those of the disk.
    """

    torrent_id: str
    path: str
    new_name: str


@dataclass(frozen=True, slots=True)
class MoveFiles:
    """Move everything of the torrent to the absolute `folder`; answers when the move has begun (state MOVING).

    Until the last byte is there the old files stay, so that a cancelled or failed move loses nothing. Ends with an
    alert `moved` or `move-failed`. Errors: `same-folder`, `disk-full` (params: missing), `name-taken` (params: path).
    """

    torrent_id: str
    folder: str


@dataclass(frozen=True, slots=True)
class CancelMove:
    """Bring everything back. Of a move that has failed, no longer tell (`TorrentRow.failed_move`)."""

    torrent_id: str


@dataclass(frozen=True, slots=True)
class UseFolder:
    """Look for the files in the absolute `folder` from now on, moving none ("Find files..."), and check them there."""

    torrent_id: str
    folder: str


@dataclass(frozen=True, slots=True)
class PauseSession:
    """Take everything out of its swarms for `seconds`, None = until `ResumeSession`; who is to run stays so.

    It outlasts a restart. Again while paused: from now on for so long.
    """

    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ResumeSession:
    """End the pause."""


@dataclass(frozen=True, slots=True)
class UpdateIpFilter:
    """Read the list of addresses that are shut out anew, from the web if it lies there. Harmless without a list."""


@dataclass(frozen=True, slots=True)
class CancelIpFilter:
    """End the fetching or reading of that list; what was in force stays so. Harmless when nothing is under way."""


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """Replace engine settings by key; answers the `SettingsReport` of what really took effect.

    Without changes it only answers the values in force.
    """

    changes: tuple[tuple[str, str | int | float | bool], ...]


Command = (
    AddTorrent
    | AddMagnet
    | StartTorrent
    | StopTorrent
    | RemoveTorrent
    | RecheckTorrent
    | CancelCheck
    | SetFilePriorities
    | SetOrder
    | SetLimits
    | AddPeers
    | AnnounceNow
    | AddTrackers
    | RemoveTrackers
    | SetTrackers
    | BanPeer
    | MoveInQueue
    | PlaceInQueue
    | SetLabel
    | RenameTorrent
    | RenamePath
    | MoveFiles
    | CancelMove
    | UseFolder
    | RestoreTorrent
    | PauseSession
    | ResumeSession
    | UpdateIpFilter
    | CancelIpFilter
    | ChangeSettings
)


class Detail(Enum):
    """What `Client.details` can be asked for; only what is shown is computed."""

    FILES = "files"
    """Every file's row: once, and again when `files_revision` has changed."""
    FILE_PROGRESS = "file-progress"
    """`file_done`, `file_priorities`, and the strips of the files that are asked for."""
    PEERS = "peers"
    TRACKERS = "trackers"
    PIECES = "pieces"
    EVENTS = "events"
    METAINFO = "metainfo"


class Span(Enum):
    """How far back a speed history goes."""

    TEN_MINUTES = "10min"
    HOUR = "1h"
    DAY = "24h"
    ALL = "all"
