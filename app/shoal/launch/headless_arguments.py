"""The headless commands: the parser of each, and the checked options that it makes of the words."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

from shoal.cli.options import (
    CheckOptions,
    CreateOptions,
    DemoOptions,
    GetOptions,
    SeedOptions,
    ShowOptions,
    TrackerOptions,
    TransferOptions,
)
from shoal.launch.argument_values import (
    LONGEST_TIME,
    MOST_RATE,
    MOST_RATIO,
    Parser,
    UsageError,
    absolute,
    add_common,
    address,
    endpoint,
    number,
    piece_size,
)

DEFAULT_DEMO_MIB = 48
LARGEST_DEMO_MIB = 1024

HeadlessOptions = GetOptions | SeedOptions | CheckOptions | CreateOptions | ShowOptions | TrackerOptions | DemoOptions


def _add_transfer(parser: argparse.ArgumentParser) -> None:
    port = number(0, 65535, whole=True)
    limit = number(0, MOST_RATE // 1024, whole=False)
    parser.add_argument("--port", type=port, metavar="N", help="port for incoming peers (0 = any)")
    parser.add_argument("--peer", type=endpoint, action="append", default=[], metavar="HOST:PORT", help="ask this peer")
    parser.add_argument("--no-dht", action="store_true", help="do not look for peers in the DHT")
    parser.add_argument(
        "--dht-bootstrap",
        type=endpoint,
        action="append",
        default=[],
        metavar="HOST:PORT",
        help="ask this host for the way into the DHT instead of the well-known ones",
    )
    parser.add_argument("--no-lsd", action="store_true", help="do not look for peers in the local network")
    parser.add_argument("--no-pex", action="store_true", help="exchange no addresses of peers with other peers")
    parser.add_argument("--no-port-mapping", action="store_true", help="do not ask the router to open the port")
    parser.add_argument("--encryption", choices=("off", "prefer", "require"), default="off", help="require comes later")
    parser.add_argument("--transport", choices=("tcp", "utp", "both"), default="tcp", help="utp comes later")
    parser.add_argument("--interface", metavar="NAME|ADDRESS", help="use only this network interface or local address")
    parser.add_argument("--proxy", metavar="URL", help="comes later")
    parser.add_argument("--down-limit", type=limit, metavar="KIB", help="KiB/s, 0 = none")
    parser.add_argument("--up-limit", type=limit, metavar="KIB", help="KiB/s, 0 = none")
    parser.add_argument("--max-peers", type=number(2, 20_000, whole=True), metavar="N", help="connected peers at most")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    parser.add_argument(
        "--timeout", type=number(0, LONGEST_TIME, whole=False), metavar="SECONDS", help="end with exit code 3 then"
    )


def _get_parser() -> argparse.ArgumentParser:
    parser = Parser("shoal get", description="Download a torrent, verify it, and exit when it is complete.")
    parser.add_argument("source", metavar="SOURCE", help=".torrent file, file: address, or http(s) address of one")
    parser.add_argument("--to", required=True, metavar="DIR", help="folder in which the torrent's file or folder goes")
    _add_transfer(parser)
    parser.add_argument("--sequential", action="store_true", help="fetch the pieces in their order")
    parser.add_argument(
        "--select", action="append", default=[], metavar="GLOB", help="only the files inside the torrent that match"
    )
    ratio = number(0, MOST_RATIO, whole=False)
    parser.add_argument("--seed-ratio", type=ratio, metavar="R", help="then seed until R times its size is shared")
    minutes = number(0, LONGEST_TIME / 60, whole=False)
    parser.add_argument("--seed-time", type=minutes, metavar="MINUTES", help="then seed for so long")
    parser.add_argument("--no-seed", action="store_true", help="exit when it is complete (this is the default)")
    add_common(parser)
    return parser


def _seed_parser() -> argparse.ArgumentParser:
    parser = Parser("shoal seed", description="Check the data of a torrent, then share it until Ctrl-C.")
    parser.add_argument("torrent", metavar="TORRENT", help=".torrent file, file: address, or http(s) address of one")
    parser.add_argument(
        "--from", required=True, dest="folder", metavar="DIR", help="folder in which the torrent's file or folder lies"
    )
    _add_transfer(parser)
    add_common(parser)
    return parser


def _check_parser() -> argparse.ArgumentParser:
    parser = Parser("shoal check", description="Hash the data of a torrent again and name the damaged files.")
    parser.add_argument("torrent", metavar="TORRENT", help=".torrent file, file: address, or http(s) address of one")
    parser.add_argument(
        "--at", required=True, dest="folder", metavar="DIR", help="folder in which the torrent's file or folder lies"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    add_common(parser)
    return parser


def _create_parser() -> argparse.ArgumentParser:
    parser = Parser("shoal create", description="Make a .torrent file of a file or folder.")
    tracker, web_seed = address(("http", "https", "udp")), address(("http", "https"))
    parser.add_argument("path", metavar="PATH", help="the file or folder to share")
    parser.add_argument("-o", "--output", required=True, metavar="OUT.torrent", help="where to write the torrent file")
    parser.add_argument("--tracker", type=tracker, action="append", default=[], metavar="URL", help="repeat for more")
    parser.add_argument("--web-seed", type=web_seed, action="append", default=[], metavar="URL", help="repeat for more")
    parser.add_argument(
        "--piece-size", type=piece_size, metavar="BYTES", help="a power of two; chosen by size if left out"
    )
    parser.add_argument("--private", action="store_true", help="only the trackers named here may be asked")
    parser.add_argument("--comment", default="", metavar="TEXT")
    parser.add_argument("--source", default="", metavar="TEXT", help="a mark that makes the torrent another one")
    parser.add_argument("--profile", metavar="DIR", help=argparse.SUPPRESS)
    parser.add_argument("-v", "--verbose", action="count", default=0, help="log to stderr; twice for more")
    parser.add_argument("--version", choices=("1", "2", "hybrid"), default="1", help="2 and hybrid come later")
    return parser


def _show_parser() -> argparse.ArgumentParser:
    parser = Parser("shoal show", description="Show what is in a torrent file.")
    parser.add_argument("source", metavar="SOURCE", help=".torrent file, file: address, or http(s) address of one")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    add_common(parser)
    return parser


def _tracker_parser() -> argparse.ArgumentParser:
    parser = Parser("shoal tracker", description="Run a tracker (HTTP and UDP) until Ctrl-C.")
    port = number(0, 65535, whole=True)
    parser.add_argument("--port", type=port, metavar="N", help="for HTTP, 0 = any (6969 when it is free)")
    parser.add_argument("--udp-port", type=port, metavar="N", help="0 = any; the HTTP port's number if left out")
    parser.add_argument("--host", default="0.0.0.0", metavar="ADDR", help="address to listen on (default 0.0.0.0)")
    add_common(parser)
    return parser


def _demo_parser() -> argparse.ArgumentParser:
    parser = Parser("shoal demo", description="A swarm on this machine alone: tracker, two seeds, a real download.")
    size = number(1, LARGEST_DEMO_MIB, whole=True)
    parser.add_argument("--size", type=size, default=DEFAULT_DEMO_MIB, metavar="MIB", help="how much to download")
    parser.add_argument("--headless", action="store_true", help="in the terminal even when there is a display")
    parser.add_argument("--screenshot", metavar="PNG", help="save a picture of the window")
    add_common(parser)
    return parser


COMMANDS: dict[str, tuple[Callable[[], argparse.ArgumentParser], str]] = {
    "get": (_get_parser, "download a torrent and exit"),
    "seed": (_seed_parser, "share data that is here"),
    "check": (_check_parser, "hash data that is here again"),
    "create": (_create_parser, "make a .torrent file"),
    "show": (_show_parser, "show what is in a .torrent file"),
    "tracker": (_tracker_parser, "run a tracker"),
    "demo": (_demo_parser, "a swarm on this machine alone"),
}
"""By name: what makes the parser, and a line for the help."""


def _transfer_options(given: argparse.Namespace, profile: str | None) -> TransferOptions:
    """Options that this version cannot honour are refused, never dropped: someone's privacy may hang on them."""
    refused = (
        (given.encryption == "require", "--encryption require"),
        (given.transport == "utp", "--transport utp"),
        (given.proxy is not None, "--proxy"),
    )
    for is_given, name in refused:
        if is_given:
            raise UsageError(f"shoal: {name} comes later, this version cannot do it; leave it out")
    if given.no_dht and given.dht_bootstrap:
        raise UsageError("shoal: --no-dht contradicts --dht-bootstrap; leave one out")
    return TransferOptions(
        port=None if given.port is None else int(given.port),
        peers=tuple(given.peer),
        interface=given.interface,
        down_limit=_rate(given.down_limit),
        up_limit=_rate(given.up_limit),
        max_peers=None if given.max_peers is None else int(given.max_peers),
        timeout_seconds=given.timeout,
        json=given.json,
        profile=profile,
        dht=not given.no_dht,
        local_discovery=not given.no_lsd,
        peer_exchange=not given.no_pex,
        port_mapping=not given.no_port_mapping,
        dht_hosts=tuple(given.dht_bootstrap),
    )


def _rate(kib: float | None) -> int | None:
    """KiB/s as bytes/s; a limit that was asked for never rounds down to none."""
    if kib is None:
        return None
    return max(round(kib * 1024), 1) if kib else 0


def headless_options(command: str, given: argparse.Namespace, profile: str | None) -> HeadlessOptions:
    """What was `given` to `command`. Raises `UsageError` for what contradicts itself or comes in a later version."""
    match command:
        case "get":
            if given.no_seed and (given.seed_ratio is not None or given.seed_time is not None):
                raise UsageError("shoal get: --no-seed contradicts --seed-ratio and --seed-time; leave one out")
            return GetOptions(
                source=given.source,
                folder=os.path.abspath(given.to),
                transfer=_transfer_options(given, profile),
                sequential=given.sequential,
                select=tuple(given.select),
                seed_ratio=given.seed_ratio,
                seed_seconds=None if given.seed_time is None else given.seed_time * 60,
            )
        case "seed":
            folder = os.path.abspath(given.folder)
            return SeedOptions(given.torrent, folder, transfer=_transfer_options(given, profile))
        case "check":
            return CheckOptions(given.torrent, os.path.abspath(given.folder), json=given.json)
        case "create":
            if given.version != "1":
                raise UsageError(f"shoal create: --version {given.version} comes later; use --version 1")
            return CreateOptions(
                path=os.path.abspath(given.path),
                output=os.path.abspath(given.output),
                trackers=tuple(given.tracker),
                web_seeds=tuple(given.web_seed),
                piece_length=given.piece_size,
                private=given.private,
                comment=given.comment,
                source=given.source,
            )
        case "show":
            return ShowOptions(given.source, json=given.json)
        case "tracker":
            return TrackerOptions(
                host=given.host,
                port=None if given.port is None else int(given.port),
                udp_port=None if given.udp_port is None else int(given.udp_port),
            )
        case _:
            return DemoOptions(
                size_bytes=int(given.size) << 20, headless=given.headless, screenshot=absolute(given.screenshot)
            )
