"""Whether what was chosen fits on its disks, in sums and in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shoal.gui.dialogs.add_entry import AddEntry, Notice
from shoal.gui.style.units import size_text
from shoal.gui.style.wording import say, say_count
from shoal.runtime.folder_facts import FolderFacts

CHOOSE_FOLDER, CHOOSE_FILES, ADD_STOPPED = "folder", "files", "stopped"


def needed_by_disk(
    entries: Sequence[AddEntry], facts_of: Mapping[str, FolderFacts | None]
) -> dict[str, tuple[int, int, FolderFacts]]:
    """By disk: bytes that `entries` need there, how many they are, and the disk's facts; unknown ones are left out."""
    result: dict[str, tuple[int, int, FolderFacts]] = {}
    for entry in entries:
        facts = facts_of.get(entry.folder)
        if facts is not None:
            needed, count, _ = result.get(facts.disk, (0, 0, facts))
            result[facts.disk] = (needed + entry.missing_bytes, count + 1, facts)
    return result


def no_room_notice(needed: int, free: int) -> Notice:
    """Message 8 of the error catalogue, before anything is written."""
    return Notice(
        say("Not enough room"),
        say("Needs {needed}, {free} free.", needed=size_text(needed), free=size_text(free)),
        (
            (CHOOSE_FOLDER, say("Choose folder")),
            (CHOOSE_FILES, say("Choose files")),
            (ADD_STOPPED, say("Add, but do not start")),
        ),
        doing=say("Nothing yet."),
    )


def space_sentence(needed: int, facts: FolderFacts | None, torrents: int = 1) -> str:
    """Whether so many torrents fit on the disk of a folder."""
    size = size_text(needed)
    if facts is None or facts.free is None:
        text = say("{needed} needed; free space is not known.", needed=size)
    elif needed > facts.free:
        text = say("{missing} short on this disk", missing=size_text(needed - facts.free))
    elif torrents > 1:
        text = say_count(
            torrents,
            "Fits: {needed} needed for {n} torrent, {free} free",
            "Fits: {needed} needed for {n} torrents, {free} free",
            needed=size,
            free=size_text(facts.free),
        )
    else:
        text = say("Fits: {needed} needed, {free} free", needed=size, free=size_text(facts.free))
    if facts is not None and not facts.exists:
        text = say("{text}. The folder will be created.", text=text.rstrip("."))
    return text


def unknown_space_sentence(facts: FolderFacts | None) -> str:
    """What can be said of the disk while nobody knows how much is to come."""
    if facts is None or facts.free is None:
        text = say("How much room it needs is known when the file list is here.")
    else:
        text = say("{free} free; how much it needs is known when the file list is here.", free=size_text(facts.free))
    if facts is not None and not facts.exists:
        text = say("{text}. The folder will be created.", text=text.rstrip("."))
    return text
