"""`shoal show`: what is in a torrent file, for people or as JSON. Needs no engine."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TextIO

from shoal.cli.messages import plain
from shoal.cli.output import JsonValue
from shoal.cli.quantities import size_text
from shoal.cli.source import Source
from shoal.metainfo.magnet import magnet_link

MOST_FILES_SHOWN = 2000
"""Files in the listing for people; JSON has all."""


def show(source: Source, stream: TextIO, *, as_json: bool) -> None:
    """Print to `stream`."""
    if as_json:
        stream.write(json.dumps(description(source), ensure_ascii=True) + "\n")
        return
    if stream.isatty():
        _print_coloured(source, stream)
    else:
        stream.writelines(f"{line}\n" for line in listing(source))


def description(source: Source) -> dict[str, JsonValue]:
    """The object of `--json`; hashes in hex or null, sizes in bytes, dates in seconds since the epoch."""
    metainfo = source.metainfo
    return {
        "name": metainfo.name,
        "info_hash_v1": source.info_hash_v1,
        "info_hash_v2": source.info_hash_v2,
        "size": metainfo.size,
        "piece_length": metainfo.piece_length,
        "pieces": metainfo.piece_count,
        "private": metainfo.private,
        "trackers": [list(tier) for tier in metainfo.trackers],
        "web_seeds": [*metainfo.web_seeds, *metainfo.http_seeds],
        "comment": metainfo.comment,
        "created_by": metainfo.created_by,
        "creation_date": metainfo.creation_date,
        "files": [{"path": "/".join(entry.path), "size": entry.size, "pad": entry.is_pad} for entry in metainfo.files],
        "magnet": magnet_link(source.metainfo),
        "problems": list(metainfo.problems),
    }


def facts(source: Source) -> list[tuple[str, str]]:
    """Label and value of everything but the files; values are plain text."""
    metainfo = source.metainfo
    count = sum(not entry.is_pad for entry in metainfo.files)
    rows = [
        ("Name", plain(metainfo.name)),
        ("Size", f"{size_text(metainfo.size)} ({metainfo.size} bytes) in {count} file{'' if count == 1 else 's'}"),
        ("Pieces", f"{metainfo.piece_count} of {_piece_size_text(metainfo.piece_length)}"),
        ("Version", metainfo.version.value),
    ]
    if source.info_hash_v1 is not None:
        rows.append(("Hash v1", source.info_hash_v1))
    if source.info_hash_v2 is not None:
        rows.append(("Hash v2", source.info_hash_v2))
    rows.append(("Private", "yes, only its own trackers are asked" if metainfo.private else "no"))
    for number, tier in enumerate(metainfo.trackers, start=1):
        rows += [(f"Tracker {number}", plain(address)) for address in tier]
    rows += [("Web seed", plain(address)) for address in (*metainfo.web_seeds, *metainfo.http_seeds)]
    if metainfo.comment:
        rows.append(("Comment", plain(metainfo.comment)))
    if metainfo.created_by:
        rows.append(("Created by", plain(metainfo.created_by)))
    if metainfo.creation_date is not None:
        rows.append(("Created", _date_text(metainfo.creation_date)))
    if metainfo.source:
        rows.append(("Source", plain(metainfo.source)))
    rows.append(("Magnet", plain(magnet_link(source.metainfo), limit=1 << 20)))
    rows += [("Problem", plain(text)) for text in metainfo.problems]
    return rows


def file_rows(source: Source) -> list[tuple[str, str]]:
    """Size and path of each file for people, padding left out; a last row tells how many were not shown."""
    files = [entry for entry in source.metainfo.files if not entry.is_pad]
    rows = [(size_text(entry.size), plain("/".join(entry.path), limit=4096)) for entry in files[:MOST_FILES_SHOWN]]
    if len(files) > MOST_FILES_SHOWN:
        rows.append(("", f"and {len(files) - MOST_FILES_SHOWN} more; --json has all"))
    return rows


def listing(source: Source) -> list[str]:
    """Everything as plain lines."""
    lines = [f"{label:<11}{value}" for label, value in facts(source)]
    return [*lines, "", "Files", *(f"{size:>9}  {path}" for size, path in file_rows(source))]


def _piece_size_text(size: int) -> str:
    for unit, bits in (("MiB", 20), ("KiB", 10)):
        if size >= 1 << bits and not size & ((1 << bits) - 1):
            return f"{size >> bits} {unit}"
    return f"{size} bytes"


def _date_text(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, OSError, ValueError):
        return f"{seconds} seconds after 1970"


def _print_coloured(source: Source, stream: TextIO) -> None:
    from rich.console import Console  # noqa: PLC0415 (only a terminal pays for loading it)
    from rich.text import Text  # noqa: PLC0415

    # Text objects, never markup: the words are a stranger's. Soft wrap, so that a long link can be copied whole.
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    for label, value in facts(source):
        style = "yellow" if label == "Problem" else "bold" if label == "Name" else ""
        console.print(Text.assemble((f"{label:<11}", "dim"), (value, style)), soft_wrap=True)
    console.print()
    console.print(Text("Files", "dim"))
    for size, path in file_rows(source):
        console.print(Text.assemble((f"{size:>9}", "cyan"), f"  {path}"), soft_wrap=True)
