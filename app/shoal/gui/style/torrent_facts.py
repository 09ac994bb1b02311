"""What the Info tab says of a transfer: a list of names and values. Pure functions of its row and details."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.api.details import TorrentDetails
from shoal.api.snapshots import TorrentRow
from shoal.gui.style.moments import lasting_text, moment_text
from shoal.gui.style.numbers import whole
from shoal.gui.style.row_view import ratio_of, ratio_text
from shoal.gui.style.units import percent_text, size_text
from shoal.gui.style.wording import clean, phrase, say, say_count, say_phrase

LONGEST_PATH, LONGEST_COMMENT, LONGEST_LINK = 4096, 8192, 65536


@dataclass(frozen=True, slots=True)
class Fact:
    """`key` names it for good; `copied` is what a copy button gives, empty for none."""

    key: str
    name: str
    value: str
    copied: str = ""
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """What does not change while a transfer is shown: the metainfo's own words, as in `TorrentDetails`."""

    piece_length: int = 0
    info_hash_v1: str = ""
    info_hash_v2: str | None = None
    comment: str = ""
    created_by: str = ""
    created_at: float | None = None
    magnet: str = ""

    @classmethod
    def of(cls, details: TorrentDetails) -> Origin:
        return cls(
            details.piece_length,
            details.info_hash_v1,
            details.info_hash_v2,
            details.comment,
            details.created_by,
            details.created_at,
            details.magnet,
        )


def facts_of_torrent(row: TorrentRow, origin: Origin, now: float) -> list[Fact]:
    """In the order in which they are shown; what is not known is left out. `now` in wall-clock seconds."""
    path = clean(row.content_path or row.folder, LONGEST_PATH)
    facts = [
        Fact("name", say("Name"), clean(row.name, LONGEST_PATH)),
        Fact("folder", say("Saved in"), path, row.content_path or row.folder),
        Fact("size", say("Size"), _size(row)),
        Fact("downloaded", say("Downloaded"), _downloaded(row)),
        Fact("uploaded", say("Uploaded"), _uploaded(row)),
        Fact("wasted", say("Wasted"), _wasted(row)),
        Fact("added", say("Added"), moment_text(row.added_at, now) if row.added_at else ""),
        Fact("finished", say("Finished"), _finished(row, now)),
        Fact("active", say("Running for"), lasting_text(row.active_seconds) if row.active_seconds >= 1 else ""),
        Fact("comment", say("Comment"), _lines(origin.comment), origin.comment),
        Fact("created-by", say("Created by"), clean(origin.created_by)),
        Fact("created-at", say("Created"), moment_text(origin.created_at, now) if origin.created_at else ""),
        Fact("pieces", say("Pieces"), _pieces(row, origin.piece_length)),
        Fact("private", say("Private"), _private(row)),
        Fact("v1", say("Hash v1"), origin.info_hash_v1, origin.info_hash_v1, is_code=True),
        Fact("v2", say("Hash v2"), origin.info_hash_v2 or "", origin.info_hash_v2 or "", is_code=True),
        Fact("magnet", say("Magnet link"), clean(origin.magnet, LONGEST_LINK), origin.magnet, is_code=True),
    ]
    return [fact for fact in facts if fact.value]


def _size(row: TorrentRow) -> str:
    if not row.has_metainfo:
        return say("Not known before its file list is here")
    if row.wanted == row.size:
        return say_count(row.file_count, "{size} in {n} file", "{size} in {n} files", size=size_text(row.size))
    return say_count(
        row.file_count,
        "{size} in {n} file, {wanted} of it chosen",
        "{size} in {n} files, {wanted} of it chosen",
        size=size_text(row.size),
        wanted=size_text(row.wanted),
    )


def _downloaded(row: TorrentRow) -> str:
    if not row.has_metainfo:
        return ""
    return say(
        "{received} received, {percent} of what you chose is here",
        received=size_text(row.downloaded),
        percent=percent_text(row.wanted_done, row.wanted),
    )


def _uploaded(row: TorrentRow) -> str:
    ratio = ratio_of(row)
    if not ratio:
        return say("{sent} sent", sent=size_text(row.uploaded))
    return say(
        "{sent} sent, ratio {ratio}: what you gave for each byte you have",
        sent=size_text(row.uploaded),
        ratio=ratio_text(ratio),
    )


def _wasted(row: TorrentRow) -> str:
    if row.wasted <= 0:
        return say("Nothing")
    return say("{size} arrived damaged, twice or unasked, and was thrown away", size=size_text(row.wasted))


def _finished(row: TorrentRow, now: float) -> str:
    if row.completed_at is None:
        return say("Not yet") if not row.is_complete else ""
    return moment_text(row.completed_at, now)


def _pieces(row: TorrentRow, piece_length: int) -> str:
    if not piece_length:
        return say_count(row.pieces_total, "{n} piece", "{n} pieces") if row.pieces_total else ""
    return say_count(
        row.pieces_total, "{n} piece of {size}", "{n} pieces of {size} each", size=piece_length_text(piece_length)
    )


def piece_length_text(piece_length: int) -> str:
    """A power of two as torrents have it: `4 MiB`, `256 KiB`; others in bytes."""
    for unit, size in ((phrase("{number} MiB"), 1 << 20), (phrase("{number} KiB"), 1 << 10)):
        if piece_length >= size and piece_length % size == 0:
            return say_phrase(unit, number=whole(piece_length // size))
    return say("{number} B", number=whole(piece_length))


def _private(row: TorrentRow) -> str:
    if row.private:
        return say("Yes: peers are found through its own trackers only")
    if not row.has_metainfo:
        return ""
    return say("No: peers may be found in every way")


def _lines(text: str) -> str:
    """A stranger's text of several lines."""
    return "\n".join(line for line in (clean(part, LONGEST_COMMENT) for part in text.splitlines()) if line)
