"""Commands that ask first: what is typed becomes one command, and what cannot be taken is told in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPlainTextEdit
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import FakeClient, row

from shoal.api.commands import (
    AddTrackers,
    MoveFiles,
    RecheckTorrent,
    RemoveTorrent,
    RenamePath,
    RenameTorrent,
    SetLabel,
    UseFolder,
)
from shoal.api.details import TorrentDetails
from shoal.api.errors import UserError
from shoal.gui.application import Application
from shoal.gui.dialogs.message import MessageDialog
from shoal.gui.widgets.text_entry import TextEntry
from shoal.gui.window.transfer_dialogs import TransferDialogs

A, B = "a" * 40, "b" * 40


@pytest.fixture
def two(run: WindowRun) -> WindowRun:
    rows = {A: row(A, name="Alpha", queue_position=1), B: row(B, name="Beta", queue_position=2)}
    run.client = FakeClient(rows)
    return run


async def entry(run: WindowRun) -> TextEntry:
    await until(lambda: isinstance(run.dialog(), TextEntry))
    found = run.dialog()
    assert isinstance(found, TextEntry)
    return found


async def chooser(run: WindowRun) -> QFileDialog:
    await until(lambda: isinstance(run.dialog(), QFileDialog))
    found = run.dialog()
    assert isinstance(found, QFileDialog)
    return found


def type_text(dialog: TextEntry, text: str) -> None:
    if isinstance(dialog.field, QPlainTextEdit):
        dialog.field.setPlainText(text)
    else:
        assert isinstance(dialog.field, QLineEdit)
        dialog.field.setText(text)


def heard(application: Application, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []
    monkeypatch.setattr(application.window.dialogs, "_tell", told.append)
    return told


def test_a_name_in_the_list_is_changed(two: WindowRun) -> None:
    async def story(application: Application) -> None:
        application.window.dialogs.rename(two.client.rows[A])
        dialog = await entry(two)
        assert dialog.text() == "Alpha"
        type_text(dialog, "Omega")
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
        await until(lambda: two.client.commands == [RenameTorrent(A, "Omega")])

    two.play(story)


@pytest.mark.parametrize("name", ["", "a/b", "..", "CON", "x" * 300])
def test_a_file_name_that_no_disk_takes_cannot_be_accepted(two: WindowRun, name: str) -> None:
    async def story(application: Application) -> None:
        application.window.dialogs.rename_path(A, "folder/film.mkv")
        dialog = await entry(two)
        assert dialog.text() == "film.mkv"
        assert isinstance(dialog.field, QLineEdit)
        assert dialog.field.selectedText() == "film"
        type_text(dialog, name)
        assert not dialog.accept_button.isEnabled()
        assert dialog.accept_button.toolTip()
        type_text(dialog, "movie.mkv")
        dialog.accept_button.click()
        await until(lambda: two.client.commands == [RenamePath(A, "folder/film.mkv", "movie.mkv")])

    two.play(story)


def test_a_new_label_goes_to_all_that_are_selected(two: WindowRun) -> None:
    made: list[str] = []

    async def story(application: Application) -> None:
        application.window.dialogs.new_label(list(two.client.rows.values()), made.append)
        dialog = await entry(two)
        assert not dialog.accept_button.isEnabled()
        type_text(dialog, " Linux ")
        dialog.accept_button.click()
        await until(lambda: made == ["Linux"])

    two.play(story)
    assert two.client.commands == [SetLabel(A, "Linux"), SetLabel(B, "Linux")]


def test_trackers_are_checked_line_by_line(two: WindowRun) -> None:
    async def story(application: Application) -> None:
        application.window.dialogs.add_trackers(two.client.rows[A])
        dialog = await entry(two)
        type_text(dialog, "udp://one.example:80/announce\nnonsense")
        assert dialog.accept_button.toolTip().startswith("Line 2 is no tracker's address")
        type_text(dialog, "udp://one.example:80/announce\n\nhttps://two.example/announce\n")
        dialog.accept_button.click()
        urls = ("udp://one.example:80/announce", "https://two.example/announce")
        await until(lambda: two.client.commands == [AddTrackers(A, urls)])

    two.play(story)


@pytest.mark.parametrize("is_move", [True, False])
def test_files_are_moved_or_found_where_was_chosen(two: WindowRun, tmp_path: Path, is_move: bool) -> None:
    async def story(application: Application) -> None:
        dialogs, rows = application.window.dialogs, [two.client.rows[A]]
        (dialogs.move_files if is_move else dialogs.find_files)(rows)
        dialog = await chooser(two)
        dialog.setDirectory(str(tmp_path))
        dialog.done(QFileDialog.DialogCode.Accepted)
        await until(lambda: two.client.commands)

    two.play(story)
    assert two.client.commands == [(MoveFiles if is_move else UseFolder)(A, str(tmp_path))]


def test_one_refusal_does_not_hold_up_the_others(two: WindowRun, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(application: Application) -> None:
        told = heard(application, monkeypatch)
        two.client.refuse = UserError("no-such-torrent", id=A)
        application.window.dialogs.remove(list(two.client.rows.values()))
        await until(lambda: isinstance(two.dialog(), MessageDialog))
        dialog = two.dialog()
        assert isinstance(dialog, MessageDialog)
        dialog._choose("keep")
        await until(lambda: len(told) == 2)
        assert told[0] == "Alpha: This transfer is no longer in the list."

    two.play(story)
    assert two.client.commands == [RemoveTorrent(A), RemoveTorrent(B)]


def test_downloading_again_is_asked_first(two: WindowRun) -> None:
    async def story(application: Application) -> None:
        application.window.dialogs.download_again(two.client.rows[A])
        await until(lambda: isinstance(two.dialog(), MessageDialog))
        dialog = two.dialog()
        assert isinstance(dialog, MessageDialog)
        assert two.client.commands == []
        dialog._choose("keep")
        await until(lambda: two.client.commands == [RecheckTorrent(A, start_anew=True)])

    two.play(story)


def test_the_torrent_file_is_written_as_it_was_added(
    two: WindowRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "Alpha.torrent"
    two.client.pictures[A] = TorrentDetails(A, metainfo=b"d4:infode", magnet="magnet:?xt=urn:btih:" + A)

    async def story(application: Application) -> None:
        told = heard(application, monkeypatch)
        application.window.dialogs.save_torrent(two.client.rows[A])
        dialog = await chooser(two)
        dialog.setDirectory(str(tmp_path))
        dialog.done(QFileDialog.DialogCode.Accepted)
        await until(lambda: told)
        assert str(target) in told[0]

    two.play(story)
    assert target.read_bytes() == b"d4:infode"


def test_links_names_and_hashes_go_to_the_clipboard(two: WindowRun, monkeypatch: pytest.MonkeyPatch) -> None:
    two.client.pictures = {key: TorrentDetails(key, magnet=f"magnet:?xt=urn:btih:{key}") for key in (A, B)}

    async def story(application: Application) -> None:
        told, rows = heard(application, monkeypatch), list(two.client.rows.values())
        dialogs: TransferDialogs = application.window.dialogs
        dialogs.copy_names(rows)
        assert QGuiApplication.clipboard().text() == "Alpha\nBeta"
        dialogs.copy_hashes(rows)
        assert QGuiApplication.clipboard().text() == f"{A}\n{B}"
        dialogs.copy_magnets(rows)
        await until(lambda: told[2:])
        assert QGuiApplication.clipboard().text() == f"magnet:?xt=urn:btih:{A}\nmagnet:?xt=urn:btih:{B}"
        assert told == ["2 names copied", "2 hashes copied", "2 magnet links copied"]

    two.play(story)
