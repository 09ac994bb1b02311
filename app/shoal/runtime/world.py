"""The world the engine lives in: clock, network, workers, files and randomness behind small protocols.

The engine takes a `World` by constructor and asks nothing else for time, sockets, threads, files or
random numbers; tests pass a simulated one, so that the whole engine runs on a virtual clock.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

T = TypeVar("T")


class Address(NamedTuple):
    """A numeric endpoint: `host` is an IPv4 or IPv6 address in text form (never a name), `port` 0..65535."""

    host: str
    port: int


class Route(NamedTuple):
    """A way out of the local network: its router's numeric address (link-local ones with `%interface`), and ours."""

    router: str
    local_host: str


class Clock(Protocol):
    """Time in seconds."""

    def now(self) -> float:
        """Monotonic seconds; only differences mean anything."""
        ...

    def wall(self) -> float:
        """Seconds since 1970-01-01 UTC; may jump."""
        ...


class Listener(Protocol):
    """A bound, listening TCP socket (or several of one port, one per family)."""

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Where it listens, with the real port when 0 was asked."""
        ...

    def close(self) -> None:
        """Stop listening; accepted connections live on."""
        ...


class UdpPort(Protocol):
    """A bound UDP socket; datagrams arrive at the receiver given to `Network.open_udp`."""

    @property
    def address(self) -> Address: ...

    def send(self, data: bytes, to: Address) -> None:
        """Send one datagram; never blocks, silently dropped when the kernel will not take it."""
        ...

    def close(self) -> None: ...


class GroupPort(Protocol):
    """A UDP socket that has joined a multicast group; datagrams arrive at the receiver of `Network.join_group`."""

    def send(self, data: bytes) -> int:
        """Send one datagram to the group on every interface; the number of those that took it. Never blocks."""
        ...

    def close(self) -> None:
        """Leave the group; harmless twice."""
        ...


StreamFactory = Callable[[], asyncio.BufferedProtocol]


class Network(Protocol):
    """Sockets. Streams are asyncio transports driving an `asyncio.BufferedProtocol` of the caller's."""

    async def dial(
        self, factory: StreamFactory, address: Address, *, local_host: str | None = None
    ) -> tuple[asyncio.Transport, asyncio.BufferedProtocol]:
        """Connect over TCP (TCP_NODELAY). No timeout of its own: the caller bounds it. Raises OSError."""
        ...

    async def listen(self, factory: StreamFactory, hosts: Sequence[str], port: int) -> Listener:
        """Listen on `port` (0 = any, the same for all hosts) at every host that can be bound; OSError if none."""
        ...

    async def open_udp(self, receiver: Callable[[memoryview, Address], None], host: str, port: int) -> UdpPort:
        """Bind UDP and call `receiver(datagram, source)` per datagram; the view is valid during the call only."""
        ...

    async def join_group(self, receiver: Callable[[memoryview, Address], None], group: str, port: int) -> GroupPort:
        """Join the multicast `group` (numeric) at `port`, beside other programs of this computer.

        As `open_udp`; what is sent to the group comes back, too. Raises OSError when no interface takes part.
        """
        ...

    def own_hosts(self) -> tuple[str, ...]:
        """Our addresses from which the rest of the world is reached, one of each family; nothing is sent. Never blocks.

        Another answer than before means that this computer is in another network.
        """
        ...

    def default_routes(self) -> list[Route]:
        """The ways out, the preferred ones first; empty without any. Called from workers only."""
        ...

    async def resolve(self, host: str, port: int) -> list[Address]:
        """Look a name up off the loop; numeric hosts come back at once. Raises OSError when unknown."""
        ...


class Workers(Protocol):
    """Threads for hashing and disk. A job gets values and returns a value; it never touches engine state."""

    def submit(self, job: Callable[[], T], done: Callable[[T | BaseException], None], *, lane: str = "disk") -> None:
        """Run `job` in a worker of `lane` and call `done(result or exception)` on the loop, in batches.

        Jobs of one lane start in order. Lanes: "disk" (verify and write), "read", "check", "move" (to another folder),
        "slow", "lists" (long, of which nothing else waits).
        """
        ...

    async def run(self, job: Callable[[], T], *, lane: str = "disk") -> T:
        """Await one job; a cancelled await leaves the job running and drops its result."""
        ...

    def close(self) -> None:
        """Wait for running jobs, drop waiting ones."""
        ...


class FileStat(NamedTuple):
    """What the engine needs to know of a file: bytes, nanoseconds since the epoch, allocated bytes."""

    size: int
    mtime_ns: int
    allocated: int
    is_regular: bool


class DiskRoom(NamedTuple):
    """A volume's size and what is free for this user, in bytes; `device` is the same for folders of one volume."""

    total: int
    free: int
    device: str


class FolderEntry(NamedTuple):
    """One name in a folder; `kind` is `file`, `folder`, `symlink` or `other` (device, FIFO, socket)."""

    name: str
    kind: str


class Files(Protocol):
    """The disk, called from workers only. Everything raises OSError as the operating system does.

    Handles are opaque integers (file descriptors in the real world).
    """

    def open(self, path: str, *, write: bool, create: bool = False) -> int:
        """Open without following a symlink in the last element; `create` also makes missing parent folders."""
        ...

    def close(self, handle: int) -> None: ...

    def pread_into(self, handle: int, buffer: memoryview, offset: int) -> int:
        """Read up to len(buffer) bytes at `offset`; returns the number read, 0 at the end."""
        ...

    def pwrite(self, handle: int, data: memoryview, offset: int) -> int:
        """Write at `offset`; returns the number written (may be short)."""
        ...

    def truncate(self, handle: int, size: int) -> None: ...

    def allocate(self, handle: int, size: int) -> None:
        """Reserve `size` bytes on disk (posix_fallocate where there is one, else truncate)."""
        ...

    def sync(self, handle: int) -> None: ...

    def stat(self, path: str) -> FileStat | None:
        """None when there is no such file; does not follow symlinks."""
        ...

    def replace(self, source: str, target: str) -> None: ...

    def rename(self, source: str, target: str) -> None:
        """Give a file or a folder another name on the same volume (EXDEV for another), never over something (EEXIST).

        May be lost with the power until `sync_folder`. Only the case of a name may differ, too.
        """
        ...

    def sync_folder(self, folder: str) -> None:
        """Return when the names in `folder` are on the disk, where the system can tell."""
        ...

    def set_mtime(self, path: str, mtime_ns: int) -> None:
        """Set when the file was last written, in nanoseconds since the epoch, as finely as the volume keeps it."""
        ...

    def remove(self, path: str) -> None: ...

    def trash(self, path: str) -> None:
        """Put a file, or a folder with everything in it, into the system's wastebasket; OSError when it takes none."""
        ...

    def remove_empty_folder(self, path: str) -> bool:
        """True when it was empty and is gone; False when it was not empty or not there."""
        ...

    def make_folders(self, path: str) -> None: ...

    def list_folder(self, path: str) -> list[FolderEntry]:
        """What lies in the folder, in no special order, hidden entries too; symlinks are named, not followed."""
        ...

    def make_executable(self, path: str) -> None:
        """Add execute permission for everyone who may read it; does nothing where there is no such permission."""
        ...

    def free_bytes(self, folder: str) -> int:
        """Free bytes on the volume of `folder`, or of its nearest existing parent."""
        ...

    def disk_room(self, folder: str) -> DiskRoom:
        """The volume of `folder`, or of its nearest existing parent."""
        ...

    def resolve(self, path: str) -> str:
        """The real path with every symlink followed (`os.path.realpath`)."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside the engine. `random` is the only source of randomness, so a seed repeats a run."""

    clock: Clock
    network: Network
    workers: Workers
    files: Files
    random: random.Random
