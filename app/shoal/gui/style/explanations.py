"""What the window says of refused commands, of alerts beside the rows, and of settings in disorder."""

from __future__ import annotations

from collections.abc import Mapping

from shoal.api.errors import Reason
from shoal.api.snapshots import Alert
from shoal.gui.style.catalogue import explain
from shoal.gui.style.causes import DISK_CAUSES, LIST_CAUSES
from shoal.gui.style.setting_text import bad_setting_text, setting_name
from shoal.gui.style.shown_path import shown_path
from shoal.gui.style.wording import Template, isolated, phrase, quoted, say, say_mapped, say_phrase
from shoal.settings.store import StoreNote

_USER_ERRORS: dict[str, Template] = {
    "already-here": phrase("You already have this transfer. The one in the list is selected."),
    "bad-metainfo": phrase("This is not a complete torrent file. Nothing was added."),
    "bad-magnet": phrase("This magnet link names no torrent. Copy it again in full."),
    "no-file-list": phrase("The file list of {name} is not here yet. This can be done when it has come."),
    "removed": phrase("This transfer was taken out of the list."),
    "v2-only": phrase("This is a version 2 torrent. Shoal cannot download these yet."),
    "no-such-torrent": phrase("This transfer is no longer in the list."),
    "no-such-file": phrase("This file is no longer part of the transfer."),
    "bad-label": phrase("A label has at most {most} characters."),
    "bad-name": phrase("\u201c{name}\u201d cannot be used as a name here."),
    "same-folder": phrase("The files are in {path} already."),
    "name-taken": phrase("Something called \u201c{name}\u201d is there already. Nothing was changed."),
    "files-not-there": phrase("None of this transfer\u2019s files is in {path}."),
    "is-moving": phrase("The files are being moved. Wait for the end, or cancel the move."),
    "nothing-to-restore": phrase("This transfer cannot be brought back any more. Add it again."),
    "bad-limit": phrase("This limit cannot be taken."),
    "bad-pause": phrase("A pause cannot last so long."),
    "bad-priorities": phrase("The choice of files does not fit the torrent."),
    "unknown-host": phrase("{host} is not known."),
    "bad-tracker": phrase(
        "{url} is no address of a tracker. Such an address begins with http://, https:// or udp:// and names a host."
    ),
    "bad-address": phrase("{host} is no numeric address of a peer."),
    "unknown-setting": phrase("This version has no setting called {field}."),
    "profile-in-use": phrase(
        "Another Shoal is running with this profile. Use its window, or close it first. The profile is {path}."
    ),
    "window-silent": phrase(
        "Shoal is running already, but it does not answer. Nothing was opened. Wait until it does, or end it and start "
        "it again."
    ),
    "window-refused": phrase(
        "Shoal is running already and refused to open this ({detail}). End it and start it again."
    ),
    "folder-refused": phrase("{folder} cannot be used ({detail}). Allow it, or start Shoal with another profile."),
    "state-refused": phrase(
        "The list of transfers {path} cannot be opened ({detail}). Another Shoal may be using it, or its disk may be "
        "full or faulty."
    ),
    "cannot-listen": phrase("No network port could be opened for other peers ({detail})."),
    "source-fetch": phrase("The torrent file could not be got: {detail}. Look at the address, or try again later."),
    "source-too-large": phrase("This is larger than any torrent file that Shoal opens. Nothing was added."),
    "unexpected": phrase("Shoal met an error that it did not expect ({detail})."),
    "engine-gone": phrase("The download engine has stopped. Close Shoal and start it again."),
}


class _Places(dict[str, str]):
    """What is not known is said to be so."""

    def __missing__(self, key: str) -> str:
        return say("not known")


def _places(params: Mapping[str, str | int | float]) -> _Places:
    places = _Places({name: isolated(str(value)) for name, value in params.items()})
    for place in {"folder", "path"} & places.keys():
        places[place] = shown_path(str(params[place]))
    for place in {"detail", "code"} & places.keys():
        places[place] = _detail_words(quoted(str(params[place])))
    if "cause" in places:
        cause = LIST_CAUSES.get(str(params["cause"]))
        places["cause"] = quoted(str(params["cause"])) if cause is None else say_phrase(cause)
    return places


def _detail_words(detail: str) -> str:
    known = DISK_CAUSES.get(detail.replace(" ", "-"))
    return detail if known is None else say_phrase(known)


def user_error_text(reason: Reason) -> str:
    """A command's refusal in one sentence or two."""
    known = _USER_ERRORS.get(reason.code)
    if reason.code == "bad-setting":
        return bad_setting_text(str(reason.params.get("field", "")), str(reason.params.get("must", "")))
    if known is not None:
        return say_mapped(known, _places(reason.params))
    entry = explain(reason)
    return say("{title}. {text}", title=entry.title, text=entry.text)


_NOTES: dict[str, Template] = {
    "damaged": phrase("Settings were damaged and set aside beside {subject}; nothing was deleted."),
    "older-used": phrase("The settings from before the last change are in use, from {subject}."),
    "rescued": phrase("What could be read of {subject} is in use; the other settings are as delivered."),
    "newer-schema": phrase("The settings in {subject} are of a newer Shoal; what you change here is not kept."),
    "unreadable": phrase("The settings in {subject} cannot be read; what you change is not kept."),
    "closed": phrase("The setting {subject} could not be read; nothing is sent until you choose it."),
    "bad-value": phrase("The setting {subject} had a value that cannot be; its default is used."),
}


def settings_note_text(note: StoreNote) -> str:
    """What the window says of a settings file that is not as it should be."""
    known = _NOTES.get(note.code)
    if known is None:
        return isolated(note.text)
    is_setting = note.code in ("bad-value", "closed")
    return say_phrase(known, subject=setting_name(note.subject) if is_setting else isolated(note.subject))


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
        return say_mapped(template, params)
    if alert.torrent_id is None and alert.severity in ("warning", "error"):
        return say("The engine reports \u201c{code}\u201d.", code=isolated(alert.code))
    return None


_NOTICES: dict[str, Template] = {
    "port-taken": phrase("Another program uses port {wanted}. Shoal listens on port {port} for now."),
    "profile-in-use": phrase("Another Shoal is using the profile {path}."),
    "state-not-saved": phrase(
        "Progress cannot be saved in {path} ({detail}). Transfers go on, and Shoal keeps trying; look at that disk."
    ),
    "tracker-list-failed": phrase(
        "The list of further trackers at {host} cannot be read ({detail}). What it named last is used until it can."
    ),
    "settings-not-saved": phrase("Settings cannot be saved ({detail}). They hold until you quit Shoal."),
    "many-bad-pieces": phrase("{name}: many parts arrive damaged. A faulty disk, memory or network device is likely."),
    "files-vanished": phrase(
        "{name}: files were taken away from {path} during the download; their parts are fetched again."
    ),
    "choose-files": phrase("{name}: the file list is here. Choose its files, then start it."),
    "ip-filter-missing": phrase("There is no IP filter list {path}. What was shut out before stays shut out."),
    "ip-filter-unreadable": phrase(
        "The IP filter list {path} cannot be read ({detail}). What was shut out before stays shut out."
    ),
    "ip-filter-fetch": phrase(
        "The IP filter list could not be got from {host}: {cause}. The one that is kept is used; Shoal tries again."
    ),
    "ip-filter-unusable": phrase(
        "The IP filter list of {source} cannot be used: {cause}. What was shut out before stays shut out."
    ),
    "ip-filter-cancelled": phrase("The IP filter list was not read to its end. What was shut out before stays so."),
    "moved": phrase("{name}: the files are in {folder} now."),
    "move-failed": phrase("{name}: the files could not be moved to {folder} ({code}). They are where they were."),
    "old-files-stay": phrase(
        "{name}: the files were moved, but {path} could not be deleted. You can delete it yourself."
    ),
    "deleted-for-good": phrase("{name}: the wastebasket did not take everything. The rest was deleted for good."),
    "resume-damaged": phrase(
        "The list of transfers was damaged. An older copy was restored; the damaged file is kept as {kept_as}."
    ),
    "resume-newer": phrase("The list of transfers is of a newer Shoal. What you change in it here is not kept."),
    "resume-entry-restored": phrase("A transfer was restored from an older copy of the list; its files are checked."),
    "resume-entry-damaged": phrase(
        "A transfer could not be read from the list. Add its .torrent file again; its files are kept."
    ),
}
"""Alerts that no row tells."""
