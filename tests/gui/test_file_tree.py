"""The file tree: ticks, priorities, what folders have in common, and its hit areas."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QMenu

from shoal.gui.dialogs.add_files import AddFiles
from shoal.gui.models.file_listing import ListedFile, Node, build_tree
from shoal.gui.models.file_rows import FIRST_CHILDREN
from shoal.gui.models.file_tree import MIXED, FileTreeModel
from shoal.gui.models.tree_columns import NAME_COLUMN, PRIORITY_COLUMN, TreeColumn
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.file_tree_view import FileTreeView
from shoal.metainfo.file_layout import FileLayout, TorrentFile
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
    model = FileTreeModel(build_tree("Big", [ListedFile(number, (f"{number}.bin",), 1) for number in range(count)]))
    files = AddFiles(theme, model)
    files.show()
    top = model.index(0, 0)
    listed = model.rowCount(top)
    assert listed < count
    files.chips["None"].click()
    assert model.wanted_bytes == 0
    bar = files.tree.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert model.rowCount(top) > listed
    files.close()


@pytest.fixture
def files(theme: Theme, model: FileTreeModel) -> Iterator[AddFiles]:
    files = AddFiles(theme, model)
    files.resize(600, 400)
    files.show()
    yield files
    files.close()
    files.deleteLater()


def test_the_tree_answers_to_keys(files: AddFiles, model: FileTreeModel) -> None:
    film = at(model, 0, 1)
    files.tree.setCurrentIndex(film)
    QTest.keyClick(files.tree, Qt.Key.Key_4)
    assert film.siblingAtColumn(PRIORITY).data() == "Highest"
    QTest.keyClick(files.tree, Qt.Key.Key_Space)
    assert model.wanted_bytes == 310
    QTest.keyClick(files.tree, Qt.Key.Key_Up)
    music = files.tree.currentIndex().parent()
    files.tree.setCurrentIndex(music)
    QTest.keyClick(files.tree, Qt.Key.Key_Left)
    assert not files.tree.isExpanded(music)
    QTest.keyClick(files.tree, Qt.Key.Key_Right)
    assert files.tree.isExpanded(music)


@pytest.mark.parametrize("way", ["click", "key", "menu key"])
def test_the_menu_of_priorities_opens(files: AddFiles, model: FileTreeModel, way: str) -> None:
    film = at(model, 0, 1)
    files.tree.setCurrentIndex(film)
    if way == "click":
        cell = files.tree.visualRect(film.siblingAtColumn(PRIORITY))
        QTest.mouseClick(files.tree.viewport(), Qt.MouseButton.LeftButton, pos=cell.center())
    elif way == "key":
        QTest.keyClick(files.tree, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    else:
        files.tree.setFocus()
        QTest.keyClick(files.tree, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == ["Highest", "High", "Normal", "Low", "Skip"]
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["Normal"]
    menu.actions()[3].trigger()
    assert film.siblingAtColumn(PRIORITY).data() == "Low"
    menu.close()


def test_a_click_on_the_tick_of_a_selection_turns_all_of_it(files: AddFiles, model: FileTreeModel) -> None:
    files.tree.expandAll()
    both = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for index in (at(model, 0, 1), at(model, 0, 0, 0)):
        files.tree.selectionModel().select(index, both)
    cell = files.tree.visualRect(at(model, 0, 1))
    tick = QPoint(cell.left() + files.tree.indentation() // 2, cell.center().y())
    QTest.mouseClick(files.tree.viewport(), Qt.MouseButton.LeftButton, pos=tick)
    assert model.wanted_bytes == 210


def test_a_filter_keeps_folders_and_everything_acts_on_what_is_shown(model: FileTreeModel) -> None:
    model.set_needle("ONE")
    assert model.shown_count == 1
    assert [at(model, 0, 0).data(), at(model, 0, 0, 0).data()] == ["music", "one.flac"]
    assert model.rowCount(at(model, 0)) == 1
    model.setData(at(model, 0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert model.priorities(5) == (0, 4, 4, 4, 4)
    assert model.data(at(model, 0), Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Unchecked
    model.choose_kinds(None)
    model.set_needle("deep")
    assert at(model, 0, 0, 0, 0).data() == "two.flac"
    model.choose_kinds(frozenset())
    model.set_needle("")
    assert model.priorities(5) == (4, 4, 0, 4, 4)
    model.set_needle("nothing is called so")
    assert model.rowCount() == 0
    model.choose_kinds(None)
    assert model.wanted_bytes == 510


def test_what_was_open_is_open_again_after_a_filter(files: AddFiles, model: FileTreeModel) -> None:
    files.tree.collapse(at(model, 0, 0))
    model.set_needle("flac")
    assert files.tree.isExpanded(at(model, 0, 0))
    model.set_needle("")
    assert files.tree.isExpanded(at(model, 0))
    assert not files.tree.isExpanded(at(model, 0, 0))


def test_a_click_on_the_header_orders_and_a_second_one_goes_back(qapp: object, theme: Theme) -> None:
    names = ["part 10.bin", "part 2.bin", "deep/part 1.bin"]
    model = FileTreeModel(build_tree("Parts", [ListedFile(n, tuple(p.split("/")), n + 1) for n, p in enumerate(names)]))
    files = AddFiles(theme, model)

    def shown() -> list[object]:
        return [at(model, 0, row).data() for row in range(3)]

    assert shown() == ["part 10.bin", "part 2.bin", "deep"]
    files.tree.header().sectionClicked.emit(0)
    assert shown() == ["deep", "part 2.bin", "part 10.bin"]
    files.tree.header().sectionClicked.emit(0)
    assert shown() == ["part 10.bin", "part 2.bin", "deep"]
    files.tree.header().sectionClicked.emit(1)
    assert shown() == ["deep", "part 2.bin", "part 10.bin"]


def test_a_person_is_told_the_former_name_and_what_a_skipped_file_leaves(qapp: object, theme: Theme) -> None:
    layout = FileLayout((TorrentFile(("a.bin",), 30, 0), TorrentFile(("b.bin",), 50, 30)), 16)
    listed = [ListedFile(0, ("a.bin",), 30), ListedFile(1, ("b.bin",), 50)]
    model = FileTreeModel(build_tree("Both", listed, originals={0: "../a.bin"}, layout=layout))
    files = AddFiles(theme, model)
    files.tree.setCurrentIndex(at(model, 0, 0))
    assert files.note.text() == "The torrent calls it \u201c../a.bin\u201d."
    files.tree.setCurrentIndex(at(model, 0, 1))
    assert files.note.text() == ""
    model.set_ticked([at(model, 0, 1)], ticked=False)
    assert (
        files.note.text()
        == "b.bin shares pieces with a chosen file: up to 2 B of it may appear on disk, in a hidden file."
    )
    model.set_ticked([at(model, 0, 0)], ticked=False)
    assert files.note.text() == ""


def test_the_engine_and_a_person_change_priorities_apart(model: FileTreeModel) -> None:
    chosen: list[list[tuple[int, int]]] = []
    model.chosen = chosen.append
    model.take_priorities([0, 4, 4, 6, 4])
    assert chosen == []
    assert model.wanted_bytes == 610
    model.set_priority([at(model, 0, 0)], FilePriority.HIGH)
    assert chosen == [[(0, 6), (2, 6), (4, 6)]]


def test_a_subclass_shows_further_columns(qapp: object, theme: Theme) -> None:
    class Sizes(FileTreeModel):
        def text(self, node: Node, key: str) -> str:
            return f"{node.size} bytes" if key == "bytes" else super().text(node, key)

    columns = (NAME_COLUMN, TreeColumn("bytes", "Bytes", is_number=True), PRIORITY_COLUMN)
    model = Sizes(build_tree("Album", FILES), columns=columns)
    view = FileTreeView(theme, model, model)
    assert at(model, 0, 1).siblingAtColumn(1).data() == "400 bytes"
    assert model.path(at(model, 0, 0, 1, 0)) == "music/deep/two.flac"
    assert not view.grab().isNull()
