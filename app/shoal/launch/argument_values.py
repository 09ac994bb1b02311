"""What an option may hold: converters of its text that complain in a sentence, and the parser that passes it on."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

LONGEST_TIME = 10.0 * 365 * 86400
"""Seconds; the most that a time option takes."""

MOST_RATE = 2**40
"""Bytes/s; the most that a limit takes."""

MOST_RATIO = 1e9
SMALLEST_PIECE = 16 << 10
LARGEST_PIECE = 128 << 20


class UsageError(Exception):
    """Wrong use of the command line; the text is the sentence to print."""


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` whose complaint is one sentence and an exception instead of an exit."""

    def __init__(self, prog: str, **others: Any) -> None:
        super().__init__(prog, allow_abbrev=False, **others)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message}; see: {self.prog} --help")


def _version() -> str:
    from importlib import metadata  # noqa: PLC0415 (it takes longer to load than all the rest)

    try:
        return metadata.version("shoal")
    except metadata.PackageNotFoundError:
        from shoal import __version__  # noqa: PLC0415

        return __version__


class _TellVersion(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        print(f"shoal {_version()}")
        parser.exit()


def number(low: float, high: float, *, whole: bool) -> Callable[[str], float]:
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


def endpoint(text: str) -> tuple[str, int]:
    """`HOST:PORT` or `[IPv6]:PORT`."""
    from shoal.metainfo.magnet import read_peer  # noqa: PLC0415 (brings all of metainfo; only when used)

    peer = read_peer(text)
    if peer is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT (an IPv6 address goes in [ ])")
    return peer


def piece_size(text: str) -> int:
    """Bytes, a power of two from `SMALLEST_PIECE` to `LARGEST_PIECE`."""
    value = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0
    if not SMALLEST_PIECE <= value <= LARGEST_PIECE or value & (value - 1):
        raise argparse.ArgumentTypeError(f"{text!r} is not a power of two from {SMALLEST_PIECE} to {LARGEST_PIECE}")
    return value


def address(schemes: tuple[str, ...]) -> Callable[[str], str]:
    """A converter that takes addresses with one of `schemes` (in lower case), and leaves them as they are."""

    def convert(text: str) -> str:
        scheme, mark, rest = text.partition("://")
        if not mark or scheme.lower() not in schemes or not rest or any(letter <= " " for letter in text):
            raise argparse.ArgumentTypeError(f"{text!r} is not an address that begins with {', '.join(schemes)}")
        return text

    return convert


def add_common(parser: argparse.ArgumentParser) -> None:
    """The options that every command and the window take."""
    parser.add_argument("--profile", metavar="DIR", help="keep settings and state in DIR (or set SHOAL_PROFILE)")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="log to stderr; twice for more")
    parser.add_argument("--version", action=_TellVersion, nargs=0, help="show the version and exit")


def absolute(path: str | None) -> str | None:
    """`path` seen from the current folder; None stays None."""
    return None if path is None else os.path.abspath(path)
