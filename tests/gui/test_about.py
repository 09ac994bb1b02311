"""Help > About: the version, and every part with its licence."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.gui.conftest import WindowRun, opened, words
from tests.support.log_watch import LogWatch

from shoal import __version__
from shoal.gui.application import Application
from shoal.gui.dialogs.about import AboutDialog
from shoal.gui.window import help as window_help
from shoal.runtime.parts import KEPT_LIST


def test_every_part_is_listed_and_its_licence_can_be_read_by_keyboard(run: WindowRun) -> None:
    async def story(application: Application) -> None:
        application.window.actions_of_window.about.trigger()
        dialog = await opened(run, AboutDialog)
        names = [dialog.list.item(at).text() for at in range(dialog.list.count())]
        assert names[0] == "Shoal"
        assert {"Inter", "Python", "Qt and PySide6", "aiohttp", "qasync"} <= set(names)
        assert "pytest" not in names
        assert dialog.name.text() == f"Shoal {__version__}"
        assert "MIT License" in dialog.text.toPlainText()
        QTest.keyClick(dialog.list, Qt.Key.Key_End)
        assert dialog.name.text().startswith(names[-1])
        dialog.list.setCurrentRow(names.index("Inter"))
        assert dialog.licence.text() == "Licence: OFL-1.1"
        assert "SIL OPEN FONT LICENSE" in dialog.text.toPlainText()
        dialog.close_button.click()

    run.play(story)


def test_version_is_told_where_the_list_is_damaged(
    run: WindowRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expect_log: LogWatch
) -> None:
    (tmp_path / KEPT_LIST).parent.mkdir()
    (tmp_path / KEPT_LIST).write_text("{", encoding="utf-8")
    monkeypatch.setattr(window_help, "resources_folder", lambda: tmp_path)
    expect_log("the parts of Shoal cannot be listed")

    async def story(application: Application) -> None:
        application.window.actions_of_window.about.trigger()
        dialog = await opened(run, AboutDialog)
        assert f"Shoal {__version__}" in words(dialog)
        assert dialog.list.count() == 0
        dialog.close_button.click()

    run.play(story)
