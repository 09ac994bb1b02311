"""What the add window says of a swarm that nobody has joined yet: what its trackers told, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shoal.api.details import SwarmLookup
from shoal.gui.style.causes import TRACKER_CAUSES
from shoal.gui.style.swarm_health import Health, told_health
from shoal.gui.style.wording import Template, isolated, phrase, say, say_phrase

_SWARMS: dict[Health, Template] = {
    Health.EXCELLENT: phrase("Excellent swarm"),
    Health.GOOD: phrase("Good swarm"),
    Health.FAIR: phrase("Fair swarm"),
    Health.VERY_THIN: phrase("Very thin swarm"),
}


@dataclass(frozen=True, slots=True)
class SwarmWords:
    """Level, word and numbers of the badge; `hint` names the trackers that were silent, a sentence each."""

    level: Health
    word: str
    note: str
    hint: str = ""


def swarm_words(trackers: Sequence[str], lookup: SwarmLookup | None, *, may_ask: bool = True) -> SwarmWords:
    """`lookup` None: they are being asked, or not as long as nobody `may_ask` them."""
    if not trackers:
        return SwarmWords(Health.UNKNOWN, say("Unknown until started"), say("It names no tracker"))
    if lookup is None and not may_ask:
        hint = say("Configuration > Privacy says not to ask trackers before adding.")
        return SwarmWords(Health.UNKNOWN, say("Unknown until started"), say("Its trackers are not asked"), hint)
    if lookup is None:
        return SwarmWords(Health.UNKNOWN, say("Asking\u2026"), say("How large the swarm is"))
    hint = "\n".join(_silence(host, cause) for host, cause in lookup.failed)
    health = told_health(lookup.seeds, lookup.peers)
    if health.level is not Health.UNKNOWN:
        return SwarmWords(health.level, say_phrase(_SWARMS[health.level]), health.line, hint)
    if lookup.answered:
        return SwarmWords(Health.UNKNOWN, say("Unknown until started"), say("It tells no numbers"), hint)
    if lookup.failed:
        return SwarmWords(Health.NO_ANSWER, say("No answer"), say("Asked again at the start"), hint)
    return SwarmWords(Health.UNKNOWN, say("Unknown until started"), say("Its trackers cannot tell"))


def _silence(host: str, cause: str) -> str:
    named = isolated(host)
    if cause not in TRACKER_CAUSES:
        return say("{host} does not answer.", host=named)
    return say("{host} cannot be asked: {cause}.", host=named, cause=say_phrase(TRACKER_CAUSES[cause]))
