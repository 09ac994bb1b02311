"""Addresses of peers as a person types them. Pure."""

from __future__ import annotations

from ipaddress import ip_address

from shoal.gui.style.wording import say, say_count

MOST_ADDED = 50


def parse_peers(text: str) -> tuple[tuple[str, int], ...]:
    """The `host:port` lines of `text` that are right, each once."""
    found = (_parse_peer(line) for line in text.splitlines() if line.strip())
    return tuple(dict.fromkeys(peer for peer in found if peer is not None))[:MOST_ADDED]


def wrong_with_peers(text: str) -> str:
    """What is wrong with the first line that is not an address with a port; empty when nothing is."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines, 1):
        if _parse_peer(line) is None:
            return say("Line {number} is not an address with a port, such as 203.0.113.7:51413.", number=number)
    if len(lines) > MOST_ADDED:
        return say_count(MOST_ADDED, "At most {n} peer at a time.", "At most {n} peers at a time.")
    return ""


def _parse_peer(line: str) -> tuple[str, int] | None:
    host, colon, port = line.strip().rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        return None
    if not colon or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        return None
    try:
        # Names are not looked up: a peer is an address.
        return str(ip_address(host)), int(port)
    except ValueError:
        return None
