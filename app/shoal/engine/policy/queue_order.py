"""The download queue, decided: which transfers run, which wait, and where a moved one goes. Pure.

A transfer is *in the queue* when it is meant to run, is unfinished and does not skip the queue. It is *active* when it
runs or is on its way there (checking, allocating). Active ones without payload for a minute are *stalled*: they go on
but do not count, so that a dead download never blocks the line; when one flows again nobody is sent back for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from shoal.api.commands import QueueStep

STALLED_SECONDS = 60.0
"""A running download without a byte of payload for so long does not count."""


# A NamedTuple, not a frozen dataclass: thousands may wait, and these are made three times as fast.
class QueueEntry(NamedTuple):
    """A transfer as the queue sees it."""

    key: str
    position: int
    wants_to_run: bool = True
    is_complete: bool = False
    skips_queue: bool = False
    is_active: bool = False
    is_stalled: bool = False


@dataclass(frozen=True, slots=True)
class QueueDecision:
    """What is to change, and the line as it is then, each in queue order."""

    start: tuple[str, ...]
    wait: tuple[str, ...]
    """Active ones that are sent back into the line."""
    line: tuple[str, ...]
    """Everyone who waits."""


def decide(entries: Iterable[QueueEntry], most: int, *, is_strict: bool = False) -> QueueDecision:
    """Who runs when at most `most` downloads may (0 = all of them).

    Free places are filled in queue order. `is_strict` (somebody lowered `most`, or changed the order) also sends those
    back that are active beyond their turn; else whoever is active stays so.
    """
    wanting = sorted((entry for entry in entries if entry.wants_to_run), key=attrgetter("position"))
    counting = sum(1 for entry in wanting if _counts(entry))
    room = len(wanting) if not most else most if is_strict else most - counting
    start: list[str] = []
    wait: list[str] = []
    line: list[str] = []
    for entry in wanting:
        if entry.is_complete or entry.skips_queue:
            if not entry.is_active:
                start.append(entry.key)
        elif entry.is_active and (entry.is_stalled or not is_strict):
            continue
        elif room > 0:
            room -= 1
            if not entry.is_active:
                start.append(entry.key)
        else:
            line.append(entry.key)
            if entry.is_active:
                wait.append(entry.key)
    return QueueDecision(tuple(start), tuple(wait), tuple(line))


def _counts(entry: QueueEntry) -> bool:
    return entry.is_active and not (entry.is_stalled or entry.is_complete or entry.skips_queue)


def moved(order: Sequence[str], chosen: Collection[str], step: QueueStep) -> list[str]:
    """`order` after one step of the chosen, which keep their order among themselves."""
    match step:
        case QueueStep.TOP:
            return sorted(order, key=lambda key: key not in chosen)
        case QueueStep.BOTTOM:
            return sorted(order, key=lambda key: key in chosen)
        case QueueStep.UP:
            return _raised(order, chosen)
        case QueueStep.DOWN:
            return _raised(order[::-1], chosen)[::-1]


def _raised(order: Sequence[str], chosen: Collection[str]) -> list[str]:
    result = list(order)
    for place in range(1, len(result)):
        if result[place] in chosen and result[place - 1] not in chosen:
            result[place - 1 : place + 1] = result[place], result[place - 1]
    return result


def placed(order: Sequence[str], chosen: Sequence[str], before: str | None) -> list[str]:
    """`order` with the chosen, as they are given, right before `before`; None puts them at the end.

    When `before` is one of the chosen, the next that is not takes its part.
    """
    moving = dict.fromkeys(chosen)
    if before in moving:
        before = next((key for key in order[order.index(before) :] if key not in moving), None)
    rest = [key for key in order if key not in moving]
    place = len(rest) if before is None else rest.index(before)
    return [*rest[:place], *moving, *rest[place:]]
