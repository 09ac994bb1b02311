"""The first thing that runs: the words after `shoal` become options, and the right composition root is called.

Nothing heavy is imported before it is known what is wanted: headless commands never load Qt, the window never
loads the terminal's progress bar.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any, NoReturn

from shoal.api.errors import Reason
from shoal.cli.messages import ExitCode, exit_code, sentence
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
from shoal.metainfo.magnet import read_peer

PROFILE_VARIABLE = "SHOAL_PROFILE"
LONGEST_TIME = 10.0 * 365 * 86400
"""Seconds; the most that a time option takes."""

MOST_RATE = 2**40
"""Bytes/s; the most that a limit takes."""

MOST_RATIO = 1e9
SMALLEST_PIECE = 16 << 10
LARGEST_PIECE = 128 << 20
DEFAULT_DEMO_MIB = 48
LARGEST_DEMO_MIB = 1024

HeadlessOptions = GetOptions | SeedOptions | CheckOptions | CreateOptions | ShowOptions | TrackerOptions | DemoOptions


class UsageError(Exception):
    """Wrong use of the command line; the text is the sentence to print."""


class _Parser(argparse.ArgumentParser):
    """An `ArgumentParser` whose complaint is one sentence and an exception instead of an exit."""

    def __init__(self, prog: str, **others: Any) -> None:
        super().__init__(prog, allow_abbrev=False, **others)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message}; see: {self.prog} --help")


def _version() -> str:
    try:
        return metadata.version("shoal")
    except metadata.PackageNotFoundError:
        from shoal import __version__  # noqa: PLC0415

        return __version__


def _number(low: float, high: float, *, whole: bool) -> Callable[[str], float]:
    """A converter that takes `low`..`high` only."""

    def convert(text: str) -> float:
        try:
            value = int(text) if whole else float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            kind = "a whole number" if whole else "a number"
            raise argparse.ArgumentTypeError(f"{text!r} is not {kind} from {low:g} to {high:g}")
        return value

    return convert


def _endpoint(text: str) -> tuple[str, int]:
    """`HOST:PORT` or `[IPv6]:PORT`."""
    peer = read_peer(text)
    if peer is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT (an IPv6 address goes in [ ])")
    return peer


def _piece_size(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0
    if not SMALLEST_PIECE <= value <= LARGEST_PIECE or value & (value - 1):
        raise argparse.ArgumentTypeError(f"{text!r} is not a power of two from {SMALLEST_PIECE} to {LARGEST_PIECE}")
    return value


def _address(schemes: tuple[str, ...]) -> Callable[[str], str]:
    def convert(text: str) -> str:
        scheme, mark, rest = text.partition("://")
        if not mark or scheme.lower() not in schemes or not rest or any(letter <= " " for letter in text):
            raise argparse.ArgumentTypeError(f"{text!r} is not an address that begins with {', '.join(schemes)}")
        return text

    return convert


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--profile", metavar="DIR", help="keep settings and state in DIR (or set SHOAL_PROFILE)")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="log to stderr; twice for more")
    parser.add_argument("--version", action="version", version=f"shoal {_version()}")


def _add_transfer(parser: argparse.ArgumentParser) -> None:
    port = _number(0, 65535, whole=True)
    limit = _number(0, MOST_RATE // 1024, whole=False)
    parser.add_argument("--port", type=port, metavar="N", help="port for incoming peers (0 = any)")
    parser.add_argument(
        "--peer", type=_endpoint, action="append", default=[], metavar="HOST:PORT", help="ask this peer"
    )
    for name, what in (("dht", "DHT"), ("lsd", "local discovery"), ("pex", "peer exchange")):
        parser.add_argument(f"--no-{name}", action="store_true", help=f"no {what} (this version has none yet)")
    parser.add_argument("--no-port-mapping", action="store_true", help="ask no router (this version never does)")
    parser.add_argument("--dht-bootstrap", action="append", default=[], metavar="HOST:PORT", help="comes later")
    parser.add_argument("--encryption", choices=("off", "prefer", "require"), default="off", help="require comes later")
    parser.add_argument("--transport", choices=("tcp", "utp", "both"), default="tcp", help="utp comes later")
    parser.add_argument("--interface", metavar="NAME|ADDRESS", help="use only this network interface or local address")
    parser.add_argument("--proxy", metavar="URL", help="comes later")
    parser.add_argument("--down-limit", type=limit, metavar="KIB", help="KiB/s, 0 = none")
    parser.add_argument("--up-limit", type=limit, metavar="KIB", help="KiB/s, 0 = none")
    parser.add_argument("--max-peers", type=_number(2, 20_000, whole=True), metavar="N", help="connected peers at most")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    parser.add_argument(
        "--timeout", type=_number(0, LONGEST_TIME, whole=False), metavar="SECONDS", help="end with exit code 3 then"
    )


def _get_parser() -> argparse.ArgumentParser:
    parser = _Parser("shoal get", description="Download a torrent, verify it, and exit when it is complete.")
    parser.add_argument("source", metavar="SOURCE", help=".torrent file, file: address, or http(s) address of one")
    parser.add_argument("--to", required=True, metavar="DIR", help="folder in which the torrent's file or folder goes")
    _add_transfer(parser)
    parser.add_argument("--sequential", action="store_true", help="fetch the pieces in their order")
    parser.add_argument(
        "--select", action="append", default=[], metavar="GLOB", help="only the files inside the torrent that match"
    )
    ratio = _number(0, MOST_RATIO, whole=False)
    parser.add_argument("--seed-ratio", type=ratio, metavar="R", help="then seed until R times its size is shared")
    minutes = _number(0, LONGEST_TIME / 60, whole=False)
    parser.add_argument("--seed-time", type=minutes, metavar="MINUTES", help="then seed for so long")
    parser.add_argument("--no-seed", action="store_true", help="exit when it is complete (this is the default)")
    _add_common(parser)
    return parser


def _seed_parser() -> argparse.ArgumentParser:
    parser = _Parser("shoal seed", description="Check the data of a torrent, then share it until Ctrl-C.")
    parser.add_argument("torrent", metavar="TORRENT", help=".torrent file, file: address, or http(s) address of one")
    parser.add_argument(
        "--from", required=True, dest="folder", metavar="DIR", help="folder in which the torrent's file or folder lies"
    )
    _add_transfer(parser)
    _add_common(parser)
    return parser


def _check_parser() -> argparse.ArgumentParser:
    parser = _Parser("shoal check", description="Hash the data of a torrent again and name the damaged files.")
    parser.add_argument("torrent", metavar="TORRENT", help=".torrent file, file: address, or http(s) address of one")
    parser.add_argument(
        "--at", required=True, dest="folder", metavar="DIR", help="folder in which the torrent's file or folder lies"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    _add_common(parser)
    return parser


def _create_parser() -> argparse.ArgumentParser:
    parser = _Parser("shoal create", description="Make a .torrent file of a file or folder.")
    tracker, web_seed = _address(("http", "https", "udp")), _address(("http", "https"))
    parser.add_argument("path", metavar="PATH", help="the file or folder to share")
    parser.add_argument("-o", "--output", required=True, metavar="OUT.torrent", help="where to write the torrent file")
    parser.add_argument("--tracker", type=tracker, action="append", default=[], metavar="URL", help="repeat for more")
    parser.add_argument("--web-seed", type=web_seed, action="append", default=[], metavar="URL", help="repeat for more")
    parser.add_argument(
        "--piece-size", type=_piece_size, metavar="BYTES", help="a power of two; chosen by size if left out"
    )
    parser.add_argument("--private", action="store_true", help="only the trackers named here may be asked")
    parser.add_argument("--comment", default="", metavar="TEXT")
    parser.add_argument("--source", default="", metavar="TEXT", help="a mark that makes the torrent another one")
    parser.add_argument("--profile", metavar="DIR", help=argparse.SUPPRESS)
    parser.add_argument("-v", "--verbose", action="count", default=0, help="log to stderr; twice for more")
    parser.add_argument("--version", choices=("1", "2", "hybrid"), default="1", help="2 and hybrid come later")
    return parser


def _show_parser() -> argparse.ArgumentParser:
    parser = _Parser("shoal show", description="Show what is in a torrent file.")
    parser.add_argument("source", metavar="SOURCE", help=".torrent file, file: address, or http(s) address of one")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    _add_common(parser)
    return parser


def _tracker_parser() -> argparse.ArgumentParser:
    parser = _Parser("shoal tracker", description="Run a tracker (HTTP and UDP) until Ctrl-C.")
    port = _number(0, 65535, whole=True)
    parser.add_argument("--port", type=port, metavar="N", help="for HTTP, 0 = any (6969 when it is free)")
    parser.add_argument("--udp-port", type=port, metavar="N", help="0 = any; the HTTP port's number if left out")
    parser.add_argument("--host", default="0.0.0.0", metavar="ADDR", help="address to listen on (default 0.0.0.0)")
    _add_common(parser)
    return parser


def _demo_parser() -> argparse.ArgumentParser:
    parser = _Parser("shoal demo", description="A swarm on this machine alone: tracker, two seeds, a real download.")
    size = _number(1, LARGEST_DEMO_MIB, whole=True)
    parser.add_argument("--size", type=size, default=DEFAULT_DEMO_MIB, metavar="MIB", help="how much to download")
    parser.add_argument("--headless", action="store_true", help="in the terminal even when there is a display")
    parser.add_argument("--screenshot", metavar="PNG", help="save a picture of the window")
    _add_common(parser)
    return parser


_COMMANDS: dict[str, tuple[Callable[[], argparse.ArgumentParser], str]] = {
    "get": (_get_parser, "download a torrent and exit"),
    "seed": (_seed_parser, "share data that is here"),
    "check": (_check_parser, "hash data that is here again"),
    "create": (_create_parser, "make a .torrent file"),
    "show": (_show_parser, "show what is in a .torrent file"),
    "tracker": (_tracker_parser, "run a tracker"),
    "demo": (_demo_parser, "a swarm on this machine alone"),
}


def _window_parser() -> argparse.ArgumentParser:
    commands = "\n".join(f"  shoal {name:<8} {what}" for name, (_, what) in _COMMANDS.items())
    parser = _Parser(
        "shoal",
        description="Open the window, with the torrents named here. Without a window:\n" + commands,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="shoal COMMAND --help tells more. A file that is called like a command is given as ./get",
    )
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help=".torrent file or address to open")
    _add_common(parser)
    return parser


def split_command(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """The command among `words`, if its place holds one, and the words without it.

    Its place is the first word that is no option; the common options may stand before it.
    """
    rest = list(words)
    index = 0
    while index < len(rest) and rest[index].startswith("-") and rest[index] not in {"--", "-"}:
        index += 2 if rest[index] == "--profile" else 1
    if index < len(rest) and rest[index] in _COMMANDS:
        return rest.pop(index), rest
    return None, rest


def _transfer_options(given: argparse.Namespace, profile: str | None) -> TransferOptions:
    """Options that this version cannot honour are refused, never dropped: someone's privacy may hang on them."""
    refused = (
        (given.encryption == "require", "--encryption require"),
        (given.transport == "utp", "--transport utp"),
        (given.proxy is not None, "--proxy"),
        (bool(given.dht_bootstrap), "--dht-bootstrap"),
    )
    for is_given, name in refused:
        if is_given:
            raise UsageError(f"shoal: {name} comes later, this version cannot do it; leave it out")
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
    )


def _rate(kib: float | None) -> int | None:
    """KiB/s as bytes/s; a limit that was asked for never rounds down to none."""
    if kib is None:
        return None
    return max(round(kib * 1024), 1) if kib else 0


def _options(command: str, given: argparse.Namespace, profile: str | None) -> HeadlessOptions:
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
                size_bytes=int(given.size) << 20, headless=given.headless, screenshot=_absolute(given.screenshot)
            )


def _absolute(path: str | None) -> str | None:
    return None if path is None else os.path.abspath(path)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was asked: `options` of a headless command, or `sources` for the window when they are None."""

    options: HeadlessOptions | None
    sources: tuple[str, ...]
    profile: str | None
    verbose: int


def parse(words: Sequence[str]) -> Parsed:
    """Read the words after `shoal`. Raises `UsageError`, and SystemExit(0) after printing help or version."""
    command, rest = split_command(words)
    parser = _window_parser() if command is None else _COMMANDS[command][0]()
    given = parser.parse_args(rest)
    profile = _absolute(given.profile or os.environ.get(PROFILE_VARIABLE) or None)
    if command is None:
        return Parsed(None, tuple(given.sources), profile, given.verbose)
    return Parsed(_options(command, given, profile), (), profile, given.verbose)


def _window_complaint(profile: str | None) -> tuple[int, str] | None:
    """Exit code and sentence when no window can open here or `profile` cannot be kept; None when all is well.

    Only who names a profile is told of it here: others may have no terminal, and the window tells them.
    """
    from shoal.launch.display import NO_DISPLAY, can_open_window  # noqa: PLC0415

    if not can_open_window(os.environ):
        return int(ExitCode.NO), NO_DISPLAY
    if profile is None:
        return None
    from shoal.settings import locations  # noqa: PLC0415

    try:
        locations.create_folders(locations.profile(profile))
    except OSError as error:
        reason = Reason("folder-refused", {"folder": profile, "detail": error.strerror or str(error)})
        return int(exit_code(reason)), f"shoal: {sentence(reason)}"
    return None


def main(words: Sequence[str] | None = None) -> int:
    """Run `shoal` with `words` (None = those of the process) and return its exit code."""
    try:
        parsed = parse(sys.argv[1:] if words is None else words)
    except UsageError as wrong:
        print(wrong, file=sys.stderr)
        return int(ExitCode.USAGE)
    if parsed.options is None:
        complaint = _window_complaint(parsed.profile)
        if complaint is not None:
            code, text = complaint
            print(text, file=sys.stderr)
            return code
        from shoal.launch.desktop import run_desktop  # noqa: PLC0415

        return run_desktop(list(parsed.sources), parsed.profile, verbose=parsed.verbose)
    if isinstance(parsed.options, DemoOptions):
        from shoal.launch.demo import run_demo  # noqa: PLC0415

        return run_demo(parsed.options, verbose=parsed.verbose)
    from shoal.launch.headless import run_headless  # noqa: PLC0415

    return run_headless(parsed.options, verbose=parsed.verbose)
