"""The pairs of Python and PySide6 that must not run together.

PySide6 6.12 on CPython 3.11 and older loses a reference to None or True at every call of a void method, until
the interpreter aborts. The requirements keep the two apart; this refuses an installation that was put together
by hand. See docs/decisions/0002-pyside6-pairing.md.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import metadata

FIRST_BAD_PYSIDE = (6, 12)
FIRST_GOOD_PYTHON = (3, 12)


def refuse_bad_pair(python_version: Sequence[int], pyside_version: str) -> str | None:
    """The sentence with which to refuse this pair, None when it is sound.

    `python_version` begins with major and minor; `pyside_version` is a version in text form. A version that
    cannot be read is not refused.
    """
    major, _, rest = pyside_version.partition(".")
    minor = rest.partition(".")[0]
    if not (major.isdecimal() and minor.isdecimal()):
        return None
    if tuple(python_version[:2]) >= FIRST_GOOD_PYTHON or (int(major), int(minor)) < FIRST_BAD_PYSIDE:
        return None
    return (
        f"PySide6 {pyside_version} crashes on Python {python_version[0]}.{python_version[1]}: "
        'install an older one (pip install "PySide6-Essentials<6.12"), or use Python 3.12 or newer.'
    )


def check() -> str | None:
    """`refuse_bad_pair` for this interpreter and the PySide6 that is installed; None also when there is none."""
    try:
        installed = metadata.version("PySide6-Essentials")
    except metadata.PackageNotFoundError:
        return None
    return refuse_bad_pair(sys.version_info[:2], installed)
