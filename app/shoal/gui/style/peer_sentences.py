"""What goes on with one peer, how it is connected and whether it gives back: words from a `PeerRow`. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.api.details import PeerRow
from shoal.gui.style.diagnosis import FLOWING_RATE
from shoal.gui.style.moments import lasting_text
from shoal.gui.style.units import DASH, percent_text, rate_text, size_text
from shoal.gui.style.wording import Template, isolated, phrase, say, say_count, say_phrase

JUDGED_AFTER_SECONDS = 600.0
JUDGED_AFTER_BYTES = 20_000_000
GIVES_BACK_SHARE = 0.1
"""Who returned a tenth of what it got gives back."""
SEED_SHARE = 1.0
_SOURCES: dict[str, Template] = {
    "tracker": phrase("Found through a tracker"),
    "incoming": phrase("It connected to you by itself"),
    "pex": phrase("Named by another peer"),
    "dht": phrase("Found through DHT"),
    "lsd": phrase("Found in the local network"),
    "user": phrase("Added by hand"),
    "resume": phrase("Known from last time"),
    "magnet": phrase("Named by the magnet link"),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A few words, the token of their colour, an icon that says the same, and a whole sentence for the tooltip."""

    text: str
    token: str
    icon: str = ""
    why: str = ""


def activity(peer: PeerRow) -> Phrase:
    """What is happening between `peer` and us, the flow of bytes before all else."""
    sends, receives = peer.down_rate >= FLOWING_RATE, peer.up_rate >= FLOWING_RATE
    if sends and receives:
        return Phrase(say("sends to you, you send"), "down", "down")
    if sends:
        return Phrase(say("sends to you"), "down", "down")
    if receives:
        return Phrase(say("you send"), "up", "up")
    if peer.am_interested:
        return _wanted_from(peer)
    if peer.is_held_back and peer.am_choking:
        return Phrase(
            say("held back: it only takes"),
            "ink2",
            "clock",
            say(
                "You sent it {sent} in {time} and got {received}. It gets what the others leave.",
                sent=size_text(peer.uploaded),
                time=lasting_text(peer.connected_seconds),
                received=size_text(peer.downloaded),
            ),
        )
    if peer.peer_interested and peer.am_choking:
        return Phrase(
            say("waits for a slot of yours"),
            "ink2",
            "clock",
            say("It wants pieces from you. Your upload slots go round, and it has none now."),
        )
    if peer.peer_interested:
        return Phrase(say("may ask you, asks nothing"), "ink2", "", say("You have given it a slot."))
    return Phrase(say("not interested"), "ink3", "", say("Neither has a piece that the other wants."))


def _wanted_from(peer: PeerRow) -> Phrase:
    if peer.is_snubbed:
        return Phrase(
            say("has stopped sending"), "warn", "triangle", say("It let you ask and then sent nothing for a minute.")
        )
    if peer.peer_choking:
        return Phrase(
            say("you are waiting for a slot"),
            "ink2",
            "clock",
            say("It has pieces that you want, and all its upload slots are taken by others now."),
        )
    if peer.requests:
        return Phrase(
            say_count(peer.requests, "asked for {n} block, none came yet", "asked for {n} blocks, none came yet"),
            "ink2",
            "clock",
        )
    return Phrase(
        say("nothing asked"), "ink2", "", say("It would send. What it has is being fetched from others, or held back.")
    )


def fairness(peer: PeerRow, *, we_are_complete: bool) -> Phrase:
    """Whether it gives back. Newcomers are not judged, and nobody is by somebody who needs nothing."""
    numbers = say(
        "You sent it {sent}, it sent you {received}, in {time}.",
        sent=size_text(peer.uploaded),
        received=size_text(peer.downloaded),
        time=lasting_text(peer.connected_seconds),
    )
    if peer.downloaded > 0 and peer.downloaded >= GIVES_BACK_SHARE * peer.uploaded:
        return Phrase(say("gives back"), "ok", "tick", numbers)
    if we_are_complete:
        return Phrase(DASH, "ink3", "", say("{numbers} You have everything, so it owes you nothing.", numbers=numbers))
    if peer.connected_seconds >= JUDGED_AFTER_SECONDS and peer.uploaded >= JUDGED_AFTER_BYTES:
        return Phrase(say("only takes"), "warn", "triangle", numbers)
    return Phrase(
        say("new"),
        "ink2",
        "",
        say_count(
            round(JUDGED_AFTER_SECONDS / 60),
            "{numbers} A peer is judged after {n} minute and {size} sent to it.",
            "{numbers} A peer is judged after {n} minutes and {size} sent to it.",
            numbers=numbers,
            size=size_text(JUDGED_AFTER_BYTES),
        ),
    )


def fairness_rank(peer: PeerRow) -> float:
    """For sorting: what it gave less what it got, in bytes; the best give most."""
    return float(peer.downloaded - peer.uploaded)


def connection(peer: PeerRow) -> Phrase:
    """Who called whom, over what, and whether it is encrypted: `in \u00b7 TCP \u00b7 encrypted`."""
    way = say("in") if peer.is_incoming else say("out")
    carrier = "\u00b5TP" if peer.is_utp else "TCP"
    if peer.is_encrypted:
        text = say("{way} \u00b7 {carrier} \u00b7 encrypted", way=way, carrier=carrier)
    else:
        text = say("{way} \u00b7 {carrier}", way=way, carrier=carrier)
    found = say_phrase(_SOURCES[peer.source]) if peer.source in _SOURCES else say("Found in a way that has no name")
    why = say("{found}. Connected for {time}.", found=found, time=lasting_text(peer.connected_seconds))
    return Phrase(text, "ink2", "", why)


def address(host: str, port: int) -> str:
    """`10.0.0.1:6881`, `[2001:db8::1]:6881`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def spoken_peer(peer: PeerRow, *, we_are_complete: bool) -> str:
    """The whole row for a screen reader."""
    return say(
        "{address}, {client}, has {percent}, {activity}, download {down}, upload {up}, {fairness}, {connection}",
        address=address(peer.host, peer.port),
        client=client_name(peer),
        percent=has_text(peer),
        activity=activity(peer).text,
        down=rate_text(peer.down_rate),
        up=rate_text(peer.up_rate),
        fairness=fairness(peer, we_are_complete=we_are_complete).text,
        connection=connection(peer).text,
    )


def client_name(peer: PeerRow) -> str:
    """As it says itself, made harmless."""
    return isolated(peer.client) or say("not told yet")


def has_text(peer: PeerRow) -> str:
    """How much of the torrent it has; never 100 % before it has all."""
    return percent_text(int(peer.has * 1_000_000) if peer.has < SEED_SHARE else 1_000_000, 1_000_000)
