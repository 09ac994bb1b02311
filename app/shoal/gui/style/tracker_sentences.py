"""What a source of peers is doing and what it said last, in words. Pure functions of a `TrackerRow`."""

from __future__ import annotations

from shoal.api.details import TrackerRow
from shoal.gui.style.moments import moment_text
from shoal.gui.style.numbers import whole
from shoal.gui.style.peer_sentences import Phrase
from shoal.gui.style.units import DASH, short_duration
from shoal.gui.style.wording import (
    ISOLATE_END,
    ISOLATE_START,
    Template,
    clean,
    isolated,
    phrase,
    say,
    say_count,
    say_phrase,
)

DHT, PEER_EXCHANGE, LOCAL_DISCOVERY = "dht", "peer-exchange", "local-discovery"
PEER_FINDERS: dict[str, Template] = {
    DHT: phrase("DHT"),
    PEER_EXCHANGE: phrase("Peer exchange"),
    LOCAL_DISCOVERY: phrase("Local discovery"),
}
"""Sources beside trackers, which a private torrent must not use."""
STOPPED_ASKING_SECONDS = 2 * 3600
"""A tracker that refused and is left alone for longer is not asked any more by itself."""
LONGEST_ANSWER = 8192
"""Characters of an answer that are shown: what a tracker says is never cut, but it could send a book."""


def source_name(row: TrackerRow) -> str:
    """What the source is called: an address, and where it comes from when it is not the transfer's own."""
    if row.url in PEER_FINDERS:
        return say_phrase(PEER_FINDERS[row.url])
    if row.is_automatic:
        return say("{url} (added by the Configuration)", url=isolated(row.url))
    return isolated(row.url)


def tracker_state(row: TrackerRow) -> Phrase:
    """The state in words, with its tone and icon."""
    if row.url in PEER_FINDERS:
        return _finder_state(row)
    match row.state:
        case "asking":
            return Phrase(say("being asked now"), "ink2", "clock")
        case "working":
            return Phrase(say("answers"), "ok", "tick")
        case "failing":
            return Phrase(say("does not answer"), "warn", "triangle")
        case "refused":
            if _has_stopped_asking(row):
                why = say("Shoal has stopped asking it, so that it does not count against you.")
                return Phrase(say("turned you away"), "err", "triangle", why)
            return Phrase(say("turned you away"), "err", "triangle")
        case "off":
            return Phrase(say("off"), "ink3", "minus", say("It is not asked any more by itself."))
        case _:
            if row.last_answer_at is None:
                return Phrase(say("not asked yet"), "ink2", "clock")
            return Phrase(say("waiting"), "ink2", "clock")


def _finder_state(row: TrackerRow) -> Phrase:
    match row.state:
        case "private":
            return Phrase(say("off: this torrent is private"), "ink3", "minus")
        case "off":
            return Phrase(say("off"), "ink3", "minus", say("It is switched off in the Configuration."))
        case "asking":
            return Phrase(say("being searched now"), "ink2", "clock")
        case "working":
            return Phrase(say("answers") if row.url == DHT else say("at work"), "ok", "tick")
        case "failing":
            return Phrase(say("nobody answers"), "warn", "triangle")
        case _ if row.url == PEER_EXCHANGE:
            return Phrase(say("waiting for peers that take part"), "ink2", "clock")
        case _:
            return Phrase(say("waiting for its turn"), "ink2", "clock")


def asks_again(row: TrackerRow) -> str:
    """When it is asked the next time."""
    if row.state == "asking":
        return say("now")
    if row.state == "private":
        return DASH
    if row.next_announce_in is None or row.state == "off":
        return DASH
    if row.next_announce_in < 1:
        return say("now")
    if _has_stopped_asking(row):
        return say("stopped asking; once more in {time}", time=short_duration(row.next_announce_in))
    return say("in {time}", time=short_duration(row.next_announce_in))


def _has_stopped_asking(row: TrackerRow) -> bool:
    """After a refusal that is meant; any other pause is much shorter."""
    return row.state == "refused" and (row.next_announce_in or 0) > STOPPED_ASKING_SECONDS


def last_answer(row: TrackerRow, now: float) -> str:
    """Its last answer in full, with its time (`now`: wall-clock seconds)."""
    if row.state == "private":
        return DASH
    if row.url in PEER_FINDERS and (row.last_answer_at is not None or row.tellers):
        said = _what_was_found(row)
    elif row.message:
        said = f"{ISOLATE_START}{clean(row.message, LONGEST_ANSWER)}{ISOLATE_END}"
    elif row.last_answer_at is not None:
        said = say_count(row.peers_received, "It named {n} peer.", "It named {n} peers.")
    else:
        return say("Nothing heard from it yet.") if row.state != "off" else DASH
    if row.last_answer_at is None:
        return said
    return say("{time}: {said}", time=moment_text(row.last_answer_at, now), said=said)


def _what_was_found(row: TrackerRow) -> str:
    peers = say_count(row.peers_received, "{n} peer found", "{n} peers found")
    if row.url == LOCAL_DISCOVERY:
        return say("{peers}.", peers=peers)
    if row.url == PEER_EXCHANGE:
        others = say_count(row.tellers, "{n} connected peer takes part", "{n} connected peers take part")
        return say("{others}, {peers}.", others=others, peers=peers)
    nodes = say_count(row.nodes, "{n} node answered", "{n} nodes answered")
    return say("{nodes}, {peers}.", nodes=nodes, peers=peers)


def ask_hint(row: TrackerRow | None) -> str:
    """Why a tracker cannot be asked now by hand; empty when it can."""
    if row is None or row.may_ask_in is None or row.may_ask_in < 1:
        return ""
    return say("The tracker wants to be left alone for another {time}.", time=short_duration(row.may_ask_in))


def spoken_tracker(row: TrackerRow, now: float) -> str:
    """The whole row for a screen reader."""
    return say(
        "{source}, {state}, seeds {seeds}, peers {peers}, asks again {again}, last answer: {answer}",
        source=say_phrase(PEER_FINDERS[row.url]) if row.url in PEER_FINDERS else isolated(row.url),
        state=tracker_state(row).text,
        seeds=count_text(row.seeds),
        peers=count_text(row.leeches),
        again=asks_again(row),
        answer=last_answer(row, now),
    )


def count_text(count: int | None) -> str:
    """A number that a tracker may not have told."""
    return DASH if count is None else whole(count)


def looking_for_peers(rows: tuple[TrackerRow, ...] | None, *, is_running: bool) -> str:
    """What is being done about a transfer without peers: the live search in one sentence."""
    if not is_running:
        return say("No peers: the transfer is not running")
    if rows is None:
        return say("No peers yet")
    dht = next((row for row in rows if row.url == DHT), None)
    rows = tuple(row for row in rows if row.url not in PEER_FINDERS)
    if not rows and dht is not None and dht.state != "off":
        return _searching_dht(dht)
    if not rows:
        return say("No peers yet: it names no tracker; others can find you, or you add a peer by its address")
    asking = sum(row.state == "asking" for row in rows)
    if asking:
        return say_count(asking, "No peers yet: asking {n} tracker", "No peers yet: asking {n} trackers")
    asked = sum(row.last_answer_at is not None or row.state in ("working", "failing", "refused") for row in rows)
    waits = [row.next_announce_in for row in rows if row.next_announce_in is not None and row.state != "off"]
    if not asked:
        return say_count(len(rows), "No peers yet: about to ask {n} tracker", "No peers yet: about to ask {n} trackers")
    if not waits:
        return say_count(
            asked,
            "No peers yet: asked {n} tracker, and it is not asked again by itself",
            "No peers yet: asked {n} trackers, and none is asked again by itself",
        )
    return say_count(
        asked,
        "No peers yet: asked {n} tracker, next in {time}",
        "No peers yet: asked {n} trackers, next in {time}",
        time=short_duration(min(waits)),
    )


def _searching_dht(row: TrackerRow) -> str:
    """The same of a transfer that names no tracker."""
    if row.state == "asking":
        return say("No peers yet: searching the DHT")
    if row.state == "failing":
        return say("No peers yet: it names no tracker, and nobody in the DHT answers")
    if row.last_answer_at is None or row.next_announce_in is None:
        return say("No peers yet: about to search the DHT")
    return say("No peers yet: searched the DHT, next in {time}", time=short_duration(row.next_announce_in))
