"""Speed profiles over the real engine: its figures, what a limit menu changes, and the way back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMenu
from tests.support.window_story import PATIENCE_SECONDS, WindowStory, choose, run_story, until

from shoal.api.commands import ChangeSettings
from shoal.api.snapshots import SettingsReport
from shoal.gui.window.limits import Direction
from shoal.launch import desktop


async def given(shown: WindowStory, **figures: int) -> None:
    """Wait until the engine has these figures."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            report = await shown.client.execute(ChangeSettings(()))
            assert isinstance(report, SettingsReport)
            if figures.items() <= report.values.items():
                return


def test_a_profile_steers_the_engine_and_a_limit_menu_is_noticed(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(desktop, "make_application", lambda arguments: qapp)

    async def story(shown: WindowStory) -> None:
        window, buttons = shown.window, shown.window.profiles.bar.buttons
        await given(shown, up_limit=0, upload_slots=4)
        assert buttons["balanced"].text() == "Balanced"
        buttons["quiet"].click()
        await given(shown, up_limit=100_000, upload_slots=2, active_downloads=1, max_peers=200)
        await until(lambda: window.limits.totals.up_limit == 100_000, "the chip shows the limit")
        assert buttons["quiet"].text() == "Quiet"
        menu = QMenu()
        window.limits.fill_for_session(menu, Direction.UP)
        choose(menu, "200 kB/s")
        await until(lambda: buttons["quiet"].text() == "Quiet, changed by hand", "the hand is noticed")
        window.undoing.undo()
        await given(shown, up_limit=0, upload_slots=4, active_downloads=3, max_peers=500)
        await until(buttons["balanced"].isChecked, "Balanced is marked")
        assert buttons["balanced"].text() == "Balanced"

    run_story(qapp, tmp_path, story)
