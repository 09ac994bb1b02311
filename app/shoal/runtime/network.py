"""Sockets on any asyncio loop: TCP streams, listeners on several addresses, UDP ports, names."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
from collections.abc import Callable, Sequence

from shoal.runtime.multicast import SocketGroupPort
from shoal.runtime.names import NameResolver
from shoal.runtime.routes import default_routes, own_hosts
from shoal.runtime.udp import RECEIVE_BUFFER_BYTES, SocketUdpPort
from shoal.runtime.world import Address, GroupPort, Listener, Route, StreamFactory, UdpPort

BACKLOG = 128
"""Connections the kernel holds until they are accepted."""

MAX_PORT_TRIES = 16
"""How often another port is tried when the one the system chose is taken in the second address family."""


class AsyncioNetwork:
    """`Network` of the real world. Works on every loop with streams and, for UDP, needs no datagram support."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """`loop` need not run yet; every method must be used from its thread."""
        self._loop = loop
        self._names = NameResolver(loop)

    async def dial(
        self, factory: StreamFactory, address: Address, *, local_host: str | None = None
    ) -> tuple[asyncio.Transport, asyncio.BufferedProtocol]:
        """See `Network.dial`. A host that is not numeric raises OSError instead of asking a name server.

        TCP_NODELAY is set by the loops themselves (asyncio since Python 3.6, uvloop, winloop).
        """
        return await self._loop.create_connection(
            factory,
            address.host,
            address.port,
            flags=socket.AI_NUMERICHOST,
            local_addr=None if local_host is None else (local_host, 0),
        )

    async def listen(self, factory: StreamFactory, hosts: Sequence[str], port: int) -> Listener:
        """See `Network.listen`; hosts of a family that this machine lacks are left out."""
        sockets = _bind_all(hosts, port)
        servers: list[asyncio.Server] = []
        try:
            for sock in sockets:
                servers.append(await self._loop.create_server(factory, sock=sock, backlog=BACKLOG))
        except BaseException:
            for server in servers:
                server.close()
            for sock in sockets:
                sock.close()
            raise
        return _AsyncioListener(servers, tuple(_socket_address(sock) for sock in sockets))

    async def open_udp(self, receiver: Callable[[memoryview, Address], None], host: str, port: int) -> UdpPort:
        """See `Network.open_udp`."""
        sock = _bound_socket(host, port, socket.SOCK_DGRAM)
        try:
            return SocketUdpPort(self._loop, sock, receiver)
        except BaseException:
            sock.close()
            raise

    async def join_group(self, receiver: Callable[[memoryview, Address], None], group: str, port: int) -> GroupPort:
        """See `Network.join_group`."""
        return SocketGroupPort(self._loop, receiver, group, port)

    def own_hosts(self) -> tuple[str, ...]:
        """See `Network.own_hosts`."""
        return own_hosts()

    def default_routes(self) -> list[Route]:
        """See `Network.default_routes`."""
        return default_routes()

    async def resolve(self, host: str, port: int) -> list[Address]:
        """See `Network.resolve`; every address once, in the system's order of preference."""
        return await self._names.resolve(host, port)


class _AsyncioListener:
    def __init__(self, servers: list[asyncio.Server], addresses: tuple[Address, ...]) -> None:
        self._servers = servers
        self._addresses = addresses

    @property
    def addresses(self) -> tuple[Address, ...]:
        return self._addresses

    def close(self) -> None:
        for server in self._servers:
            server.close()


def _socket_address(sock: socket.socket) -> Address:
    host, port = sock.getsockname()[:2]
    return Address(host, port)


def _bound_socket(host: str, port: int, kind: socket.SocketKind) -> socket.socket:
    """Return a non-blocking socket bound to a numeric `host`; a TCP one listens already."""
    found = socket.getaddrinfo(host, port, type=kind, flags=socket.AI_NUMERICHOST | socket.AI_PASSIVE)
    family, _, protocol, _, place = found[0]
    # Named explicitly, because asyncio sets TCP_NODELAY on accepted sockets only when it sees the protocol.
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if kind == socket.SOCK_DGRAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        elif sys.platform == "win32":
            # Windows' SO_REUSEADDR would let two programs share the port; this is what refuses it.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(place)
        if kind == socket.SOCK_STREAM:
            # With SO_REUSEADDR it is listen, not bind, that finds a port taken.
            sock.listen(BACKLOG)
    except BaseException:
        sock.close()
        raise
    return sock


def can_listen(hosts: Sequence[str], port: int) -> bool:
    """Whether `AsyncioNetwork.listen` would get `port` now; nobody is asked but this computer."""
    try:
        sockets = _bind_all(hosts, port)
    except OSError:
        return False
    for sock in sockets:
        sock.close()
    return True


def _bind_all(hosts: Sequence[str], port: int) -> list[socket.socket]:
    """Bind every host that can be bound to one port; OSError (the first) when none can.

    With `port` 0 the system's choice for the first host is tried on the others; when it is taken there,
    another is drawn, at most `MAX_PORT_TRIES` times.
    """
    for attempt in range(MAX_PORT_TRIES):
        sockets: list[socket.socket] = []
        errors: list[OSError] = []
        chosen = port
        for host in dict.fromkeys(hosts):
            try:
                sock = _bound_socket(host, chosen, socket.SOCK_STREAM)
            except OSError as error:
                errors.append(error)
                continue
            sockets.append(sock)
            chosen = sock.getsockname()[1]
        is_taken = any(error.errno == errno.EADDRINUSE for error in errors)
        if sockets and (port or not is_taken or attempt == MAX_PORT_TRIES - 1):
            return sockets
        for sock in sockets:
            sock.close()
        if not sockets:
            break
    raise errors[0] if errors else OSError(errno.EINVAL, os.strerror(errno.EINVAL), "no host to listen on")
