"""How large a swarm is without ourselves: a tracker counts whoever has announced to it, and so us, too. Pure."""

from __future__ import annotations

from typing import NamedTuple


class SwarmCount(NamedTuple):
    """Peers that have everything, and those that lack something; None where the tracker said nothing."""

    seeds: int | None
    leeches: int | None


def others(told: SwarmCount, *, is_complete: bool) -> SwarmCount:
    """The answer to an announce without the one who announced, who said that it `is_complete` (nothing is left).

    Never below zero: some trackers answer before they count the newcomer.
    """
    if is_complete:
        return told._replace(seeds=_less_one(told.seeds))
    return told._replace(leeches=_less_one(told.leeches))


def _less_one(count: int | None) -> int | None:
    return None if count is None else max(0, count - 1)
