"""Where peers are looked for, said while there is none. Pure."""

from __future__ import annotations

from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.style.units import short_duration
from shoal.gui.style.wording import Template, isolated, phrase, say, say_count, say_phrase

_STEPS: dict[str, Template] = {
    "waiting": phrase("{host}: not asked yet"),
    "asking": phrase("{host}: being asked now"),
    "working": phrase("{host}: answered"),
    "failing": phrase("{host}: does not answer"),
    "refused": phrase("{host}: turned you away"),
    "off": phrase("{host}: not asked any more"),
}
MOST_STEPS = 3


def search_steps(row: TorrentRow) -> str:
    """A line for each source that is asked, and when they are asked again; why nobody is looked for otherwise."""
    if row.state not in (TorrentState.DOWNLOADING, TorrentState.SEEDING):
        return say("Nobody is connected: it is not running")
    lines = [
        say_phrase(_STEPS[state], host=isolated(host)) for host, state in row.trackers[:MOST_STEPS] if state in _STEPS
    ]
    if row.in_dht and len(lines) < MOST_STEPS:
        lines.append(say("the DHT is searched"))
    if not lines:
        return say("Nobody is connected, and it names no tracker to ask")
    if row.known_peers:
        lines.append(say_count(row.known_peers, "trying {n} known peer", "trying {n} known peers"))
    elif row.next_announce_in is not None and row.next_announce_in >= 1:
        lines.append(say("looking again in {time}", time=short_duration(row.next_announce_in)))
    return "\n".join(lines)
