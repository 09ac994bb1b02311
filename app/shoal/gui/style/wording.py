"""The one place where a sentence is made from a template and its named places, and a stranger's text made harmless.

Templates are whole sentences, so that a translation can order the places as its language wants.
"""

from __future__ import annotations

import unicodedata

LONGEST_FOREIGN_TEXT = 300
ISOLATE_START, ISOLATE_END = "\u2068", "\u2069"
_BIDI_CONTROLS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def say(template: str, **places: str | int) -> str:
    """The sentence of `template` with its `{named}` places filled."""
    return template.format(**places)


def say_count(count: int, one: str, many: str, **places: str | int) -> str:
    """`one` or `many` by `count`; `{n}` in either is the count with thousands separated."""
    return (one if count == 1 else many).format(n=f"{count:,}", **places)


def clean(text: str, longest: int = LONGEST_FOREIGN_TEXT) -> str:
    """A stranger's text on one line: controls and bidi overrides taken out, at most `longest` characters."""
    kept: list[str] = []
    for character in text[: longest * 4]:
        if character in _BIDI_CONTROLS:
            continue
        category = unicodedata.category(character)
        if category[0] == "Z" or character in "\t\n\r":
            kept.append(" ")
        elif category not in ("Cc", "Cs", "Cf", "Cn", "Co") or character == "\u200d":
            kept.append(character)
    joined = " ".join("".join(kept).split())
    return joined if len(joined) <= longest else joined[: longest - 1] + "\u2026"


def isolated(text: str) -> str:
    """`text`, cleaned, that cannot turn the reading direction of the sentence around it."""
    cleaned = clean(text)
    return cleaned if cleaned.isascii() else f"{ISOLATE_START}{cleaned}{ISOLATE_END}"
