"""Where a torrent comes from: a path, a file: address or an http(s) address; or a magnet link, which only names it.

Everything that is read is bounded, and only plain files are: a FIFO or device would wait or never end.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urlsplit

from shoal.api.errors import UserError
from shoal.metainfo.errors import MetainfoError
from shoal.metainfo.magnet import MagnetLink, is_magnet, parse_magnet
from shoal.metainfo.torrent_file import MAX_CHOSEN_BYTES, MAX_METAINFO_BYTES, Metainfo, MetaVersion, parse_metainfo
from shoal.runtime.source_file import SourceFault, SourceFileError, read_source_file

_LONGEST_NAME_SHOWN = 300

Fetch = Callable[[str, int], Awaitable[bytes]]
"""Get an http(s) address, at most so many bytes; raises `UserError` (`source-fetch`, `source-too-large`)."""


@dataclass(frozen=True, slots=True)
class Source:
    """A torrent file that was read and understood: its bytes, and what they say."""

    raw: bytes
    metainfo: Metainfo
    select_only: tuple[int, ...] | None = None
    """Indices of files that a magnet link selects (BEP 53); None = all."""

    @property
    def info_hash_v1(self) -> str | None:
        return None if self.metainfo.info_hash_v1 is None else self.metainfo.info_hash_v1.hex()

    @property
    def info_hash_v2(self) -> str | None:
        return None if self.metainfo.info_hash_v2 is None else self.metainfo.info_hash_v2.hex()

    def refuse_v2_only(self) -> None:
        """Raise `UserError("v2-only")` for a torrent that has no v1 side: its transfer comes later."""
        if self.metainfo.version is MetaVersion.V2:
            raise UserError("v2-only", name=self.metainfo.name)


async def read_source(text: str, fetch: Fetch) -> Source:
    """Read and parse what `text` names. Raises `UserError`, `magnet-needs-get` for a magnet link."""
    shown = text if len(text) <= _LONGEST_NAME_SHOWN else text[:_LONGEST_NAME_SHOWN] + "…"
    if is_magnet(text):
        raise UserError("magnet-needs-get", source=shown)
    scheme, colon, _ = text.partition(":")
    scheme = scheme.lower() if colon else ""
    if scheme in {"http", "https"} and "://" in text:
        raw = await fetch(text, MAX_METAINFO_BYTES)
    else:
        raw = read_file(path_of_file_address(text) if scheme == "file" else text)
    try:
        return Source(raw, parse_metainfo(raw, max_bytes=MAX_CHOSEN_BYTES))
    except MetainfoError as error:
        raise _refusal_of(shown, error) from error


def _refusal_of(shown: str, error: MetainfoError) -> UserError:
    fault = str(error).rstrip(".")
    return UserError("bad-metainfo", source=shown, detail=fault[:1].lower() + fault[1:])


def read_link(text: str) -> MagnetLink:
    """A magnet link that can be followed. Raises `UserError` (`bad-metainfo`, `v2-only`)."""
    try:
        link = parse_magnet(text)
    except MetainfoError as error:
        raise _refusal_of(text[:_LONGEST_NAME_SHOWN], error) from error
    if link.info_hash_v1 is None:
        raise UserError("v2-only", name=link.name or link.torrent_id)
    return link


def path_of_file_address(address: str) -> str:
    """The local path of `file:///a%20b`, `file:/a` or `file://localhost/a`; `UserError("source-scheme")` else."""
    try:
        parts = urlsplit(address)
    except ValueError:
        raise UserError("source-scheme", source=address) from None
    path = os.fsdecode(unquote_to_bytes(parts.path))
    if parts.netloc.lower() not in {"", "localhost"} or not path.startswith("/") or "\0" in path:
        raise UserError("source-scheme", source=address)
    if sys.platform == "win32" and path[2:3] == ":":
        return path[1:]
    return path


def read_file(path: str) -> bytes:
    """All of a plain file of at most `MAX_CHOSEN_BYTES` bytes. Raises `UserError` (`source-...`)."""
    try:
        return read_source_file(path, MAX_CHOSEN_BYTES)
    except SourceFileError as error:
        match error.fault:
            case SourceFault.MISSING:
                raise UserError("source-scheme" if "://" in path else "source-missing", source=path) from None
            case SourceFault.FOLDER | SourceFault.NOT_A_FILE:
                raise UserError("source-not-a-file", source=path) from None
            case SourceFault.TOO_LARGE:
                raise UserError("source-too-large", source=path, limit=MAX_CHOSEN_BYTES // 1_000_000) from None
            case SourceFault.UNREADABLE:
                raise UserError("source-unreadable", source=path, detail=error.detail) from error
