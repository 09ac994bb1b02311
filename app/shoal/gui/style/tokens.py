"""The colours and measures of the interface as data: one table for light, one for dark.

Colours are `#RRGGBB`. Every painted thing reads a token; no other module names a colour.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. Names and uses are those of the interface specification, section 3."""

    win: str
    surf: str
    side: str
    line: str
    ctl: str
    ink: str
    ink2: str
    ink3: str
    acc: str
    onacc: str
    soft: str
    sel: str
    hover: str
    down: str
    up: str
    ok: str
    okbg: str
    seed: str
    warn: str
    warnbg: str
    amber: str
    err: str
    errbg: str
    track: str
    have: str
    avail: str
    rare: str
    none: str
    sea: str
    deep: str
    onsea: str
    school: str
    is_dark: bool = False


LIGHT = Tokens(
    win="#F3F6F8",
    surf="#FFFFFF",
    side="#EAF0F3",
    line="#D7E0E6",
    ctl="#748593",
    ink="#13212C",
    ink2="#465868",
    ink3="#586A79",
    acc="#0B6B86",
    onacc="#FFFFFF",
    soft="#D9EDF2",
    sel="#E1F1F5",
    hover="#EFF5F7",
    down="#086D8C",
    up="#7A4BC8",
    ok="#1A7A48",
    okbg="#E2F4EA",
    seed="#1F8A55",
    warn="#8F5A00",
    warnbg="#FFF3DA",
    amber="#B37605",
    err="#BB2A2E",
    errbg="#FDE9E8",
    track="#DFE7EC",
    have="#0B7FA3",
    avail="#B9DCE7",
    rare="#B37605",
    none="#C93B3B",
    sea="#0E7B98",
    deep="#073E55",
    onsea="#FFFFFF",
    school="#B5E3EC",
)

DARK = Tokens(
    win="#0E151B",
    surf="#141D25",
    side="#101920",
    line="#25323D",
    ctl="#6D7F8E",
    ink="#E7EEF4",
    ink2="#AFBDC9",
    ink3="#8E9EAC",
    acc="#4FC3DE",
    onacc="#05222C",
    soft="#123743",
    sel="#15323D",
    hover="#18242D",
    down="#45B8D6",
    up="#B79BFF",
    ok="#5CCB8D",
    okbg="#12301F",
    seed="#4FBF83",
    warn="#F0B849",
    warnbg="#33280F",
    amber="#E3A93C",
    err="#FF8C86",
    errbg="#3A1B1C",
    track="#26343F",
    have="#3FB3D2",
    avail="#1F5264",
    rare="#E3A93C",
    none="#FF7A73",
    sea="#0B5468",
    deep="#06202B",
    onsea="#F1FAFC",
    school="#86CFE0",
    is_dark=True,
)

TEXT_CONTRAST = 4.5
GRAPHIC_CONTRAST = 3.0

_GROUNDS = ("surf", "win", "side", "sel", "hover", "soft")
"""What lies below words: cards and rows, the window, the sidebar, and what is selected, pointed at or chosen."""
_TINTS = ("warnbg", "errbg", "okbg", "soft")
"""Below the words of a verdict."""
CONTRAST_PAIRS: tuple[tuple[str, str, float], ...] = tuple(
    dict.fromkeys(
        (
            *((text, ground, TEXT_CONTRAST) for text in ("ink", "ink2", "ink3") for ground in _GROUNDS),
            *((text, tint, TEXT_CONTRAST) for text in ("ink", "ink2") for tint in (*_TINTS, "track")),
            *(
                (text, ground, TEXT_CONTRAST)
                for text in ("acc", "down", "up", "ok", "warn", "err")
                for ground in ("surf", "win", "side", "sel", "hover")
            ),
            ("acc", "soft", TEXT_CONTRAST),
            ("onacc", "acc", TEXT_CONTRAST),
            ("surf", "err", TEXT_CONTRAST),
            ("ok", "okbg", TEXT_CONTRAST),
            ("warn", "warnbg", TEXT_CONTRAST),
            ("err", "errbg", TEXT_CONTRAST),
            # Icons in the sidebar's chosen entry, and the marks of a verdict.
            *((icon, "soft", GRAPHIC_CONTRAST) for icon in ("ok", "warn", "err", "down", "up")),
            # Bars lie in their groove, pieces on the row; frames of controls on every ground that holds controls.
            *(
                (bar, ground, GRAPHIC_CONTRAST)
                for bar in ("ctl", "seed", "amber", "have", "rare", "none")
                for ground in ("surf", "win", "sel", "hover", "track")
            ),
            ("ctl", "side", GRAPHIC_CONTRAST),
            # The assistant's rail, which goes from sea to deep; its marks have the colours the other way round.
            *(("onsea", water, TEXT_CONTRAST) for water in ("sea", "deep")),
            ("school", "sea", GRAPHIC_CONTRAST),
        )
    )
)
"""Foreground, background and the least contrast that each pair must have (WCAG 2, 1.4.3 and 1.4.11)."""
DECORATION = frozenset({"line", "avail"})
"""Colours that alone tell nothing: hairlines, and pieces in the swarm, which differ from others by their height."""


def luminance(colour: str) -> float:
    """Relative luminance 0..1 of `#RRGGBB` (WCAG 2)."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio 1..21 of two `#RRGGBB` colours (WCAG 2)."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)
