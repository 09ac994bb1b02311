"""What became of several torrents, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass, field

from shoal.gui.style.wording import phrase_count, say, say_count, say_count_phrase

_UNREAD = phrase_count("{n} cannot be read: {names}", "{n} cannot be read: {names}")
_REFUSED = phrase_count("{n} refused: {names}", "{n} refused: {names}")
MOST_NAMES = 3
"""So many failures are named in the sentence; Details has them all."""


@dataclass(slots=True)
class Tally:
    """What became of several sources; names and reasons are safe to show."""

    added: int = 0
    already_here: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)
    """(name, why) of what cannot be read."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """(name, why) of what was read, and cannot be added."""
    left: int = 0
    """Not tried, since it was stopped."""

    def is_plain(self) -> bool:
        """True when there is nothing to tell but rows that everyone sees."""
        return not (self.already_here or self.unread or self.refused)

    def sentence(self) -> str:
        """Such as "297 added, 2 were here already, 1 cannot be read: name"."""
        parts = [say_count(self.added, "{n} added", "{n} added")]
        if self.already_here:
            parts.append(say_count(self.already_here, "{n} was here already", "{n} were here already"))
        if self.left:
            parts.append(say_count(self.left, "{n} was left out", "{n} were left out"))
        for failures, words in ((self.unread, _UNREAD), (self.refused, _REFUSED)):
            if failures:
                parts.append(say_count_phrase(len(failures), words, names=_names([name for name, _ in failures])))
        return say("{parts}.", parts=", ".join(parts))

    def details(self) -> str:
        """Every failure on its line."""
        return "\n".join(say("{name}: {why}", name=name, why=why) for name, why in (*self.unread, *self.refused))


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return say_count(more, "{names} and {n} more", "{names} and {n} more", names=shown) if more > 0 else shown
