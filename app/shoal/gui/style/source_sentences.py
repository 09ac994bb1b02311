"""Where the peers of a transfer come from, in words. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from shoal.api.details import SourceCount
from shoal.gui.style.numbers import whole
from shoal.gui.style.wording import Template, isolated, phrase, say, say_phrase

_SOURCES: dict[str, Template] = {
    "tracker": phrase("trackers: {connected} of {known}"),
    "dht": phrase("DHT: {connected} of {known}"),
    "pex": phrase("other peers: {connected} of {known}"),
    "lsd": phrase("local network: {connected} of {known}"),
    "user": phrase("by hand or from last time: {connected} of {known}"),
    "magnet": phrase("magnet link: {connected} of {known}"),
    "resume": phrase("from last time: {connected} of {known}"),
}


def sources_line(counts: Sequence[SourceCount]) -> str:
    """One line on who named the peers and how many of them are connected; "" when none is known."""
    parts = [_part(count) for count in counts]
    return say("Connected, by who named them: {sources}", sources=" \u00b7 ".join(parts)) if parts else ""


def _part(count: SourceCount) -> str:
    if count.source == "incoming":
        return say("came by themselves: {connected}", connected=whole(count.connected))
    known = _SOURCES.get(count.source)
    places = {"connected": whole(count.connected), "known": whole(count.known)}
    if known is None:
        return say("{source}: {connected} of {known}", source=isolated(count.source), **places)
    return say_phrase(known, **places)
