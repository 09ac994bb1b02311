"""A .torrent file as a checked value: v1 (BEP 3), v2 and hybrid (BEP 52), read from bytes that nobody vouches for.

Limits: MAX_METAINFO_BYTES (MAX_CHOSEN_BYTES for a file that a person picked), MAX_PIECES, MAX_PIECE_LENGTH, and those
of `protocol.bencode` and `safe_paths`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha1, sha256
from typing import NamedTuple

from shoal.metainfo import full_collections
from shoal.metainfo.errors import MetainfoError, Refusal
from shoal.metainfo.file_layout import FileLayout, TorrentFile
from shoal.metainfo.file_tree import check_piece_layers, check_same_files, read_file_tree
from shoal.metainfo.ids import InfoHash, InfoHashV2, TorrentId
from shoal.metainfo.pieces import BLOCK_LENGTH
from shoal.metainfo.raw_files import (
    MAX_FILE_SIZE,
    RawFile,
    aligned,
    clean_files,
    read_attributes,
    read_size,
    read_v1_files,
)
from shoal.metainfo.safe_paths import clean_name
from shoal.metainfo.trackers import dht_nodes, tracker_tiers, web_addresses
from shoal.protocol.bencode import BValue, decode_with_spans
from shoal.protocol.bencode_fields import Fields
from shoal.protocol.errors import BencodeError
from shoal.protocol.untrusted_text import clean_text

MAX_METAINFO_BYTES = 10_000_000
MAX_CHOSEN_BYTES = 100_000_000
MAX_PIECES = 2**21
MAX_PIECE_LENGTH = 2**28
"""256 MiB: a piece must fit in memory to be checked; no maker in the field goes beyond 128 MiB."""
PIECE_HASH_LENGTH = 20

_MAX_TEXT = 4096
_MAX_DATE = 2**40
_WEB_PAGE_STARTS = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<!--")


class MetaVersion(Enum):
    """Which protocol versions a torrent can be shared by."""

    V1 = "1"
    V2 = "2"
    HYBRID = "hybrid"


@dataclass(frozen=True, slots=True)
class Metainfo:
    """Everything a torrent file says, checked. Text is plain, paths are safe, sizes are bytes."""

    name: str
    """Safe as a file or folder name; the hash when the given one leaves nothing usable."""
    original_name: bytes
    """As the metainfo has it; never touches a disk where no such file is."""
    version: MetaVersion
    info_hash_v1: InfoHash | None
    info_hash_v2: InfoHashV2 | None
    piece_length: int
    pieces: bytes
    """20 bytes per piece (v1 and hybrid), empty for v2-only."""
    layout: FileLayout
    is_single_file: bool
    """The one file lies in the download folder itself, without a folder of the torrent's name."""
    private: bool
    trackers: tuple[tuple[str, ...], ...]
    """Tiers (BEP 12) of http, https and udp addresses."""
    info_bytes: bytes
    """The raw info dictionary: what the hashes are taken over, and what peers get by BEP 9."""
    web_seeds: tuple[str, ...] = ()
    http_seeds: tuple[str, ...] = ()
    nodes: tuple[tuple[str, int], ...] = ()
    comment: str = ""
    created_by: str = ""
    """The program that made it."""
    publisher: str = ""
    """Who brings it out, as a few makers write it."""
    creation_date: int | None = None
    """Seconds since 1970-01-01 UTC."""
    source: str = ""
    problems: tuple[str, ...] = ()
    """Sentences on what had to be repaired or left out."""
    piece_layers: Mapping[bytes, bytes] = field(default_factory=dict)
    """Hashes of pieces by file root (BEP 52), proven to lead to it."""
    size: int = field(init=False)
    """Bytes of content, padding left out."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", sum(entry.size for entry in self.layout.files if not entry.is_pad))

    @property
    def files(self) -> tuple[TorrentFile, ...]:
        """All files in order, padding among them."""
        return self.layout.files

    @property
    def piece_count(self) -> int:
        return self.layout.geometry.piece_count

    @property
    def torrent_id(self) -> TorrentId:
        """40 hex digits: the v1 info-hash, or the truncated v2 one of a v2-only torrent."""
        return TorrentId(self.wire_hash.hex())

    @property
    def wire_hash(self) -> InfoHash:
        """The 20 bytes that handshakes and trackers use: v1, or the truncated v2 hash (BEP 52)."""
        if self.info_hash_v1 is not None:
            return self.info_hash_v1
        return InfoHash((self.info_hash_v2 or b"")[:20])

    def piece_hash(self, piece: int) -> bytes:
        """The 20-byte SHA-1 of a piece; IndexError out of range or when the torrent has no v1 side."""
        digest = self.pieces[piece * PIECE_HASH_LENGTH : (piece + 1) * PIECE_HASH_LENGTH]
        if piece < 0 or len(digest) != PIECE_HASH_LENGTH:
            raise IndexError(f"no v1 hash of piece {piece}")
        return digest


def parse_metainfo(data: bytes, *, max_bytes: int = MAX_METAINFO_BYTES) -> Metainfo:
    """Read and check a .torrent file; raises MetainfoError with the kind of fault and a sentence on what and where.

    `max_bytes` may be raised to MAX_CHOSEN_BYTES when a person chose the file.
    """
    with full_collections.postponed():
        return _parse(data, max_bytes)


def _parse(data: bytes, max_bytes: int) -> Metainfo:
    top, info, info_bytes, trailing = _decode(data, max_bytes)
    encoding_value = top.get(b"encoding")
    encoding = encoding_value.decode("ascii", "replace") if isinstance(encoding_value, bytes) else ""
    problems: list[str] = []
    if trailing:
        problems.append(f"{trailing} bytes behind the end of the torrent were ignored.")

    version = _version(info)
    hash_v1 = InfoHash(sha1(info_bytes).digest()) if version is not MetaVersion.V2 else None
    hash_v2 = InfoHashV2(sha256(info_bytes).digest()) if version is not MetaVersion.V1 else None
    piece_length = _piece_length(info, version)
    raw_name, shown_name = _names(info)
    name = clean_name(shown_name, encoding)
    if not name:
        name = (hash_v1 or hash_v2 or b"").hex()
        problems.append("The name is not usable as a file name; the hash takes its place.")

    content = _read_content(info, top.get(b"piece layers"), version, piece_length, (raw_name, shown_name))
    cleaned = clean_files(content.files, encoding)
    problems += content.problems
    problems += cleaned.problems
    files = cleaned.files
    if content.is_single:
        # Whatever became of the path, a single file is called by the torrent's name.
        files = (files[0]._replace(path=(name,)), *files[1:])

    total = sum(entry.size for entry in files)
    if not any(entry.size and not entry.is_pad for entry in files):
        raise MetainfoError(Refusal.BAD_VALUE, "The torrent holds no data: all its files are empty.")
    count = -(-total // piece_length)
    if total > MAX_FILE_SIZE or count > MAX_PIECES:
        raise MetainfoError(Refusal.TOO_BIG, f"The torrent would have {count} pieces; at most {MAX_PIECES} are taken.")
    pieces = b"" if version is MetaVersion.V2 else _pieces(info, count)

    trackers, bad_trackers = tracker_tiers(top.get(b"announce"), top.get(b"announce-list"))
    web_seeds, bad_web_seeds = web_addresses(top.get(b"url-list"))
    http_seeds, bad_http_seeds = web_addresses(top.get(b"httpseeds"))
    if bad_trackers:
        problems.append(f"{bad_trackers} tracker addresses that are not usable http, https or udp were left out.")
    if bad_web_seeds + bad_http_seeds:
        problems.append(f"{bad_web_seeds + bad_http_seeds} web seeds that are not usable http or https were left out.")
    created = top.get(b"creation date")
    return Metainfo(
        name=name,
        original_name=shown_name,
        version=version,
        info_hash_v1=hash_v1,
        info_hash_v2=hash_v2,
        piece_length=piece_length,
        pieces=pieces,
        layout=FileLayout(files, piece_length),
        is_single_file=content.is_single,
        # A private torrent that was meant to be public only finds fewer peers; the other mistake leaks it.
        private=info.get(b"private", 0) not in (0, b"", b"0"),
        trackers=trackers,
        info_bytes=info_bytes,
        web_seeds=web_seeds,
        http_seeds=http_seeds,
        nodes=dht_nodes(top.get(b"nodes")),
        comment=_text(top, b"comment"),
        created_by=_text(top, b"created by"),
        publisher=_text(info, b"publisher") or _text(top, b"publisher"),
        creation_date=created if isinstance(created, int) and 0 <= created < _MAX_DATE else None,
        source=_text(info, b"source"),
        problems=tuple(problems),
        piece_layers=content.piece_layers,
    )


class _Content(NamedTuple):
    files: list[RawFile]
    is_single: bool
    piece_layers: dict[bytes, bytes]
    problems: list[str]


def _decode(data: bytes, max_bytes: int) -> tuple[Fields, Fields, bytes, int]:
    """The outer dictionary, the info dictionary, its raw bytes, and the number of bytes behind the end."""
    if not data:
        raise MetainfoError(Refusal.EMPTY, "The torrent file is empty.")
    if len(data) > max_bytes:
        raise MetainfoError(Refusal.TOO_BIG, f"The torrent file has {len(data)} bytes; at most {max_bytes} are taken.")
    try:
        top, end, spans = decode_with_spans(data, max_bytes=max_bytes)
    except BencodeError as error:
        if data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_WEB_PAGE_STARTS):
            raise MetainfoError(Refusal.WEB_PAGE, "The file is a web page, not a torrent.") from error
        if error.is_truncated:
            raise MetainfoError(
                Refusal.CUT_SHORT, f"The torrent file is cut short: its {len(data)} bytes end inside a value."
            ) from error
        raise MetainfoError(Refusal.NOT_BENCODE, f"The file is not a torrent: {error}.") from error
    if not isinstance(top, dict):
        raise MetainfoError(Refusal.NOT_A_TORRENT, "The file is not a torrent: its outermost value is no dictionary.")
    info = top.get(b"info")
    if not isinstance(info, dict):
        raise MetainfoError(Refusal.NOT_A_TORRENT, "The file is not a torrent: it has no info dictionary.")
    start, stop = spans[b"info"]
    return top, info, data[start:stop], len(data) - end


def _version(info: Fields) -> MetaVersion:
    declared = info.get(b"meta version")
    if declared is None or declared == 1:
        if b"file tree" in info:
            raise MetainfoError(Refusal.CONTRADICTION, "The torrent has a version 2 file tree but is not of version 2.")
        return MetaVersion.V1
    if declared != 2:
        raise MetainfoError(Refusal.BAD_VALUE, "The torrent is of a version that is not known: only 1 and 2 are.")
    has_v1 = b"pieces" in info or b"files" in info or b"length" in info
    return MetaVersion.HYBRID if has_v1 else MetaVersion.V2


def _piece_length(info: Fields, version: MetaVersion) -> int:
    value = info.get(b"piece length")
    if value is None:
        raise MetainfoError(Refusal.MISSING, "The piece length is missing.")
    if not isinstance(value, int) or value < 1:
        raise MetainfoError(Refusal.BAD_VALUE, "The piece length is not a positive number.")
    if value > MAX_PIECE_LENGTH:
        raise MetainfoError(Refusal.TOO_BIG, f"The piece length is {value}; at most {MAX_PIECE_LENGTH} is taken.")
    if version is not MetaVersion.V1 and (value < BLOCK_LENGTH or value & (value - 1)):
        raise MetainfoError(
            Refusal.BAD_VALUE, f"The piece length {value} of a version 2 torrent must be a power of two from 16384."
        )
    return value


def _names(info: Fields) -> tuple[bytes, bytes]:
    """The raw `name`, and the one to show: `name.utf-8` where there is one."""
    raw, utf8 = info.get(b"name"), info.get(b"name.utf-8")
    if not isinstance(utf8, bytes) or not utf8:
        utf8 = None
    if raw is None and utf8 is None:
        raise MetainfoError(Refusal.MISSING, "The name is missing.")
    if raw is not None and not isinstance(raw, bytes):
        raise MetainfoError(Refusal.BAD_VALUE, "The name is not a text.")
    if not raw and utf8 is None:
        raise MetainfoError(Refusal.MISSING, "The name is empty.")
    return raw or utf8 or b"", utf8 or raw or b""


def _read_content(
    info: Fields, layers_given: BValue | None, version: MetaVersion, piece_length: int, names: tuple[bytes, bytes]
) -> _Content:
    """Both sides' files, checked against each other where there are both; `names` raw and as shown."""
    raw_name, shown_name = names
    problems: list[str] = []
    v1_files: list[RawFile] | None = None
    is_single = False
    if version is not MetaVersion.V2:
        v1_files = read_v1_files(info)
        if v1_files is None:
            attributes, _ = read_attributes(info)
            keep = bytes(flag for flag in attributes if flag in b"xh")
            v1_files = [RawFile((raw_name,), read_size(info, "the file"), (shown_name,), keep)]
            is_single = True
        elif b"length" in info:
            problems.append("The torrent has both a list of files and a length; the list was taken.")
        if not v1_files:
            raise MetainfoError(Refusal.MISSING, "The list of files is empty.")
    if version is MetaVersion.V1:
        return _Content(v1_files or [], is_single, {}, problems)

    tree = read_file_tree(info)
    layers, missing = check_piece_layers(layers_given, tree, piece_length)
    if missing:
        problems.append(f"The hash layers of {missing} files are not in the torrent; they have to come from peers.")
    if v1_files is not None:
        return _Content(check_same_files(v1_files, tree, piece_length), is_single, layers, problems)
    # BEP 52: one leaf right at the top that bears the torrent's name is a torrent of a single file.
    is_single = len(tree) == 1 and tree[0].path == (raw_name,)
    return _Content(aligned(tree, piece_length), is_single, layers, problems)


def _pieces(info: Fields, count: int) -> bytes:
    value = info.get(b"pieces")
    if value is None:
        raise MetainfoError(Refusal.MISSING, "The piece hashes are missing.")
    if not isinstance(value, bytes):
        raise MetainfoError(Refusal.BAD_VALUE, "The piece hashes are not a byte string.")
    if len(value) % PIECE_HASH_LENGTH:
        raise MetainfoError(
            Refusal.BAD_VALUE, f"The piece hashes have {len(value)} bytes, which is no multiple of {PIECE_HASH_LENGTH}."
        )
    if len(value) != count * PIECE_HASH_LENGTH:
        given = len(value) // PIECE_HASH_LENGTH
        raise MetainfoError(
            Refusal.CONTRADICTION, f"There are {given} piece hashes, but the sizes of the files make {count} pieces."
        )
    return value


def _text(fields: Fields, key: bytes) -> str:
    """A text of any maker: the `.utf-8` twin where there is one, plain and bounded."""
    value: BValue | None = fields.get(key + b".utf-8")
    if not isinstance(value, bytes):
        value = fields.get(key)
    return clean_text(value, _MAX_TEXT) if isinstance(value, bytes) else ""
