"""A UDP port that has joined a multicast group on every interface that can, and sends to it on each of them."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import struct
import sys
from ipaddress import ip_address

from shoal.runtime.udp import Receiver, SocketUdpPort
from shoal.runtime.world import Address

logger = logging.getLogger(__name__)

HOPS = 1
"""Datagrams stay on their own link."""
MAX_INTERFACES = 64


class SocketGroupPort:
    """`GroupPort` of the real world; must be used from the loop's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, receiver: Receiver, group: str, port: int) -> None:
        """Bind `port` beside other programs that do the same and join `group` (numeric). Raises OSError."""
        self._group = Address(group, port)
        self._is_v6 = ip_address(group).version == 6
        self._packed = ip_address(group).packed
        self._joined: set[int] = set()
        self._socket = _shared_socket(port, is_v6=self._is_v6)
        try:
            if not self._join_new():
                raise OSError("no interface takes part in multicast")
            self._port = SocketUdpPort(loop, self._socket, receiver)
        except BaseException:
            self._socket.close()
            raise
        self._is_closed = False

    def send(self, data: bytes) -> int:
        """See `GroupPort.send`; interfaces that came since are joined first."""
        if self._is_closed:
            return 0
        self._join_new()
        sent = 0
        for index in self._joined:
            # An interface that is gone or down takes nothing; the others do.
            with contextlib.suppress(OSError):
                self._choose(index)
                self._socket.sendto(data, self._group)
                sent += 1
        return sent

    def close(self) -> None:
        """See `GroupPort.close`."""
        if not self._is_closed:
            self._is_closed = True
            self._port.close()

    def _join_new(self) -> bool:
        """Whether the group is joined anywhere."""
        present = [index for index, _ in socket.if_nameindex()][:MAX_INTERFACES]
        self._joined.intersection_update(present)
        for index in present:
            if index not in self._joined and self._join(index):
                self._joined.add(index)
        return bool(self._joined)

    def _join(self, index: int) -> bool:
        try:
            if self._is_v6:
                request = self._packed + struct.pack("@I", index)
                self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, request)
            else:
                self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, self._membership(index))
        except OSError as error:
            # One that was gone for a while may still be a member.
            if error.errno != errno.EADDRINUSE:
                logger.debug("interface %d does not join: %s", index, error)
                return False
        return True

    def _membership(self, index: int) -> bytes:
        if sys.platform == "win32":
            # An interface is named by its index in network order, as an address of 0.0.0.0/8.
            return self._packed + struct.pack("!I", index)
        return self._packed + bytes(4) + struct.pack("@i", index)

    def _choose(self, index: int) -> None:
        """The next datagram leaves by this interface."""
        if self._is_v6:
            self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        elif sys.platform == "win32":
            self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("!I", index))
        else:
            choice = bytes(8) + struct.pack("@i", index)
            self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, choice)


def _shared_socket(port: int, *, is_v6: bool) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if is_v6 else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        # Every client of this computer listens on the same port.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if is_v6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, HOPS)
            sock.bind(("::", port))
        else:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, HOPS)
            sock.bind(("0.0.0.0", port))
    except BaseException:
        sock.close()
        raise
    return sock
