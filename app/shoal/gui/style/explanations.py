"""The long form of a problem: what happened, what Shoal is doing about it, and what the user can do.

Texts and numbers follow the error catalogue of the interface specification, section 12.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from shoal.api.errors import Reason
from shoal.api.snapshots import Alert, TorrentRow
from shoal.gui.style.sentences import finds_nobody
from shoal.gui.style.units import short_duration, size_text
from shoal.gui.style.wording import clean, isolated, say
from shoal.settings.store import StoreNote


class Remedy(Enum):
    """What a button of an explanation does."""

    START = "start"
    TRY_AGAIN = "try-again"
    ASK_TRACKERS = "ask-trackers"
    RECHECK = "recheck"
    OPEN_FOLDER = "open-folder"


REMEDY_NAMES: dict[Remedy, str] = {
    Remedy.START: "Start",
    Remedy.TRY_AGAIN: "Try again",
    Remedy.ASK_TRACKERS: "Ask trackers now",
    Remedy.RECHECK: "Re-check files",
    Remedy.OPEN_FOLDER: "Open folder",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """`title` keeps the classic wording so that it can be searched; `details` is raw text from outside, cleaned."""

    title: str
    text: str
    doing: str
    remedies: tuple[Remedy, ...] = ()
    details: str = ""
    names_it: bool = False
    """True when `text` says which transfer it is about."""


_IN_THE_WAY: dict[str, str] = {
    "name-too-long": "its name is too long for this disk",
    "not-a-file": "something that is not a file lies there",
    "is-symlink": "a link lies there, and Shoal follows no links out of a download",
    "outside-folder": "it would lie outside of the download folder",
}


def explain_row(row: TorrentRow) -> Explanation | None:
    """The explanation of what holds `row` up; None when nothing does."""
    if row.reason is None:
        return None
    if finds_nobody(row):
        return Explanation(
            say("No tracker"),
            say("It names no tracker; peers cannot be found for it yet."),
            say("Takes peers that connect by themselves. A .torrent of it that names a tracker would help."),
        )
    return explain(row.reason, row.next_announce_in, row.name)


def explain(reason: Reason, next_announce_in: float | None = None, name: str = "") -> Explanation:
    """The catalogue's entry for `reason` of the transfer `name`; unknown codes are named and never hidden."""
    details = clean(str(reason.params.get("text", "")))
    path = isolated(str(reason.params.get("path", "")))
    host = isolated(str(reason.params.get("host", ""))) or say("the tracker")
    wait = short_duration(next_announce_in) if next_announce_in else say("a moment")
    match reason.code:
        case "disk-full":
            missing = reason.params.get("missing", 0)
            amount = size_text(missing) if not isinstance(missing, str) and missing > 0 else say("Some bytes")
            return Explanation(
                say("Disk full"),
                say("{amount} are missing on the disk of {path}.", amount=amount, path=path),
                say("Stopped only the transfers on that disk. Make room there, then try again."),
                (Remedy.TRY_AGAIN, Remedy.OPEN_FOLDER),
                details,
            )
        case "folder-gone":
            return Explanation(
                say("Files are gone"),
                say(
                    "The files of {name} are gone from {path}, or their drive is unplugged.",
                    name=isolated(name) or say("this transfer"),
                    path=path,
                ),
                say(
                    "Waits. It never makes files anew where a drive is missing. If it was you who took them away, "
                    "\u201cRe-check files\u201d downloads them again."
                ),
                (Remedy.TRY_AGAIN, Remedy.RECHECK, Remedy.OPEN_FOLDER),
                details,
                names_it=True,
            )
        case "permission" | "read-only":
            return Explanation(
                say("Cannot write"),
                say("You may not write to {path}.", path=path),
                say("Waits until you allow it, or until the disk can be written again."),
                (Remedy.TRY_AGAIN, Remedy.OPEN_FOLDER),
                details,
            )
        case "io-error":
            return Explanation(
                say("The disk reports an error"),
                say("Reading or writing {path} failed. The disk or its cable may be faulty.", path=path),
                say("Stopped this transfer so that nothing wrong is kept."),
                (Remedy.TRY_AGAIN, Remedy.RECHECK),
                details,
            )
        case "files-changed":
            return Explanation(
                say("Files were moved or changed"),
                say("Finished files are missing or differ in size."),
                say(
                    "Paused sharing so that nothing wrong is sent. \u201cRe-check files\u201d keeps what is right and "
                    "downloads the rest again."
                ),
                (Remedy.RECHECK, Remedy.TRY_AGAIN, Remedy.OPEN_FOLDER),
                details,
            )
        case "name-too-long" | "not-a-file" | "is-symlink" | "outside-folder":
            return Explanation(
                say("A name is in the way"),
                say("{path} cannot be written: {why}.", path=path, why=say(_IN_THE_WAY[reason.code])),
                say("Wrote nothing there. Move what is in the way, then try again."),
                (Remedy.TRY_AGAIN, Remedy.OPEN_FOLDER),
                details,
            )
        case "tracker-refused":
            said = details or say("nothing more")
            return Explanation(
                say("Not authorized on tracker"),
                say(
                    "This tracker serves members only and said: \u201c{reason}\u201d. Log in on its website and "
                    "download the .torrent again, or use a public source.",
                    reason=said,
                ),
                say("Asks {host} again less and less often, so that it does not count against you.", host=host),
                (Remedy.ASK_TRACKERS,),
                details,
            )
        case "tracker-failed":
            return Explanation(
                say("Problem connecting to tracker"),
                say(
                    "{host} does not answer. A firewall, router or proxy may be in the way, or the tracker is down "
                    "or busy.",
                    host=host,
                ),
                say("Keeps asking, next in {time}, and uses the peers it knows.", time=wait),
                (Remedy.ASK_TRACKERS,),
                details,
            )
        case "no-seed":
            return Explanation(
                say("Nobody has the rest"),
                say("All peers together lack a part of it. A seed must return."),
                say("Keeps everything, asks again in {time}, and takes these parts first when they appear.", time=wait),
                (Remedy.ASK_TRACKERS,),
                details,
            )
        case "many-bad-pieces":
            return Explanation(
                say("Many damaged parts"),
                say("Many parts fail their check. A faulty disk, memory or network device is likely."),
                say("Throws damaged parts away and fetches them again. Nothing wrong is kept."),
                (Remedy.RECHECK,),
                details,
            )
        case "no-peers":
            return Explanation(
                say("Nobody is here"),
                say("No peer is known from any source."),
                say("Looks again in {time}.", time=wait),
                (Remedy.ASK_TRACKERS,),
                details,
            )
        case "queued":
            return Explanation(
                say("Waits in the queue"),
                say("As many downloads run as may run at the same time, and others are before it."),
                say(
                    "Starts it by itself when its turn comes; nothing needs doing. \u201cStart now\u201d runs it "
                    "beside the queue."
                ),
            )
        case "unexpected":
            what = details or clean(str(reason.params.get("detail", ""))) or say("unknown")
            return Explanation(
                say("Unexpected error"),
                say(
                    "Something went wrong inside Shoal ({text}); start it again, and report it if it comes back.",
                    text=isolated(what),
                ),
                say("Stopped this transfer. The others go on, and its files are kept."),
                (Remedy.START,),
                details,
            )
    return Explanation(
        say("Something holds it up"),
        say("The engine names it \u201c{code}\u201d.", code=isolated(reason.code)),
        say("Goes on as far as it can."),
        (Remedy.TRY_AGAIN,),
        details,
    )


_CODE_WORDS: dict[str, str] = {
    "disk-full": "the disk is full",
    "read-only": "the disk can only be read",
    "permission": "you may not write there",
    "missing": "it is gone",
    "io-error": "the disk reports an error",
}


_USER_ERRORS: dict[str, str] = {
    "already-here": "You already have this transfer. The one in the list is selected.",
    "bad-metainfo": "This is not a complete torrent file. Nothing was added.",
    "v2-only": "This is a version 2 torrent. Shoal cannot download these yet.",
    "no-such-torrent": "This transfer is no longer in the list.",
    "no-such-file": "This file is no longer part of the transfer.",
    "bad-setting": "This setting cannot be taken: {field} {must}.",
    "bad-label": "A label has at most {most} characters.",
    "bad-name": "\u201c{name}\u201d cannot be its name: it is empty or too long.",
    "nothing-to-restore": "This transfer cannot be brought back any more. Add it again.",
    "bad-limit": "This limit cannot be taken.",
    "bad-priorities": "The choice of files does not fit the torrent.",
    "unknown-host": "{host} is not known.",
    "unknown-setting": "This version has no setting called {field}.",
    "profile-in-use": (
        "Another Shoal is running with this profile. Use its window, or close it first. The profile is {path}."
    ),
    "folder-refused": "{folder} cannot be used ({detail}). Allow it, or start Shoal with another profile.",
    "state-refused": (
        "The list of transfers {path} cannot be opened ({detail}). Another Shoal may be using it, or its disk may be "
        "full or faulty."
    ),
    "cannot-listen": "No network port could be opened for other peers ({detail}).",
    "source-fetch": "The torrent file could not be got: {detail}. Look at the address, or try again later.",
    "source-too-large": "This is larger than any torrent file that Shoal opens. Nothing was added.",
    "unexpected": "Shoal met an error that it did not expect ({detail}).",
    "engine-gone": "The download engine has stopped. Close Shoal and start it again.",
}


class _Places(dict[str, str]):
    """What is not known is said to be so."""

    def __missing__(self, key: str) -> str:
        return say("not known")


def _places(params: Mapping[str, str | int | float]) -> _Places:
    places = _Places({name: isolated(str(value)) for name, value in params.items()})
    if "detail" in places:
        detail = places["detail"].rstrip(".")
        places["detail"] = _CODE_WORDS.get(detail.replace(" ", "-"), detail)
    return places


def user_error_text(reason: Reason) -> str:
    """A command's refusal in one sentence or two."""
    known = _USER_ERRORS.get(reason.code)
    if known is not None:
        return known.format_map(_places(reason.params))
    entry = explain(reason)
    return say("{title}. {text}", title=entry.title, text=entry.text)


_NOTES: dict[str, str] = {
    "damaged": "Settings were damaged and set aside; nothing was deleted. {text}",
    "older-used": "Older settings are in use. {text}",
    "newer-schema": "Settings are of a newer Shoal; what you change here is not kept. {text}",
    "unreadable": "Settings cannot be read; what you change is not kept. {text}",
    "bad-value": "A setting could not be taken. {text}",
}


def settings_note_text(note: StoreNote) -> str:
    """What the window says of a settings file that is not as it should be."""
    return say(_NOTES.get(note.code, "{text}"), text=isolated(note.text))


_QUIET_ALERTS = frozenset({"bad-piece", "finished"})
"""What never interrupts, whatever its severity: it mends itself, or its row says it."""


def notice_text(alert: Alert, name: str = "") -> str | None:
    """What the window says of `alert`, None for what a row tells by itself; `name` is its transfer's."""
    if alert.code in _QUIET_ALERTS:
        return None
    params = _places(alert.params)
    template = _NOTICES.get(alert.code)
    if template is not None:
        params["name"] = isolated(name) or say("A transfer")
        return template.format_map(params)
    if alert.torrent_id is None and alert.severity in ("warning", "error"):
        return say("The engine reports \u201c{code}\u201d.", code=isolated(alert.code))
    return None


_NOTICES: dict[str, str] = {
    "port-taken": "Another program uses port {wanted}. Shoal listens on port {port} for now.",
    "profile-in-use": "Another Shoal is using the profile {path}.",
    "state-not-saved": (
        "Progress cannot be saved in {path} ({detail}). Transfers go on, and Shoal keeps trying; look at that disk."
    ),
    "settings-not-saved": "Settings cannot be saved ({detail}). They hold until you quit Shoal.",
    "many-bad-pieces": "{name}: many parts arrive damaged. A faulty disk, memory or network device is likely.",
    "files-vanished": "{name}: files were taken away from {path} during the download; their parts are fetched again.",
    "resume-damaged": (
        "The list of transfers was damaged. An older copy was restored; the damaged file is kept as {kept_as}."
    ),
    "resume-newer": "The list of transfers is of a newer Shoal. What you change in it here is not kept.",
    "resume-entry-restored": "A transfer was restored from an older copy of the list; its files are checked.",
    "resume-entry-damaged": (
        "A transfer could not be read from the list. Add its .torrent file again; its files are kept."
    ),
}
"""Alerts that no row tells."""
