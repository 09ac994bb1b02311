"""What a dropped, typed or forwarded text is: a torrent file, a magnet link, a web address, or nothing we open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import unquote, urlsplit

LONGEST_SOURCE = 65_536
_BEGINNING = re.compile(r"(?i)(?:magnet:\?|https?://)")
_BESIDE_AN_ADDRESS = "<>\"'\u201c\u201d,;"


class SourceKind(Enum):
    FILE = "file"
    MAGNET = "magnet"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class Source:
    """`text` is a path for FILE, else the address itself."""

    kind: SourceKind
    text: str


def classify(text: str) -> Source | None:
    """Tell what `text` is; None for something that cannot be a source. Never touches the disk."""
    text = text.strip()
    if not text or len(text) > LONGEST_SOURCE or "\0" in text:
        return None
    lower = text[:8].lower()
    if lower.startswith("magnet:"):
        return Source(SourceKind.MAGNET, text)
    if lower.startswith(("http://", "https://")):
        return Source(SourceKind.WEB, text)
    if lower.startswith("file:"):
        try:
            parts = urlsplit(text)
        except ValueError:
            return None
        if parts.netloc not in ("", "localhost"):
            return None
        # An encoded NUL would end the path early in the system's eyes.
        from urllib.request import url2pathname  # noqa: PLC0415 (brings all of http and email; not before the window)

        path = url2pathname(parts.path)
        return Source(SourceKind.FILE, path) if path and "\0" not in unquote(parts.path) else None
    return Source(SourceKind.FILE, text)


def addresses_in(line: str) -> list[str]:
    """The magnet links and web addresses of one line: the line itself, or those that stand among other words."""
    line = line.strip()
    starts = [found.start() for found in _BEGINNING.finditer(line) if not line[: found.start()][-1:].isalnum()]
    # An address may hold another one as its parameter.
    starts = [at for at in starts if at == 0 or line[at - 1].isspace() or line[at - 1] in _BESIDE_AN_ADDRESS]
    if starts == [0]:
        return [line] if _is_address(line) else []
    parts = [line[at:end].split()[0] for at, end in zip(starts, [*starts[1:], None], strict=False)]
    return [part for part in (part.strip(_BESIDE_AN_ADDRESS) for part in parts) if _is_address(part)]


def _is_address(text: str) -> bool:
    source = classify(text)
    return source is not None and source.kind is not SourceKind.FILE
