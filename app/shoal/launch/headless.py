"""Composition root of the commands without a window: builds world and engine, runs a command, words its end.

The engine, the tracker and aiohttp are imported where they are needed: `show` answers in a fraction of their time.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import os
import sys
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any, TextIO, TypeVar

from shoal import __version__
from shoal.api.client import Client
from shoal.api.errors import Reason, UserError
from shoal.cli.check import check
from shoal.cli.create import create
from shoal.cli.follow import Limits
from shoal.cli.get import get
from shoal.cli.magnet import get_magnet
from shoal.cli.messages import ExitCode, exit_code
from shoal.cli.options import (
    CheckOptions,
    CreateOptions,
    GetOptions,
    SeedOptions,
    ShowOptions,
    TrackerOptions,
    TransferOptions,
)
from shoal.cli.output import Output, make_output
from shoal.cli.seed import seed
from shoal.cli.show import show
from shoal.cli.source import Source, read_link, read_source
from shoal.cli.tracker import RunningTracker, run_tracker
from shoal.launch.hidden_state import HiddenState
from shoal.launch.interfaces import local_addresses
from shoal.launch.logging import set_up_logging
from shoal.launch.signals import TidyEnd
from shoal.metainfo.magnet import MagnetLink, is_magnet
from shoal.runtime.event_loop import run
from shoal.runtime.system_world import system_world
from shoal.settings.engine_settings import DHT_OFF, EngineSettings, validate
from shoal.settings.locations import create_folders, profile
from shoal.settings.schema import SettingsError
from shoal.settings.store import engine_store

_log = logging.getLogger(__name__)

MOST_PEERS_PER_TORRENT = 3_000
MOST_HASH_THREADS = 4

T = TypeVar("T")

Options = GetOptions | SeedOptions | CheckOptions | CreateOptions | ShowOptions | TrackerOptions


def run_headless(options: Options, *, verbose: int = 0) -> int:
    """Run one command to its end and return its exit code; every error becomes one sentence."""
    set_up_logging(verbose)
    _forgive_encoding(sys.stdout)
    _forgive_encoding(sys.stderr)
    output = make_output(sys.stdout, sys.stderr, as_json=_wants_json(options))
    try:
        try:
            code = run(_command(options, output))
        except UserError as error:
            code = exit_code(error.reason)
            _tell(output, error.reason, error, verbose)
        output.close()
        sys.stdout.flush()
    except BrokenPipeError:
        code = _pipe_closed(options)
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    except Exception as error:  # the last line of defence: a person gets a sentence, not a trace
        code = ExitCode.NO
        _tell(output, Reason("unexpected", {"detail": f"{type(error).__name__}: {error}"}), error, verbose)
    return int(code)


async def _command(options: Options, output: Output) -> ExitCode:
    with TidyEnd() as end:
        limits = Limits(end.asked, asyncio.get_running_loop().time(), _timeout(options))
        match options:
            case GetOptions():
                await _get(options, output, limits)
            case SeedOptions():
                await _seed(options, output, limits)
            case CheckOptions():
                return await _check(options, output, limits)
            case CreateOptions():
                await _until_asked(_create(options), limits)
            case ShowOptions():
                show(await _read(options.source, (), limits), sys.stdout, as_json=options.json)
            case TrackerOptions():
                await _tracker(options, limits)
    return ExitCode.DONE


async def _get(options: GetOptions, output: Output, limits: Limits) -> None:
    hosts = _hosts(options.transfer)
    wanted: Source | MagnetLink
    if is_magnet(options.source):
        wanted = read_link(options.source)
        torrent_id = wanted.torrent_id
    else:
        wanted = await _read(options.source, hosts, limits)
        wanted.refuse_v2_only()
        torrent_id = wanted.metainfo.torrent_id

    async def work(client: Client) -> None:
        if isinstance(wanted, MagnetLink):
            await get_magnet(client, wanted, options, output, limits)
        else:
            await get(client, wanted, options, output, limits)

    _make_folder(options.folder)
    if options.transfer.profile is not None:
        settings, state_path = _of_profile(options.transfer.profile, output)
        async with _engine(_settings(settings, options.transfer, hosts), state_path) as client:
            await work(client)
        return
    settings = _settings(EngineSettings(), options.transfer, hosts)
    with HiddenState(options.folder, torrent_id) as hidden:
        async with _engine(settings, hidden.path) as client:
            await work(client)
        hidden.remove()


async def _seed(options: SeedOptions, output: Output, limits: Limits) -> None:
    hosts = _hosts(options.transfer)
    source = await _read(options.torrent, hosts, limits)
    source.refuse_v2_only()
    folder = options.transfer.profile
    settings, state_path = (EngineSettings(), None) if folder is None else _of_profile(folder, output)
    async with _engine(_settings(settings, options.transfer, hosts), state_path) as client:
        await seed(client, source, options, output, limits)


async def _check(options: CheckOptions, output: Output, limits: Limits) -> ExitCode:
    source = await _read(options.torrent, (), limits)
    source.refuse_v2_only()
    # Files are only looked at: nobody from outside may connect meanwhile.
    async with _engine(EngineSettings(listen_hosts="127.0.0.1", dht=DHT_OFF), None) as client:
        try:
            return await check(client, source, options, output, limits)
        except UserError as error:
            # Nothing is kept of a check, so nothing may be said of going on.
            raise (UserError("stopped") if error.code == "interrupted" else error) from None


async def _create(options: CreateOptions) -> None:
    from shoal.launch.shared_tree import SharedTree  # noqa: PLC0415

    world = system_world(asyncio.get_running_loop())
    # A link that was named by hand is meant to be followed; its own name is kept.
    tree = SharedTree(world, _real(options.path), threads=min(os.cpu_count() or 1, MOST_HASH_THREADS))
    try:
        await create(
            options, tree, sys.stdout, sys.stderr, created_by=f"Shoal {__version__}", now=int(world.clock.wall())
        )
    finally:
        world.workers.close()


async def _tracker(options: TrackerOptions, limits: Limits) -> None:
    from shoal.tracker_server.server import TrackerServer  # noqa: PLC0415

    world = system_world(asyncio.get_running_loop())

    async def open_tracker(host: str, port: int, udp_port: int) -> RunningTracker:
        server = TrackerServer(world, host=host, port=port, udp_port=udp_port)
        await server.start()
        return server

    try:
        await run_tracker(options, open_tracker, sys.stdout, limits.interrupted)
    finally:
        world.workers.close()


def _engine(settings: EngineSettings, state_path: str | None) -> AbstractAsyncContextManager[Client]:
    from shoal.launch.real_engine import real_engine  # noqa: PLC0415

    return real_engine(settings, state_path)


async def _read(text: str, hosts: tuple[str, ...], limits: Limits) -> Source:
    """Read and parse the source; http addresses are fetched from the first of `hosts`, if any."""

    async def fetch(address: str, most_bytes: int) -> bytes:
        from shoal.launch.fetch import fetch_torrent  # noqa: PLC0415

        return await fetch_torrent(address, most_bytes, hosts[0] if hosts else None)

    return await _until_asked(read_source(text, fetch), limits)


async def _until_asked(work: Coroutine[Any, Any, T], limits: Limits) -> T:
    """The result of `work`; `UserError` `stopped` or `time-out` when a signal or the clock is faster."""
    task = asyncio.ensure_future(work)
    asked = asyncio.ensure_future(limits.interrupted.wait())
    try:
        await asyncio.wait({task, asked}, timeout=limits.timeout_seconds, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        if asked.done():
            raise UserError("stopped")
        raise UserError("time-out", seconds=f"{limits.timeout_seconds or 0:g}", reached="before the torrent was read")
    finally:
        for waiting in (task, asked):
            waiting.cancel()
        await asyncio.gather(task, asked, return_exceptions=True)


def _real(path: str) -> str:
    return os.path.realpath(path)


def _timeout(options: Options) -> float | None:
    return options.transfer.timeout_seconds if isinstance(options, GetOptions | SeedOptions) else None


def _hosts(transfer: TransferOptions) -> tuple[str, ...]:
    """The local addresses that may be used; empty = any."""
    return () if transfer.interface is None else local_addresses(transfer.interface)


def _of_profile(folder: str, output: Output) -> tuple[EngineSettings, str]:
    """The engine settings and the state file of a profile, whose folders are made; what is odd in them is told."""
    places = profile(folder)
    try:
        create_folders(places)
    except OSError as error:
        raise UserError("folder-refused", folder=folder, detail=error.strerror or str(error)) from error
    store = engine_store(places)
    settings = store.load()
    for note in store.notes:
        output.warning(Reason("settings-note", {"detail": note.text.rstrip(".")}))
    return settings, str(places.resume_database)


def _settings(base: EngineSettings, transfer: TransferOptions, hosts: tuple[str, ...]) -> EngineSettings:
    """`base` with what the command line says."""
    settings = replace(
        base,
        # What a person asks for on the command line runs, and nothing of it waits for anything else.
        active_downloads=0,
        listen_port=base.listen_port if transfer.port is None else transfer.port,
        down_limit=base.down_limit if transfer.down_limit is None else transfer.down_limit,
        up_limit=base.up_limit if transfer.up_limit is None else transfer.up_limit,
    )
    if hosts:
        settings = replace(settings, listen_hosts=" ".join(hosts), outgoing_host=hosts[0])
    settings = replace(
        settings,
        local_discovery=settings.local_discovery and transfer.local_discovery,
        peer_exchange=settings.peer_exchange and transfer.peer_exchange,
        port_mapping=settings.port_mapping and transfer.port_mapping,
    )
    if not transfer.dht:
        settings = replace(settings, dht=DHT_OFF)
    elif transfer.dht_hosts:
        named = " ".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in transfer.dht_hosts)
        settings = replace(settings, dht_hosts=named)
    if transfer.max_peers is not None:
        per_torrent = min(transfer.max_peers, MOST_PEERS_PER_TORRENT)
        settings = replace(settings, max_peers=transfer.max_peers, max_peers_per_torrent=per_torrent)
    try:
        return validate(settings)
    except SettingsError as error:
        raise UserError("settings-refused", field=error.field, must=error.must) from error


def _make_folder(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise UserError("folder-refused", folder=folder, detail=error.strerror or str(error)) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UserError("folder-refused", folder=folder, detail="you may not write there")


def _tell(output: Output, reason: Reason, error: Exception, verbose: int) -> None:
    """Say the one sentence, and with `-v` where it came from."""
    with contextlib.suppress(BrokenPipeError):
        output.close()
        output.error(reason)
    if verbose:
        _log.error("the command ended early", exc_info=error)


def _pipe_closed(options: Options) -> ExitCode:
    """Nobody reads us any more (`| head`): end quietly; a transfer that was cut short counts as interrupted."""
    # The interpreter would complain once more when it flushes at exit.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return ExitCode.INTERRUPTED if isinstance(options, GetOptions | SeedOptions) else ExitCode.DONE


def _wants_json(options: Options) -> bool:
    match options:
        case GetOptions() | SeedOptions():
            return options.transfer.json
        case CheckOptions() | ShowOptions():
            return options.json
        case _:
            return False


def _forgive_encoding(stream: TextIO) -> None:
    """Print what a terminal's encoding lacks as escapes instead of failing on it."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
