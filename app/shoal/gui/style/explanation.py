"""What an explanation is made of: title, words, what Shoal is doing, and buttons that do something about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Remedy(Enum):
    """What a button of an explanation does."""

    START = "start"
    START_NOW = "start-now"
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
    SHOW_FILES = "show-files"
    SHOW_PIECES = "show-pieces"
    SHOW_TRACKERS = "show-trackers"
    ADD_TRACKER = "add-tracker"
    OPEN_WEBSITE = "open-website"
    LIFT_LIMIT = "lift-limit"
    TELL_ME = "tell-me"
    CANCEL_MOVE = "cancel-move"


REMEDY_NAMES: dict[Remedy, str] = {
    Remedy.START: "Start",
    Remedy.START_NOW: "Start now",
    Remedy.STOP: "Stop",
    Remedy.TRY_AGAIN: "Try again",
    Remedy.TRY_NOW: "Try now",
    Remedy.LOOK_NOW: "Look now",
    Remedy.RECHECK: "Re-check files",
    Remedy.DOWNLOAD_AGAIN: "Download again",
    Remedy.OPEN_FOLDER: "Open folder",
    Remedy.CHOOSE_FOLDER: "Choose another folder\u2026",
    Remedy.FIND_FILES: "Find files\u2026",
    Remedy.SKIP_FILES: "Skip some files",
    Remedy.SHOW_FILES: "Which files are whole?",
    Remedy.SHOW_PIECES: "Show missing pieces",
    Remedy.SHOW_TRACKERS: "Show trackers",
    Remedy.ADD_TRACKER: "Add tracker\u2026",
    Remedy.OPEN_WEBSITE: "Open tracker website\u2026",
    Remedy.LIFT_LIMIT: "Lift the limit",
    Remedy.TELL_ME: "Tell me when it moves",
    Remedy.CANCEL_MOVE: "Cancel the move",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """`details` is raw text from outside, cleaned; `doing` are sentences."""

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
    """Why a tracker cannot be asked; empty when it is not known."""
    amount: str
    """Missing bytes, or words for it."""
    percent: str
    limit: str
    peers: int = 0
