"""Which files of a torrent `--select` means: shell patterns over the paths inside it."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from shoal.api.errors import UserError
from shoal.metainfo.file_layout import TorrentFile
from shoal.metainfo.priorities import FilePriority


def priorities_for(files: Sequence[TorrentFile], patterns: Sequence[str], name: str) -> tuple[int, ...] | None:
    """One `FilePriority` per file: normal where a pattern matches, else skip; None (all) without patterns.

    A pattern is held against the path below the torrent's folder, with and without that folder's `name` in front; one
    that names a folder takes all below it. Raises `UserError("nothing-selected")` when no file matches.
    """
    if not patterns:
        return None
    wanted = [
        entry.is_pad or any(_matches("/".join(entry.path), pattern.strip("/"), name) for pattern in patterns)
        for entry in files
    ]
    if not any(chosen and not entry.is_pad for chosen, entry in zip(wanted, files, strict=True)):
        raise UserError("nothing-selected", name=name, patterns=", ".join(patterns))
    return tuple(int(FilePriority.NORMAL if chosen else FilePriority.SKIP) for chosen in wanted)


def _matches(path: str, pattern: str, name: str) -> bool:
    return any(
        fnmatchcase(candidate, pattern) or fnmatchcase(candidate, f"{pattern}/*")
        for candidate in (path, f"{name}/{path}")
    )
