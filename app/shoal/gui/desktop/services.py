"""What Shoal does on the desktop around its window: tells what happened, keeps the computer awake, starts with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from shoal.api.snapshots import Update
from shoal.gui.desktop.autostart import Autostart, LoginStart, NoLoginStart
from shoal.gui.desktop.awake import Inhibitor, KeepAwake, NoInhibitor
from shoal.gui.desktop.notice import Notice
from shoal.gui.desktop.notices import Moment, Notices
from shoal.gui.desktop.notifications import Announcer, Answered, Balloon, Notifier, TrayNotifier
from shoal.gui.link.background import Background
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.memory import Memory

LOOK_MILLISECONDS = 60_000
"""Between two looks at what changes by time alone."""
MakeNotifier = Callable[[Background, Answered], Notifier | None]
MakeInhibitor = Callable[[Background], Inhibitor]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The desktop that Shoal runs on."""

    make_notifier: MakeNotifier
    """The system's notifications; None where only the tray can tell."""
    make_inhibitor: MakeInhibitor
    login_start: LoginStart


NO_DESKTOP = Surroundings(lambda background, answered: None, lambda background: NoInhibitor(), NoLoginStart())
"""Nothing but the window."""


@dataclass(frozen=True, slots=True)
class Front:
    """The window, whichever it is just now."""

    is_in_front: Callable[[], bool]
    inside: Notifier
    """Tells in the window."""
    answered: Answered
    tell: Callable[[str], None]
    """A sentence that stays until it is closed."""
    balloon: Callable[[], Balloon | None]


class Services(QObject):
    """Owned by `link`. `begin` once the engine is open, `close` before the program ends."""

    awake_changed = Signal()
    """`awake.wakeful` is another."""

    def __init__(
        self,
        surroundings: Surroundings,
        front: Front,
        link: ClientLink,
        background: Background,
        memory: Memory,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__(link)
        self._front, self._link, self._memory = front, link, memory
        self._clock, self._wall = clock, wall
        self.notices = Notices(lambda: memory.settings)
        system = surroundings.make_notifier(background, front.answered)
        tray = TrayNotifier(front.balloon, front.answered)
        outside = (tray,) if system is None else (system, tray)
        self.announcer = Announcer(link, outside, front.inside, front.is_in_front)
        inhibitor = surroundings.make_inhibitor(background)
        self.awake = KeepAwake(link, inhibitor, lambda: memory.settings, clock, self.awake_changed.emit)
        self.autostart = Autostart(link, background, memory, surroundings.login_start, front.tell)
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.timeout.connect(self._on_due)
        self._looking = QTimer(self)
        self._looking.setInterval(LOOK_MILLISECONDS)
        self._looking.timeout.connect(self._on_due)
        link.updated.connect(self._on_update)
        memory.remembered.connect(self._on_due)

    def begin(self) -> None:
        """What is known once all rows have come is no news."""
        self._looking.start()
        self._link.run(self._begin())
        self._link.run(self.autostart.begin())

    async def close(self) -> None:
        self._due.stop()
        self._looking.stop()
        await self.announcer.close()
        await self.awake.close()

    async def _begin(self) -> None:
        await self._link.has_all_rows()
        self.notices.begin()

    def _on_update(self, update: Update) -> None:
        self.awake.follow(update)
        self._tell(self.notices.take(update, self._moment()))

    def _on_due(self) -> None:
        self.awake.look()
        self._tell(self.notices.tick(self._moment()))

    def _tell(self, notices: list[Notice]) -> None:
        self.announcer.tell(notices)
        wait = self.notices.wait(self._moment())
        if wait is None:
            self._due.stop()
        else:
            self._due.start(min(int(wait * 1000) + 1, LOOK_MILLISECONDS))

    def _moment(self) -> Moment:
        local = self._wall()
        return Moment(self._clock(), local.hour * 60 + local.minute, self._front.is_in_front())
