"""The error catalogue: what happened, what Shoal is doing about it, and what the user can do, by finding.

Titles keep the classic wording, so that they can be searched for. Texts and numbers follow the interface
specification, section 12.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from math import ceil

from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentRow
from shoal.gui.style import file_entries, swarm_entries, tracker_entries
from shoal.gui.style.answers import answers_text
from shoal.gui.style.causes import DISK_CAUSES, TRACKER_CAUSES
from shoal.gui.style.diagnosis import Finding, Severity, diagnose
from shoal.gui.style.explanation import Explanation, Facts, Remedy
from shoal.gui.style.units import rate_text, short_duration, size_text
from shoal.gui.style.wording import Template, clean, isolated, phrase, quoted, say, say_phrase
from shoal.protocol.tracker_refusal import Refusal, refusal_of

_IN_THE_WAY: dict[str, Template] = {
    "name-too-long": phrase("its name is too long for this disk"),
    "not-a-file": phrase("something that is not a file lies there"),
    "is-symlink": phrase("a link lies there, and Shoal follows no links out of a download"),
    "outside-folder": phrase("it would lie outside of the download folder"),
}
_NOTHING_HOLDS_IT_UP = frozenset({"stopped", "stopping", "checking", "allocating", "downloading", "sharing", "finding"})
_CODE_OF_REFUSAL = {
    Refusal.MEMBERS_ONLY: "tracker-refused",
    Refusal.UNKNOWN_TORRENT: "torrent-unknown",
    Refusal.NOT_SERVED: "torrent-not-served",
    Refusal.FOR_NOW: "tracker-busy",
}
_NEARLY_ALL = 99
"""Percent."""
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
    return _entry(reason.code, reason.params, _facts(reason.params, next_announce_in, name, 0), is_private=False)


def explain_finding(finding: Finding, row: TorrentRow) -> Explanation:
    """The entry for one finding of `row`; unknown codes are named and never hidden."""
    facts = _facts(finding.params, row.next_announce_in, row.name, row.peers)
    facts = replace(facts, known=row.known_peers)
    entry = _entry(finding.code, finding.params, facts, is_private=row.private)
    return replace(entry, details=answers_text(finding.params, row.answers) or entry.details)


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
        folder=say("another folder"),
        address=say("the address you chose"),
    )
    return tuple(dict.fromkeys(entry(facts) for entry in _ENTRIES.values()))


def _facts(params: Mapping[str, str | int | float], next_announce_in: float | None, name: str, peers: int) -> Facts:
    return Facts(
        name=isolated(name) or say("this transfer"),
        path=isolated(str(params.get("path", ""))) or say("its folder"),
        host=isolated(str(params.get("host", ""))) or say("The tracker"),
        wait=short_duration(next_announce_in) if next_announce_in else say("a moment"),
        raw=clean(str(params.get("text", "") or params.get("detail", ""))),
        cause=_cause(params),
        folder=isolated(str(params.get("folder", ""))) or say("another folder"),
        address=isolated(str(params.get("address", ""))) or say("the address you chose"),
        amount=_filled(phrase("{amount}"), params.get("missing"), size_text, say("Some bytes")),
        percent=_lacking(params.get("percent")),
        limit=_filled(phrase("{amount}"), params.get("limit"), rate_text, say("your limit")),
        peers=peers,
    )


def _cause(params: Mapping[str, str | int | float]) -> str:
    found = TRACKER_CAUSES.get(str(params.get("cause", ""))) or DISK_CAUSES.get(str(params.get("code", "")))
    return say_phrase(found) if found is not None else ""


def _lacking(percent: str | int | float | None) -> str:
    """What nobody has: never "0 %", and never "the last 100 %"."""
    if isinstance(percent, int | float) and percent > _NEARLY_ALL:
        return say("all of it")
    return _filled(phrase("the last {amount} %"), percent, lambda share: str(max(1, ceil(share))), say("a part"))


def _filled(
    template: Template, value: str | int | float | None, words: Callable[[int | float], str], unknown: str
) -> str:
    if not isinstance(value, int | float) or value <= 0:
        return unknown
    return say_phrase(template, amount=words(value))


def _entry(code: str, params: Mapping[str, str | int | float], facts: Facts, *, is_private: bool) -> Explanation:
    if code == "tracker-failed":
        code = _CODE_OF_CAUSE.get(str(params.get("cause", "")), code)
    elif code == "tracker-refused":
        code = _CODE_OF_REFUSAL[refusal_of(facts.raw, is_private=is_private)]
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


def _unexpected(facts: Facts) -> Explanation:
    return Explanation(
        say("Unexpected error"),
        say(
            "Something went wrong inside Shoal ({text}); start it again, and report it if it comes back.",
            text=quoted(facts.raw) or say("unknown"),
        ),
        (say("Stopped this transfer. The others go on, and its files are kept."),),
        (Remedy.START,),
        facts.raw,
    )


_ENTRIES: dict[str, Callable[[Facts], Explanation]] = {
    "tracker-reset": tracker_entries.tracker_reset,
    "tracker-timeout": tracker_entries.tracker_timeout,
    "tracker-failed": tracker_entries.tracker_failed,
    "tracker-refused": tracker_entries.tracker_refused,
    "bad-piece": file_entries.bad_piece,
    "many-bad-pieces": file_entries.many_bad_pieces,
    "bad-metainfo": file_entries.bad_file,
    "disk-full": file_entries.disk_full,
    "folder-gone": file_entries.folder_gone,
    "permission": file_entries.cannot_write,
    "read-only": file_entries.cannot_write,
    "io-error": file_entries.io_error,
    "files-changed": file_entries.files_changed,
    **{code: partial(file_entries.in_the_way, why=why) for code, why in _IN_THE_WAY.items()},
    "nothing-chosen": file_entries.nothing_chosen,
    "no-seed": swarm_entries.no_seed,
    "no-peers": swarm_entries.no_peers,
    "no-tracker": swarm_entries.no_tracker,
    "asking-metadata": swarm_entries.asking_metadata,
    "choose-files": swarm_entries.choose_files,
    "bad-metadata": swarm_entries.bad_metadata,
    "torrent-unknown": tracker_entries.torrent_unknown,
    "torrent-not-served": tracker_entries.torrent_not_served,
    "tracker-busy": tracker_entries.tracker_busy,
    "all-busy": swarm_entries.all_busy,
    "waiting-turn": swarm_entries.waiting_turn,
    "queued": swarm_entries.queued,
    "starting": swarm_entries.starting,
    "removing": file_entries.removing,
    "paused": swarm_entries.paused,
    "address-gone": swarm_entries.address_gone,
    "address-unknown": swarm_entries.address_unknown,
    "shared-enough": swarm_entries.shared_enough,
    "down-limited": swarm_entries.down_limited,
    "up-limited": swarm_entries.up_limited,
    "moving": file_entries.moving,
    "move-failed": file_entries.move_failed,
    "unexpected": _unexpected,
}
