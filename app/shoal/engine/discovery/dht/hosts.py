"""Hosts that know many nodes and tell them to newcomers: the ways into the DHT for who knows nobody."""

from __future__ import annotations

from shoal.engine.discovery.dht.upkeep import Host

WELL_KNOWN = (
    "router.bittorrent.com:6881",
    "router.utorrent.com:6881",
    "dht.transmissionbt.com:6881",
    "dht.libtorrent.org:25401",
    "dht.aelitis.com:6881",
)
"""Run for everybody by makers of other clients."""
MOST_HOSTS = 20


def parse_hosts(texts: list[str] | tuple[str, ...]) -> tuple[Host, ...]:
    """`host:port` of each, `[address]:port` for IPv6; what is neither is left out."""
    hosts: dict[Host, None] = {}
    for text in texts:
        host, _, port = text.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if host and port.isascii() and port.isdecimal() and len(port) <= 5 and 0 < int(port) < 65_536:
            hosts[host, int(port)] = None
    return tuple(hosts)[:MOST_HOSTS]
