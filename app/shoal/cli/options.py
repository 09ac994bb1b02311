"""What each headless command was asked, as checked values; the parser in launch makes them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TransferOptions:
    """What `get` and `seed` share. Limits in bytes/s with 0 for none; None means that nothing was said."""

    port: int | None = None
    peers: tuple[tuple[str, int], ...] = ()
    interface: str | None = None
    down_limit: int | None = None
    up_limit: int | None = None
    max_peers: int | None = None
    timeout_seconds: float | None = None
    json: bool = False
    profile: str | None = None
    dht: bool = True
    local_discovery: bool = True
    peer_exchange: bool = True
    port_mapping: bool = True
    dht_hosts: tuple[tuple[str, int], ...] = ()
    """Asked for the way into the DHT instead of the usual ones."""


@dataclass(frozen=True, slots=True)
class GetOptions:
    """`seed_ratio` and `seed_seconds` None means: do not seed for that reason."""

    source: str
    folder: str
    transfer: TransferOptions = TransferOptions()
    sequential: bool = False
    select: tuple[str, ...] = ()
    seed_ratio: float | None = None
    seed_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class SeedOptions:
    torrent: str
    folder: str
    transfer: TransferOptions = TransferOptions()


@dataclass(frozen=True, slots=True)
class CheckOptions:
    torrent: str
    folder: str
    json: bool = False


@dataclass(frozen=True, slots=True)
class CreateOptions:
    """`piece_length` in bytes, None = chosen by size; `trackers` is one tier each."""

    path: str
    output: str
    trackers: tuple[str, ...] = ()
    web_seeds: tuple[str, ...] = ()
    piece_length: int | None = None
    private: bool = False
    comment: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class ShowOptions:
    source: str
    json: bool = False


@dataclass(frozen=True, slots=True)
class TrackerOptions:
    host: str = "0.0.0.0"
    port: int | None = None
    """None = the usual one, or any when that is taken."""
    udp_port: int | None = None
    """None = the same number as the HTTP port, or any when that is 0."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    size_bytes: int
    headless: bool = False
    screenshot: str | None = None
