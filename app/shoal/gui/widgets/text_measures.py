"""How wide text is in one font, without shaping what surely fits: a table paints hundreds of words a second."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QFontMetricsF

MOST_KEPT = 4096
_SPARE = 2
"""Pixels by which kerning and hinting may widen a text beyond the sum of its letters."""
_LAST_SIMPLE = "\u024f"
"""Up to here a letter is as wide in a word as alone."""
_LOOSE_ENDS = " \u00b7,:;\u2013-"
_SIMPLE_SIGNS = frozenset("\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u2068\u2069")


class TextMeasures:
    """Widths of letters are asked of Qt once each, and of whole texts once as long as they come again."""

    def __init__(self, font: QFont) -> None:
        self._metrics = QFontMetrics(font)
        self._exact = QFontMetricsF(font)
        self._letters: dict[str, float] = {}
        self._elided: dict[tuple[str, int, bool], str] = {}

    def width(self, text: str) -> int:
        return self._metrics.horizontalAdvance(text)

    def elided(self, text: str, width: int, *, at_words: bool = False) -> str:
        """`text`, or its beginning and an ellipsis when it is wider than `width` pixels; `at_words` no part of one."""
        if self._surely_fits(text, width):
            return text
        key = (text, width, at_words)
        found = self._elided.get(key)
        if found is None:
            if len(self._elided) >= MOST_KEPT:
                self._elided.clear()
            found = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
            if at_words and found != text:
                found = _to_whole_words(found, text)
            self._elided[key] = found
        return found

    def _surely_fits(self, text: str, width: int) -> bool:
        letters, sum_of = self._letters, 0.0
        for letter in text:
            advance = letters.get(letter)
            if advance is None:
                if letter > _LAST_SIMPLE and letter not in _SIMPLE_SIGNS:
                    return False
                advance = letters[letter] = self._exact.horizontalAdvance(letter)
            sum_of += advance
        return sum_of + _SPARE <= width


def _to_whole_words(cut: str, text: str) -> str:
    """`cut`, the beginning of `text` with its ellipsis, without the word that it breaks, unless that is most of it."""
    kept = cut.removesuffix("\u2026")
    if text[len(kept) : len(kept) + 1] not in ("", " "):
        kept = kept.rpartition(" ")[0] if kept.find(" ") >= 0 else kept
    kept = kept.rstrip(_LOOSE_ENDS)
    return f"{kept}\u2026" if len(kept) * 2 >= len(cut) else cut
