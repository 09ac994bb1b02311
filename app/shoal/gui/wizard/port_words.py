"""What is known of the port that others connect to, and its sentences. Pure."""

from __future__ import annotations

import ipaddress
from enum import Enum

from shoal.gui.style.wording import Template, phrase, say_phrase

ANOTHER_PORT = 51_414
"""The first one that is offered in the place of a port that is taken."""
OFFERS = 16


class PortState(Enum):
    CHECKING = "checking"
    OPEN = "open"
    UNKNOWN = "unknown"
    TAKEN = "taken"


_WORDS: dict[PortState, tuple[Template, Template, str, str]] = {
    PortState.CHECKING: (
        phrase("Looking at port {port}\u2026"),
        phrase("Whether another program of this computer uses it."),
        "clock",
        "ink2",
    ),
    PortState.OPEN: (
        phrase("Open"),
        phrase("Others have connected to you on port {port}. Nothing is left to do."),
        "tick",
        "ok",
    ),
    PortState.UNKNOWN: (
        phrase("Not known until someone connects"),
        phrase(
            "Port {port} is free on this computer. Whether your router lets others in shows as soon as somebody "
            "connects. Downloads work either way; with an open port there are more to download from."
        ),
        "globe",
        "acc",
    ),
    PortState.TAKEN: (
        phrase("Taken by another program"),
        phrase("Another program of this computer uses port {port}. Take one that is free."),
        "triangle",
        "warn",
    ),
}


def port_state(port: int, *, listening: int, has_incoming: bool, is_free: bool | None) -> PortState:
    """`listening` is the port that Shoal listens on now; `is_free` what a look at `port` found, None before that."""
    if port == listening:
        return PortState.OPEN if has_incoming else PortState.UNKNOWN
    if is_free is None:
        return PortState.CHECKING
    return PortState.UNKNOWN if is_free else PortState.TAKEN


def port_words(state: PortState, port: int) -> tuple[str, str, str, str]:
    """Title, text, icon and its colour."""
    title, text, icon, token = _WORDS[state]
    # A port is a name more than a number: no separators.
    return say_phrase(title, port=str(port)), say_phrase(text, port=str(port)), icon, token


def is_address(text: str) -> bool:
    """Whether `text` can be an address of this computer."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
