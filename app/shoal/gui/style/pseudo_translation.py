"""A language that nobody speaks: English with accents, longer by two fifths, between brackets.

It shows what no translation reaches (no brackets, plain letters) and what has no room for longer words.
"""

from __future__ import annotations

import math
import re

LONGER = 0.4
UNIT = 4
"""Letters beside a place up to which words are a unit, which is as short in every language."""
OPEN, CLOSE, FILL = "\u27e6", "\u27e7", "\u00b7"
_ACCENTS = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "\u00c5\u0181\u00c7\u00d0\u00c9\u0191\u011c\u0124\u00ce\u0134\u0136\u013b\u1e40\u00d1\u00d6\u01a4\u01ea\u0154"
    "\u0160\u0162\u00db\u1e7c\u0174\u1e8a\u00dd\u017d\u00e5\u0180\u00e7\u00f0\u00e9\u0192\u011d\u0125\u00ee\u0135"
    "\u0137\u013c\u1e41\u00f1\u00f6\u01a5\u01eb\u0155\u0161\u0163\u00fb\u1e7d\u0175\u1e8b\u00fd\u017e",
)
_DATE_PATTERN = re.compile(r"[dMyHms :.]+")
_PLACES = re.compile(r"(\{[^{}]*\})")


class PseudoTranslation:
    """Places, menu keys and the dots of a question stay; so do the patterns of dates, which Qt reads."""

    def text(self, template: str, about: str) -> str:
        return pseudo(template)

    def count_text(self, count: int, one: str, many: str) -> str:
        return pseudo(one if count == 1 else many)


def pseudo(template: str) -> str:
    """`template` as this language says it; a template without letters is the same in every language."""
    parts = _PLACES.split(template)
    words = "".join(parts[::2])
    if not any(letter.isalpha() for letter in words) or _DATE_PATTERN.fullmatch(template):
        return template
    accented = "".join(part if at % 2 else part.translate(_ACCENTS) for at, part in enumerate(parts))
    if len(parts) > 1 and len(words.strip()) <= UNIT:
        return accented
    dots = "\u2026" if accented.endswith("\u2026") else ""
    longer = FILL * math.ceil(len(words) * LONGER - 2) if len(words) > 2 else ""
    return f"{OPEN}{accented.removesuffix(dots)}{longer}{CLOSE}{dots}"
