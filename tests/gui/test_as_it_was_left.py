"""A start shows what was selected last, so that the details are never empty for want of a choice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import FakeClient, row

from shoal.api.errors import Reason
from shoal.api.snapshots import SessionTotals
from shoal.gui.application import Application
from shoal.gui.models.torrent_columns import Column
from shoal.gui.style.fonts import Role
from shoal.gui.widgets.name_cell import NameCell
from shoal.gui.widgets.row_delegate import CELL_PADDING
from shoal.settings.interface_settings import InterfaceSettings

A, B, C = "a" * 40, "b" * 40, "c" * 40


def run_of(app: QApplication, settings: InterfaceSettings) -> WindowRun:
    rows = [row(key, name=key[0], queue_position=at) for at, key in enumerate((A, B, C), start=1)]
    return WindowRun(
        app, FakeClient({entry.torrent_id: entry for entry in rows}, SessionTotals()), settings, keeps_selection=True
    )


@pytest.mark.parametrize(
    ("kept", "selected"), [("", [A]), (f"{B}\n{C}", [B, C]), ("f" * 40, [A]), (f"{'f' * 40}\n{C}", [C])]
)
def test_a_start_selects_what_was_selected_or_the_first(qapp: QApplication, kept: str, selected: list[str]) -> None:
    async def story(application: Application) -> None:
        await until(application.window.list.selected_ids)
        assert application.window.list.selected_ids() == selected

    run_of(qapp, InterfaceSettings(theme="light", selected=kept)).play(story)


def test_what_is_selected_is_kept_for_the_next_start(qapp: QApplication) -> None:
    async def story(application: Application) -> None:
        await until(lambda: application.window.list.selected_ids() == [A])
        application.window.list.select_ids([C, B])

    run = run_of(qapp, InterfaceSettings(theme="light"))
    run.play(story)
    assert run.saved[-1].selected == f"{B}\n{C}"


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
def test_when_it_looks_again_is_seen_at_the_first_width(qapp: QApplication, language: str) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.resize(1280, 800)
        nobody = replace(run.client.rows[A], tracker_host="t.example", reason=Reason("no-peers", {"next_in": 1700}))
        run.client.push(nobody)
        await until(lambda: (shown := window.model.row_of(A)) is not None and shown.reason is not None)
        cell = window.list.itemDelegateForColumn(Column.NAME)
        assert isinstance(cell, NameCell)
        view = window.model.view_at(0)
        rect = window.list.visualRect(window.model.index(0, Column.NAME))
        pill = cell.pill_rect(rect, view, window.list.layoutDirection())
        assert pill is not None
        places = cell._two_lines(rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, 0), pill.left() - 8)
        assert cell.text_width(view.sentence.text, Role.SECONDARY) <= places.words.width(), view.sentence.text

    run = run_of(qapp, InterfaceSettings(theme="light"))
    run.language = language
    run.play(story)
