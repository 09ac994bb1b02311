"""Composition root of the window: profile, engine in its own thread, link, window, and the order they end in."""

from __future__ import annotations

import logging
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from shoal.api.client import Client
from shoal.gui.application import Application, Desk, make_application
from shoal.gui.style.resources import resources_folder
from shoal.gui.window.main_window import MainWindow
from shoal.launch import pyside_pairing
from shoal.launch.engine_host import EngineHost, EngineOpener, ThreadHost
from shoal.launch.logging import set_up_logging
from shoal.launch.qt_loop import run_on_qt
from shoal.launch.signals import TidyEnd
from shoal.runtime.files import SystemFiles
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.locations import create_folders, downloads_folder, profile
from shoal.settings.store import engine_store, interface_store

log = logging.getLogger(__name__)

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
    verbose: int = 0,
) -> int:
    """Open the window with `sources` and live until it is closed; the exit code.

    `on_ready(window, client)` runs beside it once the engine is open. When it has ended, a picture of the window is
    saved as `screenshot_path`, and without `stay` the program quits and the hook's error is raised here. `ask_first`
    False adds sources without the dialog; `downloads` and `settings` replace the profile's.
    """
    complaint = pyside_pairing.check()
    if complaint is not None:
        print(complaint, file=sys.stderr)
        return 1
    set_up_logging(verbose)
    places = profile(profile_path)
    create_folders(places)
    engine_settings = settings or engine_store(places).load()
    store = interface_store(places)
    desk = Desk(
        resources=resources_folder(),
        settings=store.load(),
        save=store.save,
        free_bytes=free_bytes,
        downloads_folder=downloads or str(downloads_folder()),
    )
    for note in store.notes:
        log.warning("%s", note.text)
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
                window.close()

    async def live() -> int:
        def opener() -> AbstractAsyncContextManager[Client]:
            # The engine's modules take longer to load than the window's: its own thread loads them, behind the window.
            from shoal.launch.real_engine import real_engine  # noqa: PLC0415

            return real_engine(engine_settings, str(places.resume_database))

        host = HOST(opener)
        # Held until the engine's thread is gone, so that its Qt objects end in this one.
        application = Application(app, desk)
        with TidyEnd() as tidy:
            try:
                return await application.run(
                    host.start, stop=tidy.asked, sources=sources, ask_first=ask_first, on_ready=after_ready
                )
            finally:
                await host.stop()

    code = run_on_qt(app, live())
    if failures:
        raise failures[0]
    return code


def free_bytes(folder: str) -> int | None:
    """Free bytes where `folder` is or would be; None when the system will not say. Blocks."""
    try:
        return SystemFiles().free_bytes(folder)
    except OSError:
        return None
