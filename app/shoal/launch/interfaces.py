"""Which local addresses `--interface` means: an address stands for itself, a name for what its interface has."""

from __future__ import annotations

import importlib
import ipaddress
import socket
import struct
from pathlib import Path

from shoal.api.errors import UserError

_SIOCGIFADDR = 0x8915
"""Linux: the IPv4 address of an interface (netdevice(7))."""

_LINK_SCOPE = "20"
_IPV6_TABLE = Path("/proc/net/if_inet6")


def local_addresses(interface: str) -> tuple[str, ...]:
    """Numeric local addresses of `interface`, IPv4 first; `UserError("interface-missing")` when there are none.

    Fails closed: an address that this machine does not have, or a name without one, is never taken for "any".
    """
    try:
        address = ipaddress.ip_address(interface)
    except ValueError:
        found = _addresses_of_name(interface)
    else:
        found = (str(address),) if not address.is_unspecified else ()
    usable = tuple(host for host in found if _is_ours(host))
    if not usable:
        raise UserError("interface-missing", interface=interface)
    return usable


def _is_ours(host: str) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0))
    except OSError:
        return False
    return True


def _addresses_of_name(name: str) -> tuple[str, ...]:
    try:
        names = {known for _, known in socket.if_nameindex()}
    except (AttributeError, OSError):
        names = set()
    if name not in names:
        return ()
    return (*_ipv4_of(name), *_ipv6_of(name))


def _ipv4_of(name: str) -> tuple[str, ...]:
    try:
        fcntl = importlib.import_module("fcntl")
    except ImportError:
        return ()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            answer: bytes = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
        except OSError:
            return ()
    return (socket.inet_ntoa(answer[20:24]),)


def _ipv6_of(name: str) -> tuple[str, ...]:
    try:
        lines = _IPV6_TABLE.read_text("ascii").splitlines()
    except OSError:
        return ()
    rows = [line.split() for line in lines]
    return tuple(
        str(ipaddress.IPv6Address(bytes.fromhex(row[0])))
        for row in rows
        if len(row) == 6 and row[5] == name and row[3] != _LINK_SCOPE
    )
