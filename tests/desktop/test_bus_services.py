"""Services of a Linux desktop on a bus of their own: they come, go, are replaced, can less than others, or refuse."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from tests.support.bare_bus import BareBus, PlayedService

from shoal.gui.desktop.bus_inhibitor import BusInhibitor
from shoal.gui.desktop.bus_notifications import PATH, SERVICE, BusNotifier
from shoal.gui.desktop.notice import Answer, Notice, NoticeKind
from shoal.gui.link.background import Background

pytestmark = [
    pytest.mark.timeout(30),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="services of Linux desktops"),
]
EVERYTHING = ("actions", "body", "body-markup", "persistence")
DONE = Notice(1, NoticeKind.FINISHED, "Download finished", "a <b> & c", (Answer.OPEN, Answer.OPEN_FOLDER), ("00",))
STUCK = Notice(2, NoticeKind.NEEDS_YOU, "A transfer needs you", "film: Disk full.", (Answer.FIX,), ("00",))


async def until(holds: Callable[[], object]) -> None:
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.005)
    pytest.fail("it did not happen within 5 s")


@pytest.fixture
def bus() -> Iterator[BareBus]:
    bus = BareBus()
    bus.start()
    yield bus
    bus.close()


class Screen(PlayedService):
    """A notification service."""

    def __init__(self, *capabilities: str) -> None:
        self.last = 40
        super().__init__(
            SERVICE,
            {
                "GetCapabilities": lambda: ("as", [list(capabilities)]),
                "Notify": lambda *arguments: ("u", [arguments[1] or self.next()]),
                "CloseNotification": lambda number: ("", []),
            },
        )

    def next(self) -> int:
        self.last += 1
        return self.last

    async def tell(self, member: str, signature: str, *body: object) -> None:
        await self.emit(PATH, SERVICE, member, signature, *body)


class Person:
    """Notices over `bus`, and what was answered to them."""

    def __init__(self, bus: BareBus) -> None:
        self.answers: list[tuple[int, Answer, str]] = []
        self.notifier = BusNotifier(bus.address, Background(), "org.shoal.Shoal", self._answered)

    def _answered(self, notice: Notice, answer: Answer, token: str) -> None:
        self.answers.append((notice.key, answer, token))


@pytest_asyncio.fixture
async def person(bus: BareBus) -> AsyncIterator[Person]:
    person = Person(bus)
    yield person
    await person.notifier.close()


# -- notifications


async def test_without_a_service_another_way_is_to_be_tried(person: Person) -> None:
    assert not await person.notifier.show(DONE)


async def test_without_a_bus_too() -> None:
    for address in ("", "unix:path=/nowhere/bus", "nonsense"):
        notifier = BusNotifier(address, Background(), "", lambda notice, answer, token: None)
        assert not await notifier.show(DONE)
        await notifier.close()


async def test_buttons_and_a_click_are_answered_with_the_token(bus: BareBus, person: Person) -> None:
    screen = Screen(*EVERYTHING)
    await screen.appear(bus.address)
    assert await person.notifier.show(DONE)
    (sent,) = screen.called("Notify")
    name, replaces, icon, title, text, actions, hints, timeout = sent
    assert (name, replaces, icon, timeout) == ("Shoal", 0, "org.shoal.Shoal", -1)
    assert (title, text) == ("Download finished", "a &lt;b&gt; &amp; c")
    assert actions == ["default", "Show Shoal", "open", "Open", "open-folder", "Open folder"]
    assert {key: value.value for key, value in hints.items()} == {
        "desktop-entry": "org.shoal.Shoal",
        "category": "transfer.complete",
        "urgency": 1,
    }
    await screen.tell("ActivationToken", "us", 41, "token")
    await screen.tell("ActionInvoked", "us", 41, "fix")
    await screen.tell("ActionInvoked", "us", 77, "open")
    await screen.tell("ActionInvoked", "us", 41, "open-folder")
    await until(lambda: person.answers)
    assert person.answers == [(1, Answer.OPEN_FOLDER, "token")]
    await until(lambda: screen.called("CloseNotification") == [(41,)])
    assert person.notifier.shown == ()
    await screen.vanish()


async def test_a_click_on_it_does_what_is_nearest(bus: BareBus, person: Person) -> None:
    screen = Screen(*EVERYTHING)
    await screen.appear(bus.address)
    for notice in (DONE, STUCK, DONE):
        assert await person.notifier.show(notice)
    assert screen.called("Notify")[2][1] == 41, "the same again takes the place of the former one"
    for number in (41, 42):
        await screen.tell("ActionInvoked", "us", number, "default")
    await until(lambda: len(person.answers) == 2)
    assert person.answers == [(1, Answer.SHOW, ""), (2, Answer.FIX, "")]
    await screen.vanish()


async def test_what_was_closed_is_answered_no_more(bus: BareBus, person: Person) -> None:
    screen = Screen(*EVERYTHING)
    await screen.appear(bus.address)
    assert await person.notifier.show(DONE)
    assert await person.notifier.show(STUCK)
    await screen.tell("NotificationClosed", "uu", 41, 2)
    for number in (41, 42):
        await screen.tell("ActionInvoked", "us", number, "default")
    await until(lambda: person.answers)
    assert person.answers == [(2, Answer.FIX, "")]
    await screen.vanish()


async def test_a_service_that_can_less_gets_less(bus: BareBus, person: Person) -> None:
    screen = Screen()
    await screen.appear(bus.address)
    assert await person.notifier.show(DONE)
    assert screen.called("Notify")[0][3:6] == ("Download finished: a <b> & c", "", [])
    await screen.vanish()
    plain = Screen("body")
    await plain.appear(bus.address)
    assert await person.notifier.show(DONE)
    assert plain.called("Notify")[0][1] == 0, "what another service showed cannot be replaced"
    assert plain.called("Notify")[0][3:6] == ("Download finished", "a <b> & c", [])
    await plain.vanish()


async def test_many_take_the_place_of_single_ones(bus: BareBus, person: Person) -> None:
    screen = Screen(*EVERYTHING)
    await screen.appear(bus.address)
    for key in (1, 2, 3):
        await person.notifier.show(Notice(key, NoticeKind.FINISHED, "one", "x"))
    await screen.tell("NotificationClosed", "uu", 42, 2)
    await until(lambda: len(person.notifier.shown) == 2)
    await person.notifier.show(Notice(9, NoticeKind.FINISHED, "many", "x", replaces=(1, 2, 3)))
    await person.notifier.show(Notice(9, NoticeKind.FINISHED, "more", "x"))
    assert [call[1] for call in screen.called("Notify")] == [0, 0, 0, 41, 41]
    assert screen.called("CloseNotification") == [(43,)]
    assert [notice.title for notice in person.notifier.shown] == ["more"]
    await screen.vanish()


async def test_after_a_restart_of_the_bus_it_is_told_again(bus: BareBus, person: Person) -> None:
    for screen in (Screen(*EVERYTHING), Screen(*EVERYTHING)):
        await screen.appear(bus.address)
        assert await person.notifier.show(DONE)
        await screen.tell("ActionInvoked", "us", 41, "open")
        await until(lambda: person.answers)
        person.answers.clear()
        assert await person.notifier.show(STUCK), "and so the answered one is closed"
        assert screen.called("CloseNotification") == [(41,)]
        bus.stop()
        assert not await person.notifier.show(DONE)
        bus.start()


# -- keeping awake


def power(cookie: int = 7) -> PlayedService:
    return PlayedService(
        "org.freedesktop.PowerManagement",
        {"Inhibit": lambda *_: ("u", [cookie]), "UnInhibit": lambda *_: ("", [])},
    )


@pytest_asyncio.fixture
async def inhibitor(bus: BareBus) -> AsyncIterator[BusInhibitor]:
    inhibitor = BusInhibitor(bus.address, bus.address, Background())
    yield inhibitor
    await inhibitor.release()
    await inhibitor.close()


async def test_nobody_keeps_it_awake(inhibitor: BusInhibitor) -> None:
    assert not await inhibitor.hold("Downloads are running")
    assert not inhibitor.is_held
    await inhibitor.release()


async def test_the_power_manager_of_the_session_is_asked_first(bus: BareBus, inhibitor: BusInhibitor) -> None:
    manager = power()
    await manager.appear(bus.address)
    assert await inhibitor.hold("Downloads are running")
    assert await inhibitor.hold("Downloads are running")
    assert inhibitor.is_held
    await inhibitor.release()
    assert not inhibitor.is_held
    assert manager.calls == [("Inhibit", ("Shoal", "Downloads are running")), ("UnInhibit", (7,))]
    await manager.vanish()


async def test_gnome_keeps_from_suspending_alone(bus: BareBus, inhibitor: BusInhibitor) -> None:
    session = PlayedService(
        "org.gnome.SessionManager", {"Inhibit": lambda *_: ("u", [9]), "Uninhibit": lambda *_: ("", [])}
    )
    await session.appear(bus.address)
    assert await inhibitor.hold("Downloads are running")
    await inhibitor.release()
    assert session.calls == [
        ("Inhibit", ("org.shoal.Shoal", 0, "Downloads are running", 4)),
        ("Uninhibit", (9,)),
    ]
    await session.vanish()


async def test_login1_holds_as_long_as_its_file_is_open(bus: BareBus, inhibitor: BusInhibitor) -> None:
    ours, theirs = os.pipe()
    login = PlayedService("org.freedesktop.login1", {"Inhibit": lambda *_: ("h", [0])})
    login.files["Inhibit"] = [theirs]
    await login.appear(bus.address)
    assert await inhibitor.hold("Downloads are running")
    os.close(theirs)
    os.set_blocking(ours, False)
    with pytest.raises(BlockingIOError):
        os.read(ours, 1)
    assert inhibitor.is_held
    await inhibitor.release()
    assert os.read(ours, 1) == b"", "nobody holds the other end"
    assert login.calls == [("Inhibit", ("idle", "Shoal", "Downloads are running", "block"))]
    os.close(ours)
    await login.vanish()


async def test_a_bus_that_restarts_has_forgotten_us(bus: BareBus, inhibitor: BusInhibitor) -> None:
    manager = power()
    await manager.appear(bus.address)
    assert await inhibitor.hold("Downloads are running")
    bus.stop()
    await until(lambda: not inhibitor.is_held)
    bus.start()
    again: Any = power(8)
    await again.appear(bus.address)
    assert await inhibitor.hold("Downloads are running")
    await inhibitor.release()
    assert again.called("UnInhibit") == [(8,)]
    await again.vanish()
