"""The add window over the real engine: files chosen, data found, a torrent that is in the list already."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from tests.gui.conftest import until
from tests.support.torrent_samples import torrent_of_folder

from shoal.api.client import Client
from shoal.api.commands import Detail
from shoal.api.snapshots import TorrentState
from shoal.gui.dialogs.add_entry import ADD_TRACKERS
from shoal.gui.dialogs.add_notice import AddNotice
from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.window.main_window import MainWindow
from shoal.launch import desktop
from shoal.metainfo.torrent_file import parse_metainfo
from shoal.protocol.bencode import decode, encode
from shoal.settings.engine_settings import EngineSettings

LOOPBACK = EngineSettings(listen_hosts="127.0.0.1")
TRACKER = "http://127.0.0.1:9/announce"


def shown_dialog(app: QApplication) -> AddTorrentDialog | None:
    dialogs = (widget for widget in app.topLevelWidgets() if isinstance(widget, AddTorrentDialog))
    return next((dialog for dialog in dialogs if dialog.isVisible()), None)


async def add_dialog(app: QApplication) -> AddTorrentDialog:
    await until(lambda: shown_dialog(app))
    dialog = shown_dialog(app)
    assert dialog is not None
    return dialog


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder whose files are there already, and its torrent file beside it."""
    folder = tmp_path / "Sample"
    folder.mkdir()
    for name in ("a.mkv", "b.txt"):
        (folder / name).write_bytes(random.Random(name).randbytes(40_000))
    (tmp_path / "sample.torrent").write_bytes(torrent_of_folder(folder))
    return folder


def test_found_files_are_checked_and_shared_and_a_second_file_brings_its_tracker(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shared: Path
) -> None:
    monkeypatch.setattr(desktop, "make_application", lambda arguments: qapp)
    metainfo = (tmp_path / "sample.torrent").read_bytes()
    torrent_id = str(parse_metainfo(metainfo).torrent_id)
    again = decode(metainfo)
    assert isinstance(again, dict)
    (tmp_path / "again.torrent").write_bytes(encode({**again, b"announce": TRACKER.encode()}))

    async def story(window: MainWindow, client: Client) -> None:
        window.open_sources([str(tmp_path / "sample.torrent")])
        dialog = await add_dialog(qapp)
        await until(lambda: dialog.add_button.text() == "Share (files found)")
        dialog.options.label.edit.setText("Mine")
        dialog.add_button.click()

        def is_shared() -> bool:
            row = window.model.row_of(torrent_id)
            return row is not None and row.state is TorrentState.SEEDING and row.is_complete and row.label == "Mine"

        await until(is_shared)
        window.open_sources([str(tmp_path / "again.torrent")])
        dialog = await add_dialog(qapp)
        page = dialog.findChild(AddNotice)
        assert isinstance(page, AddNotice)
        page.buttons[ADD_TRACKERS].click()
        await until(lambda: shown_dialog(qapp) is None)
        details = await client.details(torrent_id, frozenset({Detail.TRACKERS}))
        assert [source.url for source in details.trackers or () if source.is_tracker] == [TRACKER]

    profile = str(tmp_path / "profile")
    assert (
        desktop.run_desktop([], profile, on_ready=story, stay=False, downloads=str(shared.parent), settings=LOOPBACK)
        == 0
    )


def test_only_the_chosen_files_are_asked_for(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shared: Path
) -> None:
    monkeypatch.setattr(desktop, "make_application", lambda arguments: qapp)
    torrent_id = str(parse_metainfo((tmp_path / "sample.torrent").read_bytes()).torrent_id)

    async def story(window: MainWindow, client: Client) -> None:
        window.open_sources([str(tmp_path / "sample.torrent")])
        dialog = await add_dialog(qapp)
        await until(lambda: "will be created" in dialog.options.space.text())
        dialog.shown_files().chips["Video"].click()
        assert dialog.add_button.text() == "Download 40 kB"
        dialog.add_button.click()
        await until(lambda: window.model.row_of(torrent_id) is not None)
        row = window.model.row_of(torrent_id)
        assert row is not None
        assert (row.wanted, row.size, row.is_started) == (40_000, 80_000, True)

    profile, downloads = str(tmp_path / "profile"), str(tmp_path / "new" / "downloads")
    code = desktop.run_desktop([], profile, on_ready=story, stay=False, downloads=downloads, settings=LOOPBACK)
    assert code == 0
