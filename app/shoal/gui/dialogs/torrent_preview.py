"""What the add dialog shows of a .torrent, read and parsed in a worker; and the plain words for one that is broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QDateTime

from shoal.api.details import SwarmLookup
from shoal.gui.models.file_listing import FileListing, ListedFile, build_tree
from shoal.gui.models.file_tree import KIND_GROUPS
from shoal.gui.style.file_contents import contents_text
from shoal.gui.style.moments import day_text
from shoal.gui.style.units import size_text
from shoal.gui.style.wording import clean, isolated, say, say_count
from shoal.metainfo.errors import MetainfoError, Refusal
from shoal.metainfo.file_layout import TorrentFile
from shoal.metainfo.torrent_file import MAX_CHOSEN_BYTES, MetaVersion, parse_metainfo
from shoal.runtime.source_file import SourceFault, SourceFileError, read_source_file

_YEARS_END = 10_000


@dataclass(frozen=True, slots=True)
class TorrentPreview:
    """A parsed .torrent, with the tree of its files ready to show."""

    data: bytes
    torrent_id: str
    name: str
    size: int
    """Bytes of content."""
    entry_count: int
    """Files of the metainfo, padding among them."""
    file_count: int
    """Files that a person sees."""
    tree: FileListing
    largest_file_name: str
    trackers: tuple[str, ...] = ()
    comment: str = ""
    is_private: bool = False
    can_download: bool = True
    """False for version 2 only."""
    is_single_file: bool = False
    """Its file lies in the download folder itself."""
    publisher: str = ""
    created_by: str = ""
    """The program that made it."""
    created_at: int | None = None
    """Seconds since the epoch."""
    hash_v1: str = ""
    hash_v2: str = ""
    """In hex; empty where it has none."""

    def content(self) -> Iterator[tuple[str, int]]:
        """(path below the download folder, bytes) of every file that a person sees."""
        for slot in range(self.tree.count):
            node = self.tree.node(slot)
            path = self.tree.path(node)
            yield path if self.is_single_file else f"{self.name}/{path}", node.size


class PreviewError(Exception):
    """A source that cannot be shown; `title` and `text` are for a person, `details` is the raw reason."""

    def __init__(
        self,
        title: str,
        text: str,
        details: str = "",
        *,
        address: str = "",
        may_pass: bool = False,
        contents: str = "",
        classic_title: str = "",
    ) -> None:
        super().__init__(text)
        self.title = title
        self.text = text
        self.details = details
        self.address = address
        """Of a web source, safe to show."""
        self.may_pass = may_pass
        """Trying again may help."""
        self.contents = contents
        """What it holds, safe to show; empty when nothing was read."""
        self.classic_title = classic_title
        """The words by which the message is searched for, where `title` says it better."""


def load_preview(path: str) -> TorrentPreview:
    """Read and parse the .torrent at `path`; raises `PreviewError`. For a worker thread."""
    name = isolated(Path(path).name or path)
    try:
        data = read_source_file(path, MAX_CHOSEN_BYTES)
    except SourceFileError as error:
        raise _unread(name, error) from error
    return preview_of(data, name)


def preview_of(data: bytes, name: str) -> TorrentPreview:
    """Parse the metainfo that came from `name`, which is safe to show; raises `PreviewError`. For a worker thread."""
    try:
        return parse_preview(data)
    except MetainfoError as error:
        raise bad_file(name, _refusal_of(error, data), str(error), contents_text(data)) from error


def fetched_preview(data: bytes, host: str, address: str) -> TorrentPreview:
    """Parse what a web address sent; `host` and `address` are safe to show. Raises `PreviewError`. For a worker."""
    try:
        return parse_preview(data)
    except MetainfoError as error:
        if error.refusal is Refusal.WEB_PAGE:
            text = say(
                "{host} sent a web page. Open the address in a browser, and copy the address of the download there.",
                host=host,
            )
        else:
            text = say("What {host} sent cannot be read as a torrent file. Nothing was added.", host=host)
        title = say("Not a torrent file")
        raise PreviewError(title, text, str(error), address=address, contents=contents_text(data)) from error


def _unread(name: str, error: SourceFileError) -> PreviewError:
    match error.fault:
        case SourceFault.MISSING:
            text = say("{name} is not there any more. Nothing was added.", name=name)
            return PreviewError(say("File not found"), text, str(error))
        case SourceFault.FOLDER:
            text = say("{name} is a folder, not a torrent file. Nothing was added.", name=name)
            return PreviewError(say("This is a folder"), text)
        case SourceFault.NOT_A_FILE:
            text = say("{name} is a pipe or a device, not a torrent file. Nothing was added.", name=name)
            return PreviewError(say("This cannot be opened"), text)
        case SourceFault.TOO_LARGE:
            return bad_file(name, Refusal.TOO_BIG, str(error))
        case SourceFault.UNREADABLE:
            text = say("{name} cannot be read. You may lack the right to, or its disk is faulty.", name=name)
            return PreviewError(say("Cannot read the file"), text, str(error))


def parse_preview(data: bytes) -> TorrentPreview:
    """Parse metainfo and build its tree; raises `MetainfoError`."""
    meta = parse_metainfo(data, max_bytes=MAX_CHOSEN_BYTES)
    listed = [ListedFile(index, entry.path, entry.size) for index, entry in enumerate(meta.files) if not entry.is_pad]
    tree = build_tree(meta.name, listed, originals=_originals(meta.files), layout=meta.layout)
    tree.prepare(*KIND_GROUPS.values())
    largest = max(listed, key=lambda entry: entry.size)
    return TorrentPreview(
        data=data,
        torrent_id=str(meta.torrent_id),
        name=meta.name,
        size=meta.size,
        entry_count=len(meta.files),
        file_count=len(listed),
        tree=tree,
        largest_file_name=largest.path[-1],
        trackers=tuple(url for tier in meta.trackers for url in tier),
        comment=clean(meta.comment),
        is_private=meta.private,
        can_download=meta.version is not MetaVersion.V2,
        is_single_file=meta.is_single_file,
        publisher=clean(meta.publisher),
        created_by=clean(meta.created_by),
        created_at=meta.creation_date,
        hash_v1="" if meta.info_hash_v1 is None else meta.info_hash_v1.hex(),
        hash_v2="" if meta.info_hash_v2 is None else meta.info_hash_v2.hex(),
    )


def _originals(files: Sequence[TorrentFile]) -> dict[int, str]:
    """What the metainfo calls the files whose path had to be cleaned, with what cannot be shown as its code."""
    return {
        index: _visible(b"/".join(entry.original_path))
        for index, entry in enumerate(files)
        if entry.original_path and b"/".join(entry.original_path) != "/".join(entry.path).encode()
    }


def _visible(raw: bytes) -> str:
    text = raw.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _refusal_of(error: MetainfoError, data: bytes) -> Refusal:
    """What is too large inside of a file that is not is one more value that cannot be."""
    is_inside = error.refusal is Refusal.TOO_BIG and len(data) <= MAX_CHOSEN_BYTES
    return Refusal.BAD_VALUE if is_inside else error.refusal


def bad_file(name: str, refusal: Refusal, details: str, contents: str = "") -> PreviewError:
    """Message 6 of the error catalogue: what is wrong with the file, and what to do."""
    classic = say("Bad file info")
    match refusal:
        case Refusal.EMPTY:
            title = say("The file is empty")
            why = say("{name} is not a torrent file: there is nothing in it.", name=name)
        case Refusal.CUT_SHORT:
            title = say("The file is cut short")
            why = say("{name} is not a complete torrent file: it is cut short.", name=name)
        case Refusal.WEB_PAGE:
            title = say("This is a web page")
            why = say("{name} is not a torrent file: it is a web page.", name=name)
        case Refusal.NOT_A_TORRENT | Refusal.NOT_BENCODE:
            title = say("Not a torrent file")
            why = say("{name} is not a torrent file.", name=name)
        case Refusal.TOO_BIG:
            title = say("Too large for a torrent file")
            why = say("{name} is larger than any torrent file that Shoal opens.", name=name)
        case _:
            title = classic
            why = say("{name} is not a complete torrent file: its contents contradict themselves.", name=name)
    advice = say("Download it again: right-click the link and choose \u201cSave link as\u201d. Nothing was added.")
    return PreviewError(title, f"{why} {advice}", details, contents=contents, classic_title=classic)


def tracker_sentence(preview: TorrentPreview, lookup: SwarmLookup | None = None) -> str:
    """How peers will be found, in the header of the dialog; with `lookup` also whether a tracker answers."""
    count = len(preview.trackers)
    if lookup is not None and lookup.answered:
        return say("tracker {host} answers", host=isolated(lookup.answered))
    if lookup is not None and lookup.failed and count == 1:
        return say("tracker {host} does not answer", host=isolated(lookup.failed[0][0]))
    if count and lookup is not None and len(lookup.failed) == len(set(map(_host_of, preview.trackers))):
        return say_count(count, "{n} tracker does not answer", "{n} trackers do not answer")
    return tracker_words(preview.trackers)


def tracker_words(trackers: Sequence[str]) -> str:
    """Those that are named, before any was asked."""
    count = len(trackers)
    if count == 0:
        return say("no tracker")
    host = isolated(_host_of(trackers[0]) or say("without a name"))
    if count == 1:
        return say("tracker {host}", host=host)
    return say_count(count - 1, "tracker {host} and {n} more", "tracker {host} and {n} more", host=host)


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def header_facts(preview: TorrentPreview, lookup: SwarmLookup | None = None) -> str:
    """Size, tracker, who made it and when: the line under the name."""
    facts = say_count(
        preview.file_count,
        "{size} in {n} file \u00b7 {tracker}",
        "{size} in {n} files \u00b7 {tracker}",
        size=size_text(preview.size),
        tracker=tracker_sentence(preview, lookup),
    )
    if preview.is_private:
        facts = say("{facts} \u00b7 private", facts=facts)
    maker = maker_sentence(preview)
    return say("{facts} \u00b7 {maker}", facts=facts, maker=maker) if maker else facts


def maker_sentence(preview: TorrentPreview) -> str:
    """Who published it, else the program that made it, and when; empty when it says neither."""
    date = date_text(preview.created_at)
    if preview.publisher:
        who = say("published by {name}", name=isolated(preview.publisher))
    elif preview.created_by:
        who = say("made with {name}", name=isolated(preview.created_by))
    else:
        return say("made on {date}", date=date) if date else ""
    return say("{who}, {date}", who=who, date=date) if date else who


def date_text(seconds: int | None) -> str:
    """A day such as 22 Nov 2026, in the system's way of writing; empty for none or for one out of all calendars."""
    if seconds is None:
        return ""
    day = QDateTime.fromSecsSinceEpoch(seconds).date()
    return day_text(day) if day.isValid() and day.year() < _YEARS_END else ""
