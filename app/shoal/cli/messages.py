"""One sentence for every reason the commands can meet: what happened, where, and what to do; and its exit code.

Parameters may carry text from strangers (names, tracker answers): everything is cleaned before it is printed.
"""

from __future__ import annotations

from enum import IntEnum

from shoal.api.errors import Reason
from shoal.cli.quantities import size_text
from shoal.protocol.untrusted_text import clean_text


class ExitCode(IntEnum):
    """What a command answers to the shell (a contract: scripts rely on it)."""

    DONE = 0
    NO = 1
    """The command's own no: data damaged, torrent refused."""
    USAGE = 2
    TIMEOUT = 3
    DISK = 4
    SOURCE = 5
    INTERRUPTED = 130


LONGEST_TEXT = 400
"""Characters of a stranger's text that are shown on a terminal."""


def plain(text: str, *, limit: int = LONGEST_TEXT) -> str:
    """`text` as one harmless line of at most `limit` characters: no controls, escapes or bidi overrides."""
    return clean_text(text, limit)


_SENTENCES: dict[str, str] = {
    # What the source was.
    "magnet-needs-get": "{source} is a magnet link, which only names a torrent; get it first with: shoal get.",
    "bad-magnet": "{text} Copy the whole link again.",
    "no-file-list": "The file list of {name} is not here yet; try again when it has come.",
    "v2-only": "{name} is a version 2 torrent, and downloading those comes later; use a version 1 or hybrid torrent.",
    "bad-metainfo": "{source} cannot be used: {detail}; download it again, saving the link itself.",
    "source-missing": "There is no file {source}; check the path.",
    "source-unreadable": "{source} could not be read ({detail}); check the path and your rights to it.",
    "source-not-a-file": "{source} is not a file; give the path of a .torrent file.",
    "source-too-large": "{source} is larger than a torrent file may be ({limit} MB); check that it is the right file.",
    "source-scheme": "{source} cannot be opened; give a .torrent file, a file: address or an http(s) address.",
    "source-fetch": "{source} could not be fetched ({detail}); check the address and your connection.",
    # What was asked.
    "nothing-selected": "No file of {name} matches {patterns}; see its files with: shoal show.",
    "elsewhere": "{name} is already being loaded into {folder}; use that folder, or another --profile.",
    "bad-tracker": "{url} is no address of a tracker; it begins with http://, https:// or udp:// and names a host.",
    "bad-address": "{host} is no numeric address of a peer; give one such as 192.0.2.7 or 2001:db8::7.",
    "already-here": "This torrent is already in the list; nothing was added.",
    "incomplete-data": "{good} of {total} pieces of {name} are good in {folder}; complete it first with: shoal get.",
    "interface-missing": "There is no network interface or local address {interface}; connect it or name another.",
    "port-taken": "Port {wanted} is taken by another program, so {port} is used; give another --port if that matters.",
    "cannot-listen": "No port could be opened for peers ({detail}); give another --port or --interface.",
    "unknown-host": "The address {host} of a peer is not known; check its name in --peer.",
    "settings-refused": "{field} {must}; change that option.",
    "bad-setting": "{field} {must}; change that setting.",
    "unknown-setting": "There is no setting {field}; leave it out.",
    "bad-limit": "{rate} is no limit in bytes per second; use a whole number, 0 for none.",
    "bad-label": "A label has at most {most} characters; choose a shorter one.",
    "bad-name": "{name} cannot be a name here; choose another.",
    "nothing-to-restore": "The torrent {id} cannot be brought back any more; add it again.",
    "bad-priorities": "The choice of files does not fit this torrent; choose them again, see: shoal show.",
    "no-such-file": "The torrent has no file number {index}; see its files with: shoal show.",
    "no-such-torrent": "The torrent {id} is not in the list; run the command again.",
    "engine-gone": "The engine has ended; run the command again.",
    "time-out": "The time of {seconds} s ran out {reached}; what is here is kept, run the command again.",
    "interrupted": "Stopped {reached}; everything is saved, run the same command to go on.",
    "stopped": "Stopped before it was done; nothing was written.",
    "removed": "The torrent was taken out of the list by someone else; run the command again.",
    # What a transfer waits for.
    "bad-pause": "{seconds} s is no time for a pause.",
    "starting": "Its files are being looked at before it goes on.",
    "removing": "It is being removed, and its files are being deleted.",
    "paused": "Everything is paused in this profile; it goes on when the window resumes.",
    "address-gone": "The address {address} is not on this computer now; nothing is sent until it is back.",
    "address-unknown": "The local address for connections could not be read from the damaged settings, so nothing is "
    "sent; choose it in the window, or give --interface.",
    "shared-enough": "It has reached its sharing goal, ratio {ratio}, and was stopped.",
    "nothing-chosen": "No file of it is chosen, so there is nothing to fetch; choose files, see: shoal show.",
    "queued": "It waits in the queue, at place {place}; it starts when as many before it are done.",
    "finding": "The trackers are being asked for peers; it begins when they answer.",
    "asking-metadata": "The file list is being asked for: {asked} peers were asked so far, {offering} have it.",
    "choose-files": "Its file list is here, and it waits for its files to be chosen.",
    "bad-metadata": "What peers sent for this magnet link is no torrent that can be used ({text}); look for another.",
    "no-tracker": "Nobody can be found: the torrent names no tracker, and the DHT is off or nobody in it answers; "
    "connect the two sides with --peer HOST:PORT.",
    "no-peers": "Nobody who takes part is known or can be reached just now; Shoal keeps looking.",
    "no-seed": "The connected peers together lack {percent} % of the pieces; Shoal waits for somebody who has them.",
    "all-busy": "For a minute every connected peer has kept us waiting; Shoal waits for its turn and looks for more.",
    "tracker-refused": "The tracker {host} refuses and said: {text}; if it serves members only, log in on its website "
    "and download the .torrent file again, else look for another tracker.",
    "tracker-failed": "The tracker {host} is of no help ({text}); Shoal keeps asking, check your connection meanwhile.",
    "many-bad-pieces": "Many pieces arrive damaged and are fetched again; somebody in the swarm sends wrong data.",
    "files-vanished": "Files in {path} that were complete are gone; their pieces are fetched again.",
    "ip-filter-missing": "There is no IP filter list {path}; the addresses shut out before stay so, check the path.",
    "ip-filter-unreadable": "The IP filter list {path} could not be read ({detail}); the addresses shut out before "
    "stay so, check your rights to it.",
    "ip-filter-fetch": "The IP filter list could not be fetched from {host} ({cause}); the one that is kept is used, "
    "and Shoal asks again within an hour.",
    "ip-filter-unusable": "The IP filter list of {source} cannot be used ({cause}); the addresses shut out before stay "
    "so, choose another list.",
    "ip-filter-cancelled": "The IP filter list was not read to its end; the addresses shut out before stay so.",
    # What was saved.
    "resume-damaged": "The saved progress was damaged; what could be read of it is used, and the damaged file is kept "
    "as {kept_as}.",
    "resume-newer": "The saved progress is of a newer Shoal and is left as it is, so nothing of this run will be "
    "saved; use the newer Shoal, or another --profile.",
    "resume-entry-damaged": "What was saved of the torrent {id} could not be read; its files are kept, add it again.",
    "resume-entry-restored": "What was saved of the torrent {id} was damaged; an older copy is used and its files are "
    "checked.",
    "state-not-saved": "The progress could not be saved in {path} ({detail}); make room there or change its rights.",
    "settings-note": "Something is odd with the settings: {detail}.",
    "tracker-list-failed": "The list of trackers at {host} could not be read ({detail}); the last one is used.",
    "settings-not-saved": "The settings could not be saved ({detail}); they hold until the end of this run.",
    "profile-in-use": "Another Shoal is using the profile {path}; end it first, or use another --profile.",
    "window-silent": "Shoal is running already but does not answer, and nothing was opened; wait until it does, or end "
    "it and start it again.",
    "window-refused": "Shoal is running already and refused to open this ({detail}); end it and start it again.",
    # The disk.
    "disk-full": "The disk is full at {path}; make room there or choose another folder, then run it again.",
    "folder-refused": "{folder} cannot be written ({detail}); choose another folder or change its rights.",
    "read-only": "{path} lies on a disk that may only be read; choose another folder.",
    "permission": "{path} cannot be opened for lack of rights; choose another folder or change its rights.",
    "files-changed": "Files of {folder} were moved or changed meanwhile; put them back, or run it again.",
    "folder-gone": "{path} is gone, or its drive is unplugged; put it back, then run it again.",
    "missing": "{path} is gone; put it back or choose another folder, then run it again.",
    "name-too-long": "{path} is too long a name for this disk; choose a shorter folder or another disk.",
    "io-error": "The disk failed on {path}; check the disk, then run it again.",
    "outside-folder": "{path} leads out of the chosen folder and was not touched; choose another folder.",
    "is-symlink": "{path} is a symbolic link and was not followed; move it away or choose another folder.",
    "not-a-file": "Something that is not a file is in the way at {path}; move it away or choose another folder.",
    "state-refused": "The saved state {path} could not be used ({detail}); move it away or use another --profile.",
    "in-use": "Another Shoal is loading this torrent into {folder}; wait for it, or stop it first.",
    "damaged": "{damaged} of {total} pieces are damaged or missing in {folder}; fetch them again with: shoal get.",
    # Moving and renaming.
    "same-folder": "The files lie in {path} already; nothing was moved.",
    "name-taken": "Something called {name} is there already; choose another name or folder.",
    "files-not-there": "None of the files is in {path}; choose the folder that holds them.",
    "is-moving": "The files are being moved; wait for the end, or cancel the move.",
    "moved": "The files lie in {folder} now.",
    "move-failed": "The files could not be moved to {folder} ({code}); all is as it was, put that right and try again.",
    "old-files-stay": "The files were moved, but old ones such as {path} could not be deleted; delete them yourself.",
    "deleted-for-good": "The wastebasket took not all of {name}; the rest was deleted for good.",
    # Creating.
    "create-nothing": "{path} holds no data to share; choose a file, or a folder with files in it.",
    "create-not-a-file": "{path} is neither a file nor a folder; choose one of these to share.",
    "create-unreadable": "{path} could not be read ({detail}); put it right or take it away, then run it again.",
    "create-refused": "No torrent was made of {path} ({detail}); change that and run it again.",
    "write-refused": "{path} could not be written ({detail}); choose another place with -o.",
    # The demo.
    "picture-refused": "The picture could not be saved as {path}; choose another place with --screenshot.",
    # The tracker.
    "tracker-port-taken": "Port {port} of {host} is taken by another program; give another --port or --udp-port.",
    "tracker-port": "The tracker could not listen on {host} ({detail}); give another --port, --udp-port or --host.",
    "unexpected": "Something unexpected went wrong ({detail}); run it again with -v and report what it prints.",
}

_DISK_FULL_BY = "The disk is full at {path}, {missing} more are needed; make room there, then run it again."

_DISK_CODES = frozenset(
    {
        "disk-full",
        "folder-refused",
        "state-refused",
        "state-not-saved",
        "profile-in-use",
        "in-use",
        "picture-refused",
        "write-refused",
        "read-only",
        "permission",
        "missing",
        "folder-gone",
        "files-changed",
        "name-too-long",
        "io-error",
        "outside-folder",
        "is-symlink",
        "not-a-file",
        "name-taken",
        "files-not-there",
        "move-failed",
        "old-files-stay",
    }
)
_SOURCE_CODES = frozenset(
    {
        "source-missing",
        "source-unreadable",
        "source-not-a-file",
        "source-too-large",
        "source-scheme",
        "source-fetch",
        "create-not-a-file",
        "create-unreadable",
    }
)


class _Parameters(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"(no {key})"


def sentence(reason: Reason) -> str:
    """What to print for `reason`; a code without a sentence of its own is named with its parameters."""
    values = _Parameters({key: plain(str(value)) for key, value in reason.params.items()})
    template = _SENTENCES.get(reason.code)
    missing = reason.params.get("missing")
    if reason.code == "disk-full" and isinstance(missing, int | float):
        template, values["missing"] = _DISK_FULL_BY, size_text(missing)
    if template is not None:
        return template.format_map(values)
    facts = ", ".join(f"{key} {value}" for key, value in values.items())
    return f"Shoal met {plain(reason.code)}" + (f" ({facts})" if facts else "") + "; run it with -v to see more."


def exit_code(reason: Reason) -> ExitCode:
    """The exit code that belongs to a reason that ended a command."""
    if reason.code in _DISK_CODES:
        return ExitCode.DISK
    if reason.code in _SOURCE_CODES:
        return ExitCode.SOURCE
    if reason.code == "time-out":
        return ExitCode.TIMEOUT
    if reason.code in {"interrupted", "stopped"}:
        return ExitCode.INTERRUPTED
    return ExitCode.NO
