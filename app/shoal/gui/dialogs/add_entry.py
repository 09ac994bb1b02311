"""One torrent of the add window: what it is, what was chosen for it so far, and what its owner is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from shoal.api.commands import AddMagnet, AddTorrent
from shoal.api.details import MagnetProgress, SwarmLookup
from shoal.gui.dialogs.link_preview import LinkPreview
from shoal.gui.dialogs.torrent_preview import TorrentPreview
from shoal.gui.models.file_tree import FileTreeModel
from shoal.gui.style.wording import clean, isolated, say, say_count
from shoal.metainfo.trackers import TRACKER_SCHEMES, clean_url
from shoal.runtime.folder_facts import FolderFacts


class When(Enum):
    """What happens once it is in the list."""

    NOW = "now"
    """Start straight away, past the queue."""
    QUEUE = "queue"
    """Start when the queue has room."""
    LATER = "later"


@dataclass(frozen=True, slots=True)
class AddChoice:
    """What was decided on one torrent; `priorities` None = every file as usual."""

    preview: TorrentPreview | None
    folder: str
    priorities: tuple[int, ...] | None = None
    when: When = When.QUEUE
    sequential: bool = False
    first_last_first: bool = False
    label: str = ""
    extra_trackers: tuple[str, ...] = ()
    link: LinkPreview | None = None
    """The magnet link whose file list has not come; then there is no `preview`."""
    choose_above: int | None = None
    """Of a magnet link, see `commands.AddMagnet`."""

    @property
    def name(self) -> str:
        """Safe to show."""
        return isolated(self.preview.name) if self.preview is not None else self.link.name if self.link else ""

    @property
    def torrent_id(self) -> str:
        return self.preview.torrent_id if self.preview is not None else self.link.torrent_id if self.link else ""

    @property
    def size(self) -> int:
        """Bytes, as far as it is known."""
        return 0 if self.preview is None else self.preview.size

    def command(self) -> AddTorrent | AddMagnet:
        if self.preview is None:
            return AddMagnet(
                link="" if self.link is None else self.link.text,
                folder=self.folder,
                start=self.when is not When.LATER,
                skip_queue=self.when is When.NOW,
                sequential=self.sequential,
                first_last_first=self.first_last_first,
                label=self.label,
                extra_trackers=self.extra_trackers,
                choose_above=self.choose_above,
            )
        return AddTorrent(
            metainfo=self.preview.data,
            folder=self.folder,
            file_priorities=self.priorities,
            start=self.when is not When.LATER,
            skip_queue=self.when is When.NOW,
            sequential=self.sequential,
            first_last_first=self.first_last_first,
            label=self.label,
            extra_trackers=self.extra_trackers,
        )


@dataclass(frozen=True, slots=True)
class Notice:
    """Why a torrent is not asked about, and what can be done; `buttons` are (key, name), the first the primary one."""

    title: str
    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    doing: str = ""
    details: str = ""
    address: str = ""
    """Where it was to come from, in full and safe to show."""
    icon: str = "triangle"
    summary: str = ""
    """In a few words, for the list of several."""
    contents: str = ""
    """What a broken file holds, safe to show."""
    classic_title: str = ""
    """The words by which it is searched for, where `title` says it better."""


@dataclass(frozen=True, slots=True)
class AlreadyHere:
    """The transfer in the list that a source is the same as."""

    torrent_id: str
    name: str
    percent: str
    new_trackers: tuple[str, ...] = ()


SHOW_IT, ADD_TRACKERS, CLOSE = "show", "trackers", "close"
TRY_AGAIN, GIVE_UP, GIVE_UP_ALL = "again", "give-up", "give-up-all"


@dataclass(slots=True, eq=False)
class AddEntry:
    """Changed while the window is open. `name` is safe to show; without a `preview` there is a `notice`."""

    name: str
    preview: TorrentPreview | None = None
    notice: Notice | None = None
    here: AlreadyHere | None = None
    folder: str = ""
    label: str = ""
    when: When = When.NOW
    sequential: bool = False
    first_last_first: bool = False
    trackers_text: str = ""
    """What was typed, one address a line."""
    is_ticked: bool = True
    is_found: bool = False
    """All its data lies in its folder already."""
    lookup: SwarmLookup | None = None
    """What its trackers told of its swarm, once they were asked."""
    model: FileTreeModel | None = field(default=None)
    """From the first time that its files were shown."""
    source: str = ""
    address: str = ""
    """Of a web source, in full and safe to show."""
    is_waiting: bool = False
    """It is still to come from the web."""
    asked_at: float | None = None
    """Seconds of the monotonic clock; None while others are asked before it."""
    link: LinkPreview | None = None
    """Of a magnet link, also when its file list is here."""
    progress: MagnetProgress = field(default_factory=MagnetProgress)
    """How far getting its file list is."""
    chooses_first: bool = False
    """Of a magnet link: nothing is to be downloaded before its files are chosen."""

    def become(self, other: AddEntry) -> None:
        """It has come, or it never will; what was chosen for it stays."""
        self.name, self.preview, self.notice, self.here = other.name, other.preview, other.notice, other.here
        self.is_ticked = other.is_ticked
        self.model, self.lookup = None, None
        self.is_found, self.is_waiting, self.asked_at = False, False, None

    @property
    def can_add(self) -> bool:
        return (self.preview is not None or self.link is not None) and self.notice is None

    @property
    def is_asking(self) -> bool:
        """It is a magnet link whose file list has not come."""
        return self.link is not None and self.preview is None and self.notice is None

    @property
    def torrent_id(self) -> str:
        """Empty while it is not known."""
        known = self.preview or self.link
        return "" if known is None else known.torrent_id

    @property
    def trackers(self) -> tuple[str, ...]:
        known = self.preview or self.link
        return () if known is None else known.trackers

    @property
    def hash_v1(self) -> str:
        known = self.preview or self.link
        return "" if known is None else known.hash_v1

    @property
    def wanted_bytes(self) -> int:
        if self.model is not None:
            return self.model.wanted_bytes
        return 0 if self.preview is None else self.preview.size

    @property
    def missing_bytes(self) -> int:
        """What would have to be written."""
        return 0 if self.is_found else self.wanted_bytes

    def extra_trackers(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The usable ones of what was typed, each once, and the lines that are no tracker."""
        good: dict[str, None] = {}
        bad: list[str] = []
        for line in self.trackers_text.splitlines():
            if not line.strip():
                continue
            url = clean_url(line, TRACKER_SCHEMES)
            if url is None:
                bad.append(line.strip())
            else:
                good[url] = None
        return tuple(good), tuple(bad)

    def choice(self) -> AddChoice:
        preview, model = self.preview, self.model
        priorities: Sequence[int] | None = None
        if preview is not None and model is not None:
            priorities = model.priorities(preview.entry_count)
        elif preview is not None and self.link is not None:
            priorities = self.link.priorities(preview.entry_count)
        return AddChoice(
            preview=preview,
            folder=self.folder,
            priorities=None if priorities is None else tuple(priorities),
            when=self.when,
            sequential=self.sequential,
            first_last_first=self.first_last_first,
            label=self.label,
            extra_trackers=self.extra_trackers()[0],
            link=self.link if preview is None else None,
            choose_above=0 if self.chooses_first and preview is None else None,
        )

    def problem(self) -> str:
        """Why it cannot be added as it was chosen; empty when it can. The folder is for its field to judge."""
        if self.wanted_bytes == 0 and not self.is_asking:
            return say("Choose at least one file.")
        bad = self.extra_trackers()[1]
        return say("{text} is no tracker address.", text=isolated(clean(bad[0], 60))) if bad else ""


def entry_here(name: str, preview: TorrentPreview | None, here: AlreadyHere, *, is_alone: bool) -> AddEntry:
    """An entry for what is in the list already: message 17 of the error catalogue."""
    buttons: list[tuple[str, str]] = [(SHOW_IT, say("Show it"))] if is_alone else []
    if here.new_trackers:
        count = len(here.new_trackers)
        buttons.append((ADD_TRACKERS, say_count(count, "Add its new tracker", "Add its {n} new trackers")))
    if is_alone:
        buttons.append((CLOSE, say("Close")))
    notice = Notice(
        say("You already have this ({percent})", percent=here.percent),
        say("\u201c{name}\u201d is in the list already. Nothing was added a second time.", name=isolated(here.name)),
        tuple(buttons),
        summary=say("Already in the list ({percent})", percent=here.percent),
    )
    return AddEntry(name, preview, notice, here, is_ticked=False)


@dataclass(frozen=True, slots=True)
class AddDefaults:
    """What the window begins with."""

    folder: str
    recent_folders: Sequence[str] = ()
    label: str = ""
    known_labels: Sequence[str] = ()


class AddDesk(Protocol):
    """What the window asks of its owner; whatever touches a disk is done elsewhere than in the window's thread."""

    @property
    def may_ask_trackers(self) -> bool:
        """Whether trackers may see that somebody looks at a torrent."""
        ...

    def start(self, work: Coroutine[Any, Any, None], owner: QObject) -> asyncio.Task[None] | None:
        """Run `work` until it ends or `owner` is destroyed."""
        ...

    async def look(self, folder: str) -> FolderFacts | None:
        """The facts of an absolute folder; None when its disk does not answer."""
        ...

    async def holds(self, preview: TorrentPreview, folder: str) -> bool:
        """Whether all its files lie in `folder` with their right sizes."""
        ...

    async def choose_folder(self, parent: QDialog, folder: str) -> str | None: ...

    async def look_up_swarm(self, trackers: tuple[str, ...], info_hash_hex: str) -> SwarmLookup:
        """What the trackers tell of the swarm, asked without joining it."""
        ...

    async def add_trackers(self, torrent_id: str, urls: tuple[str, ...]) -> bool:
        """True when the engine took them."""
        ...
