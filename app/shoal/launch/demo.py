"""`shoal demo`: a swarm on this machine alone and a real download from it, in the window or in the terminal.

Without a display the same window is drawn off the screen, so that its picture can be looked at afterwards. With
`--headless` and no picture asked for, no Qt is loaded at all.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from shoal.api.client import Client
from shoal.api.commands import AddTorrent
from shoal.api.errors import Reason, UserError
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.cli.follow import Limits, follow
from shoal.cli.messages import ExitCode, exit_code
from shoal.cli.options import DemoOptions
from shoal.cli.output import Output, make_output
from shoal.cli.quantities import elapsed_text, rate_text, size_text
from shoal.cli.watch import Watch
from shoal.launch.demo_swarm import LOOPBACK, NAME, SEEDS, DemoSwarm, DemoTorrent, differing_files
from shoal.launch.display import has_display
from shoal.launch.logging import set_up_logging
from shoal.launch.real_engine import real_engine
from shoal.launch.signals import TidyEnd
from shoal.runtime.event_loop import run
from shoal.settings.engine_settings import DHT_OFF, EngineSettings
from shoal.settings.locations import profile

if TYPE_CHECKING:
    from shoal.gui.window.main_window import MainWindow

TIMEOUT_SECONDS = 300.0
LINE_SECONDS = 2.0
"""How often a line is printed where there is no terminal: the demo is short."""

PICTURE_AT = 0.62
"""The share at which the picture is taken: rates have settled, and there is still something to see."""


def run_demo(options: DemoOptions, *, verbose: int = 0) -> int:
    """Run the demo to its end and return its exit code; the temporary folder is removed whatever happens."""
    set_up_logging(verbose)
    output = make_output(sys.stdout, sys.stderr, as_json=False, line_seconds=LINE_SECONDS)
    try:
        with tempfile.TemporaryDirectory(prefix="shoal-demo-", ignore_cleanup_errors=True) as folder:
            _say(f"A tracker and {SEEDS} seeds start on this machine; nothing leaves it.")
            with DemoSwarm(Path(folder, "source"), options.size_bytes) as torrent:
                demo = _Demo(torrent, Path(folder), output)
                return int(_run(demo, options, verbose))
    except UserError as error:
        output.error(error.reason)
        return int(exit_code(error.reason))
    except KeyboardInterrupt:
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        return int(ExitCode.INTERRUPTED)


def _run(demo: _Demo, options: DemoOptions, verbose: int) -> ExitCode:
    is_seen = has_display(os.environ) and not options.headless
    picture = options.screenshot
    if not is_seen and picture is None and not options.headless:
        picture = _usual_picture()
    if not is_seen and picture is None:
        return run(_in_terminal(demo))
    if not is_seen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        from shoal.launch.desktop import run_desktop  # noqa: PLC0415 (Qt, which may be missing)
    except ImportError as error:
        _say(f"There will be no window and no picture of it: {error}.")
        return run(_in_terminal(demo))

    async def on_ready(window: MainWindow, client: Client) -> None:
        await demo.watch(client, picture=picture, window=window)
        if is_seen:
            _say("Close the window to end the demo; its files are removed then.")

    code = run_desktop(
        [str(demo.torrent.path)],
        str(demo.folder / "profile"),
        on_ready=on_ready,
        ask_first=False,
        stay=is_seen,
        downloads=str(demo.downloads),
        settings=demo.settings,
        verbose=verbose,
    )
    if code or (is_seen and demo.result is None):
        return ExitCode(code)
    return demo.result if demo.result is not None else ExitCode.INTERRUPTED


async def _in_terminal(demo: _Demo) -> ExitCode:
    with TidyEnd() as end:
        async with real_engine(demo.settings, None) as client:
            await client.execute(AddTorrent(demo.torrent.path.read_bytes(), str(demo.downloads)))
            await demo.watch(client, interrupted=end.asked)
    return demo.result if demo.result is not None else ExitCode.NO


def _usual_picture() -> str:
    folder = profile().cache_folder
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder / "demo.png")


@dataclass
class _Demo:
    """The download, wherever it is shown; `result` is set when it has come to an end of its own."""

    torrent: DemoTorrent
    folder: Path
    output: Output
    result: ExitCode | None = None
    settings: EngineSettings = field(default_factory=lambda: EngineSettings(listen_hosts=LOOPBACK, dht=DHT_OFF))

    @property
    def downloads(self) -> Path:
        return self.folder / "downloads"

    async def watch(
        self,
        client: Client,
        *,
        picture: str | None = None,
        window: MainWindow | None = None,
        interrupted: asyncio.Event | None = None,
    ) -> None:
        """Show the download until it is complete, take the picture on the way, and compare the files at the end."""
        started = asyncio.get_running_loop().time()
        limits = Limits(interrupted or asyncio.Event(), started, TIMEOUT_SECONDS)
        torrent_id = self.torrent.metainfo.torrent_id
        picture_refused: Reason | None = None
        try:
            with Watch(client) as watch:
                if picture is not None and window is not None:
                    await follow(watch, torrent_id, self.output, limits, _is_worth_a_picture)
                    if not window.grab().save(picture, "PNG"):
                        picture_refused = Reason("picture-refused", {"path": picture})
                        self.output.warning(picture_refused)
                row = await follow(watch, torrent_id, self.output, limits, _is_complete)
            seconds = asyncio.get_running_loop().time() - started
            different = await asyncio.to_thread(differing_files, self.downloads / NAME, self.torrent.digests)
        except UserError as error:
            self.output.error(error.reason)
            self.result = exit_code(error.reason)
            return
        self.output.close()
        if different:
            _say(f"These files are not the same as their source: {', '.join(different)}.")
            self.result = ExitCode.NO
            return
        _say(
            f"Done: {size_text(row.size)} in {elapsed_text(seconds)} ({rate_text(row.size / max(seconds, 0.1))}) "
            f"from {SEEDS} seeds; all {len(self.torrent.digests)} files are the same as their source (SHA-256)."
        )
        if picture_refused is not None:
            self.result = exit_code(picture_refused)
            return
        if picture is not None and window is not None:
            _say(f"Picture of the window: {picture}")
        self.result = ExitCode.DONE


def _is_worth_a_picture(row: TorrentRow) -> bool:
    return row.progress >= PICTURE_AT or _is_complete(row)


def _is_complete(row: TorrentRow) -> bool:
    return row.is_complete and row.state is TorrentState.SEEDING


def _say(text: str) -> None:
    print(text, flush=True)
