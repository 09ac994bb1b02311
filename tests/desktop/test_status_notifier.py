"""The tray of KDE and of GNOME's extension: an item on the message bus, its tooltip, its menu and clicks on it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from tests.support import tray_item
from tests.support.bare_bus import BareBus, PlayedService
from tests.support.debian_clients import require_client

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="trays of Linux desktops"),
]
WATCHER = "org.kde.StatusNotifierWatcher"
ITEM, MENU = "org.kde.StatusNotifierItem", "com.canonical.dbusmenu"


@pytest.fixture
def bus() -> Iterator[BareBus]:
    bus = BareBus()
    bus.start()
    yield bus
    bus.close()


@pytest.fixture
def display() -> Iterator[str]:
    read, write = os.pipe()
    command = [require_client("Xvfb"), "-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL) as screen:
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        yield f":{number}"
        screen.terminate()


async def test_it_is_an_item_with_a_menu_and_hears_of_clicks(bus: BareBus, display: str) -> None:
    watcher = PlayedService(
        WATCHER,
        {
            "Get": lambda interface, name: ("v", [Variant("b", True)]),
            "RegisterStatusNotifierItem": lambda name: ("", []),
        },
    )
    await watcher.appear(bus.address)
    environment = os.environ | {
        "QT_QPA_PLATFORM": "xcb",
        "DISPLAY": display,
        "DBUS_SESSION_BUS_ADDRESS": bus.address,
        "XDG_CURRENT_DESKTOP": "KDE",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    shoal = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(tray_item.__file__)), stdout=subprocess.PIPE, env=environment
    )
    panel = await MessageBus(bus_address=bus.address).connect()
    assert shoal.stdout is not None

    async def call(path: str, interface: str, member: str, signature: str, *body: object) -> list[object]:
        (name,) = watcher.called("RegisterStatusNotifierItem")[0]
        message = Message(name, path, interface, member, signature=signature, body=list(body))
        answer = await panel.call(message)
        assert answer is not None
        assert answer.message_type is MessageType.METHOD_RETURN, answer.body
        return answer.body

    async def item(name: str) -> Variant:
        (value,) = await call("/StatusNotifierItem", "org.freedesktop.DBus.Properties", "Get", "ss", ITEM, name)
        assert isinstance(value, Variant)
        return value

    try:
        assert await shoal.stdout.readline() == b"there\n"
        while not watcher.called("RegisterStatusNotifierItem"):  # noqa: ASYNC110 (played from outside)
            await asyncio.sleep(0.01)
        assert "Shoal: down 1 MB/s" in str((await item("ToolTip")).value)
        await call("/StatusNotifierItem", ITEM, "Activate", "ii", 0, 0)
        assert await shoal.stdout.readline() == b"clicked\n"
        path = str((await item("Menu")).value)
        _, layout = await call(path, MENU, "GetLayout", "iias", 0, -1, [])
        assert isinstance(layout, (list, tuple))
        ((number, shown, _),) = [entry.value for entry in layout[2]]
        assert shown["label"].value.replace("_", "") == "Quit Shoal"
        await call(path, MENU, "Event", "isvu", number, "clicked", Variant("i", 0), 0)
        assert await shoal.stdout.readline() == b"chosen\n"
    finally:
        panel.disconnect()
        shoal.kill()
        await shoal.wait()
        await watcher.vanish()
