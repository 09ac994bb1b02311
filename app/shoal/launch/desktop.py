"""Composition root of the window: profile, engine in its own thread, link, window, and the order they end in."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from shoal.api.client import Client
from shoal.api.errors import UserError
from shoal.api.snapshots import Update
from shoal.gui.application import Application, Desk, Listen, Listening, Take, make_application
from shoal.gui.desktop.associations import Registrar
from shoal.gui.desktop.power import SystemPower
from shoal.gui.desktop.system_registrar import system_registrar
from shoal.gui.desktop.system_surroundings import system_surroundings
from shoal.gui.desktop.tray_host import SystemTray
from shoal.gui.link.background import in_thread
from shoal.gui.link.stall_watch import StallWatch
from shoal.gui.style.resources import resources_folder
from shoal.gui.window.main_window import MainWindow
from shoal.gui.window.web_source import Fetch
from shoal.launch import pyside_pairing
from shoal.launch.engine_host import EngineHost, EngineOpener, ThreadHost
from shoal.launch.instance.election import Instance
from shoal.launch.instance.request import OpenRequest
from shoal.launch.logging import set_up_logging
from shoal.launch.long_lived import LongLived
from shoal.launch.own_command import own_command
from shoal.launch.qt_loop import run_on_qt
from shoal.launch.signals import TidyEnd
from shoal.runtime.files import SystemFiles
from shoal.runtime.folder_facts import look_at_folder
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.locations import PROFILE_VARIABLE, Profile, create_folders, downloads_folder, profile
from shoal.settings.store import SettingsStore, engine_store, interface_store

log = logging.getLogger(__name__)

STALLS_VARIABLE = "SHOAL_WATCH_STALLS"
LANGUAGE_VARIABLE = "SHOAL_LANGUAGE"
"""A language for this run only, such as `de`, or `pseudo` for one that shows what is not translated."""
LET_GO_SECONDS = 10.0
"""How long after transfers were removed the memory of theirs is looked after, and how often that is tried."""
OnReady = Callable[[MainWindow, Client], Awaitable[None]]
HOST: Callable[[EngineOpener], EngineHost] = ThreadHost
"""`InLoopHost` runs the engine on the window's loop instead: the simplest set-up for a debugger."""


def run_desktop(
    sources: list[str],
    profile_path: str | None,
    *,
    on_ready: OnReady | None = None,
    ask_first: bool = True,
    screenshot_path: str | None = None,
    stay: bool = True,
    downloads: str | None = None,
    settings: EngineSettings | None = None,
    instance: Instance | None = None,
    offers_assistant: bool = False,
    is_hidden: bool = False,
    verbose: int = 0,
) -> int:
    """Open the window with `sources` and live until it is closed; the exit code.

    `on_ready(window, client)` runs beside it once the engine is open. When it has ended, a picture of the window is
    saved as `screenshot_path`, and without `stay` the program quits and the hook's error is raised here. `ask_first`
    False adds sources without the dialog; `downloads` and `settings` replace the profile's. With `instance` it also
    opens what later starts of the same profile hand over. `offers_assistant` shows the assistant in a profile that
    was never used, `is_hidden` leaves the window in the tray, if any.
    """
    complaint = pyside_pairing.check()
    if complaint is not None:
        print(complaint, file=sys.stderr)
        return 1
    set_up_logging(verbose)
    places = profile(profile_path)
    is_first_start = offers_assistant and _is_new(places)
    refusal = _made(places)
    engine_file, interface_file = engine_store(places), interface_store(places)
    engine_settings = settings or engine_file.load()
    application: Application | None = None

    def outgoing_host() -> str:
        if application is not None and application.settings.is_known:
            return application.settings.engine.outgoing_host
        return engine_settings.outgoing_host

    desk = Desk(
        resources=resources_folder(),
        settings=interface_file.load(),
        save=_saver(interface_file),
        look_at=look_at_folder,
        fetch=web_fetch(outgoing_host),
        downloads_folder=downloads or str(downloads_folder()),
        tray_host=SystemTray,
        power=SystemPower(),
        notices=engine_file.notes + interface_file.notes,
        language=os.environ.get(LANGUAGE_VARIABLE, ""),
        trash=SystemFiles().trash,
        registrar=_registrar(places),
        surroundings=system_surroundings(_login_command(profile_path), resources_folder() / "icons" / "shoal.svg"),
        is_first_start=is_first_start,
    )
    app = make_application(sys.argv[:1])
    failures: list[Exception] = []

    async def after_ready(window: MainWindow, client: Client) -> None:
        try:
            if on_ready is not None:
                await on_ready(window, client)
            if screenshot_path is not None and not window.grab().save(screenshot_path, "PNG"):
                raise OSError(f"the picture of the window could not be saved as {screenshot_path}")
        except Exception as error:
            if stay:
                raise
            failures.append(error)
        finally:
            if not stay:
                window.session.leaving.end()

    async def live() -> int:
        nonlocal application

        def opener() -> AbstractAsyncContextManager[Client]:
            # The engine's modules take longer to load than the window's: its own thread loads them, behind the window.
            from shoal.launch.real_engine import real_engine  # noqa: PLC0415

            # Settings that were given for this run only are not kept.
            save = engine_file.save if settings is None else None
            return real_engine(engine_settings, str(places.resume_database), save_settings=save, keeps_port=True)

        host = HOST(opener)

        async def open_engine() -> Client:
            if refusal is not None:
                raise refusal
            return await host.start()

        # Held until the engine's thread is gone, so that its Qt objects end in this one.
        application = Application(app, desk)
        watch = _stall_watch(application.window)
        with TidyEnd() as tidy, LongLived() as long_lived:
            application.link.run(_tend(long_lived, application))
            try:
                return await application.run(
                    open_engine,
                    stop=tidy.asked,
                    sources=sources,
                    ask_first=ask_first,
                    is_hidden=is_hidden,
                    listen=listen_at(instance),
                    on_ready=after_ready,
                )
            finally:
                if watch is not None:
                    watch.stop()
                await _stop(host)
                application = None

    code = run_on_qt(app, live())
    if failures:
        raise failures[0]
    return code


def _registrar(places: Profile) -> Registrar:
    """Where this copy of Shoal becomes the one that opens torrents."""
    icon = resources_folder() / "icons" / "shoal.svg"
    return system_registrar(own_command(), icon=icon, note=places.state_folder / "former-openers.json")


def _login_command(profile_path: str | None) -> tuple[str, ...]:
    """How the computer starts this copy of Shoal with this profile."""
    chosen = profile_path or os.environ.get(PROFILE_VARIABLE)
    return (*own_command(), "--profile", os.path.abspath(os.path.expanduser(chosen))) if chosen else own_command()


def listen_at(instance: Instance | None) -> Listen | None:
    """How the window hears of later starts."""
    if instance is None:
        return None
    address = instance.place.address

    def listen(take: Take) -> Listening:
        from shoal.launch.instance.listening import RequestServer  # noqa: PLC0415 (behind the window)

        def take_request(request: OpenRequest) -> None:
            if not request.is_nothing:
                take(request.sources, request.activation)

        return RequestServer(address, take_request)

    return listen


def _stall_watch(window: MainWindow) -> StallWatch | None:
    """For developers: `SHOAL_WATCH_STALLS=1` logs each moment in which the window stands still, with its stack."""
    if not os.environ.get(STALLS_VARIABLE):
        return None
    logging.getLogger("shoal.gui.link.stall_watch").setLevel(logging.INFO)
    watch = StallWatch(window)
    watch.start()
    return watch


async def _tend(long_lived: LongLived, application: Application) -> None:
    """Set the transfers aside once they are there, and let go of those that are removed when it is not felt."""
    removed = asyncio.Event()

    def look(update: Update) -> None:
        if update.removed:
            removed.set()

    application.link.updated.connect(look)
    await application.link.has_all_rows()
    long_lived.set_aside()
    while True:
        await removed.wait()
        await asyncio.sleep(LET_GO_SECONDS)
        removed.clear()
        if not long_lived.let_go(is_seen=_is_seen(application.window)):
            removed.set()


def _is_seen(window: MainWindow) -> bool:
    return window.isVisible() and not window.isMinimized()


async def _stop(host: EngineHost) -> None:
    """End the engine's thread; what fails then is logged, since nothing more can be done about it."""
    try:
        await host.stop()
    except Exception as error:
        log.error("the engine did not end cleanly: %s", str(error) or type(error).__name__)
        log.debug("its trace", exc_info=True)


def _is_new(places: Profile) -> bool:
    """Nothing was ever kept there, by any version of Shoal."""
    kept = (places.engine_settings_file, places.interface_settings_file, places.resume_database)
    try:
        return not any(path.exists() for path in kept)
    except OSError:
        return False


def _made(places: Profile) -> UserError | None:
    """Make the folders of the profile; the refusal to show when the system will not."""
    try:
        create_folders(places)
    except OSError as error:
        folder = str(error.filename or places.config_folder)
        return UserError("folder-refused", folder=folder, detail=error.strerror or str(error))
    return None


def _saver(store: SettingsStore[InterfaceSettings]) -> Callable[[InterfaceSettings], None]:
    def save(settings: InterfaceSettings) -> None:
        # A file of a newer Shoal, or one that cannot be read, stays as it is: its note said so.
        if not store.is_read_only:
            store.save(settings)

    return save


def web_fetch(local_host: Callable[[], str]) -> Fetch:
    """How the window gets a .torrent from the web: in a thread and loop of its own; cancelling ends it there too.

    `local_host` tells the local address to connect from; empty lets the system choose.
    """

    async def fetch(address: str, most_bytes: int) -> bytes:
        leave_from = local_host() or None
        running: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[bytes]]] = []

        async def live() -> bytes:
            from shoal.launch.fetch import fetch_torrent  # noqa: PLC0415 (brings all of aiohttp; only when used)

            task = asyncio.ensure_future(fetch_torrent(address, most_bytes, leave_from))
            running.append((asyncio.get_running_loop(), task))
            return await task

        try:
            return await in_thread(lambda: asyncio.run(live()))
        except asyncio.CancelledError:
            for loop, task in running:
                with contextlib.suppress(RuntimeError):  # it has ended meanwhile
                    loop.call_soon_threadsafe(task.cancel)
            raise

    return fetch
