"""The first thing that runs: the words after `shoal` become options, and the right composition root is called.

Nothing heavy is imported before it is known what is wanted: headless commands never load Qt, the window never
loads the terminal's progress bar.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from shoal.cli.messages import ExitCode
from shoal.cli.options import DemoOptions
from shoal.launch.argument_values import Parser, UsageError, absolute, add_common
from shoal.launch.headless_arguments import COMMANDS, HeadlessOptions, headless_options

PROFILE_VARIABLE = "SHOAL_PROFILE"


def _window_parser() -> argparse.ArgumentParser:
    commands = "\n".join(f"  shoal {name:<8} {what}" for name, (_, what) in COMMANDS.items())
    parser = Parser(
        "shoal",
        description="Open the window, with the torrents named here. Without a window:\n" + commands,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="shoal COMMAND --help tells more. A file that is called like a command is given as ./get",
    )
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help=".torrent file or address to open")
    parser.add_argument("--hidden", action="store_true", help="start in the tray, where there is one, without a window")
    add_common(parser)
    return parser


def split_command(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """The command among `words`, if its place holds one, and the words without it.

    Its place is the first word that is no option; the common options may stand before it.
    """
    rest = list(words)
    index = 0
    while index < len(rest) and rest[index].startswith("-") and rest[index] not in {"--", "-"}:
        index += 2 if rest[index] == "--profile" else 1
    if index < len(rest) and rest[index] in COMMANDS:
        return rest.pop(index), rest
    return None, rest


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was asked: `options` of a headless command, or `sources` for the window when they are None."""

    options: HeadlessOptions | None
    sources: tuple[str, ...]
    profile: str | None
    verbose: int
    is_hidden: bool = False
    """The window stays in the tray."""


def parse(words: Sequence[str]) -> Parsed:
    """Read the words after `shoal`. Raises `UsageError`, and SystemExit(0) after printing help or version."""
    command, rest = split_command(words)
    parser = _window_parser() if command is None else COMMANDS[command][0]()
    given = parser.parse_args(rest)
    profile = absolute(given.profile or os.environ.get(PROFILE_VARIABLE) or None)
    if command is None:
        return Parsed(None, tuple(given.sources), profile, given.verbose, given.hidden)
    return Parsed(headless_options(command, given, profile), (), profile, given.verbose)


def main(words: Sequence[str] | None = None) -> int:
    """Run `shoal` with `words` (None = those of the process) and return its exit code."""
    try:
        parsed = parse(sys.argv[1:] if words is None else words)
    except UsageError as wrong:
        print(wrong, file=sys.stderr)
        return int(ExitCode.USAGE)
    if parsed.options is None:
        from shoal.launch.window_start import start_window  # noqa: PLC0415

        return start_window(parsed.sources, parsed.profile, is_hidden=parsed.is_hidden, verbose=parsed.verbose)
    if isinstance(parsed.options, DemoOptions):
        from shoal.launch.demo import run_demo  # noqa: PLC0415

        return run_demo(parsed.options, verbose=parsed.verbose)
    from shoal.launch.headless import run_headless  # noqa: PLC0415

    return run_headless(parsed.options, verbose=parsed.verbose)
