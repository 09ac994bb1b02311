"""The window over a fake engine, on the desktop that it is started on: says what it opens, does what it is told.

Reads lines: `load 3` (so many downloads), `finish 0 1`, `stick 2`, `hide`, `show`, `set KEY JSON`, `quit`. Answers
each with a line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from shiboken6 import isValid
from tests.support.fake_client import FakeClient, row

from shoal.api.errors import Reason
from shoal.api.snapshots import Alert, TorrentState
from shoal.gui.application import Application, Desk, make_application
from shoal.gui.desktop.associations import ByHand
from shoal.gui.desktop.system_surroundings import system_surroundings
from shoal.gui.style.resources import resources_folder
from shoal.gui.window.telling import is_in_front
from shoal.launch.qt_loop import run_on_qt
from shoal.runtime.folder_facts import FolderFacts
from shoal.settings.interface_settings import InterfaceSettings

ICON = resources_folder() / "icons" / "shoal.svg"
COMMAND = ("/opt/shoal here/100%/shoal",)


def tell(**values: object) -> None:
    print(json.dumps(values), flush=True)


class Opened(QObject):
    """Instead of the programs that open files."""

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        tell(opened=url.toLocalFile())


class Story:
    def __init__(self, application: Application, client: FakeClient, stop: asyncio.Event) -> None:
        self.application, self.client, self.stop = application, client, stop

    def hear(self) -> None:
        line = sys.stdin.readline()
        verb, *words = line.split() or ["quit"]
        getattr(self, verb)(*words)
        tell(done=verb)

    def load(self, count: str) -> None:
        for number in range(int(count)):
            folder, name = f"/downloads/{number}", f"<b>film</b> & {number}"
            self.client.push(
                row(f"{number:040x}", name=name, folder=folder, content_path=f"{folder}/film", sending_peers=1)
            )

    def finish(self, *numbers: str) -> None:
        for number in numbers:
            known = self.client.rows[f"{int(number):040x}"]
            done = replace(known, state=TorrentState.SEEDING, wanted_done=known.wanted, downloaded=9, sending_peers=0)
            self.client.push(done, alerts=(Alert("finished", known.torrent_id, {}),))

    def stick(self, number: str) -> None:
        known = self.client.rows[f"{int(number):040x}"]
        self.client.push(replace(known, state=TorrentState.ERROR, reason=Reason("disk-full", {"missing": 5})))

    def hide(self) -> None:
        self.application.window.showMinimized()

    def show(self) -> None:
        self.application.window.showNormal()

    def look(self) -> None:
        window = self.application.window
        panel = window.explainer.panel
        tell(
            selected=window.list.selected_ids(),
            is_seen=window.isVisible() and not window.isMinimized(),
            is_explained=panel is not None and isValid(panel) and panel.isVisible(),
            is_awake=self.application.services.awake.is_held,
            toast=window.toast.text,
            is_in_front=is_in_front(window),
            settings={key: getattr(self.application.memory.settings, key) for key in ("start_at_login", "keep_awake")},
        )

    def set(self, key: str, value: str) -> None:
        self.application.memory.remember(**{key: json.loads(value)})

    def quit(self) -> None:
        self.stop.set()


def main() -> int:
    app = make_application(sys.argv[:1])
    opened = Opened(app)
    QDesktopServices.setUrlHandler("file", opened, "open")
    desk = Desk(
        resources_folder(),
        InterfaceSettings(theme="light"),
        lambda settings: None,
        lambda folder: FolderFacts(True, 10**12, 2 * 10**12, "one disk"),
        no_fetch,
        "/downloads",
        lambda path: None,
        ByHand(),
        language="en",
        surroundings=system_surroundings(COMMAND, ICON),
    )

    async def live() -> int:
        application, client, stop = Application(app, desk), FakeClient(), asyncio.Event()
        story = Story(application, client, stop)

        async def open_engine() -> FakeClient:
            return client

        async def ready(window: object, engine: object) -> None:
            asyncio.get_running_loop().add_reader(sys.stdin.fileno(), story.hear)
            tell(done="start")

        return await application.run(open_engine, stop=stop, on_ready=ready)

    return run_on_qt(app, live())


async def no_fetch(address: str, most_bytes: int) -> bytes:
    raise AssertionError(address)


if __name__ == "__main__":
    sys.exit(main())
