"""What the add window says of its torrents: a line of each in the list, its button, and why it cannot be pressed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from shoal.gui.dialogs.add_asking import doing_text
from shoal.gui.dialogs.add_entry import GIVE_UP, GIVE_UP_ALL, AddEntry, Notice, When
from shoal.gui.style.units import size_text
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.torrent_ticks import TickedTorrent


def ticked(entry: AddEntry) -> TickedTorrent:
    """Its line in the list of several."""
    if entry.is_waiting:
        return TickedTorrent(entry.name, _waiting(entry), False, has_problem=False, is_waiting=True)
    if entry.notice is not None:
        return TickedTorrent(entry.name, entry.notice.summary or entry.notice.title, False, True)
    if entry.is_asking:
        return TickedTorrent(entry.name, doing_text(entry.progress), entry.is_ticked, has_problem=False)
    note = size_text(entry.wanted_bytes)
    if entry.is_found:
        note = say("{size} \u00b7 files found", size=note)
    return TickedTorrent(entry.name, note, entry.is_ticked, has_problem=False)


def _waiting(entry: AddEntry) -> str:
    if entry.asked_at is None:
        return say("Waits for its turn")
    seconds = int(time.monotonic() - entry.asked_at)
    return say_count(seconds, "Asking for it, {n} s", "Asking for it, {n} s") if seconds else say("Asking for it")


def waiting_notice(entry: AddEntry, entries: Sequence[AddEntry]) -> Notice:
    """In the place of its files while it is on its way."""
    count = sum(other.is_waiting for other in entries)
    buttons = [(GIVE_UP, say("Cancel this one"))]
    if count > 1:
        buttons.append((GIVE_UP_ALL, say("Cancel all that have not come")))
    return Notice(
        say("Getting the torrent file"),
        say("It is asked for, and appears here as soon as it comes. What is here already can be added meanwhile."),
        tuple(buttons),
        address=entry.address,
        icon="globe",
    )


def act(chosen: Sequence[AddEntry], *, several: bool) -> str:
    """What the primary button does, in words."""
    size = size_text(sum(entry.wanted_bytes for entry in chosen))
    is_asking = any(entry.is_asking for entry in chosen)
    if is_asking and several:
        return say_count(len(chosen), "Add {n} torrent", "Add {n} torrents")
    if several or not chosen:
        return say_count(len(chosen), "Add {n} torrent, {size}", "Add {n} torrents, {size}", size=size)
    if chosen[0].when is When.LATER:
        return say("Add for later")
    if is_asking:
        return say("Add, and choose files later") if chosen[0].chooses_first else say("Download")
    return say("Share (files found)") if chosen[0].is_found else say("Download {size}", size=size)


def problem_of(chosen: Sequence[AddEntry], entries: Sequence[AddEntry]) -> str:
    """Why the button cannot be pressed; empty when it can."""
    if not chosen:
        if any(entry.is_waiting for entry in entries):
            return say("None has come yet.")
        return say("Choose at least one torrent.")
    for entry in chosen:
        absolute = "\0" not in entry.folder and Path(entry.folder).is_absolute()
        problem = entry.problem() if absolute else say("The folder must be a full path.")
        if problem:
            return say("{name}: {problem}", name=entry.name, problem=problem) if len(entries) > 1 else problem
    return ""
