"""Who is sent data: tit for tat with an optimistic slot (BEP 3), and turns when seeding.

Leeching, all slots but one go to the peers that send us most; the last is optimistic: it goes round, new peers three
times as likely, so that better partners are found. Seeding, a slot is a turn of a minute: the slowest of those whose
turn is over make room for the peers that wait longest. Pure: time and randomness are arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

NEW_PEER_SECONDS = 60.0
NEW_PEER_WEIGHT = 3
SEED_TURN_SECONDS = 60.0
JUDGED_SECONDS = 600.0
JUDGED_BYTES = 20_000_000
TAKER_SHARE = 0.02
"""Who gave back less than this part of what it was sent only takes."""
IDLE_TURN_SECONDS = 20.0
"""A peer that takes nothing loses its seeding slot this long after it got it."""


@dataclass(frozen=True, slots=True)
class ChokeCandidate:
    """What is known of one connected peer. Rates in bytes/s; times in seconds of one clock."""

    key: int
    is_interested: bool
    is_unchoked: bool
    """We do not choke it now."""
    is_snubbed: bool
    """It owes us blocks and sends none."""
    down_rate: float
    """Payload from it to us."""
    up_rate: float
    """Payload from us to it."""
    connected_at: float
    last_unchoked_at: float
    """When we last ended choking it; anything before `connected_at` when never."""
    is_optimistic: bool
    """It holds the optimistic slot now."""
    is_held_back: bool = False
    """It only takes (`only_takes`), and that is not wished."""


@dataclass(frozen=True, slots=True)
class ChokeDecision:
    """Keys of the peers to be unchoked (all others choked), the optimistic one among them."""

    unchoke: frozenset[int]
    optimistic: int | None


def choose_unchoked(
    candidates: Sequence[ChokeCandidate],
    slots: int,
    *,
    seeding: bool,
    now: float,
    rng: random.Random,
    rotate_optimistic: bool,
    give_first: bool = True,
) -> ChokeDecision:
    """Give `slots` slots to interested peers; call every 10 s, with `rotate_optimistic` every third time.

    No slot stays empty while an interested peer is choked: slots that nobody earned go to snubbed peers too. Who is
    held back gets what the others leave. Without `give_first` a leech takes turns as a seed does.
    """
    wanting = [peer for peer in candidates if peer.is_interested]
    interested = [peer for peer in wanting if not peer.is_held_back]
    if len(interested) < slots:
        held_back = sorted((peer for peer in wanting if peer.is_held_back), key=lambda peer: not peer.is_unchoked)
        interested += held_back[: slots - len(interested)]
    if slots <= 0 or not interested:
        return ChokeDecision(frozenset(), None)
    if seeding or not give_first:
        return ChokeDecision(_seeding_turns(interested, slots, now, rng), None)
    return _tit_for_tat(interested, slots, now, rng, rotate_optimistic)


def only_takes(sent: int, received: int, connected_seconds: float) -> bool:
    """Whether a peer that we lack pieces of was given much in a long time and gave next to nothing back.

    Judged only after JUDGED_SECONDS and JUDGED_BYTES, so that newcomers are safe.
    """
    return connected_seconds >= JUDGED_SECONDS and sent >= JUDGED_BYTES and received < TAKER_SHARE * sent


def _tit_for_tat(
    interested: list[ChokeCandidate], slots: int, now: float, rng: random.Random, rotate_optimistic: bool
) -> ChokeDecision:
    earning = [peer for peer in interested if not peer.is_snubbed]
    # The held slot decides a tie, so that peers at rest are not choked and unchoked in turn.
    earning.sort(key=lambda peer: (-peer.down_rate, not peer.is_unchoked or peer.is_optimistic, rng.random()))
    regular_slots = slots - 1
    if slots == 1 and earning and earning[0].down_rate > 0 and not rotate_optimistic:
        regular_slots = 1
    regular = {peer.key for peer in earning[:regular_slots]}
    rest = [peer for peer in interested if peer.key not in regular]
    optimistic = None
    if len(regular) < slots and rest:
        optimistic = _optimistic(rest, now, rng, rotate_optimistic)
        rest = [peer for peer in rest if peer.key != optimistic]
        regular.add(optimistic)
    rest.sort(key=lambda peer: (peer.is_snubbed, not peer.is_unchoked, rng.random()))
    regular.update(peer.key for peer in rest[: slots - len(regular)])
    return ChokeDecision(frozenset(regular), optimistic)


def _optimistic(rest: list[ChokeCandidate], now: float, rng: random.Random, rotate: bool) -> int:
    holder = next((peer for peer in rest if peer.is_optimistic), None)
    if holder is not None and not rotate:
        return holder.key
    others = [peer for peer in rest if not peer.is_optimistic]
    if not others:
        return rest[0].key
    weights = [NEW_PEER_WEIGHT if now - peer.connected_at < NEW_PEER_SECONDS else 1 for peer in others]
    return rng.choices(others, weights)[0].key


def _seeding_turns(interested: list[ChokeCandidate], slots: int, now: float, rng: random.Random) -> frozenset[int]:
    in_turn = [peer for peer in interested if peer.is_unchoked and _has_turn(peer, now)]
    turn_over = [peer for peer in interested if peer.is_unchoked and not _has_turn(peer, now)]
    waiting = [peer for peer in interested if not peer.is_unchoked]
    in_turn.sort(key=lambda peer: (-peer.up_rate, rng.random()))
    turn_over.sort(key=lambda peer: (-peer.up_rate, rng.random()))
    waiting.sort(key=lambda peer: (_waits_since(peer), rng.random()))
    # At most half of the slots change hands at once: a new peer needs seconds to ask and to reach its rate.
    held = in_turn[:slots]
    changing = min(len(waiting), max(slots - len(held) - len(turn_over), (slots + 1) // 2), slots - len(held))
    kept = turn_over[: slots - len(held) - changing]
    return frozenset(peer.key for peer in [*held, *kept, *waiting[:changing]])


def _has_turn(peer: ChokeCandidate, now: float) -> bool:
    held_for = now - peer.last_unchoked_at
    if held_for >= SEED_TURN_SECONDS:
        return False
    return peer.up_rate >= 1 or held_for < IDLE_TURN_SECONDS


def _waits_since(peer: ChokeCandidate) -> float:
    """A peer that connects anew goes to the end of the queue: redialling gains nothing."""
    if peer.last_unchoked_at < peer.connected_at:
        return peer.connected_at
    return peer.last_unchoked_at + SEED_TURN_SECONDS
