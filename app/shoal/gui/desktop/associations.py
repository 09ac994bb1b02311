"""Which program opens torrent files and magnet links, and making that Shoal: asked for by the interface, never silent.

What a system does is a `Registrar`, whose calls block; `Associations` is the same beside the window's thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from shoal.gui.link.background import Background
from shoal.gui.style.wording import isolated, say


class Kind(Enum):
    """What can be opened; the value is its MIME type."""

    TORRENTS = "application/x-bittorrent"
    MAGNETS = "x-scheme-handler/magnet"


class Who(Enum):
    SHOAL = "shoal"
    ANOTHER = "another"
    NOBODY = "nobody"
    UNKNOWN = "unknown"
    """The system does not tell."""


@dataclass(frozen=True, slots=True)
class Opener:
    """Who opens something; `name` is how another program calls itself, as it says, or ""."""

    who: Who
    name: str = ""


@dataclass(frozen=True, slots=True)
class AssociationStatus:
    torrents: Opener
    magnets: Opener
    can_change: bool
    """False where only the person can, in the system's settings: `sentences` says how."""
    by_hand: str = ""
    """What the person has to do, also after `claim`; "" when nothing is left to do."""

    def sentences(self) -> tuple[str, ...]:
        """For a person: who opens torrent files, who opens magnet links, and what is left to do."""
        both = (_sentence(Kind.TORRENTS, self.torrents), _sentence(Kind.MAGNETS, self.magnets))
        return (*both, self.by_hand) if self.by_hand else both


class AssociationError(Exception):
    """The system refused; the text is a sentence for a person."""


class Registrar(Protocol):
    """The system's register. Every call blocks; `claim` and `release` raise OSError."""

    def status(self) -> AssociationStatus: ...

    def claim(self, kinds: frozenset[Kind]) -> None:
        """From now on Shoal opens `kinds`."""
        ...

    def release(self) -> None:
        """All is as it was before `claim`; harmless when Shoal opens nothing."""
        ...


class Associations(Protocol):
    """Every call answers how things are then. `claim` and `release` raise AssociationError."""

    async def status(self) -> AssociationStatus: ...

    async def claim(self, *, torrents: bool = True, magnets: bool = True) -> AssociationStatus: ...

    async def release(self) -> AssociationStatus: ...


class BackgroundAssociations:
    """A registrar, asked in worker threads."""

    def __init__(self, registrar: Registrar, background: Background) -> None:
        self._registrar, self._background = registrar, background

    async def status(self) -> AssociationStatus:
        return await self._background.run(self._registrar.status)

    async def claim(self, *, torrents: bool = True, magnets: bool = True) -> AssociationStatus:
        wanted = {kind for kind, is_wanted in ((Kind.TORRENTS, torrents), (Kind.MAGNETS, magnets)) if is_wanted}

        def job() -> AssociationStatus:
            if wanted:
                self._registrar.claim(frozenset(wanted))
            return self._registrar.status()

        return await self._changed(job)

    async def release(self) -> AssociationStatus:
        def job() -> AssociationStatus:
            self._registrar.release()
            return self._registrar.status()

        return await self._changed(job)

    async def _changed(self, job: Callable[[], AssociationStatus]) -> AssociationStatus:
        try:
            return await self._background.run(job)
        except OSError as error:
            detail = isolated(error.strerror or str(error))
            raise AssociationError(
                say("The system did not take the change ({detail}). Torrent files open as before.", detail=detail)
            ) from error


class ByHand:
    """A system on which no program may do it."""

    def status(self) -> AssociationStatus:
        unknown = Opener(Who.UNKNOWN)
        words = say("Choose Shoal in Finder: Get Info of a torrent file, Open with, Change All.")
        return AssociationStatus(unknown, unknown, can_change=False, by_hand=words)

    def claim(self, kinds: frozenset[Kind]) -> None:
        """Nothing: `status` says what to do."""

    def release(self) -> None:
        """Nothing was claimed."""


def _sentence(kind: Kind, opener: Opener) -> str:
    name = isolated(opener.name) if opener.name else say("another program")
    match kind, opener.who:
        case Kind.TORRENTS, Who.SHOAL:
            return say("Shoal opens torrent files.")
        case Kind.TORRENTS, Who.ANOTHER:
            return say("Torrent files are opened by {name}.", name=name)
        case Kind.TORRENTS, Who.NOBODY:
            return say("No program opens torrent files.")
        case Kind.TORRENTS, _:
            return say("It is not known which program opens torrent files.")
        case _, Who.SHOAL:
            return say("Shoal opens magnet links.")
        case _, Who.ANOTHER:
            return say("Magnet links are opened by {name}.", name=name)
        case _, Who.NOBODY:
            return say("No program opens magnet links.")
        case _:
            return say("It is not known which program opens magnet links.")
