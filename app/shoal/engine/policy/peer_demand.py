"""For how many peers a tracker is asked. Pure."""

from __future__ import annotations

LEAST_WANTED = 50
MOST_WANTED = 200
DIALS_PER_PEER = 2
"""About every second address that is named can be connected with."""


def peers_to_ask_for(*, is_seed: bool, connected: int, most: int, unfinished: int) -> int:
    """50..200 as there is room for; 0 for a seed that knows enough.

    `most`: connections that this torrent may have; `unfinished`: addresses known of peers that may lack something,
    the connected ones among them.
    """
    room = max(0, most - connected)
    idle = max(0, unfinished - connected)
    if is_seed:
        return LEAST_WANTED if idle < DIALS_PER_PEER * room else 0
    return min(max(DIALS_PER_PEER * room - idle, LEAST_WANTED), MOST_WANTED)
