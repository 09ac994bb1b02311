"""Entries of the error catalogue about trackers."""

from __future__ import annotations

from shoal.gui.style.explanation import Explanation, Facts, Remedy
from shoal.gui.style.wording import quoted, say


def tracker_reset(facts: Facts) -> Explanation:
    return Explanation(
        say("Connection reset by peer"),
        say("{host} closed the connection early. It is common and nearly always harmless.", host=facts.host),
        (say("Connects again by itself, next in {time}, then less often.", time=facts.wait),),
        (Remedy.TRY_NOW, Remedy.SHOW_TRACKERS),
        facts.raw,
    )


def tracker_timeout(facts: Facts) -> Explanation:
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


def tracker_failed(facts: Facts) -> Explanation:
    if facts.cause:
        first = say("{host} cannot be asked: {cause}.", host=facts.host, cause=facts.cause)
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


def tracker_refused(facts: Facts) -> Explanation:
    return Explanation(
        say("Not authorized on tracker"),
        say(
            "This tracker serves members only. It said \u201c{reason}\u201d to you. Log in on its website and download "
            "the .torrent again, or use a public source. You may also be shut out for sharing too little.",
            reason=quoted(facts.raw) or say("nothing more"),
        ),
        (
            say("Has stopped asking {host}, so that it does not count against you.", host=facts.host),
            _asks_after_a_day(),
            say("Goes on with the peers that it knows from elsewhere."),
        ),
        (Remedy.TRY_NOW, Remedy.OPEN_WEBSITE, Remedy.SHOW_TRACKERS),
        facts.raw,
    )


def torrent_not_served(facts: Facts) -> Explanation:
    return Explanation(
        say("Refused by tracker"),
        say(
            "{host} refuses to serve this torrent, and said \u201c{reason}\u201d about it. Some trackers take chosen "
            "torrents or programs only; another tracker may take it.",
            host=facts.host,
            reason=quoted(facts.raw) or say("nothing more"),
        ),
        (
            say("Has stopped asking {host}, so that it does not count against you.", host=facts.host),
            _asks_after_a_day(),
            say("Goes on with the peers that it knows from elsewhere."),
        ),
        (Remedy.ADD_TRACKER, Remedy.TRY_NOW, Remedy.SHOW_TRACKERS),
        facts.raw,
    )


def torrent_unknown(facts: Facts) -> Explanation:
    return Explanation(
        say("Torrent not known to tracker"),
        say(
            "{host} answered \u201c{reason}\u201d: it does not list this torrent. That may have been deleted, or waits "
            "for approval.",
            host=facts.host,
            reason=quoted(facts.raw) or say("nothing more"),
        ),
        (say("Asks it again every hour; other sources go on."),),
        (Remedy.TRY_NOW, Remedy.SHOW_TRACKERS, Remedy.ADD_TRACKER),
        facts.raw,
    )


def tracker_busy(facts: Facts) -> Explanation:
    return Explanation(
        say("Refused for now by tracker"),
        say(
            "{host} takes no requests now, and said \u201c{reason}\u201d. It may be busy, or was asked often.",
            host=facts.host,
            reason=quoted(facts.raw) or say("nothing more"),
        ),
        (
            say("Asks again in {time}, then less often.", time=facts.wait),
            say("Goes on with the peers that it knows from elsewhere."),
        ),
        (Remedy.SHOW_TRACKERS, Remedy.TRY_NOW, Remedy.ADD_TRACKER),
        facts.raw,
    )


def _asks_after_a_day() -> str:
    return say("Asks once more after a day, when you start the transfer anew, or when you say so.")
