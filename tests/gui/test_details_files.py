"""The Files tab: a change of mind is seen and sent at once, progress touches only what is seen, nothing is ever run."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QPaintEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu
from tests.support.fake_client import row

from shoal.api.commands import Command, Detail, SetFilePriorities
from shoal.api.details import FileRow, TorrentDetails
from shoal.gui.details.column_memory import ColumnMemory
from shoal.gui.details.files import FilesTab
from shoal.gui.models.torrent_files import ListedFiles, TorrentFiles
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.asking_dialog import AskingDialog
from shoal.gui.widgets.torrent_file_view import TorrentFileView

ID = "a" * 40
FILES = (
    FileRow(0, "music/one.flac", 1000, 1000, 4, False),
    FileRow(1, ".pad/24", 24, 0, 4, True),
    FileRow(2, "music/two.flac", 2000, 500, 6, False),
    FileRow(3, "film.mkv", 4000, 0, 0, False),
    FileRow(4, "tools/setup.exe", 100, 100, 4, False),
)


def progress(files: tuple[FileRow, ...], **strips: bytes) -> TorrentDetails:
    return TorrentDetails(
        ID,
        file_done=array("Q", [entry.done for entry in files]).tobytes(),
        file_priorities=bytes(entry.priority for entry in files),
        file_strips={int(number[1:]): cells for number, cells in strips.items()},
    )


def changed(number: int, **values: int) -> tuple[FileRow, ...]:
    return tuple(replace(entry, **values) if entry.index == number else entry for entry in FILES)  # type: ignore[arg-type]


class Stage:
    def __init__(self, theme: Theme) -> None:
        self.sent: list[Command] = []
        self.told: list[str] = []
        self.renames: list[str] = []
        self.opened: list[str] = []
        self.dialogs: list[QDialog] = []
        self.jobs: list[tuple[Callable[[], ListedFiles], Callable[[ListedFiles], None]]] = []
        self.kept = ""
        self.tab = FilesTab(
            theme,
            None,
            self.sent.append,
            columns=ColumnMemory(lambda: self.kept, self.keep),
            opener=self.dialogs.append,
            in_worker=lambda job, done: self.jobs.append((job, done)),
            open_path=self.opened.append,
        )
        self.tab.told.connect(lambda text, undo: self.told.append(text))
        self.tab.rename_wanted.connect(self.renames.append)
        self.tab.widget.resize(1100, 420)
        self.tab.widget.show()
        self.tab.show_row(row(ID, name="Album", content_path="/data/Album", peers=3))

    def keep(self, text: str) -> None:
        self.kept = text

    def show(self, files: tuple[FileRow, ...] = FILES) -> None:
        self.tab.show_details(TorrentDetails(ID, files=files, piece_length=512))
        self.tab.show_details(progress(files))
        QApplication.processEvents()

    @property
    def model(self) -> TorrentFiles:
        assert self.tab.model is not None
        return self.tab.model

    @property
    def tree(self) -> TorrentFileView:
        assert self.tab.tree is not None
        return self.tab.tree

    def find(self, name: str, parent: QModelIndex | None = None) -> QModelIndex:
        parent = parent or QModelIndex()
        for at in range(self.model.rowCount(parent)):
            index = self.model.index(at, 0, parent)
            if index.data() == name:
                return index
            if (found := self.find(name, index)).isValid():
                return found
        return QModelIndex()

    def text(self, name: str, key: str) -> str:
        column = self.model.column_keys().index(key)
        return str(self.find(name).siblingAtColumn(column).data())

    def menu(self, name: str) -> QMenu:
        menu = self.tab.menu(self.find(name))
        assert menu is not None
        return menu

    def press(self, name: str, entry: str) -> None:
        menu = self.menu(name)
        next(action for action in menu.actions() if action.text() == entry).trigger()
        menu.close()


@pytest.fixture
def stage(theme: Theme) -> Iterator[Stage]:
    stage = Stage(theme)
    yield stage
    shiboken6.delete(stage.tab.widget)


def test_the_tree_shows_what_is_here_and_wanted(stage: Stage) -> None:
    stage.show()
    assert stage.tab.parts() == {Detail.FILES, Detail.FILE_PROGRESS}
    assert [stage.text(name, "done") for name in ("one.flac", "two.flac", "film.mkv")] == ["100 %", "25.0 %", "0 %"]
    assert [stage.text(name, "priority") for name in ("one.flac", "two.flac", "film.mkv")] == ["Normal", "High", "Skip"]
    assert (stage.text("music", "done"), stage.text("music", "priority")) == ("50.0 %", "Mixed")
    assert not stage.find("24").isValid()
    spoken = stage.find("two.flac").data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "two.flac, 2 kB, priority High, 25.0 % here"


def test_a_change_is_seen_and_sent_at_once(stage: Stage) -> None:
    stage.show()
    stage.tree.setCurrentIndex(stage.find("music"))
    QTest.keyClick(stage.tree, Qt.Key.Key_4)
    assert stage.sent == [SetFilePriorities(ID, ((0, 7), (2, 7)))]
    assert stage.text("music", "priority") == "Highest"
    QTest.keyClick(stage.tree, Qt.Key.Key_Space)
    assert stage.sent[1:] == [SetFilePriorities(ID, ((0, 0), (2, 0)))]


def test_a_late_answer_does_not_flicker(stage: Stage) -> None:
    stage.show()
    stage.tree.setCurrentIndex(stage.find("film.mkv"))
    QTest.keyClick(stage.tree, Qt.Key.Key_2)
    for answered in (FILES, FILES, changed(3, priority=4), changed(3, priority=4)):
        stage.tab.show_details(progress(answered))
        assert stage.text("film.mkv", "priority") == "Normal"
    stage.tab.show_details(progress(changed(3, priority=1)))
    assert stage.text("film.mkv", "priority") == "Low"
    assert len(stage.sent) == 1


def test_a_refused_change_goes_back(stage: Stage) -> None:
    stage.show()
    stage.tree.setCurrentIndex(stage.find("film.mkv"))
    QTest.keyClick(stage.tree, Qt.Key.Key_2)
    for _ in range(8):
        stage.tab.show_details(progress(FILES))
    assert stage.text("film.mkv", "priority") == "Skip"


def test_progress_repaints_only_rows_that_are_seen_and_changed(stage: Stage) -> None:
    stage.show()
    touched: list[str] = []
    stage.model.dataChanged.connect(lambda first, last: touched.append(str(first.data())))
    stage.tab.show_details(progress(FILES))
    assert touched == []
    stage.tab.show_details(progress(changed(2, done=1000)))
    assert touched == ["Album", "music", "two.flac"]
    stage.tree.collapse(stage.find("music"))
    touched.clear()
    stage.tab.show_details(progress(changed(2, done=1500)))
    assert touched == ["Album", "music"]


def test_strips_are_asked_only_for_files_that_are_seen(stage: Stage) -> None:
    assert stage.tab.strips_of() == ()
    stage.show()
    assert sorted(stage.tab.strips_of()) == [0, 2, 3, 4]
    stage.tree.collapse(stage.find("music"))
    assert sorted(stage.tab.strips_of()) == [3, 4]
    stage.tab.show_details(progress(FILES, f3=bytes((3, 1, 0))))
    assert stage.model.strip(stage.find("film.mkv")) == bytes((3, 1, 0))
    assert stage.model.strip(stage.find("music")) is None


def test_a_finished_file_is_opened(stage: Stage) -> None:
    stage.show()
    stage.tree.setCurrentIndex(stage.find("one.flac"))
    QTest.keyClick(stage.tree, Qt.Key.Key_Return)
    assert stage.opened == ["/data/Album/music/one.flac"]


def test_an_unfinished_file_is_not(stage: Stage) -> None:
    stage.show()
    stage.tree.setCurrentIndex(stage.find("two.flac"))
    QTest.keyClick(stage.tree, Qt.Key.Key_Return)
    assert stage.opened == []
    assert stage.told == ["\u201ctwo.flac\u201d is not finished yet"]
    assert not stage.menu("two.flac").actions()[0].isEnabled()


def test_a_program_is_never_run(stage: Stage) -> None:
    stage.show()
    stage.press("setup.exe", "Open")
    assert stage.opened == []
    dialog = stage.dialogs[-1]
    assert isinstance(dialog, AskingDialog)
    assert dialog.windowTitle() == "This file is a program"
    dialog.accept()
    assert stage.opened == ["/data/Album/tools"]


def test_folders_renaming_and_copying(stage: Stage) -> None:
    stage.show()
    stage.press("one.flac", "Open folder")
    stage.press("music", "Open folder")
    assert stage.opened == ["/data/Album/music", "/data/Album/music"]
    stage.press("two.flac", "Rename\u2026")
    stage.press("music", "Rename\u2026")
    assert stage.renames == ["music/two.flac", "music"]
    rename = next(action for action in stage.menu("Album").actions() if action.text() == "Rename\u2026")
    assert not rename.isEnabled()
    stage.press("one.flac", "Copy path")
    assert QGuiApplication.clipboard().text() == "/data/Album/music/one.flac"
    stage.press("one.flac", "Copy name")
    assert QGuiApplication.clipboard().text() == "one.flac"


def test_the_menu_sets_the_priority_of_the_selection(stage: Stage) -> None:
    stage.show()
    stage.tree.selectAll()
    stage.press("film.mkv", "Low")
    assert stage.sent == [SetFilePriorities(ID, ((0, 1), (2, 1), (3, 1), (4, 1)))]


def test_finished_files_can_be_dragged_out_as_copies(stage: Stage) -> None:
    stage.show()
    one, two = stage.find("one.flac"), stage.find("two.flac")
    assert stage.model.flags(one) & Qt.ItemFlag.ItemIsDragEnabled
    assert not stage.model.flags(two) & Qt.ItemFlag.ItemIsDragEnabled
    data = stage.model.mimeData([one, two])
    assert data.urls() == [QUrl.fromLocalFile("/data/Album/music/one.flac")]
    assert stage.model.supportedDragActions() == Qt.DropAction.CopyAction


def test_a_single_file_lies_where_the_transfer_does(stage: Stage) -> None:
    stage.tab.show_row(row(ID, name="a.iso", content_path="/data/a.iso"))
    stage.show((FileRow(0, "a.iso", 10, 10, 4, False),))
    assert not stage.tab.chips["All"].isVisible()
    stage.press("a.iso", "Open")
    stage.press("a.iso", "Open folder")
    assert stage.opened == ["/data/a.iso", "/data"]


def many(count: int) -> tuple[FileRow, ...]:
    return tuple(FileRow(at, f"part {at % 7}/file {at}.bin", 10, 0, 4, False) for at in range(count))


def test_the_filter_narrows_what_all_and_none_mean(stage: Stage) -> None:
    stage.show()
    assert not stage.tab.filter.isVisible()
    stage.show(many(20))
    assert stage.tab.filter.isVisible()
    stage.tab.filter.setText("file 1")
    stage.tab.chips["None"].click()
    [command] = stage.sent
    assert isinstance(command, SetFilePriorities)
    assert {number for number, _ in command.priorities} == {1, *range(10, 20)}
    stage.tab.filter.clear()
    assert stage.text("file 2.bin", "priority") == "Normal"
    assert stage.text("file 1.bin", "priority") == "Skip"


def test_many_files_are_listed_in_a_worker_and_late_ones_are_dropped(stage: Stage) -> None:
    files = many(3000)
    stage.tab.show_details(TorrentDetails(ID, files=files))
    assert stage.tab.model is None
    [(job, done)] = stage.jobs
    stage.tab.show_details(progress(files))
    done(job())
    assert stage.model.listing.count == 3000
    stage.tab.show_details(TorrentDetails(ID, files=files))
    stage.tab.clear()
    job, done = stage.jobs[-1]
    done(job())
    assert stage.tab.model is None


def test_a_renamed_file_keeps_the_folders_as_they_were(stage: Stage) -> None:
    stage.show()
    stage.tree.collapse(stage.find("music"))
    renamed = tuple(replace(entry, path="music/uno.flac") if entry.index == 0 else entry for entry in FILES)
    stage.show(renamed)
    assert stage.find("uno.flac").isValid()
    assert not stage.tree.isExpanded(stage.find("music"))
    assert stage.tree.isExpanded(stage.find("tools"))


def test_an_answer_that_does_not_fit_the_files_is_left_out(stage: Stage) -> None:
    stage.show()
    stage.tab.show_details(progress(many(9)))
    assert stage.text("one.flac", "done") == "100 %"


def test_widths_and_order_are_remembered(stage: Stage) -> None:
    stage.show()
    stage.tree.header().resizeSection(stage.model.column_keys().index("pieces"), 210)
    stage.tree.header().sectionClicked.emit(0)
    stage.tree.remember()
    stage.tab.clear()
    stage.tab.show_row(row(ID, content_path="/data/Album"))
    stage.show()
    assert stage.tree.header().sectionSize(stage.model.column_keys().index("pieces")) == 210
    assert stage.model.sorted_by() == "name"


class Painted(QObject):
    """Which part of a widget was painted anew."""

    def __init__(self) -> None:
        super().__init__()
        self.region = QRegion()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QPaintEvent):
            self.region += event.region()
        return False


def test_a_priority_given_to_a_folder_is_seen_on_every_file_in_it(stage: Stage) -> None:
    stage.show()
    model, tree = stage.model, stage.tree
    folder = model.index(0, 0)
    tree.expand(folder)
    QApplication.processEvents()
    painted = Painted()
    tree.viewport().installEventFilter(painted)
    below = tree.visualRect(model.index(0, 0, folder)).center()
    model.set_level([folder], 0)
    QApplication.processEvents()
    assert painted.region.contains(QPoint(below))


def shown_names(stage: Stage) -> list[str]:
    top = stage.model.index(0, 0)
    return [stage.model.name(stage.model.index(at, 0, top)) for at in range(stage.model.rowCount(top))]


def click_header(stage: Stage, key: str) -> None:
    stage.tree.header().sectionClicked.emit(stage.model.column_keys().index(key))


def test_the_tree_is_ordered_by_what_is_done_and_by_priority(stage: Stage) -> None:
    stage.show()
    as_in_torrent = shown_names(stage)
    click_header(stage, "done")
    # 100 %, 50 %, 0 %: folders by all that they hold.
    assert shown_names(stage) == ["tools", "music", "film.mkv"]
    click_header(stage, "priority")
    # High in it, Normal in it, Skip.
    assert shown_names(stage) == ["music", "tools", "film.mkv"]
    assert stage.model.sorted_by() == "priority"
    click_header(stage, "priority")
    assert shown_names(stage) == as_in_torrent


def test_rows_ordered_by_what_is_done_stay_where_they_are_while_it_grows(stage: Stage) -> None:
    stage.show()
    click_header(stage, "done")
    stage.tab.show_details(progress(changed(3, done=4000)))
    assert stage.text("film.mkv", "done") == "100 %"
    assert shown_names(stage) == ["tools", "music", "film.mkv"]
