"""Whole engines in a simulated swarm: machines with lines and disks, each running a session, sharing one torrent.

async def story(sim: SimWorld) -> None:
    swarm = StorySwarm(sim, single_file(4_000_000))
    seed = await swarm.seed("seed", up=1_000_000)
    leech = await swarm.leech("leech", peers=[seed])
    await leech.completed(within=10)
    await swarm.close()
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tests.support.sim_files import MemoryFiles
from tests.support.sim_world import Machine, SimWorld
from tests.support.swarm_content import Content
from tests.support.tracker_fakes import HttpScript, ScriptedHttp

from shoal.api.commands import AddPeers, AddTorrent, Command
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.session import Session, open_session
from shoal.engine.torrent.rows import torrent_row
from shoal.engine.torrent.torrent import Torrent
from shoal.engine.torrent.traffic import announce_stats
from shoal.runtime.world import Files
from shoal.settings.engine_settings import EngineSettings

FOLDER = "/downloads"
PORT = 6881
LOOK_SECONDS = 0.05
"""How often a story looks whether what it waits for has come."""

SETTINGS = EngineSettings(listen_port=PORT, check_threads=1, peer_exchange=False, local_discovery=False, dht="off")
"""One checking thread: the number of processors must not change a story. Who meets whom is the story's to say."""


_figures = logging.getLogger("stories.figures")


def measured(what: str, figure: float) -> None:
    """Note a figure of a story; `pytest --log-cli-level=INFO` shows them."""
    _figures.info("%s: %.4g", what, figure)


class StoryError(AssertionError):
    """Something that the story waits for did not come in time."""


@dataclass(eq=False, repr=False)
class Node:
    """A machine with a running engine, and usually the swarm's torrent on it."""

    machine: Machine
    client: LocalClient
    content: Content
    started_at: float
    torrent_id: str = ""
    finished_at: float | None = None

    @property
    def name(self) -> str:
        return self.machine.name

    @property
    def address(self) -> tuple[str, int]:
        """Where others reach it (IPv4)."""
        return self.machine.host.addresses[0], self.session.connections.listen_port or PORT

    @property
    def session(self) -> Session:
        """The engine behind the door, for stories that look inside."""
        return self.client._session

    @property
    def torrent(self) -> Torrent:
        return self.session.torrents[self.torrent_id]

    @property
    def row(self) -> TorrentRow:
        return torrent_row(self.torrent, self.machine.clock.now())

    @property
    def downloaded(self) -> int:
        """Payload bytes that came in since the engine runs."""
        return announce_stats(self.torrent).downloaded

    @property
    def uploaded(self) -> int:
        return announce_stats(self.torrent).uploaded

    @property
    def is_complete(self) -> bool:
        return self.torrent.lifecycle.state is TorrentState.SEEDING

    @property
    def seconds(self) -> float:
        """Virtual seconds from its start to its completion."""
        assert self.finished_at is not None, f"{self.name} did not complete"
        return self.finished_at - self.started_at

    async def execute(self, command: Command) -> None:
        await self.client.execute(command)

    async def meet(self, *others: Node) -> None:
        """Tell it of further peers."""
        await self.client.execute(AddPeers(self.torrent_id, tuple(other.address for other in others)))

    async def completed(self, within: float) -> float:
        """Wait until everything wanted is here and true; the virtual seconds it took since its start."""
        await self.until(lambda: self.is_complete, within, "complete")
        if self.finished_at is None:
            self.finished_at = self.machine.clock.now()
        return self.seconds

    async def until(self, happened: Callable[[], bool], within: float, what: str) -> None:
        """Wait for `happened()`; StoryError with the torrent's row after `within` virtual seconds."""
        deadline = self.machine.clock.now() + within
        while not happened():
            if self.machine.clock.now() >= deadline:
                raise StoryError(f"{self.name} is not {what} within {within:g} s: {self.describe()}")
            await asyncio.sleep(LOOK_SECONDS)

    def describe(self) -> str:
        """The state in one line, for a failure."""
        if self.torrent_id not in self.session.torrents:
            return "no torrent"
        row = self.row
        peers = ", ".join(
            f"{peer.address.host}:{peer.address.port}"
            f"{' choking' if peer.peer_choking else ''}{' snubbed' if peer.is_snubbed else ''}"
            f" {len(peer.requests.outstanding)}/{peer.requests.pipeline.depth}"
            for peer in self.torrent.swarm.connected.values()
        )
        return (
            f"{row.state.value} {row.pieces_done}/{row.pieces_total} pieces, {row.down_rate:.0f} B/s, "
            f"reason {row.reason}, known {row.known_peers}, peers [{peers}]"
        )

    def path(self, file: tuple[str, ...] = ()) -> str:
        return posixpath.join(FOLDER, self.content.name, *file)

    def assert_data_is_right(self, only: Iterable[tuple[str, ...]] | None = None) -> None:
        """The files on this machine's disk are the content's, by SHA-256."""
        chosen = None if only is None else set(only)
        for path, data in self.content.files:
            if chosen is not None and path not in chosen:
                continue
            found = read_file(self.machine.files, self.path(path))
            assert hashlib.sha256(found).digest() == hashlib.sha256(data).digest(), f"{self.name}: {path} is wrong"

    def assert_claims_are_true(self) -> None:
        """Every piece that the engine says it has is on the disk, byte for byte."""
        torrent = self.torrent
        have = torrent.picker.have
        for index in range(self.content.piece_count):
            if have >> index & 1:
                expected = self.content.piece(index)
                buffer = memoryview(bytearray(len(expected)))
                torrent.disk.read(index * self.content.piece_length, buffer)
                assert bytes(buffer) == expected, f"{self.name}: a false piece {index}"

    async def close(self) -> None:
        await self.client.close()


@dataclass(eq=False, repr=False)
class StorySwarm:
    """The nodes of one story. `trackers` go into the torrent file; `web` answers HTTP, by host."""

    sim: SimWorld
    content: Content
    trackers: Sequence[str] = ()
    web: dict[str, HttpScript] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)

    async def seed(self, name: str, **options: object) -> Node:
        """A node that has everything and is seeding."""
        node = await self.node(name, has_data=True, **options)  # type: ignore[arg-type]
        await node.until(lambda: node.is_complete, 60.0, "seeding")
        return node

    async def leech(self, name: str, **options: object) -> Node:
        """A node that has nothing yet."""
        return await self.node(name, **options)  # type: ignore[arg-type]

    async def node(
        self,
        name: str,
        *,
        peers: Iterable[Node | tuple[str, int]] = (),
        up: float = 0.0,
        down: float = 0.0,
        settings: Mapping[str, int | float | str] | None = None,
        files: Files | None = None,
        job_seconds: Mapping[str, float] | None = None,
        addresses: Sequence[str] | None = None,
        has_data: bool = False,
        state_path: str | None = None,
        **options: object,
    ) -> Node:
        """Add a machine, start an engine on it and give it the torrent; `options` are those of `AddTorrent`."""
        machine = self.sim.add_host(name, addresses=addresses, up=up, down=down, files=files, job_seconds=job_seconds)
        if has_data:
            lay_out(machine.files, self.content)
        node = await self.boot(machine, settings=settings, state_path=state_path)
        await self.add(node, peers, **options)
        return node

    async def boot(
        self,
        machine: Machine,
        *,
        settings: Mapping[str, int | float | str] | None = None,
        state_path: str | None = None,
    ) -> Node:
        """Start an engine without a torrent of its own, or with those that `state_path` remembers."""
        config = SessionConfig(replace(SETTINGS, **dict(settings or {})), state_path)  # type: ignore[arg-type]
        client = await open_session(machine.world, config, http=ScriptedHttp(self.web))
        node = Node(machine, client, self.content, machine.clock.now())
        if self.content.info_hash.hex() in node.session.torrents:
            node.torrent_id = self.content.info_hash.hex()
        self.nodes[machine.name] = node
        return node

    async def add(self, node: Node, peers: Iterable[Node | tuple[str, int]] = (), **options: object) -> None:
        """Give a booted node the torrent."""
        node.started_at = self.sim.loop.time()
        known = tuple(peer.address if isinstance(peer, Node) else peer for peer in peers)
        command = AddTorrent(
            self.content.torrent(*self.trackers),
            FOLDER,
            peers=known,
            **options,  # type: ignore[arg-type]
        )
        answer = await node.client.execute(command)
        assert isinstance(answer, str)
        node.torrent_id = answer

    async def all_completed(self, nodes: Sequence[Node], within: float) -> list[float]:
        """Wait for all of them; the seconds each took."""
        results = await asyncio.gather(*(node.completed(within) for node in nodes))
        return list(results)

    def assert_nobody_banned(self) -> None:
        for node in self.nodes.values():
            assert node.torrent.swarm.banned_total == 0, f"{node.name} banned an honest peer"

    async def close(self) -> None:
        """End every engine and check that nothing leaked."""
        nodes = list(self.nodes.values())
        await asyncio.gather(*(node.close() for node in nodes))
        for node in nodes:
            assert_nothing_leaked(node)


def assert_nothing_leaked(node: Node) -> None:
    """After the end of an engine: no piece buffer is out, no file open, no connection left."""
    assert node.session.services.buffers.in_use == 0, f"{node.name} kept piece buffers"
    assert not node.session.connections._peers, f"{node.name} kept connections"
    files: Files | None = node.machine.files
    files = getattr(files, "inner", files)
    if isinstance(files, MemoryFiles):
        assert files.open_handles == 0, f"{node.name} kept files open"


def lay_out(files: Files, content: Content, folder: str = FOLDER) -> None:
    """Put the content's files on a disk in memory."""
    disk = getattr(files, "inner", files)
    assert isinstance(disk, MemoryFiles)
    for path, data in content.files:
        disk.write_file(posixpath.join(folder, content.name, *path), data)


def read_file(files: Files, path: str) -> bytes:
    disk = getattr(files, "inner", files)
    assert isinstance(disk, MemoryFiles)
    return disk.read_file(path)
