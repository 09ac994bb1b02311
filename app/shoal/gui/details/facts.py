"""The facts of the overview in words. Pure functions of a row."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.api.snapshots import TorrentRow
from shoal.gui.style.numbers import whole
from shoal.gui.style.row_view import ratio_of, ratio_text
from shoal.gui.style.shown_path import short_path
from shoal.gui.style.torrent_facts import piece_length_text
from shoal.gui.style.units import short_duration, size_beside, size_text
from shoal.gui.style.wording import clean, isolated, say


@dataclass(frozen=True, slots=True)
class Facts:
    """`folder` is the whole path, `saved_in` how it is shown."""

    downloaded: str
    uploaded: str
    pieces: str
    saved_in: str
    folder: str
    tracker: str


def facts_of(row: TorrentRow, piece_length: int, home: str) -> Facts:
    """`piece_length` in bytes, 0 while it is not known; `home` is the user's own folder."""
    folder = clean(row.content_path or row.folder, longest=4096)
    return Facts(
        downloaded=part_of_text(row.wanted_done, row.wanted) if row.has_metainfo else say("nothing yet"),
        uploaded=say("{size} \u00b7 ratio {ratio}", size=size_text(row.uploaded), ratio=ratio_text(ratio_of(row))),
        pieces=_pieces(row, piece_length),
        saved_in=short_path(folder, home),
        folder=folder,
        tracker=_tracker(row),
    )


def part_of_text(done: int, total: int) -> str:
    """`3.5 of 5.6 GB`, `910 kB of 5.6 GB`, `all 5.6 GB`."""
    if done >= total:
        return say("all {total}", total=size_text(total))
    return say("{done} of {total}", done=size_beside(done, total), total=size_text(total))


def _pieces(row: TorrentRow, piece_length: int) -> str:
    if not row.has_metainfo:
        return say("not known yet")
    done, total = whole(row.pieces_done), whole(row.pieces_total)
    if piece_length <= 0:
        return say("{done} of {total}", done=done, total=total)
    return say("{done} of {total} \u00b7 {size} each", done=done, total=total, size=piece_length_text(piece_length))


def _tracker(row: TorrentRow) -> str:
    if not row.trackers:
        return isolated(row.tracker_host) or say("it names none")
    state = row.trackers[0][1]
    wait = row.next_announce_in
    if wait is not None and wait >= 1:
        time = short_duration(wait)
        match state:
            case "working":
                return say("answered, asks again in {time}", time=time)
            case "failing":
                return say("does not answer, asks again in {time}", time=time)
            case "waiting":
                return say("asks in {time}", time=time)
    match state:
        case "working":
            return say("answered")
        case "failing":
            return say("does not answer")
        case "asking":
            return say("being asked now")
        case "refused":
            return say("turned you away")
        case "off":
            return say("not asked any more")
    return say("not asked yet")
