"""Trackers of a torrent or magnet link, changed by hand: effective at once, and kept across restarts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from shoal.api.errors import UserError
from shoal.metainfo.torrent_file import Metainfo
from shoal.metainfo.trackers import MAX_TRACKERS, TRACKER_SCHEMES, clean_url

if TYPE_CHECKING:
    from shoal.engine.torrent.services import Entry
    from shoal.engine.torrent.torrent import Torrent


def add_trackers(entry: Entry, urls: Iterable[str]) -> None:
    """Append addresses, a tier each; known ones are left out. Raises UserError `bad-tracker` and adds none then."""
    fresh = entry.announcer.unknown_of(cleaned_trackers(urls))
    if not fresh:
        return
    before = _count(entry)
    entry.announcer.add_trackers([(url,) for url in fresh[: MAX_TRACKERS - before]])
    _keep(entry)
    entry.happened("trackers-added", count=_count(entry) - before)


def set_trackers(entry: Entry, tiers: Iterable[Iterable[str]]) -> None:
    """Have exactly these tiers, in this order. Raises UserError `bad-tracker` and changes nothing then."""
    wanted = [cleaned_trackers(tier) for tier in tiers]
    before = {url for tier in entry.announcer.tiers for url in tier}
    if tuple(tuple(tier) for tier in wanted if tier) == entry.announcer.tiers:
        return
    entry.announcer.arrange_trackers(wanted)
    _keep(entry)
    after = {url for tier in entry.announcer.tiers for url in tier}
    for code, count in (("trackers-removed", len(before - after)), ("trackers-added", len(after - before))):
        if count:
            entry.happened(code, count=count)


def cleaned_trackers(urls: Iterable[str]) -> list[str]:
    """The addresses as they are asked. Raises UserError `bad-tracker`."""
    cleaned: list[str] = []
    for text in urls:
        url = clean_url(text, TRACKER_SCHEMES)
        if url is None:
            raise UserError("bad-tracker", url=text)
        cleaned.append(url)
    return cleaned


def remove_trackers(entry: Entry, urls: Iterable[str]) -> None:
    """Ask these addresses no more; those that know us are told `stopped`. Unknown ones are left out."""
    removed = entry.announcer.remove_trackers(urls)
    if removed:
        _keep(entry)
        entry.happened("trackers-removed", count=len(removed))


def new_trackers(torrent: Torrent, metainfo: Metainfo, further: Iterable[str]) -> int:
    """How many trackers a second torrent file of the same torrent would add; none for a private one (BEP 27)."""
    if metainfo.private or torrent.metainfo.private:
        return 0
    usable = (clean_url(text, TRACKER_SCHEMES) for text in further)
    urls = [url for tier in metainfo.trackers for url in tier] + [url for url in usable if url is not None]
    return len(torrent.announcer.unknown_of(urls))


def _count(entry: Entry) -> int:
    return sum(map(len, entry.announcer.tiers))


def _keep(entry: Entry) -> None:
    entry.keep(replace(entry.record, tiers=entry.announcer.tiers, extra_trackers=()))
