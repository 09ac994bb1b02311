"""The default routes of this computer, and its own addresses towards the rest of the world. Nothing is ever sent."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import socket
import struct
import subprocess
import sys
from pathlib import Path

from shoal.runtime.world import Route

logger = logging.getLogger(__name__)

OUTSIDE = {socket.AF_INET: "198.51.100.1", socket.AF_INET6: "2001:db8::1"}
"""Addresses of nobody (RFC 5737, 3849): the system is only asked how it would reach them."""
ROUTE_SECONDS = 3.0
"""How long the `route` command of the BSDs may take."""
_ROUTES4, _ROUTES6 = Path("/proc/net/route"), Path("/proc/net/ipv6_route")
_IS_UP, _HAS_ROUTER = 0x1, 0x2


def own_hosts() -> tuple[str, ...]:
    """See `Network.own_hosts`."""
    found = (local_host_towards(outside) for outside in OUTSIDE.values())
    return tuple(host for host in found if host)


def default_routes() -> list[Route]:
    """See `Network.default_routes`; reads files or asks the system, so call it in a worker."""
    routers: list[str] = []
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            routers += parse_routes4(_ROUTES4.read_text("ascii"))
        with contextlib.suppress(OSError):
            routers += parse_routes6(_ROUTES6.read_text("ascii"))
    elif sys.platform == "win32":
        routers += _windows_router()
    else:
        routers += [router for family in ("-inet", "-inet6") for router in parse_route_get(_ask_route(family))]
    routes: list[Route] = []
    for router in dict.fromkeys(routers):
        # From a link-local router's point of view we have our global address.
        towards = OUTSIDE[socket.AF_INET6] if ":" in router else router
        local_host = local_host_towards(towards)
        if local_host:
            routes.append(Route(router, local_host))
    return routes


def parse_routes4(table: str) -> list[str]:
    """Routers of default routes in a Linux table (`/proc/net/route`), by their metric."""
    found: list[tuple[int, str]] = []
    for line in table.splitlines()[1:]:
        fields = line.split()
        try:
            target, router, flags = (int(field, 16) for field in fields[1:4])
            metric, mask = int(fields[6]), int(fields[7], 16)
        except (ValueError, IndexError):
            continue
        if not target and not mask and router and flags & _IS_UP and flags & _HAS_ROUTER:
            # Numbers in the byte order of this computer.
            found.append((metric, socket.inet_ntoa(struct.pack("=I", router))))
    return [router for _, router in sorted(found)]


def parse_routes6(table: str) -> list[str]:
    """Routers of default routes in a Linux table (`/proc/net/ipv6_route`), by their metric."""
    found: list[tuple[int, str]] = []
    for line in table.splitlines():
        fields = line.split()
        try:
            is_default = int(fields[0], 16) == 0 and int(fields[1], 16) == 0
            router = bytes.fromhex(fields[4])
            metric, flags, interface = int(fields[5], 16), int(fields[8], 16), fields[9]
        except (ValueError, IndexError):
            continue
        if is_default and any(router) and len(router) == 16 and flags & _IS_UP and flags & _HAS_ROUTER:
            host = socket.inet_ntop(socket.AF_INET6, router)
            found.append((metric, f"{host}%{interface}" if host.startswith("fe80") else host))
    return [router for _, router in sorted(found)]


def parse_route_get(answer: str) -> list[str]:
    """The router in what `route -n get default` of macOS and the BSDs prints; empty for a route without one."""
    for line in answer.splitlines():
        name, _, value = line.strip().partition(": ")
        if name == "gateway":
            host = value.strip()
            for family in (socket.AF_INET, socket.AF_INET6):
                with contextlib.suppress(OSError):
                    socket.inet_pton(family, host.partition("%")[0])
                    return [host]
    return []


def local_host_towards(host: str) -> str:
    """Our numeric address for traffic to `host`; "" when there is no way. A UDP socket that sends nothing tells."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((host, 9))
            found: str = probe.getsockname()[0]
    except OSError:
        return ""
    return found.partition("%")[0]


def _ask_route(family: str) -> str:
    command = ["/sbin/route", "-n", "get", family, "default"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ROUTE_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        logger.debug("no default route is known: %s", error)
        return ""
    return done.stdout


def _windows_router() -> list[str]:
    """The IPv4 router, by GetBestRoute: the fourth of fourteen numbers is the next hop (MIB_IPFORWARDROW)."""
    library = getattr(ctypes, "windll", None)
    if library is None:
        return []
    row = (ctypes.c_uint32 * 14)()
    (towards,) = struct.unpack("=I", socket.inet_aton(OUTSIDE[socket.AF_INET]))
    if library.iphlpapi.GetBestRoute(towards, 0, ctypes.byref(row)) != 0 or not row[3]:
        return []
    return [socket.inet_ntoa(struct.pack("=I", row[3]))]
