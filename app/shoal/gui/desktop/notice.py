"""What is told to a person outside of the window: one notice, and the answers that it offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from shoal.api.snapshots import DiskSpace, TorrentRow
from shoal.gui.style.catalogue import explain_row
from shoal.gui.style.shown_path import shown_path
from shoal.gui.style.units import size_text
from shoal.gui.style.wording import clean, isolated, say, say_count

MOST_NAMES = 3
"""Of several transfers so many are named."""


class NoticeKind(Enum):
    FINISHED = "finished"
    ALL_DONE = "all-done"
    NEEDS_YOU = "needs-you"
    DISK = "disk"
    SUMMARY = "summary"
    """What was withheld in quiet hours."""


class Answer(Enum):
    """What a person can do about a notice; the value goes over the desktop's bus."""

    OPEN = "open"
    OPEN_FOLDER = "open-folder"
    FIX = "fix"
    SHOW = "show"
    """Bring the window forward, with the transfer selected; what a click on the notice itself does."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Plain text throughout, cleaned. A notice of the same `key` takes the place of an earlier one."""

    key: int
    kind: NoticeKind
    title: str
    text: str
    answers: tuple[Answer, ...] = ()
    """The buttons, the first one first; a click on the notice itself is always `click`."""
    transfers: tuple[str, ...] = ()
    folder: str = ""
    """What `OPEN_FOLDER` opens when there are several transfers, or none."""
    replaces: tuple[int, ...] = ()
    """Keys of notices that are to disappear for this one."""

    @property
    def click(self) -> Answer:
        return Answer.FIX if self.answers == (Answer.FIX,) else Answer.SHOW

    @property
    def sentence(self) -> str:
        """Both in one line, for where there is no title."""
        return say("{title}: {text}", title=self.title, text=self.text)


def answer_name(answer: Answer) -> str:
    """What its button says."""
    match answer:
        case Answer.OPEN:
            return say("Open")
        case Answer.OPEN_FOLDER:
            return say("Open folder")
        case Answer.FIX:
            return say("Fix")
        case Answer.SHOW:
            return say("Show Shoal")


def finished(key: int, row: TorrentRow) -> Notice:
    """One download."""
    answers = (Answer.OPEN, Answer.OPEN_FOLDER)
    return Notice(key, NoticeKind.FINISHED, say("Download finished"), _name(row), answers, (row.torrent_id,))


def several_finished(key: int, rows: Sequence[TorrentRow], replaces: tuple[int, ...]) -> Notice:
    """Many downloads at almost the same time."""
    title = say_count(len(rows), "{n} download finished", "{n} downloads finished")
    return _of_several(key, NoticeKind.FINISHED, title, names_of(rows), rows, replaces)


def all_done(key: int, rows: Sequence[TorrentRow], count: int, size: int, replaces: tuple[int, ...]) -> Notice:
    """The queue is empty: `rows` were the last of `count` downloads of `size` bytes in all."""
    title = say("All downloads are done")
    amount = say_count(count, "{n} download, {size}.", "{n} downloads, {size}.", size=size_text(size))
    text = say("{amount} At last: {names}", amount=amount, names=names_of(rows)) if count > 1 else names_of(rows)
    if len(rows) == 1:
        answers = (Answer.OPEN, Answer.OPEN_FOLDER)
        ids = (rows[0].torrent_id,)
        return Notice(key, NoticeKind.ALL_DONE, title, text, answers, ids, replaces=replaces)
    return _of_several(key, NoticeKind.ALL_DONE, title, text, rows, replaces)


def needs_you(key: int, row: TorrentRow) -> Notice:
    """One transfer that only the user can make go on."""
    found = explain_row(row)
    text = say("{name}: {title}. {text}", name=isolated(row.name), title=found.title, text=found.text) if found else ""
    title = say("A transfer needs you")
    return Notice(key, NoticeKind.NEEDS_YOU, title, text or _name(row), (Answer.FIX,), (row.torrent_id,))


def several_need_you(key: int, rows: Sequence[TorrentRow], replaces: tuple[int, ...]) -> Notice:
    """Many transfers that do, most likely for one reason."""
    title = say_count(len(rows), "{n} transfer needs you", "{n} transfers need you")
    ids = tuple(row.torrent_id for row in rows)
    return Notice(key, NoticeKind.NEEDS_YOU, title, names_of(rows), (Answer.SHOW,), ids, replaces=replaces)


def disk_almost_full(key: int, disk: DiskSpace) -> Notice:
    """A disk on which downloads are running."""
    folder = disk.folders[0]
    text = say(
        "Only {free} are left where {folder} is. When it is full, downloads there have to stop.",
        free=size_text(disk.free),
        folder=shown_path(folder),
    )
    return Notice(key, NoticeKind.DISK, say("The disk is almost full"), text, (Answer.OPEN_FOLDER,), (), folder)


def summary(
    key: int, done: Sequence[TorrentRow], stuck: Sequence[TorrentRow], *, is_disk_full: bool, is_all_done: bool
) -> Notice:
    """What happened in quiet hours, and still is so."""
    sentences: list[str] = []
    if done:
        names = names_of(done)
        sentences.append(
            say_count(len(done), "{n} download finished: {names}.", "{n} downloads finished: {names}.", names=names)
        )
    if is_all_done:
        sentences.append(say("All downloads are done."))
    if stuck:
        names = names_of(stuck)
        sentences.append(
            say_count(len(stuck), "{n} transfer needs you: {names}.", "{n} transfers need you: {names}.", names=names)
        )
    if is_disk_full:
        sentences.append(say("The disk is almost full."))
    ids = tuple(row.torrent_id for row in (*stuck, *done))
    return Notice(key, NoticeKind.SUMMARY, say("While it was quiet"), " ".join(sentences), (Answer.SHOW,), ids)


def names_of(rows: Sequence[TorrentRow]) -> str:
    """The first few names, and how many more there are."""
    names = ", ".join(isolated(row.name) for row in rows[:MOST_NAMES])
    more = len(rows) - MOST_NAMES
    return names if more <= 0 else say_count(more, "{names} and {n} more", "{names} and {n} more", names=names)


def _of_several(
    key: int, kind: NoticeKind, title: str, text: str, rows: Sequence[TorrentRow], replaces: tuple[int, ...]
) -> Notice:
    folders = {row.folder for row in rows}
    answers = (Answer.OPEN_FOLDER,) if len(folders) == 1 else (Answer.SHOW,)
    ids = tuple(row.torrent_id for row in rows)
    return Notice(key, kind, title, text, answers, ids, rows[0].folder if len(folders) == 1 else "", replaces)


def _name(row: TorrentRow) -> str:
    return clean(row.name) or say("A transfer")
