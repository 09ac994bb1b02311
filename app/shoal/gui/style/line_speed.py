"""How fast the line is, as its owner has told or as transfers have shown, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.gui.style.numbers import decimal
from shoal.gui.style.wording import say
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.profiles import BYTES_PER_KBIT, seen_kbit

LINE_FULL = 0.9
"""Share of the line from which on it is as good as full: protocols take their part, too."""


@dataclass(frozen=True, slots=True)
class LineSpeed:
    """kbit/s, 0 = not known. `is_told`: by a person; else transfers have reached that much, and it may be more."""

    down: int = 0
    up: int = 0
    is_told: bool = False

    @property
    def down_rate(self) -> int:
        """Bytes/s that it carries at most; 0 where nobody has told that."""
        return self.down * BYTES_PER_KBIT if self.is_told else 0

    @property
    def up_rate(self) -> int:
        return self.up * BYTES_PER_KBIT if self.is_told else 0


UNKNOWN_LINE = LineSpeed()


def line_speed(settings: InterfaceSettings) -> LineSpeed:
    """What is known of the line by these settings."""
    if settings.line_down or settings.line_up:
        return LineSpeed(settings.line_down, settings.line_up, is_told=True)
    return LineSpeed(seen_kbit(settings.seen_down), seen_kbit(settings.seen_up))


def is_full(rate: float, most: int) -> bool:
    """Whether `rate` is all that a line of `most` bytes/s carries; not when that is not known (0)."""
    return most > 0 and rate >= LINE_FULL * most


def mbit_text(kbit: int) -> str:
    """A line speed as it stands in its field; empty for one that is not known."""
    if not kbit:
        return ""
    mbit = kbit / 1_000
    places = 0 if kbit % 1_000 == 0 else 1 if kbit % 100 == 0 else 3
    return f"{int(mbit)}" if places == 0 else decimal(mbit, places)


def line_speed_text(line: LineSpeed) -> str:
    """What is known of it; "" for nothing."""
    down, up = mbit_text(line.down), mbit_text(line.up)
    if line.is_told:
        if not up:
            return say("{down} Mbit/s down, its upload is not known", down=down)
        if not down:
            return say("{up} Mbit/s up, its download is not known", up=up)
        return say("{down} Mbit/s down and {up} Mbit/s up", down=down, up=up)
    if down and up:
        return say("at least {down} Mbit/s down and {up} Mbit/s up, as transfers have shown", down=down, up=up)
    if down:
        return say("at least {down} Mbit/s down, as transfers have shown", down=down)
    return say("at least {up} Mbit/s up, as transfers have shown", up=up) if up else ""
