"""Magnet links of torrents (BEP 9, select-only by BEP 53), read from anywhere and written for a metainfo."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha1, sha256
from typing import TypeVar
from urllib.parse import parse_qsl, quote

from shoal.metainfo.errors import MetainfoError, Refusal
from shoal.metainfo.ids import INFO_HASH_LENGTH, INFO_HASH_V2_LENGTH, InfoHash, InfoHashV2, TorrentId
from shoal.metainfo.priorities import FilePriority
from shoal.metainfo.torrent_file import Metainfo
from shoal.metainfo.trackers import WEB_SEED_SCHEMES, clean_tiers, clean_url, is_host
from shoal.protocol import bencode
from shoal.protocol.bencode import BValue
from shoal.protocol.untrusted_text import clean_text

MAX_MAGNET_LENGTH = 65536
MAX_FIELDS = 500
MAX_PEERS = 50
MAX_SELECTED = 100_000
"""Indices that `so` may name in all."""

_MAX_NAME = 1024
Hash = TypeVar("Hash", InfoHash, InfoHashV2)

_V1 = "urn:btih:"
_V2 = "urn:btmh:"
_MULTIHASH_SHA256 = b"\x12\x20"
_HEX = re.compile(r"[0-9A-Fa-f]+").fullmatch
_BASE32_HASH = re.compile(r"[A-Za-z2-7]{32}").fullmatch
_RANGE = re.compile(r"([0-9]{1,7})(?:-([0-9]{1,7}))?").fullmatch
_PEER = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:]+)):([0-9]{1,5})").fullmatch


@dataclass(frozen=True, slots=True)
class MagnetLink:
    """What a magnet link says. At least one of the hashes is there; everything else may be empty."""

    info_hash_v1: InfoHash | None
    info_hash_v2: InfoHashV2 | None
    name: str = ""
    """For display until the metainfo arrives; plain text."""
    trackers: tuple[tuple[str, ...], ...] = ()
    """Each address is a tier of its own."""
    web_seeds: tuple[str, ...] = ()
    peers: tuple[tuple[str, int], ...] = ()
    """Host and port of `x.pe`."""
    select_only: tuple[int, ...] | None = None
    """File indices to download (BEP 53), rising; None = all."""

    @property
    def wire_hash(self) -> InfoHash:
        """The 20 bytes that handshakes and trackers use: v1, or the truncated v2 hash (BEP 52)."""
        if self.info_hash_v1 is not None:
            return self.info_hash_v1
        return InfoHash((self.info_hash_v2 or b"")[:INFO_HASH_LENGTH])

    @property
    def torrent_id(self) -> TorrentId:
        """40 hex digits: the v1 info-hash, or the truncated v2 one."""
        return TorrentId(self.wire_hash.hex())

    def is_named_by(self, info_bytes: bytes) -> bool:
        """Whether this is the info dictionary that the link means."""
        if self.info_hash_v1 is not None:
            return sha1(info_bytes).digest() == self.info_hash_v1
        return sha256(info_bytes).digest() == self.info_hash_v2


def is_magnet(text: str) -> bool:
    """Whether a source that a person gave is meant as a magnet link."""
    return text.strip()[:8].lower() == "magnet:?"


def parse_magnet(uri: str) -> MagnetLink:
    """Read a magnet link; unusable trackers, peers and selections are left out.

    Raises MetainfoError (bad-magnet, too-big, contradiction) when it is none, too long, or has no torrent's hash.
    """
    uri = uri.strip()
    if len(uri) > MAX_MAGNET_LENGTH:
        raise MetainfoError(
            Refusal.TOO_BIG, f"The magnet link has {len(uri)} characters; {MAX_MAGNET_LENGTH} are taken."
        )
    if not is_magnet(uri):
        raise MetainfoError(Refusal.BAD_MAGNET, "This is not a magnet link: it does not begin with magnet:?.")
    try:
        fields = parse_qsl(uri[8:].partition("#")[0], max_num_fields=MAX_FIELDS, errors="replace")
    except ValueError as error:
        raise MetainfoError(Refusal.BAD_MAGNET, f"The magnet link has more than {MAX_FIELDS} fields.") from error

    hash_v1: InfoHash | None = None
    hash_v2: InfoHashV2 | None = None
    name = ""
    trackers: list[str] = []
    web_seeds: dict[str, None] = {}
    peers: dict[tuple[str, int], None] = {}
    select_only: tuple[int, ...] | None = None
    for raw_key, value in fields:
        key = re.sub(
            r"\.[0-9]+\Z", "", raw_key.lower().removeprefix("amp;")
        )  # `xt.1=` of some makers, `&amp;` of pages
        if key == "xt":
            lowered = value.lower()
            if lowered.startswith(_V1):
                hash_v1 = _same_or_refused(hash_v1, InfoHash(_read_v1(value[len(_V1) :])))
            elif lowered.startswith(_V2):
                hash_v2 = _same_or_refused(hash_v2, InfoHashV2(_read_v2(value[len(_V2) :])))
        elif key == "dn":
            name = name or clean_text(value, _MAX_NAME)
        elif key == "tr":
            trackers.append(value)
        elif key == "ws":
            url = clean_url(value.strip().replace(" ", "%20"), WEB_SEED_SCHEMES)
            if url is not None:
                web_seeds[url] = None
        elif key == "x.pe":
            peer = read_peer(value)
            if peer is not None and len(peers) < MAX_PEERS:
                peers[peer] = None
        elif key == "so":
            select_only = _read_selection(value)
    if hash_v1 is None and hash_v2 is None:
        raise MetainfoError(
            Refusal.BAD_MAGNET, "The magnet link names no torrent: it has no urn:btih or urn:btmh hash."
        )
    return MagnetLink(
        info_hash_v1=hash_v1,
        info_hash_v2=hash_v2,
        name=name,
        trackers=clean_tiers([url] for url in trackers)[0],
        web_seeds=tuple(web_seeds),
        peers=tuple(peers),
        select_only=select_only,
    )


def magnet_link(metainfo: Metainfo, tiers: Iterable[Iterable[str]] | None = None) -> str:
    """The magnet link of a torrent: its hashes, name, trackers (of `tiers` where given) and web seeds.

    A private torrent's addresses often hold its owner's pass key, so they are left out.
    """
    chosen = metainfo.trackers if tiers is None else tiers
    return link_text(
        MagnetLink(
            info_hash_v1=metainfo.info_hash_v1,
            info_hash_v2=metainfo.info_hash_v2,
            name=metainfo.name,
            trackers=() if metainfo.private else tuple(map(tuple, chosen)),
            web_seeds=() if metainfo.private else metainfo.web_seeds,
        )
    )


def link_text(link: MagnetLink) -> str:
    """A link as text, with all that it says."""
    fields: list[str] = []
    if link.info_hash_v1 is not None:
        fields.append(f"xt={_V1}{link.info_hash_v1.hex()}")
    if link.info_hash_v2 is not None:
        fields.append(f"xt={_V2}{(_MULTIHASH_SHA256 + link.info_hash_v2).hex()}")
    if link.name:
        fields.append(f"dn={quote(link.name, safe='')}")
    fields += [f"tr={quote(url, safe='')}" for tier in link.trackers for url in tier]
    fields += [f"ws={quote(url, safe='')}" for url in link.web_seeds]
    fields += [f"x.pe={f'[{host}]' if ':' in host else host}:{port}" for host, port in link.peers]
    if link.select_only is not None:
        fields.append("so=" + ",".join(map(str, link.select_only)))
    return "magnet:?" + "&".join(fields)


def torrent_of(info_bytes: bytes, tiers: Iterable[Iterable[str]], web_seeds: Iterable[str] = ()) -> bytes:
    """The bytes of a .torrent file around a raw info dictionary, which is taken as it is; nothing else is known."""
    chosen: list[BValue] = [[url.encode() for url in tier] for tier in tiers]
    seeds: list[BValue] = [url.encode() for url in web_seeds]
    parts = [b"d"]
    if chosen:
        parts += [b"13:announce-list", bencode.encode(chosen)]
    parts += [b"4:info", info_bytes]
    if seeds:
        parts += [b"8:url-list", bencode.encode(seeds)]
    return b"".join((*parts, b"e"))


def chosen_files(metainfo: Metainfo, select_only: tuple[int, ...] | None) -> tuple[int, ...]:
    """A `FilePriority` per file for what a link selects (BEP 53); empty = all, also when it names no file that is."""
    count = len(metainfo.files)
    wanted = {index for index in select_only or () if index < count and not metainfo.files[index].is_pad}
    if not wanted:
        return ()
    return tuple(
        int(FilePriority.NORMAL if index in wanted or entry.is_pad else FilePriority.SKIP)
        for index, entry in enumerate(metainfo.files)
    )


def read_peer(text: str) -> tuple[str, int] | None:
    """`host:port` or `[IPv6]:port` as a pair; None when it is neither. Also for peers that a person types."""
    match = _PEER(text.strip())
    if match is None:
        return None
    host, port = match[1] or match[2], int(match[3])
    return (host, port) if is_host(host) and 0 < port < 65536 else None


def _same_or_refused(known: Hash | None, found: Hash) -> Hash:
    if known is not None and known != found:
        raise MetainfoError(Refusal.CONTRADICTION, "The magnet link names two different torrents.")
    return found


def _read_v1(text: str) -> bytes:
    """40 hex digits or 32 characters of base32 (BEP 9)."""
    if _HEX(text) and len(text) == 2 * INFO_HASH_LENGTH:
        return bytes.fromhex(text)
    if _BASE32_HASH(text):
        return base64.b32decode(text.upper())
    raise MetainfoError(Refusal.BAD_MAGNET, "The urn:btih hash of the magnet link is not 40 hex or 32 base32 digits.")


def _read_v2(text: str) -> bytes:
    """A multihash in hex: 0x12 0x20 and the 32 bytes of a SHA-256."""
    multihash = bytes.fromhex(text) if _HEX(text) and len(text) % 2 == 0 else b""
    if len(multihash) != 2 + INFO_HASH_V2_LENGTH or not multihash.startswith(_MULTIHASH_SHA256):
        raise MetainfoError(Refusal.BAD_MAGNET, "The urn:btmh hash of the magnet link is not a SHA-256 multihash.")
    return multihash[2:]


def _read_selection(text: str) -> tuple[int, ...] | None:
    """`0,2,4-7` as indices; None when nothing in it is usable, so that everything is downloaded."""
    chosen: set[int] = set()
    for part in text.split(","):
        match = _RANGE(part.strip())
        if match is None:
            continue
        first = int(match[1])
        last = int(match[2]) if match[2] else first
        room = MAX_SELECTED - len(chosen)
        chosen.update(range(first, min(last + 1, first + room)))
    return tuple(sorted(chosen)) or None
