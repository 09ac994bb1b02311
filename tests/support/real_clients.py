"""Other people's BitTorrent programs as peers on loopback: each takes one torrent and a folder, and shares it.

Everything that reaches beyond the trackers of the torrent (DHT, local discovery, port mapping, uTP) is off.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest
from tests.support.debian_clients import require_client
from tests.support.running_program import RunningProgram, free_port

LOOPBACK = "127.0.0.1"


class RealClient(Protocol):
    """A running client with one torrent."""

    @property
    def port(self) -> int:
        """Where it listens for peers on loopback."""
        ...

    def story(self) -> str:
        """What it has to say, for the message of a failed test."""
        ...

    def stop(self) -> None: ...


StartClient = Callable[[Path, bytes, Path], RealClient]
"""(folder for its own files, torrent file, folder of the data). It seeds when the data is there, else it downloads."""


class _Process:
    """A client in a process of its own."""

    def __init__(self, program: RunningProgram, port: int) -> None:
        self.program = program
        self.port = port

    def story(self) -> str:
        return self.program.story()

    def stop(self) -> None:
        self.program.stop()


def _torrent_file(place: Path, torrent: bytes) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    path = place / "shared.torrent"
    path.write_bytes(torrent)
    return path


def start_transmission(place: Path, torrent: bytes, data: Path) -> RealClient:
    """transmission-daemon. It never connects out to loopback (3.00): the other side must know its port."""
    program = require_client("transmission-daemon")
    port = free_port()
    watched = place / "watched"
    watched.mkdir(parents=True)
    (watched / "shared.torrent").write_bytes(torrent)
    (place / "settings.json").write_text(
        json.dumps(
            {
                "bind-address-ipv4": LOOPBACK,
                "bind-address-ipv6": "::1",
                "dht-enabled": False,
                "download-dir": str(data),
                "lpd-enabled": False,
                "peer-port": port,
                "peer-port-random-on-start": False,
                "pex-enabled": False,
                "port-forwarding-enabled": False,
                "rpc-bind-address": LOOPBACK,
                "rpc-port": free_port(),
                "start-added-torrents": True,
                "utp-enabled": False,
                "watch-dir": str(watched),
                "watch-dir-enabled": True,
            }
        )
    )
    command = [program, "--foreground", "--config-dir", str(place), "--log-debug"]
    return _Process(RunningProgram(command, place, name="transmission"), port)


def start_aria2(place: Path, torrent: bytes, data: Path) -> RealClient:
    """aria2c."""
    port = free_port()
    command = [
        require_client("aria2c"),
        "--no-conf=true",
        f"--dir={data}",
        f"--interface={LOOPBACK}",
        f"--listen-port={port}",
        f"--dht-listen-port={port}",
        # Without DHT it knows no UDP trackers; it gets no way into one.
        "--enable-dht=true",
        f"--dht-file-path={place / 'no-nodes'}",
        "--enable-dht6=false",
        "--bt-enable-lpd=false",
        "--enable-peer-exchange=false",
        "--disable-ipv6=true",
        "--check-integrity=true",
        "--seed-ratio=0.0",
        "--file-allocation=none",
        "--summary-interval=0",
        "--console-log-level=notice",
        str(_torrent_file(place, torrent)),
    ]
    return _Process(RunningProgram(command, place, name="aria2c"), port)


def start_qbittorrent(place: Path, torrent: bytes, data: Path) -> RealClient:
    """qbittorrent-nox."""
    program = require_client("qbittorrent-nox")
    port = free_port()
    settings = place / "profile" / "qBittorrent" / "config" / "qBittorrent.conf"
    settings.parent.mkdir(parents=True)
    # opentracker names every client to itself; qBittorrent then bans its own host, unless each port counts by itself.
    settings.write_text(
        "\n".join(
            [
                "[LegalNotice]",
                "Accepted=true",
                "[BitTorrent]",
                f"Session\\Port={port}",
                "Session\\Interface=lo",
                f"Session\\InterfaceAddress={LOOPBACK}",
                "Session\\MultiConnectionsPerIp=true",
                "Session\\BTProtocol=TCP",
                "Session\\DHTEnabled=false",
                "Session\\LSDEnabled=false",
                "Session\\PeXEnabled=false",
                f"Session\\DefaultSavePath={data}",
                "Session\\QueueingSystemEnabled=false",
                "[Network]",
                "PortForwardingEnabled=false",
                "[Preferences]",
                f"WebUI\\Port={free_port()}",
                f"WebUI\\Address={LOOPBACK}",
                "WebUI\\LocalHostAuth=false",
                "WebUI\\UseUPnP=false",
                "Connection\\ResolvePeerCountries=false",
                "",
            ]
        )
    )
    command = [program, f"--profile={place / 'profile'}", f"--save-path={data}", str(_torrent_file(place, torrent))]
    return _Process(RunningProgram(command, place, name="qbittorrent"), port)


def start_rtorrent(place: Path, torrent: bytes, data: Path) -> RealClient:
    """rtorrent, without its screen."""
    port = free_port()
    session = place / "session"
    session.mkdir(parents=True)
    settings = place / "rtorrent.rc"
    settings.write_text(
        "\n".join(
            [
                "system.daemon.set = true",
                f"network.bind_address.set = {LOOPBACK}",
                f"network.port_range.set = {port}-{port}",
                "network.port_random.set = no",
                "dht.mode.set = disable",
                "protocol.pex.set = no",
                f'directory.default.set = "{data}"',
                f'session.path.set = "{session}"',
                f'log.open_file = "events", "{place / "events.log"}"',
                'log.add_output = "info", "events"',
                'log.add_output = "tracker_info", "events"',
                f'load.start = "{_torrent_file(place, torrent)}"',
                "",
            ]
        )
    )
    command = [require_client("rtorrent"), "-n", "-o", f"import={settings}"]
    return _Process(RunningProgram(command, place, name="rtorrent"), port)


class LibtorrentClient:
    """A libtorrent session with one torrent, in this process; for UDP trackers see `libtorrent_peer`."""

    def __init__(
        self,
        torrent: bytes | str,
        data: Path,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        upload_limit: int = 0,
    ) -> None:
        """`torrent`: its bytes, or a magnet link. `upload_limit` in bytes/s, 0 = none."""
        self._lt = require_libtorrent()
        lt = self._lt
        shown = f"[{host}]" if ":" in host else host
        self._session = lt.session(
            {
                "listen_interfaces": f"{shown}:{port}",
                "enable_dht": False,
                "enable_lsd": False,
                "enable_upnp": False,
                "enable_natpmp": False,
                "enable_outgoing_utp": False,
                "enable_incoming_utp": False,
                "allow_multiple_connections_per_ip": True,
                "upload_rate_limit": upload_limit,
                "alert_mask": lt.alert.category_t.error_notification
                | lt.alert.category_t.tracker_notification
                | lt.alert.category_t.connect_notification
                | lt.alert.category_t.status_notification,
            }
        )
        # Peers on this machine count as local, which limits do not touch unless they are told to.
        filters = lt.ip_filter()
        filters.add_rule("0.0.0.0", "255.255.255.255", 1)
        filters.add_rule("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1)
        self._session.set_peer_class_filter(filters)
        if isinstance(torrent, str):
            parameters = lt.parse_magnet_uri(torrent)
        else:
            parameters = lt.add_torrent_params()
            parameters.ti = lt.torrent_info(lt.bdecode(torrent))
        parameters.save_path = str(data)
        parameters.flags = lt.torrent_flags.update_subscribe
        self._handle = self._session.add_torrent(parameters)

    @property
    def port(self) -> int:
        return int(self._session.listen_port())

    @property
    def is_seeding(self) -> bool:
        """Its data is checked and complete."""
        return bool(self._handle.status().is_seeding)

    @property
    def has_metadata(self) -> bool:
        """It knows the torrent's files."""
        return bool(self._handle.status().has_metadata)

    @property
    def uploaded(self) -> int:
        """Payload bytes it sent."""
        return int(self._handle.status().total_payload_upload)

    @property
    def pieces_done(self) -> int:
        """Verified pieces."""
        return int(self._handle.status().num_pieces)

    def connect(self, host: str, port: int) -> None:
        """Dial a peer."""
        self._handle.connect_peer((host, port))

    def limit_upload(self, rate: int) -> None:
        """Bytes/s from now on, 0 = none."""
        self._session.apply_settings({"upload_rate_limit": rate})

    def news(self) -> list[str]:
        """What the session said since the last call."""
        return [f"{type(alert).__name__}: {alert.message()}" for alert in self._session.pop_alerts()]

    def story(self) -> str:
        return "\n".join(["--- libtorrent", str(self._handle.status().state), *self.news()[-40:]])

    def stop(self) -> None:
        self._session.pause()
        self._session.remove_torrent(self._handle)


def require_libtorrent() -> Any:
    """The module; where it is not installed the test is skipped by name, or fails where all clients are required."""
    try:
        import libtorrent  # noqa: PLC0415
    except ImportError:
        reason = f"the Python module libtorrent is not installed: {sys.executable} -m pip install libtorrent"
        if os.environ.get("SHOAL_REQUIRE_INTEROP") or os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return libtorrent


def start_libtorrent(place: Path, torrent: bytes, data: Path) -> RealClient:
    """libtorrent."""
    require_libtorrent()
    port = free_port()
    script = Path(__file__).with_name("libtorrent_peer.py")
    command = [sys.executable, str(script), str(_torrent_file(place, torrent)), str(data), str(port)]
    return _Process(RunningProgram(command, place, name="libtorrent"), port)


CLIENTS: dict[str, StartClient] = {
    "libtorrent": start_libtorrent,
    "transmission": start_transmission,
    "aria2": start_aria2,
    "qbittorrent": start_qbittorrent,
    "rtorrent": start_rtorrent,
}
