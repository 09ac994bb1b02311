"""How a transfer feels, as colours: the tokens of tinted grounds, of what stands on them, and of sentences."""

from __future__ import annotations

from shoal.gui.style.sentences import Tone

TONE_INK: dict[Tone, str] = {
    Tone.DOWN: "ink2",
    Tone.WARN: "warn",
    Tone.ERROR: "err",
    Tone.GOOD: "ok",
    Tone.QUIET: "ink2",
    Tone.BUSY: "ink2",
}
"""Of sentences in a row."""
_TINTED: dict[Tone, tuple[str, str]] = {
    Tone.DOWN: ("soft", "acc"),
    Tone.WARN: ("warnbg", "warn"),
    Tone.ERROR: ("errbg", "err"),
    Tone.GOOD: ("okbg", "ok"),
}


def tone_ground(tone: Tone, quiet: str = "track") -> tuple[str, str]:
    """The token of a tinted ground, `quiet` where a tone has no tint, and that of the icon on it."""
    return _TINTED.get(tone, (quiet, "ink2"))
