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
    Errors: `bad-metainfo`, `already-here` (params: id), `v2-only`.
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


@dataclass(frozen=True, slots=True)
class StartTorrent:
    torrent_id: str


@dataclass(frozen=True, slots=True)
class StopTorrent:
    """Stop transfer, announce `stopped`, save; answers when the state is saved."""

    torrent_id: str


@dataclass(frozen=True, slots=True)
class RemoveTorrent:
    """Take it from the list; with `delete_data` its files (never a stranger's) go too."""

    torrent_id: str
    delete_data: bool = False


@dataclass(frozen=True, slots=True)
class RecheckTorrent:
    """Hash everything again; the torrent goes on afterwards as before (stopped stays stopped)."""

    torrent_id: str


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
    torrent_id: str
    sequential: bool
    first_last_first: bool


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
class ChangeSettings:
    """Replace engine settings by key; answers the `SettingsReport` of what really took effect."""

    changes: tuple[tuple[str, str | int | float | bool], ...]


Command = (
    AddTorrent
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
    | ChangeSettings
)


class Detail(Enum):
    """What `Client.details` can be asked for; only what is shown is computed."""

    FILES = "files"
    PEERS = "peers"
    TRACKERS = "trackers"
    PIECES = "pieces"
