"""What the add window knows of a magnet link before its file list is here."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.gui.dialogs.torrent_preview import PreviewError, tracker_words
from shoal.gui.style.wording import clean, isolated, say
from shoal.metainfo.errors import MetainfoError
from shoal.metainfo.magnet import parse_magnet
from shoal.metainfo.priorities import FilePriority


@dataclass(frozen=True, slots=True)
class LinkPreview:
    """A link that was read."""

    text: str
    torrent_id: str
    name: str
    """Safe to show; the hash where it names none."""
    trackers: tuple[str, ...] = ()
    hash_v1: str = ""
    select_only: tuple[int, ...] | None = None
    """Indices of the files that it chooses; None = all."""
    can_download: bool = True
    """False for version 2 only."""

    @property
    def facts(self) -> str:
        """The line under its name."""
        return say("magnet link \u00b7 {tracker}", tracker=tracker_words(self.trackers))

    def priorities(self, count: int) -> list[int] | None:
        """What it chooses of `count` files; None = all, also where it names none that there is."""
        chosen = {index for index in self.select_only or () if index < count}
        if not chosen:
            return None
        return [int(FilePriority.NORMAL if index in chosen else FilePriority.SKIP) for index in range(count)]


def read_link(text: str) -> LinkPreview:
    """Read a magnet link; raises `PreviewError`. For a worker thread."""
    try:
        link = parse_magnet(text)
    except MetainfoError as error:
        raise PreviewError(
            say("This magnet link cannot be used"),
            say("It names no torrent, or is cut short. Copy it again in full. Nothing was added."),
            str(error),
        ) from error
    return LinkPreview(
        text=text.strip(),
        torrent_id=str(link.torrent_id),
        name=isolated(clean(link.name)) if link.name else str(link.torrent_id),
        trackers=tuple(url for tier in link.trackers for url in tier),
        hash_v1="" if link.info_hash_v1 is None else link.info_hash_v1.hex(),
        select_only=link.select_only,
        can_download=link.info_hash_v1 is not None,
    )
