"""Text from strangers made safe to show: plain, bounded, without control, bidi or invisible characters."""

from __future__ import annotations

import codecs
import unicodedata

# Letters and marks by category, yet drawn as nothing: they could make two different names look alike.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Controls (C0, DEL, C1), format characters (bidi overrides and isolates, zero-width, soft hyphen, tags), surrogates.
_STRIPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})
_BLANK_CATEGORIES = frozenset({"Zs", "Zl", "Zp"})
_MAX_UTF8_BYTES = 4
_UTF8 = codecs.getincrementaldecoder("utf-8")


def clean_text(raw: bytes | str, limit: int) -> str:
    """Return at most `limit` characters of `raw` that are safe to show as one line of plain text.

    Bytes are read as UTF-8 with U+FFFD for what is none. Tabs, line ends and odd blanks become a space, every other
    control, format or invisible character goes, blanks at both ends go. Only the first `4 * limit` bytes are looked
    at, so that a long text costs no more than a short one.
    """
    bound = limit * _MAX_UTF8_BYTES
    # A character that our own cut has halved is dropped, one that came halved is shown as U+FFFD.
    is_whole = len(raw) <= bound
    text = _UTF8("replace").decode(raw[:bound], final=is_whole) if isinstance(raw, bytes) else raw[:bound]
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_clean_character, text))
    return text.strip()[:limit].rstrip()


def _clean_character(character: str) -> str:
    category = unicodedata.category(character)
    if character in "\t\n\r" or category in _BLANK_CATEGORIES:
        return " "
    if category in _STRIPPED_CATEGORIES or character in _INVISIBLE:
        return ""
    return character
