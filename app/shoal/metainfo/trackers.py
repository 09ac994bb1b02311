"""Addresses in metainfo and magnet links made usable: trackers in tiers (BEP 12), web seeds (BEP 17, 19), DHT nodes.

An address that cannot be used is left out and counted, never a reason to refuse a torrent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import SplitResult, urlsplit

from shoal.protocol.bencode import BValue
from shoal.protocol.untrusted_text import clean_text

TRACKER_SCHEMES = frozenset({"http", "https", "udp"})
WEB_SEED_SCHEMES = frozenset({"http", "https"})
MAX_URL_LENGTH = 2048
MAX_TRACKERS = 200
MAX_WEB_SEEDS = 100
MAX_NODES = 100
MAX_HOST_LENGTH = 253

_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029<>\"\\]")


def clean_url(text: str, schemes: frozenset[str]) -> str | None:
    """An absolute URL with one of the schemes, a host and a valid port, blanks around it gone; else None."""
    text = text.strip()
    if not text or len(text) > MAX_URL_LENGTH or _UNPRINTABLE.search(text) or clean_text(text, len(text)) != text:
        return None
    try:
        parts: SplitResult = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in schemes or not host or port == 0:
        return None
    return f"{parts.scheme}:{text.partition(':')[2]}"


def clean_tiers(tiers: Iterable[Iterable[str]]) -> tuple[tuple[tuple[str, ...], ...], int]:
    """Usable tracker addresses in their tiers, each address once, empty tiers gone; and how many were left out."""
    seen: set[str] = set()
    left_out = 0
    result: list[tuple[str, ...]] = []
    for tier in tiers:
        kept: list[str] = []
        for text in tier:
            url = clean_url(text, TRACKER_SCHEMES)
            if url in seen or not text.strip():
                continue
            if url is None or len(seen) >= MAX_TRACKERS:
                left_out += 1
                continue
            seen.add(url)
            kept.append(url)
        if kept:
            result.append(tuple(kept))
    return tuple(result), left_out


def listed_trackers(text: str) -> tuple[str, ...]:
    """The usable tracker addresses in `text`, apart by blanks or lines, each once; lines with `#` are remarks."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    tiers, _ = clean_tiers([[word for line in lines for word in line.split()]])
    return tuple(url for tier in tiers for url in tier)


def tracker_tiers(announce: BValue | None, announce_list: BValue | None) -> tuple[tuple[tuple[str, ...], ...], int]:
    """Tiers of a metainfo: those of `announce-list`, or `announce` alone where the list yields none (BEP 12)."""
    left_out = 0
    if isinstance(announce_list, list):
        # Some makers leave out the inner lists; each address is then a tier of its own.
        tiers, left_out = clean_tiers(_texts(tier if isinstance(tier, list) else [tier]) for tier in announce_list)
        if tiers:
            return tiers, left_out
    tiers, more = clean_tiers([_texts([announce])])
    return tiers, left_out + more


def web_addresses(value: BValue | None) -> tuple[tuple[str, ...], int]:
    """Usable http(s) addresses of `url-list` (a string or a list, BEP 19) or `httpseeds` (BEP 17), and the left out."""
    seen: dict[str, None] = {}
    left_out = 0
    for text in _texts(value if isinstance(value, list) else [value]):
        if not text.strip():
            continue
        url = clean_url(text.strip().replace(" ", "%20"), WEB_SEED_SCHEMES)
        if url is None or (url not in seen and len(seen) >= MAX_WEB_SEEDS):
            left_out += 1
        else:
            seen[url] = None
    return tuple(seen), left_out


def dht_nodes(value: BValue | None) -> tuple[tuple[str, int], ...]:
    """Host and port of the usable `nodes` (BEP 5), at most MAX_NODES."""
    seen: dict[tuple[str, int], None] = {}
    for node in value if isinstance(value, list) else ():
        match node:
            case [bytes(raw), int(port)] if 0 < port < 65536 and 0 < len(raw) <= MAX_HOST_LENGTH:
                host = raw.decode("ascii", "replace")
                if is_host(host) and len(seen) < MAX_NODES:
                    seen[host, port] = None
            case _:
                continue
    return tuple(seen)


def is_host(text: str) -> bool:
    """Whether `text` can be a host name or a numeric address: letters, digits and `.-_:` only."""
    return re.fullmatch(r"[0-9A-Za-z_.:%-]{1,253}", text) is not None


def _texts(values: Sequence[BValue | None]) -> list[str]:
    return [value.decode("utf-8", "replace") for value in values if isinstance(value, bytes)]
