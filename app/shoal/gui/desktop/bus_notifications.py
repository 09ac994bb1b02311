"""Notifications of Linux desktops, after the Desktop Notifications Specification 1.2 of freedesktop.org.

The service may come, go and be replaced while Shoal runs: it is asked anew what it can, and what it showed is
forgotten.
"""

from __future__ import annotations

import asyncio
import html
import logging
from collections.abc import Iterable
from contextlib import suppress

from shoal import APPLICATION_ID
from shoal.gui.desktop.message_bus import BUS_NAME, Bus, BusError, Method, Signal
from shoal.gui.desktop.notice import Notice, NoticeKind, answer_name
from shoal.gui.desktop.notifications import Answered
from shoal.gui.link.background import Background
from shoal.gui.style.wording import say

log = logging.getLogger(__name__)

SERVICE, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
CLICKED = "default"
"""The action of a click on the notification itself."""
MOST_SHOWN = 100
_NOTIFY = Method(SERVICE, PATH, SERVICE, "Notify", "susssasa{sv}i")
_CLOSE = Method(SERVICE, PATH, SERVICE, "CloseNotification", "u")
_CAPABILITIES = Method(SERVICE, PATH, SERVICE, "GetCapabilities")
_RULES = (
    f"type='signal',sender='{SERVICE}',interface='{SERVICE}',path='{PATH}'",
    f"type='signal',sender='{BUS_NAME}',interface='{BUS_NAME}',member='NameOwnerChanged',arg0='{SERVICE}'",
)
_CATEGORIES = {
    NoticeKind.FINISHED: "transfer.complete",
    NoticeKind.ALL_DONE: "transfer.complete",
    NoticeKind.NEEDS_YOU: "transfer.error",
    NoticeKind.DISK: "device.error",
    NoticeKind.SUMMARY: "transfer",
}
_NORMAL_URGENCY = 1
_AS_THE_SERVICE_LIKES = -1


class BusNotifier:
    """`icon` is a name of the icon theme, or a file's address; `address` is that of the session's bus."""

    def __init__(self, address: str, background: Background, icon: str, answered: Answered) -> None:
        self._bus = Bus(address, background, rules=_RULES, heard=self._hear, lost=self._forget)
        self._icon, self._answered = icon, answered
        self._capabilities: frozenset[str] | None = None
        self._ids: dict[int, int] = {}
        """What the service calls them, by key."""
        self._shown: dict[int, Notice] = {}
        """By what the service calls them."""
        self._tokens: dict[int, str] = {}
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def shown(self) -> tuple[Notice, ...]:
        """What the service has not yet called closed."""
        return tuple(self._shown.values())

    async def show(self, notice: Notice) -> bool:
        try:
            capabilities = await self._known_capabilities()
            former = [self._ids[key] for key in (notice.key, *notice.replaces) if key in self._ids]
            reply = await self._bus.call(_NOTIFY, *self._arguments(notice, capabilities, former))
            shown = reply.body[0]
            assert isinstance(shown, int)
            await self._swallow(former, shown)
        except BusError as error:
            log.debug("no notification service: %s", error)
            return False
        for key in notice.replaces:
            self._ids.pop(key, None)
        self._ids[notice.key] = shown
        self._shown[shown] = notice
        while len(self._shown) > MOST_SHOWN:
            self._drop(next(iter(self._shown)))
        return True

    async def close(self) -> None:
        """What is shown stays: it is true without us."""
        for closing in self._closing:
            closing.cancel()
        await self._bus.close()

    async def _known_capabilities(self) -> frozenset[str]:
        if self._capabilities is None:
            found = (await self._bus.call(_CAPABILITIES)).body[0]
            self._capabilities = frozenset(map(str, found)) if isinstance(found, list) else frozenset()
        return self._capabilities

    def _arguments(self, notice: Notice, capabilities: frozenset[str], former: list[int]) -> tuple[object, ...]:
        from dbus_fast import Variant  # noqa: PLC0415 (loaded by now)

        hints = {
            "desktop-entry": Variant("s", APPLICATION_ID),
            "category": Variant("s", _CATEGORIES[notice.kind]),
            "urgency": Variant("y", _NORMAL_URGENCY),
        }
        title, text = notice.title, notice.text
        if "body" not in capabilities:
            title, text = notice.sentence, ""
        elif "body-markup" in capabilities:
            text = html.escape(text, quote=False)
        actions = [word for pair in _actions(notice) for word in pair] if "actions" in capabilities else []
        first = former[0] if former else 0
        return (say("Shoal"), first, self._icon, title, text, actions, hints, _AS_THE_SERVICE_LIKES)

    async def _swallow(self, former: Iterable[int], shown: int) -> None:
        for number in former:
            self._shown.pop(number, None)
            if number != shown:
                with suppress(BusError):  # it may be gone by now
                    await self._bus.call(_CLOSE, number)

    def _hear(self, signal: Signal) -> None:
        match signal.interface, signal.member, signal.body:
            case service, "ActionInvoked", (int(number), str(action), *_) if service == SERVICE:
                self._answer(number, action)
            case service, "ActivationToken", (int(number), str(token), *_) if service == SERVICE:
                if number in self._shown:
                    self._tokens[number] = token
            case service, "NotificationClosed", (int(number), *_) if service == SERVICE:
                self._drop(number)
            case bus, "NameOwnerChanged", (str(name), *_) if bus == BUS_NAME and name == SERVICE:
                self._forget()

    def _answer(self, number: int, action: str) -> None:
        notice = self._shown.get(number)
        if notice is None:
            return
        answers = {answer.value: answer for answer in notice.answers} | {CLICKED: notice.click}
        if action not in answers:
            return
        token = self._tokens.pop(number, "")
        self._drop(number)
        # Some services leave what was answered on the screen.
        closing = asyncio.get_running_loop().create_task(self._swallow((number,), 0))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        self._answered(notice, answers[action], token)

    def _drop(self, number: int) -> None:
        self._tokens.pop(number, None)
        notice = self._shown.pop(number, None)
        if notice is not None and self._ids.get(notice.key) == number:
            del self._ids[notice.key]

    def _forget(self) -> None:
        self._capabilities = None
        self._ids.clear()
        self._shown.clear()
        self._tokens.clear()


def _actions(notice: Notice) -> list[tuple[str, str]]:
    """Keys with their words, the click first."""
    return [(CLICKED, answer_name(notice.click)), *((answer.value, answer_name(answer)) for answer in notice.answers)]
