"""What a tracker means that turns a transfer away, as far as its own words and the torrent tell. Pure."""

from __future__ import annotations

from enum import Enum


class Refusal(Enum):
    """Why it was turned away."""

    MEMBERS_ONLY = "members-only"
    UNKNOWN_TORRENT = "unknown-torrent"
    """It may be listed later, as when it waits for approval."""
    NOT_SERVED = "not-served"
    """A public tracker that does not take this torrent, or takes nobody."""
    FOR_NOW = "for-now"
    """It is busy or was asked too often: the same question may be answered later."""


_FOR_NOW = (
    *("try again", "later", "too many", "too often", "too fast", "too soon", "slow down", "rate limit", "busy"),
    *("overload", "temporar", "maintenance", "please wait", "interval", "timeout", "timed out", "unavailable"),
    *("database", "internal", "server error", "offline"),
)
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
    if any(mark in folded for mark in _FOR_NOW):
        return Refusal.FOR_NOW
    return Refusal.MEMBERS_ONLY if is_private else Refusal.NOT_SERVED
