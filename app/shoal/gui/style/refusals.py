"""What a tracker means that turns a transfer away, as far as its own words and the torrent tell. Pure."""

from __future__ import annotations

from enum import Enum


class Refusal(Enum):
    """Why it was turned away; the value is the code of the explanation."""

    MEMBERS_ONLY = "tracker-refused"
    UNKNOWN_TORRENT = "torrent-unknown"
    NOT_SERVED = "torrent-not-served"
    """A public tracker that does not take this torrent, or takes nobody."""


_OF_MEMBERS = (
    *("passkey", "pass key", "authkey", "torrent_pass", "account", "member", "log in", "login", "logged in"),
    *("sign up", "signup", "invite", "user not", "unknown user", "invalid user", "registered user", "ratio"),
)
_UNKNOWN = ("unregistered", "not registered", "not found", "unknown torrent", "not exist")


def refusal_of(text: str, *, is_private: bool) -> Refusal:
    """The kind of refusal when a tracker said `text` of a torrent; only a private torrent's tracker has members."""
    folded = text.casefold()
    if any(mark in folded for mark in _OF_MEMBERS):
        return Refusal.MEMBERS_ONLY
    if any(mark in folded for mark in _UNKNOWN):
        return Refusal.UNKNOWN_TORRENT
    return Refusal.MEMBERS_ONLY if is_private else Refusal.NOT_SERVED
