"""The computer does not fall asleep by itself while something is downloaded; it still does when the person says so."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from enum import Enum
from typing import Protocol

from shoal.api.snapshots import TorrentRow, TorrentState, Update
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.wording import Template, phrase, say_phrase
from shoal.settings.interface_settings import InterfaceSettings

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 600.0
"""A transfer that nothing flows for is waited for so long; a laptop is not kept awake for a dead swarm."""
TRY_AGAIN_SECONDS = 60.0
_AT_WORK = (TorrentState.CHECKING, TorrentState.ALLOCATING, TorrentState.MOVING)


class Wakeful(Enum):
    """Whether and why the computer is kept awake."""

    NO = "no"
    DOWNLOADING = "downloading"
    SHARING = "sharing"


_REASONS: dict[Wakeful, Template] = {
    Wakeful.DOWNLOADING: phrase(
        "Shoal keeps the computer awake until the downloads are done. The screen may go dark all the same."
    ),
    Wakeful.SHARING: phrase(
        "Shoal keeps the computer awake as long as peers are served. The screen may go dark all the same."
    ),
}


_SAID: dict[Wakeful, Template] = {
    Wakeful.DOWNLOADING: phrase("Downloads are running"),
    Wakeful.SHARING: phrase("Peers are being served"),
}
"""What the system shows to who asks what keeps it awake."""


def wakeful_text(wakeful: Wakeful) -> str:
    """That the computer is kept awake, and why; "" when it is not."""
    return say_phrase(_REASONS[wakeful]) if wakeful in _REASONS else ""


class Inhibitor(Protocol):
    """What keeps a system awake."""

    @property
    def is_held(self) -> bool:
        """Whether it does now; the system may end that."""
        ...

    async def hold(self, why: str) -> bool:
        """Keep it awake until `release`, for the reason `why`; False when the system does not let us."""
        ...

    async def release(self) -> None:
        """Let it sleep again; harmless when nothing is held."""
        ...

    async def close(self) -> None: ...


class NoInhibitor:
    """A system that Shoal cannot keep awake."""

    is_held = False

    async def hold(self, why: str) -> bool:
        return False

    async def release(self) -> None:
        """Nothing was held."""

    async def close(self) -> None:
        """Nothing is open."""


class KeepAwake:
    """`follow` every update, and `look` now and then without one."""

    def __init__(
        self,
        link: ClientLink,
        inhibitor: Inhibitor,
        settings: Callable[[], InterfaceSettings],
        clock: Callable[[], float] = time.monotonic,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """`changed` is called when `wakeful` is another."""
        self._link, self._inhibitor, self._settings, self._clock = link, inhibitor, settings, clock
        self._changed, self._told = changed, Wakeful.NO
        self._said = Wakeful.NO
        """What the system was last told."""
        self._flowed_at: dict[str, float] = {}
        """Of running transfers: when something last flowed, or when they began."""
        self._sharing: set[str] = set()
        """Those of them that only share."""
        self._is_busy = False
        self._failed_at: float | None = None

    @property
    def is_held(self) -> bool:
        """The computer is kept awake now."""
        return self._inhibitor.is_held

    @property
    def wakeful(self) -> Wakeful:
        """Whether the computer is kept awake now, and for what."""
        if not self.is_held:
            return Wakeful.NO
        return Wakeful.DOWNLOADING if self._reasons(sharing=False) else Wakeful.SHARING

    def follow(self, update: Update) -> None:
        now = self._clock()
        for torrent_id in update.removed:
            self._drop(torrent_id)
        for row in update.changed:
            self._follow(row, now)
        self.look()

    def look(self) -> None:
        """Hold or release as things are now."""
        self._tell()
        wanted = self._wanted()
        if wanted is self._held_for or self._is_busy:
            return
        failed = self._failed_at
        if wanted is not Wakeful.NO and failed is not None and self._clock() - failed < TRY_AGAIN_SECONDS:
            return
        self._is_busy = True
        self._link.run(self._apply())

    async def close(self) -> None:
        """At the end of the program: the computer may sleep."""
        await self._inhibitor.release()
        await self._inhibitor.close()

    def _follow(self, row: TorrentRow, now: float) -> None:
        torrent_id = row.torrent_id
        is_sharing = row.state is TorrentState.SEEDING
        if not is_sharing and row.state is not TorrentState.DOWNLOADING and row.state not in _AT_WORK:
            self._drop(torrent_id)
            return
        was_sharing = torrent_id in self._sharing
        if is_sharing:
            self._sharing.add(torrent_id)
            flows = row.receiving_peers > 0
        else:
            self._sharing.discard(torrent_id)
            flows = row.sending_peers > 0 or row.state in _AT_WORK or was_sharing
        if flows or (torrent_id not in self._flowed_at and not is_sharing):
            self._flowed_at[torrent_id] = now
        elif is_sharing and not was_sharing:
            # That something came in a moment ago is no reason to stay awake for sharing.
            self._flowed_at.pop(torrent_id, None)

    def _drop(self, torrent_id: str) -> None:
        self._flowed_at.pop(torrent_id, None)
        self._sharing.discard(torrent_id)

    @property
    def _held_for(self) -> Wakeful:
        """Why the system is kept awake, as it knows it."""
        return self._said if self._inhibitor.is_held else Wakeful.NO

    def _wanted(self) -> Wakeful:
        if self._reasons(sharing=False):
            return Wakeful.DOWNLOADING
        return Wakeful.SHARING if self._reasons(sharing=True) else Wakeful.NO

    def _reasons(self, *, sharing: bool) -> bool:
        """Whether a transfer that shares, or one that downloads, is one to stay awake for."""
        settings, since = self._settings(), self._clock() - PATIENCE_SECONDS
        if not (settings.keep_awake_sharing if sharing else settings.keep_awake):
            return False
        return any(at >= since and (key in self._sharing) is sharing for key, at in self._flowed_at.items())

    def _tell(self) -> None:
        wakeful = self.wakeful
        if wakeful is not self._told:
            self._told = wakeful
            self._changed()

    async def _apply(self) -> None:
        """Once more when things have changed meanwhile."""
        try:
            while (wanted := self._wanted()) is not self._held_for:
                if self._inhibitor.is_held:
                    # Also for another reason, which cannot be changed while it is held.
                    await self._inhibitor.release()
                if wanted is Wakeful.NO:
                    log.info("the computer may sleep")
                elif await self._inhibitor.hold(say_phrase(_SAID[wanted])):
                    self._failed_at, self._said = None, wanted
                    log.info("the computer is kept awake")
                else:
                    self._failed_at = self._clock()
                    log.debug("the computer cannot be kept awake")
                    return
        finally:
            self._is_busy = False
            self._tell()
