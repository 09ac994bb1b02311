"""Making v1 torrents (BEP 3): the arithmetic and the bytes; walking and hashing the files is the engine's part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shoal.metainfo.errors import MetainfoError, Refusal
from shoal.metainfo.file_layout import FileLayout, TorrentFile
from shoal.metainfo.pieces import BLOCK_LENGTH
from shoal.metainfo.safe_paths import is_safe_element
from shoal.metainfo.torrent_file import (
    MAX_CHOSEN_BYTES,
    MAX_PIECE_LENGTH,
    MAX_PIECES,
    PIECE_HASH_LENGTH,
    parse_metainfo,
)
from shoal.metainfo.trackers import TRACKER_SCHEMES, WEB_SEED_SCHEMES, clean_url
from shoal.protocol.bencode import BValue, encode

AIMED_PIECES = 1500
"""Up to so many pieces the next smaller size is kept: 30 KB of hashes, found fast and checked often enough."""
LARGEST_CHOSEN_LENGTH = 1 << 24
"""16 MiB; beyond it only the bound on the number of pieces makes pieces grow."""


@dataclass(frozen=True, slots=True)
class FilePlan:
    """The files of a torrent to be made, in their order, and where their bytes lie in its pieces."""

    name: str
    layout: FileLayout
    """Paths as they are on disk below the chosen folder; a single file has the empty path `()`."""
    unportable: tuple[str, ...]
    """Paths that other systems do not take and every careful client renames."""

    @property
    def files(self) -> tuple[TorrentFile, ...]:
        return self.layout.files

    @property
    def piece_length(self) -> int:
        return self.layout.piece_length

    @property
    def piece_count(self) -> int:
        return self.layout.geometry.piece_count


def choose_piece_length(total: int) -> int:
    """A power of two in bytes for `total` bytes of content: 700 MB get 512 KiB, which makes about 30 KB of torrent."""
    length = BLOCK_LENGTH
    while length < LARGEST_CHOSEN_LENGTH and total > length * AIMED_PIECES:
        length *= 2
    while length < MAX_PIECE_LENGTH and total > length * MAX_PIECES:
        length *= 2
    return length


def plan_files(name: str, found: Iterable[tuple[tuple[str, ...], int]], *, piece_length: int | None = None) -> FilePlan:
    """Order files and lay them out. `found` has path elements below the folder and bytes; `()` is a single file.

    `piece_length` None chooses one. Raises MetainfoError when there is no data, when a name is no Unicode text, or
    when the piece length is not a power of two from 16 KiB to MAX_PIECE_LENGTH, or makes too many pieces.
    """
    ordered = sorted(found)
    total = sum(size for _, size in ordered)
    if not total:
        raise MetainfoError(Refusal.BAD_VALUE, f"There is no data in '{name}' to make a torrent of.")
    if piece_length is None:
        piece_length = choose_piece_length(total)
    if not BLOCK_LENGTH <= piece_length <= MAX_PIECE_LENGTH or piece_length & (piece_length - 1):
        raise MetainfoError(
            Refusal.BAD_VALUE,
            f"The piece size {piece_length} must be a power of two from {BLOCK_LENGTH} to {MAX_PIECE_LENGTH} bytes.",
        )
    if -(-total // piece_length) > MAX_PIECES:
        raise MetainfoError(
            Refusal.TOO_BIG,
            f"Pieces of {piece_length} bytes are too small for {total} bytes: over {MAX_PIECES} pieces.",
        )
    files: list[TorrentFile] = []
    unportable: list[str] = []
    offset = 0
    for path, size in ordered:
        original = tuple(_encoded(element) for element in path or (name,))
        files.append(TorrentFile(path, size, offset, original))
        offset += size
        if not all(map(is_safe_element, path or (name,))):
            unportable.append("/".join(path or (name,)))
    return FilePlan(name, FileLayout(tuple(files), piece_length), tuple(unportable))


def build_metainfo(
    plan: FilePlan,
    piece_hashes: bytes,
    *,
    trackers: Sequence[Sequence[str]] = (),
    web_seeds: Sequence[str] = (),
    private: bool = False,
    comment: str = "",
    source: str = "",
    created_by: str = "",
    creation_date: int | None = None,
) -> bytes:
    """The bytes of a .torrent file for a plan and the SHA-1 of each of its pieces, 20 bytes each, in order.

    `trackers` are tiers (BEP 12). `creation_date` in seconds since 1970-01-01 UTC. Raises MetainfoError when an
    address is not usable, and ValueError when the hashes are not those of the plan's pieces.
    """
    if len(piece_hashes) != plan.piece_count * PIECE_HASH_LENGTH:
        raise ValueError(f"{len(piece_hashes)} bytes of hashes for {plan.piece_count} pieces")
    info: dict[bytes, BValue] = {
        b"name": _encoded(plan.name),
        b"piece length": plan.piece_length,
        b"pieces": piece_hashes,
    }
    if len(plan.files) == 1 and not plan.files[0].path:
        info[b"length"] = plan.files[0].size
    else:
        info[b"files"] = [{b"length": entry.size, b"path": list(entry.original_path)} for entry in plan.files]
    if private:
        info[b"private"] = 1
    if source:
        info[b"source"] = _encoded(source)

    top: dict[bytes, BValue] = {b"info": info}
    tiers: list[BValue] = []
    for tier in trackers:
        addresses: list[BValue] = [_address(text, TRACKER_SCHEMES, "tracker") for text in tier]
        if addresses:
            top.setdefault(b"announce", addresses[0])
            tiers.append(addresses)
    if len(tiers) > 1 or any(isinstance(tier, list) and len(tier) > 1 for tier in tiers):
        top[b"announce-list"] = tiers
    if web_seeds:
        top[b"url-list"] = [_address(text, WEB_SEED_SCHEMES, "web seed") for text in web_seeds]
    if comment:
        top[b"comment"] = _encoded(comment)
    if created_by:
        top[b"created by"] = _encoded(created_by)
    if creation_date is not None:
        top[b"creation date"] = creation_date
    data = encode(top)
    # What we hand out must be what we, and therefore others, take.
    parse_metainfo(data, max_bytes=MAX_CHOSEN_BYTES)
    return data


def _address(text: str, schemes: frozenset[str], kind: str) -> bytes:
    url = clean_url(text, schemes)
    if url is None:
        raise MetainfoError(Refusal.BAD_VALUE, f"'{text}' is not a usable {kind} address.")
    return url.encode()


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MetainfoError(Refusal.BAD_VALUE, f"The name {text!r} is not Unicode text; rename it first.") from error
