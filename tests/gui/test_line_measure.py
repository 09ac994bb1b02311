"""The speed of the line is found out from transfers alone, and offered once to its owner."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import update

from shoal.api.snapshots import SessionTotals
from shoal.gui.application import Application
from shoal.gui.link import line_measure
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.line_measure import LineMeasure
from shoal.gui.link.memory import Memory
from shoal.gui.link.settings_door import SettingsDoor
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.profiles import seen_kbit

pytestmark = pytest.mark.usefixtures("qapp")


@dataclass
class Line:
    """A line that carries at most `up` and `down` bytes/s, measured on a clock of its own."""

    up: float = 1_000_000.0
    down: float = 5_000_000.0
    settings: InterfaceSettings = field(default_factory=lambda: InterfaceSettings(line_trial=1_000))
    is_watched: bool = True
    now: float = 100.0
    moved: tuple[float, float] = (0.0, 0.0)
    offers: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.link = ClientLink(asyncio.get_running_loop())
        self.memory = Memory(self.settings, lambda settings: None)
        self.door = SettingsDoor(self.link, self.memory)
        self.measure = LineMeasure(self.door, self.link, lambda: self.is_watched, lambda: self.now)
        self.measure.offered.connect(lambda up, down: self.offers.append((up, down)))

    def flow(self, seconds: int, share: float = 0.8, beat: int = 1) -> None:
        """Transfers take what the line and the limit of a profile allow."""
        for _ in range(0, seconds, beat):
            settings = self.memory.settings
            limit = int((settings.line_up or settings.line_trial) * 125 * share)
            self.now += beat
            down, up = self.moved
            self.moved = down + self.down * beat, up + min(self.up, limit or self.up) * beat
            totals = SessionTotals(downloaded=int(self.moved[0]), uploaded=int(self.moved[1]), up_limit=limit)
            self.link.updated.emit(replace(update(), totals=totals))


async def test_it_grows_to_the_speed_of_the_line_and_offers_that_once() -> None:
    line = Line()
    line.flow(60)
    assert line.memory.settings.line_trial > 1_000
    line.flow(200)
    assert line.offers == []
    line.flow(1_000)
    assert line.offers == [(7_900, 40_000)]
    # Little more than what was seen is allowed.
    assert line.memory.settings.line_trial < 8_000 * 1.7  # 8 Mbit/s
    line.flow(600)
    assert len(line.offers) == 1
    back = line.measure.use(*line.offers[0])
    settings = line.memory.settings
    assert (settings.line_up, settings.line_down, settings.line_trial) == (7_900, 40_000, 0)
    back()
    assert line.memory.settings.line_up == 0
    assert line.measure.is_measuring


async def test_a_limit_is_never_taken_for_the_line() -> None:
    line = Line(settings=InterfaceSettings(line_up=4_000))
    line.flow(1_500)
    assert line.offers == []
    assert line.memory.settings.seen_up == 400_000
    assert line.memory.settings.line_trial == 0
    quiet = Line()
    quiet.flow(1_500, share=0.25)
    assert quiet.offers == []
    assert quiet.memory.settings.line_trial == 1_000


async def test_peaks_and_a_sleeping_computer_count_for_nothing() -> None:
    line = Line()
    line.flow(25)
    line.now += line_measure.LONGEST_GAP_SECONDS + 1
    line.moved = line.moved[0] + 1e12, line.moved[1] + 1e12
    line.flow(20)
    assert (line.memory.settings.seen_up, line.memory.settings.seen_down) == (0, 0)
    line.flow(30, beat=5)
    assert line.memory.settings.seen_down == 5_000_000


async def test_an_offer_waits_for_who_is_there() -> None:
    line = Line(is_watched=False)
    line.flow(1_600)
    assert line.offers == []
    line.is_watched = True
    line.flow(5)
    assert len(line.offers) == 1


@pytest.mark.parametrize(
    ("rate", "kbit"), [(0, 0), (60_000, 0), (62_500, 500), (1_234_567, 9_800), (125_000_000, 10**6)]
)
def test_a_speed_is_told_in_two_digits(rate: int, kbit: int) -> None:
    assert seen_kbit(rate) == kbit


def test_the_offer_is_used_and_taken_back(run: WindowRun) -> None:
    run.client.settings = {"up_limit": 1_280_000}
    run.settings = replace(run.settings, line_trial=12_800, seen_up=1_000_000, seen_down=5_000_000)

    async def story(application: Application) -> None:
        window, engine = application.window, run.client.settings
        window.activateWindow()
        await until(window.isActiveWindow)
        measure = application.link.findChild(LineMeasure)
        assert isinstance(measure, LineMeasure)
        measure.offered.emit(8_000, 40_000)
        assert window.toast.text == "Your transfers have shown a line of 40 Mbit/s down and 8 Mbit/s up."
        assert window.toast.button.text() == "Use"
        window.toast.button.click()
        await until(lambda: engine.get("up_limit") == 800_000)
        assert window.toast.text == "The speed profiles reckon with 8 Mbit/s up now"
        window.toast.button.click()
        await until(lambda: engine.get("up_limit") == 1_280_000)

    run.play(story)
