"""What a dropped, typed or forwarded text is: a torrent file, a magnet link, a web address, or nothing we open."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from urllib.parse import unquote, urlsplit

LONGEST_SOURCE = 16_384


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
