"""The engine's settings."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.metainfo.trackers import MAX_URL_LENGTH
from shoal.settings.schema import Choice, Form, Page, check, kept, setting

MAX_FOLDER_LENGTH = 4096
MAX_HOSTS_LENGTH = 65536
MOST_RATE = 2**40
LAST_MOMENT = 253_402_000_000.0
"""Seconds since 1970; calendars of the standard library end some days later."""
DHT_OFF, DHT_ON, DHT_READ_ONLY = "off", "on", "read-only"
UNTIL_RESUMED = -1.0
"""`paused_until` when nobody said for how long."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Every engine setting with its default. Rates in bytes/s where 0 means no limit."""

    listen_port: int = setting(
        0,
        "Port for incoming connections",
        "Others reach Shoal on this TCP port; a router must let it through",
        Page.CONNECTION,
        low=0,
        high=65535,
        zero="chosen at random once, and kept",
    )
    port_mapping: bool = setting(
        True,
        "Open the port on the router by itself",
        "Asks the router of your network to let others in, by UPnP, NAT-PMP or PCP, and takes it back at the end",
        Page.CONNECTION,
    )
    listen_hosts: str = setting(
        "0.0.0.0 ::",
        "Addresses to listen on",
        "Local addresses that take incoming connections, separated by blanks",
        Page.ADVANCED,
        longest=MAX_HOSTS_LENGTH,
    )
    outgoing_host: str = setting(
        "",
        "Local address for outgoing connections",
        "Connections to peers and trackers leave from this address of the computer, such as that of a VPN",
        Page.CONNECTION,
        longest=64,
        form=Form.ADDRESS,
        zero="chosen by the system",
    )
    down_limit: int = setting(
        0,
        "Download limit",
        "All transfers together download no faster than this",
        Page.SPEED,
        unit="B/s",
        low=0,
        high=MOST_RATE,
        zero="no limit",
    )
    up_limit: int = setting(
        0,
        "Upload limit",
        "All transfers together upload no faster than this",
        Page.SPEED,
        unit="B/s",
        low=0,
        high=MOST_RATE,
        zero="no limit",
    )
    max_peers: int = setting(
        500,
        "Connections in all",
        "The most peers that are connected at the same time; some routers suffer under many",
        Page.CONNECTION,
        low=2,
        high=20_000,
    )
    max_peers_per_torrent: int = setting(
        100, "Connections per transfer", "The most peers of one transfer", Page.CONNECTION, low=1, high=3_000
    )
    half_open: int = setting(
        50,
        "Connections being set up",
        "Outgoing connections that are tried at the same time",
        Page.ADVANCED,
        low=1,
        high=500,
    )
    upload_slots: int = setting(
        4,
        "Parallel uploads per transfer",
        "Peers of one transfer that are sent data at the same time; more of them get less each",
        Page.SPEED,
        low=1,
        high=200,
    )
    piece_memory: int = setting(
        16 << 20,
        "Memory for arriving pieces",
        "Pieces are put together in memory before they are written; a slow disk needs more",
        Page.ADVANCED,
        unit="B",
        low=1 << 20,
        high=1 << 32,
    )
    read_memory: int = setting(
        16 << 20,
        "Memory for data being sent",
        "Data read ahead for peers, so that the disk is asked less often",
        Page.ADVANCED,
        unit="B",
        low=1 << 20,
        high=1 << 32,
    )
    full_allocation: bool = setting(
        False,
        "Reserve the whole size at the start",
        "A full disk shows at once instead of later; starting takes longer on some disks",
        Page.SAVING,
    )
    finished_folder: str = setting(
        "",
        "Finished files go to",
        "A transfer that is complete is moved into this folder and shared from there",
        Page.SAVING,
        longest=MAX_FOLDER_LENGTH,
        form=Form.FOLDER,
        zero="they stay where they are",
    )
    active_downloads: int = setting(
        3,
        "Downloads at the same time",
        "The others wait in the queue until one is done",
        Page.QUEUE,
        low=0,
        high=10_000,
        zero="all at once",
    )
    share_ratio: float = setting(
        0.0,
        "Share until this ratio",
        "A complete transfer ends when it has given this many times its size",
        Page.QUEUE,
        low=0.0,
        high=10_000.0,
        zero="for ever",
    )
    share_minutes: int = setting(
        0,
        "Share for so long",
        "A complete transfer ends when it was shared for this time",
        Page.QUEUE,
        unit="min",
        low=0,
        high=5_256_000,
        zero="for ever",
    )
    share_then: str = setting(
        "stop",
        "When the goal is reached",
        "What becomes of a transfer that has shared enough; its files always stay",
        Page.QUEUE,
        choices=(Choice("stop", "Stop it"), Choice("remove", "Take it from the list")),
    )
    extra_trackers: str = setting(
        "",
        "Further trackers",
        "Public transfers ask these beside their own, after them; addresses separated by blanks",
        Page.PEERS,
        longest=MAX_HOSTS_LENGTH,
        form=Form.TRACKERS,
        zero="none",
    )
    extra_trackers_list: str = setting(
        "",
        "List of further trackers",
        "The web address of a list that is read once a day; only public transfers ask its trackers",
        Page.PEERS,
        longest=MAX_URL_LENGTH,
        form=Form.WEB_ADDRESS,
        zero="none",
    )
    dht: str = setting(
        DHT_ON,
        "Find peers through the DHT",
        "Peers are found without a tracker, by asking other clients; private torrents never use it",
        Page.PEERS,
        choices=(
            Choice(DHT_ON, "Yes"),
            Choice(DHT_READ_ONLY, "Yes, without answering others"),
            Choice(DHT_OFF, "No"),
        ),
    )
    dht_hosts: str = setting(
        "",
        "First hosts of the DHT",
        "Who is asked for the way into the DHT when nobody else is known: host:port, separated by blanks",
        Page.ADVANCED,
        longest=MAX_HOSTS_LENGTH,
        zero="the well-known ones",
    )
    give_first: bool = setting(
        True,
        "Give first to those who give back",
        "Peers that send to you are served before those that do not",
        Page.PEERS,
    )
    hold_back_takers: bool = setting(
        False,
        "Hold back peers that only take",
        "Judged only after 10 minutes and 20 MB sent, so that newcomers are safe",
        Page.PEERS,
    )
    peer_exchange: bool = setting(
        True,
        "Exchange peers with other peers",
        "Connected peers tell each other about further ones; never of private transfers",
        Page.PEERS,
    )
    local_discovery: bool = setting(
        True,
        "Find peers in the local network",
        "Computers of your network with the same transfer find each other; never for private transfers",
        Page.PEERS,
    )
    banned_hosts: str = setting(
        "",
        "Banned addresses",
        "Addresses that Shoal never connects with, separated by blanks",
        Page.PEERS,
        longest=MAX_HOSTS_LENGTH,
        zero="none",
    )
    ip_filter: str = setting(
        "",
        "IP filter list",
        "Addresses in this list are never connected with; an eMule, PeerGuardian or CIDR list, packed or not, "
        "in a file or on the web",
        Page.PEERS,
        longest=MAX_FOLDER_LENGTH,
        form=Form.SOURCE,
        zero="none",
    )
    ip_filter_update: bool = setting(
        True,
        "Keep the IP filter list up to date",
        "A list on the web is asked for once a day, a file is read again when it changes",
        Page.PEERS,
    )
    ip_filter_trackers: bool = setting(
        False,
        "Apply the IP filter list to trackers",
        "Trackers at an address of the list are not asked",
        Page.PEERS,
    )
    check_threads: int = setting(
        0,
        "Threads for checking files",
        "More threads check faster on a fast disk and slow down a slow one",
        Page.ADVANCED,
        low=0,
        high=64,
        zero="one per processor, at most 4",
    )
    save_seconds: float = setting(
        5.0,
        "Save progress every",
        "How much is checked again after a power cut depends on it",
        Page.ADVANCED,
        unit="s",
        low=0.5,
        high=600.0,
    )
    paused_until: float = kept(
        0.0,
        "When everything goes on after a pause, in seconds since 1970; 0 not paused, -1 until resumed",
        low=UNTIL_RESUMED,
        high=LAST_MOMENT,
    )


def validate(settings: EngineSettings) -> EngineSettings:
    """Return `settings` when every value has its type and lies in its range, else raise `SettingsError`."""
    return check(settings)
