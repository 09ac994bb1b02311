"""libtorrent's DHT on loopback, as a node that others begin with, ask and announce to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.real_clients import require_libtorrent

LOOPBACK = "127.0.0.1"


class LibtorrentNode:
    """One session with a DHT node. Many of them share the loopback address, which libtorrent must be told to bear."""

    def __init__(self, *hosts: int) -> None:
        """`hosts`: ports on loopback that it begins with."""
        self._lt = lt = require_libtorrent()
        self._session = lt.session(
            {
                "listen_interfaces": f"{LOOPBACK}:0",
                "enable_dht": True,
                "enable_lsd": False,
                "enable_upnp": False,
                "enable_natpmp": False,
                "enable_outgoing_utp": False,
                "enable_incoming_utp": False,
                "allow_multiple_connections_per_ip": True,
                "dht_bootstrap_nodes": "",
                "dht_restrict_routing_ips": False,
                "dht_restrict_search_ips": False,
                "dht_prefer_verified_node_ids": False,
                "dht_ignore_dark_internet": False,
                "dht_block_ratelimit": 1000,
                "alert_mask": lt.alert.category_t.all_categories,
            }
        )
        self._said: list[str] = []
        self._found: set[tuple[str, int]] = set()
        self._samples: set[bytes] = set()
        self._nodes = 0
        self._handles: list[Any] = []
        for port in hosts:
            self.add_host(port)

    @property
    def port(self) -> int:
        return int(self._session.listen_port())

    @property
    def nodes(self) -> int:
        """Nodes in its routing table, as it said last."""
        self._session.post_dht_stats()
        self._take()
        return self._nodes

    def add_host(self, port: int) -> None:
        self._session.add_dht_node((LOOPBACK, port))

    def share(self, torrent: bytes, data: Path) -> None:
        """Take part in a torrent."""
        parameters = self._lt.add_torrent_params()
        parameters.ti = self._lt.torrent_info(self._lt.bdecode(torrent))
        parameters.save_path = str(data)
        self._handles.append(self._session.add_torrent(parameters))

    def announce(self) -> None:
        """Tell the DHT of what it shares, now."""
        for handle in self._handles:
            handle.force_dht_announce()

    def announce_hash(self, info_hash: bytes, port: int) -> None:
        """Say that it has `info_hash` at `port`."""
        self._session.dht_announce(self._lt.sha1_hash(info_hash), port, 0)

    def look_for(self, info_hash: bytes) -> None:
        """Ask the DHT for peers; `found` has them."""
        self._session.dht_get_peers(self._lt.sha1_hash(info_hash))

    def found(self) -> set[tuple[str, int]]:
        """All peers that searches brought."""
        self._take()
        return self._found

    def ask_for_samples(self, port: int) -> None:
        """Ask the node at `port` which info-hashes it stores; `samples` has them."""
        self._session.dht_sample_infohashes((LOOPBACK, port), self._lt.sha1_hash(bytes(20)))

    def samples(self) -> set[bytes]:
        """All info-hashes that were told."""
        self._take()
        return self._samples

    def story(self) -> str:
        return "\n".join(self._said[-60:])

    def stop(self) -> None:
        self._session.pause()

    def _take(self) -> None:
        # An alert lives until the next ones are taken.
        for alert in self._session.pop_alerts():
            self._said.append(alert.message())
            match type(alert).__name__:
                case "dht_get_peers_reply_alert":
                    self._found.update((str(host), int(port)) for host, port in alert.peers())
                case "dht_sample_infohashes_alert":
                    self._samples.update(bytes(sample.to_bytes()) for sample in alert.samples)
                case "dht_stats_alert":
                    self._nodes = sum(bucket["num_nodes"] for bucket in alert.routing_table)
