"""What a Linux desktop reads of Shoal, laid out below a prefix: desktop entry, metadata, icons, manual page."""

from __future__ import annotations

import gzip
import os
import shutil
import time
from pathlib import Path

from assembly import icons
from assembly.places import ID, PACKAGING, VERSION, filled

LINUX = PACKAGING / "linux"
DESKTOP_ENTRY = LINUX / f"{ID}.desktop"
METAINFO = LINUX / f"{ID}.metainfo.xml"
MANUAL_PAGE = LINUX / "shoal.1"


def lay_out(prefix: Path) -> None:
    """Write all of it below `prefix`/share."""
    share = prefix / "share"
    entry = share / "applications" / DESKTOP_ENTRY.name
    entry.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(DESKTOP_ENTRY, entry)
    metadata = share / "metainfo" / METAINFO.name
    metadata.parent.mkdir(parents=True, exist_ok=True)
    metadata.write_text(metainfo(), encoding="utf-8")
    icons.write_hicolor(share / "icons" / "hicolor")
    page = share / "man" / "man1" / "shoal.1.gz"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_bytes(gzip.compress(filled(MANUAL_PAGE, VERSION=VERSION, DATE=_date()).encode(), mtime=0))


def metainfo() -> str:
    """The AppStream metadata of this version."""
    return filled(METAINFO, VERSION=VERSION, DATE=_date())


def _date() -> str:
    """Of this build; SOURCE_DATE_EPOCH sets it, for builds that must come out the same."""
    return time.strftime("%Y-%m-%d", time.gmtime(float(os.environ.get("SOURCE_DATE_EPOCH") or time.time())))
