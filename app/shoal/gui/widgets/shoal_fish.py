"""What a peer looks like as a fish: where it is, how long, of which colour, and its words. Nothing is invented."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from shoal.api.details import PeerRow
from shoal.gui.style.diagnosis import FLOWING_RATE
from shoal.gui.style.units import percent_text, rate_text
from shoal.gui.style.wording import isolated, say

GLIDE_SECONDS = 0.6
FEW, LONE_SIZE = 3, 1.0
"""So few fish have that share of the largest length also when they are idle."""
IDLE_SIZE, LEAST_ACTIVE_SIZE = 0.5, 0.72
"""Lengths of fish, as shares of the largest."""


@dataclass(slots=True)
class Fish:
    """One peer that is drawn. `x`, `y` is where it is going, `from_x`, `from_y` where it set out at `set_out`."""

    peer: PeerRow
    x: float
    y: float
    along: float
    length: int
    token: str
    from_x: float
    from_y: float
    set_out: float

    def at(self, now: float) -> tuple[float, float]:
        """Its position; glides there with less and less speed."""
        passed = (now - self.set_out) / GLIDE_SECONDS
        if passed >= 1:
            return self.x, self.y
        left = (1 - max(0.0, passed)) ** 3
        return self.x + (self.from_x - self.x) * left, self.y + (self.from_y - self.y) * left

    def is_gliding(self, now: float) -> bool:
        return now - self.set_out < GLIDE_SECONDS and (self.from_x, self.from_y) != (self.x, self.y)


def key_of(peer: PeerRow) -> str:
    return f"{peer.host}:{peer.port}"


def nearness(peer: PeerRow) -> int:
    """0 sends, 1 would send if it were asked, 2 does not let us download, or has stopped sending."""
    if peer.down_rate >= FLOWING_RATE:
        return 0
    return 2 if peer.peer_choking or peer.is_snubbed else 1


def token_of(peer: PeerRow) -> str:
    """Its colour: what goes on between it and us, the download before the upload."""
    if peer.down_rate >= FLOWING_RATE:
        return "down"
    return "up" if peer.up_rate >= FLOWING_RATE else "ctl"


def length_of(peer: PeerRow, highest_rate: float, largest: float, count: int) -> int:
    """Pixels; by the root of its rate, so that twice as long is about four times the rate.

    Of `count` fish that are few none is a speck: there is nothing to tell it apart from.
    """
    rate = max(peer.down_rate, peer.up_rate)
    if rate < FLOWING_RATE:
        return max(7, round(largest * (IDLE_SIZE if count > FEW else LONE_SIZE)))
    share = sqrt(rate / max(rate, highest_rate))
    # In steps of two, for each length is a picture of its own, and a rate never stands still.
    return max(8, 2 * round(largest * (LEAST_ACTIVE_SIZE + (1 - LEAST_ACTIVE_SIZE) * share) / 2))


def peer_words(peer: PeerRow) -> tuple[str, ...]:
    """What the pointer and a screen reader are told of one fish."""
    host = f"[{peer.host}]" if ":" in peer.host else peer.host
    lines = [
        say(
            "{client} at {address}",
            client=isolated(peer.client) or say("Unnamed client"),
            address=f"{host}:{peer.port}",
        ),
        say("has {percent}", percent=percent_text(int(peer.has * 1000) if peer.has < 1 else 1000, 1000)),
    ]
    if peer.down_rate >= FLOWING_RATE:
        lines.append(say("sends to you {rate}", rate=rate_text(peer.down_rate)))
    if peer.up_rate >= FLOWING_RATE:
        lines.append(say("you send {rate}", rate=rate_text(peer.up_rate)))
    if token_of(peer) == "ctl":
        lines.append(say("connected, nothing moves right now"))
    return tuple(lines)
