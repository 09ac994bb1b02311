"""Numbers as the language in force writes them: its separators of thousands, its decimal mark, its digits."""

from __future__ import annotations

from PySide6.QtCore import QLocale

ENGLISH = QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)


class _InForce:
    """The one locale that numbers and dates are written by; a language is chosen for the whole program."""

    locale = ENGLISH
    has_plain_digits = True


def write_by(locale: QLocale) -> None:
    """From now on numbers and dates are written as `locale` has them."""
    _InForce.locale = locale
    _InForce.has_plain_digits = locale.toString(1234567890).translate(_NO_MARKS).isascii()


_NO_MARKS = {ord(mark): None for mark in "\u00a0\u202f\u2019\u066c"}


def locale() -> QLocale:
    """What numbers and dates are written by."""
    return _InForce.locale


def whole(count: int) -> str:
    """`count` with its thousands separated: `1,234`, or `1.234` in German."""
    if -1000 < count < 1000 and _InForce.has_plain_digits:
        return str(count)
    return _InForce.locale.toString(count)


def decimal(value: float, places: int) -> str:
    """`value` with exactly `places` decimals: `1,234.50`, or `1.234,50` in German."""
    return _InForce.locale.toString(value, "f", places)


def read_decimal(text: str) -> float:
    """The number that somebody typed, with a point or with the decimal mark in force. Raises ValueError."""
    return float(text.replace(_InForce.locale.decimalPoint(), ".").replace(",", "."))
