"""Trackers of a running torrent, changed by hand: effective at once, and kept across restarts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from shoal.api.errors import UserError
from shoal.metainfo.torrent_file import Metainfo
from shoal.metainfo.trackers import MAX_TRACKERS, TRACKER_SCHEMES, clean_url

if TYPE_CHECKING:
    from shoal.engine.torrent.torrent import Torrent


def add_trackers(torrent: Torrent, urls: Iterable[str]) -> None:
    """Append addresses, a tier each; known ones are left out. Raises UserError `bad-tracker` and adds none then."""
    fresh = torrent.announcer.unknown_of(cleaned_trackers(urls))
    if not fresh:
        return
    before = sum(map(len, torrent.announcer.tiers))
    torrent.announcer.add_trackers([(url,) for url in fresh[: MAX_TRACKERS - before]])
    _keep(torrent)
    torrent.happened("trackers-added", count=sum(map(len, torrent.announcer.tiers)) - before)


def cleaned_trackers(urls: Iterable[str]) -> list[str]:
    """The addresses as they are asked. Raises UserError `bad-tracker`."""
    cleaned: list[str] = []
    for text in urls:
        url = clean_url(text, TRACKER_SCHEMES)
        if url is None:
            raise UserError("bad-tracker", url=text)
        cleaned.append(url)
    return cleaned


def remove_trackers(torrent: Torrent, urls: Iterable[str]) -> None:
    """Ask these addresses no more; those that know us are told `stopped`. Unknown ones are left out."""
    removed = torrent.announcer.remove_trackers(urls)
    if removed:
        _keep(torrent)
        torrent.happened("trackers-removed", count=len(removed))


def new_trackers(torrent: Torrent, metainfo: Metainfo, further: Iterable[str]) -> int:
    """How many trackers a second torrent file of the same torrent would add; none for a private one (BEP 27)."""
    if metainfo.private or torrent.metainfo.private:
        return 0
    usable = (clean_url(text, TRACKER_SCHEMES) for text in further)
    urls = [url for tier in metainfo.trackers for url in tier] + [url for url in usable if url is not None]
    return len(torrent.announcer.unknown_of(urls))


def _keep(torrent: Torrent) -> None:
    torrent.keep(replace(torrent.record, tiers=torrent.announcer.tiers, extra_trackers=()))
