"""What an explanation is made of: title, words, what Shoal is doing, and buttons that do something about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from shoal.gui.style.wording import Template, phrase


class Remedy(Enum):
    """What a button of an explanation does."""

    START = "start"
    START_NOW = "start-now"
    RESUME = "resume"
    STOP = "stop"
    TRY_AGAIN = "try-again"
    TRY_NOW = "try-now"
    LOOK_NOW = "look-now"
    RECHECK = "recheck"
    DOWNLOAD_AGAIN = "download-again"
    OPEN_FOLDER = "open-folder"
    CHOOSE_FOLDER = "choose-folder"
    FIND_FILES = "find-files"
    SKIP_FILES = "skip-files"
    CHOOSE_FILES = "choose-files"
    SHOW_FILES = "show-files"
    SHOW_PIECES = "show-pieces"
    SHOW_TRACKERS = "show-trackers"
    ADD_TRACKER = "add-tracker"
    OPEN_WEBSITE = "open-website"
    LIFT_LIMIT = "lift-limit"
    TELL_ME = "tell-me"
    CANCEL_MOVE = "cancel-move"
    MOVE_AGAIN = "move-again"
    LEAVE_FILES = "leave-files"
    CHOOSE_ADDRESS = "choose-address"


REMEDY_NAMES: dict[Remedy, Template] = {
    Remedy.START: phrase("Start"),
    Remedy.START_NOW: phrase("Start now"),
    Remedy.RESUME: phrase("Resume"),
    Remedy.STOP: phrase("Stop"),
    Remedy.TRY_AGAIN: phrase("Try again"),
    Remedy.TRY_NOW: phrase("Try now"),
    Remedy.LOOK_NOW: phrase("Look now"),
    Remedy.RECHECK: phrase("Re-check files"),
    Remedy.DOWNLOAD_AGAIN: phrase("Download again"),
    Remedy.OPEN_FOLDER: phrase("Open folder"),
    Remedy.CHOOSE_FOLDER: phrase("Choose another folder\u2026"),
    Remedy.FIND_FILES: phrase("Find files\u2026"),
    Remedy.SKIP_FILES: phrase("Skip some files"),
    Remedy.CHOOSE_FILES: phrase("Choose files"),
    Remedy.SHOW_FILES: phrase("Which files are whole?"),
    Remedy.SHOW_PIECES: phrase("Show missing pieces"),
    Remedy.SHOW_TRACKERS: phrase("Show trackers"),
    Remedy.ADD_TRACKER: phrase("Add tracker\u2026"),
    Remedy.OPEN_WEBSITE: phrase("Open tracker website\u2026"),
    Remedy.LIFT_LIMIT: phrase("Lift the limit"),
    Remedy.TELL_ME: phrase("Tell me when it moves"),
    Remedy.CANCEL_MOVE: phrase("Cancel the move"),
    Remedy.MOVE_AGAIN: phrase("Try again"),
    Remedy.LEAVE_FILES: phrase("Leave it"),
    Remedy.CHOOSE_ADDRESS: phrase("Choose the address\u2026"),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """`details` is raw text from outside, cleaned, a line for each answer; `doing` are sentences."""

    title: str
    text: str
    doing: tuple[str, ...]
    remedies: tuple[Remedy, ...] = ()
    details: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sentences of an entry are filled with; every text is safe to show."""

    name: str
    path: str
    host: str
    wait: str
    raw: str
    """What a tracker or the system said."""
    cause: str
    """Why a tracker cannot be asked, or files could not be moved; empty when it is not known."""
    amount: str
    """Missing bytes, or words for it."""
    percent: str
    limit: str
    peers: int = 0
    known: int = 0
    """Peers that are known, connected or not."""
    folder: str = ""
    """Where files should have gone."""
    address: str = ""
    """The local address that everything is to leave from."""
