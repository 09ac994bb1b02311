"""Bytes, rates and times in words for a terminal; decimal units, as the window uses."""

from __future__ import annotations

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


def size_text(size: float) -> str:
    """Bytes in words with three significant digits: `999 B`, `1.50 kB`, `48.3 MB`."""
    value, unit = float(max(size, 0)), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    if unit == 0:
        return f"{value:.0f} B"
    decimals = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{decimals}f} {_UNITS[unit]}"


def rate_text(rate: float) -> str:
    """Bytes per second in words: `5.20 MB/s`."""
    return f"{size_text(rate)}/s"


def percent_text(part: float) -> str:
    """A share 0..1 with one decimal; never `100.0` or `100` before it is whole, never `0` once begun."""
    if part >= 1:
        return "100 %"
    if part <= 0:
        return "0 %"
    return f"{min(max(part * 100, 0.1), 99.9):.1f} %"


def time_left_text(seconds: float | None) -> str:
    """Seconds until done as people say it; None (unknown, or nothing flows) gives `time left unknown`."""
    if seconds is None:
        return "time left unknown"
    minutes, hours, days = seconds / 60, seconds / 3600, seconds / 86400
    if seconds < 60:
        return "under a minute left"
    if minutes < 2:
        return "under 2 minutes left"
    if minutes < 60:
        return f"about {minutes:.0f} minutes left"
    if hours < 10:
        whole, rest = divmod(int(minutes), 60)
        return f"about {whole} h {rest} min left" if rest else f"about {whole} h left"
    if days < 2:
        return f"about {hours:.0f} hours left"
    if days < 14:
        return f"about {days:.0f} days left"
    return "over two weeks left"


def elapsed_text(seconds: float) -> str:
    """A past span: `4.2 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 60:
        return f"{max(seconds, 0):.1f} s"
    if seconds < 3600:
        minutes, rest = divmod(int(seconds), 60)
        return f"{minutes} min {rest} s"
    hours, rest = divmod(int(seconds) // 60, 60)
    return f"{hours} h {rest} min"
