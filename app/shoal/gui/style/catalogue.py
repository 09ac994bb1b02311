"""The error catalogue: what happened, what Shoal is doing about it, and what the user can do, by finding.

Titles keep the classic wording, so that they can be searched for. Texts and numbers follow the interface
specification, section 12.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import ceil

from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentRow
from shoal.gui.style.diagnosis import Finding, Severity, diagnose
from shoal.gui.style.explanation import Explanation, Facts, Remedy
from shoal.gui.style.sentences import is_unknown_torrent
from shoal.gui.style.units import rate_text, short_duration, size_text
from shoal.gui.style.wording import clean, isolated, say, say_count

CAUSES: dict[str, str] = {
    "unknown-host": "its address is not known",
    "unreachable": "it cannot be reached, or refuses the connection",
    "tls": "its identity could not be proven (TLS)",
    "http-status": "it answered with an error",
    "bad-reply": "its answer made no sense",
    "too-large": "its answer was too large",
    "redirect": "it sends Shoal somewhere that may not be asked",
    "refused-address": "its address is one that may not be asked",
    "bad-url": "its address is not one of a tracker",
}
_IN_THE_WAY: dict[str, str] = {
    "name-too-long": "its name is too long for this disk",
    "not-a-file": "something that is not a file lies there",
    "is-symlink": "a link lies there, and Shoal follows no links out of a download",
    "outside-folder": "it would lie outside of the download folder",
}
_NOTHING_HOLDS_IT_UP = frozenset({"stopped", "stopping", "checking", "allocating", "downloading", "sharing", "finding"})
_CODE_OF_CAUSE = {"timeout": "tracker-timeout", "reset": "tracker-reset"}


def is_no_trouble(finding: Finding) -> bool:
    """True when nothing holds the transfer up that a person could care about."""
    return finding.severity is Severity.WELL or finding.code in _NOTHING_HOLDS_IT_UP


def explain_row(row: TorrentRow) -> Explanation | None:
    """The explanation of what holds `row` up; None when nothing does."""
    finding = diagnose(row)[0]
    return None if is_no_trouble(finding) else explain_finding(finding, row)


def explain(reason: Reason, next_announce_in: float | None = None, name: str = "") -> Explanation:
    """The entry for `reason` of the transfer `name`."""
    return _entry(reason.code, reason.params, _facts(reason.params, next_announce_in, name, 0))


def explain_finding(finding: Finding, row: TorrentRow) -> Explanation:
    """The entry for one finding of `row`; unknown codes are named and never hidden."""
    facts = _facts(finding.params, row.next_announce_in, row.name, row.peers)
    return _entry(finding.code, finding.params, facts)


def all_messages() -> tuple[Explanation, ...]:
    """Every entry with general words in its places, in the order of weight."""
    facts = Facts(
        name=say("this transfer"),
        path=say("its folder"),
        host=say("The tracker"),
        wait=say("a while"),
        raw="",
        cause="",
        amount=say("Some bytes"),
        percent=say("a part"),
        limit=say("your limit"),
        peers=2,
    )
    return tuple(dict.fromkeys(entry(facts) for entry in _ENTRIES.values()))


def _facts(params: Mapping[str, str | int | float], next_announce_in: float | None, name: str, peers: int) -> Facts:
    return Facts(
        name=isolated(name) or say("this transfer"),
        path=isolated(str(params.get("path", ""))) or say("its folder"),
        host=isolated(str(params.get("host", ""))) or say("The tracker"),
        wait=short_duration(next_announce_in) if next_announce_in else say("a moment"),
        raw=clean(str(params.get("text", "") or params.get("detail", ""))),
        cause=CAUSES.get(str(params.get("cause", "")), ""),
        amount=_filled("{amount}", params.get("missing"), size_text, say("Some bytes")),
        percent=_filled("the last {amount} %", params.get("percent"), _whole_percent, say("a part")),
        limit=_filled("{amount}", params.get("limit"), rate_text, say("your limit")),
        peers=peers,
    )


def _whole_percent(percent: float) -> str:
    """Never "0 %" of what is missing."""
    return str(max(1, ceil(percent)))


def _filled(template: str, value: str | int | float | None, words: Callable[[int | float], str], unknown: str) -> str:
    if not isinstance(value, int | float) or value <= 0:
        return unknown
    return say(template, amount=words(value))


def _entry(code: str, params: Mapping[str, str | int | float], facts: Facts) -> Explanation:
    if code == "tracker-failed":
        code = _CODE_OF_CAUSE.get(str(params.get("cause", "")), code)
    elif code == "tracker-refused" and is_unknown_torrent(facts.raw):
        code = "torrent-unknown"
    entry = _ENTRIES.get(code)
    if entry is not None:
        return entry(facts)
    return Explanation(
        say("Something holds it up"),
        say("The engine names it \u201c{code}\u201d.", code=isolated(code)),
        (say("Goes on as far as it can."),),
        (Remedy.TRY_AGAIN,),
        facts.raw,
    )


def _tracker_reset(facts: Facts) -> Explanation:
    return Explanation(
        say("Connection reset by peer"),
        say("{host} closed the connection early. It is common and nearly always harmless.", host=facts.host),
        (say("Connects again by itself, next in {time}, then less often.", time=facts.wait),),
        (Remedy.TRY_NOW, Remedy.SHOW_TRACKERS),
        facts.raw,
    )


def _tracker_timeout(facts: Facts) -> Explanation:
    return Explanation(
        say("Operation timed out"),
        say(
            "{host} gave no answer in time: it is overloaded or switched off. If it keeps happening, it may be gone.",
            host=facts.host,
        ),
        (
            say("Tries its other trackers and the peers it knows."),
            say("Asks again in {time}.", time=facts.wait),
        ),
        (Remedy.TRY_NOW, Remedy.SHOW_TRACKERS, Remedy.ADD_TRACKER),
        facts.raw,
    )


def _tracker_failed(facts: Facts) -> Explanation:
    if facts.cause:
        first = say("{host} cannot be asked: {cause}.", host=facts.host, cause=say(facts.cause))
    else:
        first = say("{host} does not answer.", host=facts.host)
    return Explanation(
        say("Problem connecting to tracker"),
        say("{first} A firewall, router or proxy may be in the way, or the tracker is down or busy.", first=first),
        (
            say("Keeps asking, next in {time}.", time=facts.wait),
            say("Uses the peers it knows and its other trackers."),
        ),
        (Remedy.TRY_NOW, Remedy.SHOW_TRACKERS, Remedy.ADD_TRACKER),
        facts.raw,
    )


def _tracker_refused(facts: Facts) -> Explanation:
    return Explanation(
        say("Not authorized on tracker"),
        say(
            "This tracker serves members only and said: \u201c{reason}\u201d. Log in on its website and download the "
            ".torrent again, or use a public source. You may also be shut out for sharing too little.",
            reason=facts.raw or say("nothing more"),
        ),
        (
            say("Asks {host} again less and less often, so that it does not count against you.", host=facts.host),
            say("Goes on with the peers that it knows from elsewhere."),
        ),
        (Remedy.OPEN_WEBSITE, Remedy.TRY_NOW, Remedy.SHOW_TRACKERS),
        facts.raw,
    )


def _torrent_unknown(facts: Facts) -> Explanation:
    return Explanation(
        say("Torrent not known to tracker"),
        say(
            "{host} answered, but does not list this torrent: \u201c{reason}\u201d. It may have been deleted, or waits "
            "for approval.",
            host=facts.host,
            reason=facts.raw,
        ),
        (say("Asks it again less and less often; other sources go on."),),
        (Remedy.TRY_NOW, Remedy.SHOW_TRACKERS, Remedy.ADD_TRACKER),
        facts.raw,
    )


def _bad_piece(facts: Facts) -> Explanation:
    return Explanation(
        say("Failed hash check"),
        say("One part arrived damaged. Nothing is broken: it was thrown away and is being fetched again."),
        (
            say("Fetches the part anew, from one peer at a time if it fails twice."),
            say("Bans a peer that is proven to send bad data."),
        ),
        (),
        facts.raw,
    )


def _many_bad_pieces(facts: Facts) -> Explanation:
    return Explanation(
        say("Many damaged parts"),
        say("Many parts fail their check. A faulty disk, memory or network device is likely."),
        (say("Throws damaged parts away and fetches them again. Nothing wrong is kept."),),
        (Remedy.RECHECK, Remedy.STOP),
        facts.raw,
    )


def _bad_file(facts: Facts) -> Explanation:
    return Explanation(
        say("Bad file info"),
        say(
            "This is not a complete torrent file: it is cut short, is a web page and not a torrent, or its contents "
            "contradict themselves. Download it again: right-click the link and choose \u201cSave link as\u201d."
        ),
        (say("Nothing was added."),),
        (),
        facts.raw,
    )


def _disk_full(facts: Facts) -> Explanation:
    return Explanation(
        say("Disk full"),
        say("{amount} are missing on the disk of {path}.", amount=facts.amount, path=facts.path),
        (
            say("Stopped only the transfers on that disk."),
            say("Looks every 30 s, and starts again by itself when there is room."),
        ),
        (Remedy.CHOOSE_FOLDER, Remedy.SKIP_FILES, Remedy.OPEN_FOLDER, Remedy.TRY_AGAIN),
        facts.raw,
    )


def _folder_gone(facts: Facts) -> Explanation:
    return Explanation(
        say("Folder is gone"),
        say("The files of {name} are gone from {path}, or their drive is unplugged.", name=facts.name, path=facts.path),
        (
            say("Waits and looks every 30 s. It never makes files anew where a drive is missing."),
            say("If it was you who took them away, \u201cDownload again\u201d gets them anew."),
        ),
        (Remedy.FIND_FILES, Remedy.TRY_AGAIN, Remedy.DOWNLOAD_AGAIN),
        facts.raw,
    )


def _cannot_write(facts: Facts) -> Explanation:
    return Explanation(
        say("Cannot write"),
        say("You may not write to {path}.", path=facts.path),
        (say("Tries again from time to time, until you allow it or the disk can be written."),),
        (Remedy.CHOOSE_FOLDER, Remedy.TRY_AGAIN, Remedy.OPEN_FOLDER),
        facts.raw,
    )


def _io_error(facts: Facts) -> Explanation:
    return Explanation(
        say("The disk reports an error"),
        say("Reading or writing {path} failed. The disk or its cable may be faulty.", path=facts.path),
        (say("Stopped this transfer so that nothing wrong is kept."),),
        (Remedy.TRY_AGAIN, Remedy.RECHECK, Remedy.CHOOSE_FOLDER),
        facts.raw,
    )


def _files_changed(facts: Facts) -> Explanation:
    return Explanation(
        say("Files were moved or changed"),
        say("Finished files of {name} are missing or differ in size.", name=facts.name),
        (
            say("Paused sharing so that nothing wrong is sent."),
            say("\u201cRe-check files\u201d keeps what is right and downloads the rest again."),
        ),
        (Remedy.FIND_FILES, Remedy.RECHECK, Remedy.OPEN_FOLDER),
        facts.raw,
    )


def _in_the_way(facts: Facts, why: str) -> Explanation:
    return Explanation(
        say("A name is in the way"),
        say("{path} cannot be written: {why}.", path=facts.path, why=say(why)),
        (say("Wrote nothing there. Move what is in the way, then try again."),),
        (Remedy.TRY_AGAIN, Remedy.OPEN_FOLDER),
        facts.raw,
    )


def _no_seed(facts: Facts) -> Explanation:
    text = say_count(
        facts.peers,
        "The {n} peer here lacks {part}, as you do. It goes on when someone with the rest returns.",
        "All {n} peers here together lack {part}. It goes on when someone with the rest returns.",
        part=facts.percent,
    )
    return Explanation(
        say("Nobody has the rest"),
        text,
        (
            say("Keeps what you have, and goes on sharing it."),
            say("Asks its trackers again in {time}.", time=facts.wait),
            say("Takes the missing parts first when they appear."),
        ),
        (Remedy.TELL_ME, Remedy.SHOW_FILES, Remedy.SHOW_PIECES, Remedy.ADD_TRACKER),
        facts.raw,
    )


def _no_peers(facts: Facts) -> Explanation:
    return Explanation(
        say("Nobody is here"),
        say("No peer is known from any source."),
        (say("Looks again in {time}.", time=facts.wait),),
        (Remedy.LOOK_NOW, Remedy.ADD_TRACKER, Remedy.SHOW_TRACKERS),
        facts.raw,
    )


def _no_tracker(facts: Facts) -> Explanation:
    return Explanation(
        say("No tracker"),
        say("It names no tracker; peers cannot be found for it yet."),
        (say("Takes peers that connect by themselves."),),
        (Remedy.ADD_TRACKER,),
        facts.raw,
    )


def _all_busy(facts: Facts) -> Explanation:
    return Explanation(
        say("Everyone is busy with others"),
        say(
            "The peers here have what you lack, but are sending to others at the moment. Each of them serves only a "
            "few at a time."
        ),
        (
            say("Waits for its turn with each of them, and looks for more peers."),
            say("Shares what it has: those who give are served first."),
        ),
        (Remedy.LOOK_NOW, Remedy.ADD_TRACKER),
        facts.raw,
    )


def _waiting_turn(facts: Facts) -> Explanation:
    return Explanation(
        say("Waiting for a turn"),
        say("It is connected, and nobody sends yet. That is usual in the first minute."),
        (say("Asks each peer for its turn, and looks for more peers."),),
        (Remedy.LOOK_NOW,),
        facts.raw,
    )


def _queued(facts: Facts) -> Explanation:
    return Explanation(
        say("Waiting in line"),
        say("Only so many downloads run at the same time, so that each of them is quick."),
        (say("Starts it by itself when its turn comes; nothing needs doing."),),
        (Remedy.START_NOW,),
        facts.raw,
    )


def _down_limited(facts: Facts) -> Explanation:
    return Explanation(
        say("Your own limit is reached"),
        say("You limited this download to {limit}, and it runs at that rate.", limit=facts.limit),
        (say("Keeps to your limit."),),
        (Remedy.LIFT_LIMIT,),
        facts.raw,
    )


def _up_limited(facts: Facts) -> Explanation:
    return Explanation(
        say("Your own limit is reached"),
        say("You limited sharing this to {limit}, and it runs at that rate.", limit=facts.limit),
        (say("Keeps to your limit."),),
        (Remedy.LIFT_LIMIT,),
        facts.raw,
    )


def _moving(facts: Facts) -> Explanation:
    return Explanation(
        say("Its files are being moved"),
        say("The old files stay until the last byte is at the new place."),
        (say("Goes on as before when the move is done."),),
        (Remedy.CANCEL_MOVE,),
        facts.raw,
    )


def _unexpected(facts: Facts) -> Explanation:
    return Explanation(
        say("Unexpected error"),
        say(
            "Something went wrong inside Shoal ({text}); start it again, and report it if it comes back.",
            text=facts.raw or say("unknown"),
        ),
        (say("Stopped this transfer. The others go on, and its files are kept."),),
        (Remedy.START,),
        facts.raw,
    )


_ENTRIES: dict[str, Callable[[Facts], Explanation]] = {
    "tracker-reset": _tracker_reset,
    "tracker-timeout": _tracker_timeout,
    "tracker-failed": _tracker_failed,
    "tracker-refused": _tracker_refused,
    "bad-piece": _bad_piece,
    "many-bad-pieces": _many_bad_pieces,
    "bad-metainfo": _bad_file,
    "disk-full": _disk_full,
    "folder-gone": _folder_gone,
    "permission": _cannot_write,
    "read-only": _cannot_write,
    "io-error": _io_error,
    "files-changed": _files_changed,
    **{code: partial(_in_the_way, why=why) for code, why in _IN_THE_WAY.items()},
    "no-seed": _no_seed,
    "no-peers": _no_peers,
    "no-tracker": _no_tracker,
    "torrent-unknown": _torrent_unknown,
    "all-busy": _all_busy,
    "waiting-turn": _waiting_turn,
    "queued": _queued,
    "down-limited": _down_limited,
    "up-limited": _up_limited,
    "moving": _moving,
    "unexpected": _unexpected,
}
