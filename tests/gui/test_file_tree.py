"""The file tree: ticks, priorities, what folders have in common, and its hit areas."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QMenu

from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.dialogs.torrent_preview import TorrentPreview
from shoal.gui.models.file_listing import ListedFile, build_tree
from shoal.gui.models.file_rows import FIRST_CHILDREN
from shoal.gui.models.file_tree import MIXED, FileTreeModel
from shoal.gui.style.theme import Theme
from shoal.metainfo.priorities import FilePriority

PRIORITY = 2
FILES = [
    ListedFile(0, ("music", "one.flac"), 100),
    ListedFile(2, ("music", "deep", "two.flac"), 200),
    ListedFile(3, ("film.mkv",), 400),
    ListedFile(4, ("music", "cover.jpg"), 10),
]


@pytest.fixture
def model(qapp: object) -> FileTreeModel:
    model = FileTreeModel(build_tree("Album", FILES))
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return model


def at(model: FileTreeModel, *rows: int) -> QModelIndex:
    index = QModelIndex()
    for row in rows:
        index = model.index(row, 0, index)
    return index


def test_folders_lie_where_their_first_file_is(model: FileTreeModel) -> None:
    assert model.rowCount() == 1
    assert [at(model, 0, row).data() for row in range(2)] == ["music", "film.mkv"]
    assert [at(model, 0, 0, row).data() for row in range(3)] == ["one.flac", "deep", "cover.jpg"]


def test_a_single_file_is_its_own_tree(qapp: object) -> None:
    model = FileTreeModel(build_tree("a.iso", [ListedFile(0, ("a.iso",), 5)]))
    assert (model.rowCount(), at(model, 0).data(), model.wanted_bytes) == (1, "a.iso", 5)


def test_unticking_skips_and_ticking_brings_the_priority_back(model: FileTreeModel) -> None:
    one = at(model, 0, 0, 0)
    model.set_priority([one], FilePriority.HIGH)
    model.set_ticked([at(model, 0, 0)], ticked=False)
    assert model.wanted_bytes == 400
    assert model.priorities(5) == (0, 4, 0, 4, 0)
    model.set_ticked([at(model, 0, 0)], ticked=True)
    assert model.wanted_bytes == 710
    assert model.priorities(5) == (6, 4, 4, 4, 4)


def test_a_folder_shows_what_its_files_share(model: FileTreeModel) -> None:
    top = at(model, 0)
    assert top.siblingAtColumn(PRIORITY).data() == "Normal"
    model.set_priority([at(model, 0, 1)], FilePriority.LOW)
    assert top.siblingAtColumn(PRIORITY).data() == MIXED
    assert at(model, 0, 0).siblingAtColumn(PRIORITY).data() == "Normal"
    model.set_priority([top], FilePriority.HIGHEST)
    assert top.siblingAtColumn(PRIORITY).data() == "Highest"


def test_a_folder_is_ticked_partly(model: FileTreeModel) -> None:
    top = at(model, 0)
    assert model.data(top, Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Checked
    model.setData(at(model, 0, 1), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert model.data(top, Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.PartiallyChecked
    model.choose_kinds(frozenset())
    assert model.data(top, Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Unchecked
    assert model.wanted_bytes == 0


def test_chips_choose_by_kind(model: FileTreeModel) -> None:
    model.choose_kinds(frozenset({"audio"}))
    assert model.priorities(5) == (4, 4, 4, 0, 0)
    model.choose_kinds(None)
    assert model.wanted_bytes == 710


def test_rows_speak(model: FileTreeModel) -> None:
    assert at(model, 0, 1).data(Qt.ItemDataRole.AccessibleTextRole) == "film.mkv, 400 B, priority Normal"


def test_the_wanted_bytes_are_announced_once(model: FileTreeModel) -> None:
    told: list[int] = []
    model.selection_changed.connect(lambda: told.append(model.wanted_bytes))
    model.set_ticked([at(model, 0)], ticked=False)
    assert told == [0]


def test_a_huge_folder_lists_its_files_by_and_by(qapp: object) -> None:
    count = FIRST_CHILDREN + 3
    model = FileTreeModel(build_tree("Big", [ListedFile(number, (f"{number}.bin",), 1) for number in range(count)]))
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    top = at(model, 0)
    while model.canFetchMore(top):
        listed = model.rowCount(top)
        model.fetchMore(top)
        assert model.rowCount(top) > listed
    assert model.rowCount(top) == count
    assert model.wanted_bytes == count


def test_scrolling_lists_more_and_choosing_needs_no_listing(theme: Theme, qapp: QApplication) -> None:
    count = FIRST_CHILDREN * 4
    tree = build_tree("Big", [ListedFile(number, (f"{number}.bin",), 1) for number in range(count)])
    preview = TorrentPreview(b"", "0" * 40, "Big", count, count, count, tree, "0.bin", (), "", False, True)
    dialog = AddTorrentDialog(theme, None, preview, "/downloads")
    dialog.show()
    top = dialog.model.index(0, 0)
    listed = dialog.model.rowCount(top)
    assert listed < count
    dialog.model.choose_kinds(frozenset())
    assert dialog.model.wanted_bytes == 0
    bar = dialog.tree.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert dialog.model.rowCount(top) > listed
    dialog.close()


def test_the_tree_answers_to_keys(theme: Theme) -> None:
    preview = TorrentPreview(
        b"", "0" * 40, "Album", 710, 5, 4, build_tree("Album", FILES), "film.mkv", (), "", False, True
    )
    dialog = AddTorrentDialog(theme, None, preview, "/downloads")
    dialog.show()
    film = dialog.model.index(1, 0, dialog.model.index(0, 0))
    dialog.tree.setCurrentIndex(film)
    QTest.keyClick(dialog.tree, Qt.Key.Key_4)
    assert film.siblingAtColumn(PRIORITY).data() == "Highest"
    QTest.keyClick(dialog.tree, Qt.Key.Key_Space)
    assert dialog.model.wanted_bytes == 310
    cell = dialog.tree.visualRect(film.siblingAtColumn(PRIORITY))
    QTest.mouseClick(dialog.tree.viewport(), Qt.MouseButton.LeftButton, pos=cell.center())
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == ["Highest", "High", "Normal", "Low", "Skip"]
    menu.actions()[3].trigger()
    assert film.siblingAtColumn(PRIORITY).data() == "Low"
    menu.close()
    dialog.close()
