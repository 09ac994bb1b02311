"""How much of our time one source may take: a few packets a second, or it is not heard for minutes. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.engine.policy.dht.node_ids import network_of

PACKETS_PER_SECOND = 5.0
BURST_PACKETS = 50.0
"""Ten seconds' worth may come at once, as when somebody with many torrents starts."""
BLOCK_SECONDS = 300.0
MAX_SOURCES = 4_096
"""Sources remembered; the one heard least lately is forgotten first."""


@dataclass(slots=True)
class _Source:
    left: float
    at: float
    blocked_until: float = 0.0


class SourceLimit:
    """A count per source: an IPv4 address, or the /64 of an IPv6 one, which a single machine has for itself."""

    def __init__(self) -> None:
        self._sources: dict[str, _Source] = {}

    def takes(self, host: str, now: float) -> bool:
        """Count a packet that nobody asked for; False when it must be dropped unread."""
        key = (network_of(host) or host) if ":" in host else host
        source = self._sources.pop(key, None)
        if source is None:
            source = _Source(BURST_PACKETS, now)
            if len(self._sources) >= MAX_SOURCES:
                del self._sources[next(iter(self._sources))]
        self._sources[key] = source
        if now < source.blocked_until:
            return False
        source.left = min(BURST_PACKETS, source.left + (now - source.at) * PACKETS_PER_SECOND)
        source.at = now
        if source.left < 1:
            source.blocked_until = now + BLOCK_SECONDS
            return False
        source.left -= 1
        return True
