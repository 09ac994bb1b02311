"""The block on who opens torrent files and magnet links: what the system says now, claimed and given back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from tests.gui.conftest import WindowRun, until

from shoal.gui.application import Application
from shoal.gui.desktop.associations import AssociationStatus, Kind, Opener, Who
from shoal.gui.preferences.configuration import Configuration
from shoal.gui.window.opening_part import OpeningPart
from shoal.settings.schema import Page


class Desktop:
    """A system whose register another program holds at first."""

    def __init__(self) -> None:
        self.who = Who.ANOTHER
        self.refuses = False

    def status(self) -> AssociationStatus:
        opener = Opener(self.who, "Other" if self.who is Who.ANOTHER else "")
        return AssociationStatus(opener, opener, can_change=True)

    def claim(self, kinds: frozenset[Kind]) -> None:
        if self.refuses:
            raise OSError(30, "Read-only file system")
        self.who = Who.SHOAL

    def release(self) -> None:
        self.who = Who.ANOTHER


@pytest.fixture
def desktop() -> Desktop:
    return Desktop()


@pytest.fixture
def play(
    run: WindowRun, desktop: Desktop
) -> Callable[[Callable[[Application, OpeningPart], Coroutine[Any, Any, None]]], None]:
    run.registrar = desktop

    def go(story: Callable[[Application, OpeningPart], Coroutine[Any, Any, None]]) -> None:
        async def live(application: Application) -> None:
            window = application.window.configuring.open(Page.ADDING)
            await story(application, part_of(window))

        assert run.play(live) == 0

    return go


def part_of(window: Configuration) -> OpeningPart:
    return next(part for part in window.pages[Page.ADDING].parts if isinstance(part, OpeningPart))


def test_claimed_and_given_back(play: Callable[..., None], desktop: Desktop) -> None:
    async def story(application: Application, part: OpeningPart) -> None:
        await until(part.claim.isEnabled)
        assert part.told.text() == "Torrent files are opened by Other.\nMagnet links are opened by Other."
        assert not part.release.isEnabled()
        part.claim.click()
        await until(part.release.isEnabled)
        assert desktop.who is Who.SHOAL
        assert part.told.text() == "Shoal opens torrent files.\nShoal opens magnet links."
        assert not part.claim.isEnabled()
        part.release.click()
        await until(part.claim.isEnabled)
        assert desktop.who is Who.ANOTHER

    play(story)


def test_a_refusal_is_told_and_the_truth_stays(play: Callable[..., None], desktop: Desktop) -> None:
    async def story(application: Application, part: OpeningPart) -> None:
        desktop.refuses = True
        await until(part.claim.isEnabled)
        part.claim.click()
        await until(lambda: "Read-only file system" in part.problem.text())
        await until(part.claim.isEnabled)
        assert "opened by Other" in part.told.text()

    play(story)


def test_it_is_asked_again_whenever_it_is_shown(play: Callable[..., None], desktop: Desktop) -> None:
    async def story(application: Application, part: OpeningPart) -> None:
        await until(part.claim.isEnabled)
        window = application.window.configuring.open(Page.SAVING)
        desktop.who = Who.NOBODY
        window.open_page(Page.ADDING)
        await until(lambda: part.told.text().startswith("No program opens torrent files."))
        window.search.setText("magnet links with shoal")
        assert window.page is Page.ADDING

    play(story)
