"""Magnet links in the whole program: add window, engine in its thread, and a second engine that has the torrent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from tests.gui.conftest import until
from tests.gui.test_add_end_to_end import LOOPBACK, add_dialog, shown_dialog
from tests.support.live_shoal import live_shoal
from tests.support.swarm_content import many_files

from shoal.api.client import Client
from shoal.api.snapshots import TorrentState
from shoal.gui.dialogs.add_asking import AddAsking
from shoal.gui.dialogs.add_files import AddFiles
from shoal.gui.window.main_window import MainWindow
from shoal.launch import desktop

CONTENT = many_files([90_000, 50_000, 70_000])
ID = CONTENT.info_hash.hex()


def play(folder: Path, story: Callable[[MainWindow, Client], Coroutine[Any, Any, None]]) -> int:
    """Run the program with a profile and downloads of its own, on loopback; its exit code."""
    return desktop.run_desktop(
        [], str(folder / "profile"), on_ready=story, stay=False, downloads=str(folder), settings=LOOPBACK
    )


def test_the_files_of_a_link_fill_in_and_it_is_downloaded(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(desktop, "make_application", lambda arguments: qapp)
    CONTENT.write_to(tmp_path / "theirs")

    async def story(window: MainWindow, client: Client) -> None:
        async with live_shoal(LOOPBACK) as seed:
            await seed.until_complete(await seed.add(CONTENT.torrent(), tmp_path / "theirs"))
            link = f"magnet:?xt=urn:btih:{ID}&dn=A%20link&x.pe=127.0.0.1:{seed.totals.listen_port}&so=1"
            window.open_sources([link])
            dialog = await add_dialog(qapp)
            await until(lambda: isinstance(dialog._stack.currentWidget(), AddFiles))
            assert dialog.add_button.text() == "Download 70 kB"
            dialog.options.field.set_folder(str(tmp_path / "ours"))
            await until(dialog.add_button.isEnabled)
            dialog.add_button.click()

            def is_here() -> bool:
                row = window.model.row_of(ID)
                return row is not None and row.state is TorrentState.SEEDING and row.is_complete

            await until(is_here)
            assert CONTENT.differing(tmp_path / "ours", [CONTENT.plan.files[1].path]) == []

    assert play(tmp_path, story) == 0


def test_a_link_is_added_before_its_files_are_known_and_a_cancelled_one_leaves_nothing(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(desktop, "make_application", lambda arguments: qapp)

    async def story(window: MainWindow, client: Client) -> None:
        window.open_sources(["magnet:?xt=urn:btih:" + "ab" * 20])
        dialog = await add_dialog(qapp)
        page = dialog.findChild(AddAsking)
        assert isinstance(page, AddAsking)
        await asyncio.sleep(1.2)
        dialog.reject()
        await until(lambda: shown_dialog(qapp) is None)
        window.open_sources([f"magnet:?xt=urn:btih:{ID}&dn=A%20link"])
        dialog = await add_dialog(qapp)
        dialog.options.field.set_folder(str(tmp_path / "ours"))
        dialog.options.label.edit.setText("Films")
        await until(dialog.add_button.isEnabled)
        dialog.add_button.click()
        await until(lambda: window.model.row_of(ID) is not None)
        row = window.model.row_of(ID)
        assert row is not None
        assert (row.has_metainfo, row.label, row.name) == (False, "Films", "A link")
        assert window.model.total == 1

    assert play(tmp_path, story) == 0
