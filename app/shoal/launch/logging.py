"""Logs go to stderr; how much is said follows `-v`. Secrets never go there: addresses are struck out of every line.

The path and query of a URL may hold a passkey, so only its scheme stays; numeric endpoints of peers stay in debug
lines alone, where someone looks for a fault on their own machine.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import TextIO

_URL = re.compile(r"\b([A-Za-z][A-Za-z0-9+.-]{0,20})://[^\s'\"<>]+")
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.])")
_IPV6 = re.compile(r"(?<![\w:])\[?(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}\]?(?::\d{1,5})?(?![\w:])")
_CLOCK_TIME = re.compile(r"\d{1,2}:\d{2}:\d{2}")


def strike_out(text: str, *, endpoints: bool) -> str:
    """`text` without what follows the scheme of its URLs and, with `endpoints`, without numeric addresses."""
    text = _URL.sub(r"\1://…", text)
    if not endpoints:
        return text
    text = _IPV4.sub("(address)", text)
    return _IPV6.sub(lambda found: found[0] if _CLOCK_TIME.fullmatch(found[0]) else "(address)", text)


class RedactingFormatter(logging.Formatter):
    """Formats as usual, then strikes the secrets out of the whole text, traces included."""

    def format(self, record: logging.LogRecord) -> str:
        return strike_out(super().format(record), endpoints=record.levelno > logging.DEBUG)


def set_up_logging(verbosity: int, stream: TextIO | None = None) -> None:
    """Send the program's log to `stream` (stderr): warnings; from 1 on what happens; from 2 on everything."""
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(max(verbosity, 0), 2)]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S"))
    root = logging.getLogger()
    for old in list(root.handlers):
        if isinstance(old.formatter, RedactingFormatter):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("shoal").setLevel(level)
