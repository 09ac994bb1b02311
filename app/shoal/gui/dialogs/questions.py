"""The small questions of the window: what to remove, why something waits."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from shoal.api.snapshots import TorrentRow
from shoal.gui.dialogs.message import MessageDialog
from shoal.gui.dialogs.tally import Tally
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import size_text
from shoal.gui.style.wording import isolated, say, say_count

KEEP, DELETE, CANCEL = "keep", "delete", "cancel"
OPEN_FOLDER = "open-folder"


def remove_dialog(theme: Theme, parent: QWidget, rows: Sequence[TorrentRow]) -> MessageDialog:
    """Two named ways to remove; keeping the files is the default."""
    here = sum(row.wanted_done for row in rows)
    title = say_count(len(rows), "Remove this transfer?", "Remove {n} transfers?")
    if len(rows) == 1:
        text = say("\u201c{name}\u201d leaves the list.", name=isolated(rows[0].name))
    else:
        text = say_count(len(rows), "{n} transfer leaves the list.", "{n} transfers leave the list.")
    text = " ".join((text, say("Files that are deleted go to the wastebasket, where there is one.")))
    return MessageDialog(
        theme,
        parent,
        title,
        text,
        buttons=(
            (KEEP, say("Remove from list, keep files")),
            (DELETE, say("Remove and delete {size}", size=size_text(here))),
            (CANCEL, say("Cancel")),
        ),
        icon=("remove", "ink2"),
    )


def download_again_dialog(theme: Theme, parent: QWidget, row: TorrentRow) -> MessageDialog:
    """Before everything is fetched anew; its key is KEEP."""
    return MessageDialog(
        theme,
        parent,
        say("Download it again?"),
        say(
            "None of the files of \u201c{name}\u201d is in its folder. {size} will be fetched again.",
            name=isolated(row.name),
            size=size_text(row.wanted),
        ),
        buttons=((KEEP, say("Download again")), (CANCEL, say("Cancel"))),
    )


def website_dialog(theme: Theme, parent: QWidget, address: str) -> MessageDialog:
    """A stranger's address, shown in full before it is opened; its key is KEEP."""
    return MessageDialog(
        theme,
        parent,
        say("Open this website?"),
        address,
        buttons=((KEEP, say("Open in the browser")), (CANCEL, say("Cancel"))),
        icon=("globe", "acc"),
    )


def program_dialog(theme: Theme, parent: QWidget, name: str) -> MessageDialog:
    """What was downloaded could be run: the folder is opened instead, when the user wants that."""
    return MessageDialog(
        theme,
        parent,
        say("This is a program"),
        say(
            "\u201c{name}\u201d may do anything on this computer once it is started. Shoal starts no programs: look at "
            "it in its folder, and start it yourself if you trust where it comes from.",
            name=isolated(name),
        ),
        buttons=((OPEN_FOLDER, say("Open folder")), (CANCEL, say("Cancel"))),
        icon=("program", "warn"),
    )


def fetching_dialog(theme: Theme, parent: QWidget, host: str, address: str) -> MessageDialog:
    """While a .torrent comes from the web; its one button gives up."""
    return MessageDialog(
        theme,
        parent,
        say("Getting the torrent file"),
        say("{host} is asked for it. If it does not answer soon, Shoal gives up by itself.", host=host),
        buttons=((CANCEL, say("Cancel")),),
        address=address,
        icon=("globe", "acc"),
    )


def simple_message(theme: Theme, parent: QWidget | None, title: str, text: str, details: str = "") -> MessageDialog:
    """Something to know, with one button."""
    return MessageDialog(theme, parent, title, text, buttons=((CANCEL, say("Close")),), details=details)


def outcome_message(theme: Theme, parent: QWidget, tally: Tally, *, is_alone: bool) -> MessageDialog:
    """What became of sources that were added; of one that stands alone only why it was not."""
    if is_alone and tally.refused:
        return simple_message(theme, parent, say("Nothing was added"), tally.refused[0][1], "")
    return simple_message(theme, parent, say("Not all were added"), tally.sentence(), tally.details())
