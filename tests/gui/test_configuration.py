"""The Configuration: every key has a place, a change is in force at once, and each can be taken back."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton
from tests.gui.conftest import WindowRun, until
from tests.support.other_values import other_value

from shoal.api.errors import UserError
from shoal.gui.application import Application
from shoal.gui.link.settings_door import ENTRIES
from shoal.gui.preferences.configuration import OWN_EDITOR, Configuration
from shoal.gui.preferences.editors import ChoiceEditor, FieldEditor, FolderEditor, TickEditor
from shoal.gui.preferences.engine_keys import ENGINE_ENTRIES, EngineKeysPart
from shoal.gui.preferences.setting_row import SettingRow
from shoal.gui.style.setting_text import effect_of, field_text, title_of
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.schema import Page, Value

Story = Callable[[Application, Configuration], Coroutine[Any, Any, None]]


@pytest.fixture
def play(run: WindowRun) -> Callable[[Story], WindowRun]:
    run.client.settings = asdict(EngineSettings())

    def go(story: Story) -> WindowRun:
        async def live(application: Application) -> None:
            await until(lambda: application.settings.is_known)
            application.window.actions_of_window.configuration.trigger()
            window = application.window.configuring.open()
            await until(window.isVisible)
            await story(application, window)

        assert run.play(live) == 0
        return run

    return go


def engine_keys_of(window: Configuration) -> EngineKeysPart:
    return next(part for part in window.pages[Page.ADVANCED].parts if isinstance(part, EngineKeysPart))


def row_of(window: Configuration, key: str) -> SettingRow:
    for page in window.pages.values():
        if key in page.rows:
            return page.rows[key]
    window.open_page(Page.ADVANCED, key)
    row = engine_keys_of(window).row
    assert row is not None
    assert row.entry.key == key
    return row


def type_into(row: SettingRow, text: str) -> QLineEdit:
    editor = row.editor
    assert isinstance(editor, FieldEditor | FolderEditor)
    edit = editor.edit if isinstance(editor, FieldEditor) else editor.field.edit
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    return edit


def test_every_setting_that_people_see_has_a_place(play: Callable[[Story], WindowRun]) -> None:
    async def story(application: Application, window: Configuration) -> None:
        shown = {key for page in window.pages.values() for key in page.rows}
        table = {line.entry.key for line in engine_keys_of(window).model.rows}
        assert shown | table | {"shortcuts"} == {key for key, entry in ENTRIES.items() if entry.page is not None}
        assert not shown & OWN_EDITOR
        for page, made in window.pages.items():
            assert all(row.entry.page is page for row in made.rows.values())

    play(story)


def test_ticks_choices_numbers_and_folders_apply_at_once(play: Callable[[Story], WindowRun], tmp_path: Path) -> None:
    async def story(application: Application, window: Configuration) -> None:
        door = application.settings
        tick = row_of(window, "notify_finished").editor
        assert isinstance(tick, TickEditor)
        QTest.mouseClick(tick.tick, Qt.MouseButton.LeftButton)
        await until(lambda: door.value("notify_finished") is False)
        choice = row_of(window, "theme").editor
        assert isinstance(choice, ChoiceEditor)
        choice.box.activated.emit(choice.box.findData("dark"))
        await until(lambda: door.value("theme") == "dark")
        assert application.theme.tokens.is_dark
        type_into(row_of(window, "up_limit"), "1.5 MB/s")
        await until(lambda: door.value("up_limit") == 1_500_000)
        type_into(row_of(window, "line_up"), "40")
        await until(lambda: door.value("line_up") == 40_000)
        type_into(row_of(window, "downloads_folder"), str(tmp_path))
        await until(lambda: door.value("downloads_folder") == str(tmp_path))
        type_into(row_of(window, "piece_memory"), "32 MiB")
        await until(lambda: door.value("piece_memory") == 32 << 20)

    run = play(story)
    assert run.saved[-1].theme == "dark"
    assert run.client.settings["up_limit"] == 4_000_000


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("max_peers", "1"),
        ("max_peers", "many"),
        ("up_limit", "fast"),
        ("quiet_hours", "22-7"),
        ("downloads_folder", "here"),
        ("save_seconds", "0"),
        ("piece_memory", "1 B"),
    ],
)
def test_what_cannot_be_is_said_below_the_field(play: Callable[[Story], WindowRun], key: str, typed: str) -> None:
    async def story(application: Application, window: Configuration) -> None:
        row = row_of(window, key)
        window.open_page(row.entry.page or Page.ADVANCED)
        type_into(row, typed)
        editor = row.editor
        assert isinstance(editor, FieldEditor | FolderEditor)
        assert editor._problem.isVisible()
        assert editor._problem.text()
        assert application.settings.value(key) == row.entry.default

    assert play(story).client.commands == []


def test_what_the_engine_refuses_is_told_and_not_shown_as_set(play: Callable[[Story], WindowRun]) -> None:
    async def story(application: Application, window: Configuration) -> None:
        refusal = UserError("bad-setting", field="listen_hosts", must="must name an address of this computer")
        application.link._client.result().refuse = refusal  # type: ignore[attr-defined]
        row = row_of(window, "listen_hosts")
        edit = type_into(row, "203.0.113.9")
        await until(lambda: "must name an address" in row.editor._problem.text())  # type: ignore[attr-defined]
        assert edit.text() == EngineSettings().listen_hosts
        assert window.changes.last is None

    play(story)


def test_changes_are_taken_back_one_by_one(play: Callable[[Story], WindowRun]) -> None:
    async def story(application: Application, window: Configuration) -> None:
        door = application.settings
        assert not window.undo.isEnabled()
        type_into(row_of(window, "max_peers"), "90")
        await until(lambda: door.value("max_peers") == 90)
        tick = row_of(window, "compact_rows").editor
        assert isinstance(tick, TickEditor)
        tick.tick.click()
        await until(lambda: window.undo.text() == "Undo: Compact rows")
        assert application.window.actions_of_window.compact_rows.isChecked()
        window.undo.click()
        await until(lambda: door.value("compact_rows") is False)
        assert not tick.tick.isChecked()
        assert window.undo.text() == "Undo: Connections in all"
        QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: door.value("max_peers") == 500)
        assert not window.undo.isEnabled()

    play(story)


def test_a_changed_setting_shows_it_and_goes_back(play: Callable[[Story], WindowRun]) -> None:
    async def story(application: Application, window: Configuration) -> None:
        row = row_of(window, "max_peers")
        window.open_page(Page.CONNECTION, "max_peers")
        assert not row.back.isVisible()
        await application.settings.change({"max_peers": 80})
        assert row.back.isVisible()
        row.back.click()
        await until(lambda: application.settings.value("max_peers") == 500)
        assert not row.back.isVisible()

    play(story)


def test_search_opens_the_page_and_marks_the_hits(play: Callable[[Story], WindowRun]) -> None:
    async def story(application: Application, window: Configuration) -> None:
        window.search.setText("incoming")
        assert window.list.currentRow() == list(Page).index(Page.CONNECTION)
        shown = [
            window.list.item(at).text() for at in range(window.list.count()) if not window.list.item(at).isHidden()
        ]
        assert "Connection" in shown
        assert "Appearance" not in shown
        assert row_of(window, "listen_port").property("hit") is True
        QTest.keyClick(window.search, Qt.Key.Key_Return)
        editor = row_of(window, "listen_port").editor
        assert isinstance(editor, FieldEditor)
        assert window.focusWidget() is editor.edit
        window.search.clear()
        assert row_of(window, "listen_port").property("hit") is False
        assert not any(window.list.item(at).isHidden() for at in range(window.list.count()))
        window.search.setText("there is nothing of this")
        assert window._told.text() == "0 settings found"

    play(story)


def test_every_row_has_its_words_for_a_screen_reader(play: Callable[[Story], WindowRun]) -> None:
    async def story(application: Application, window: Configuration) -> None:
        for page in window.pages.values():
            for row in page.rows.values():
                focus = row.editor.focusProxy()
                while focus.focusProxy() is not None:
                    focus = focus.focusProxy()
                name = focus.accessibleName() or focus.property("text")
                assert name == title_of(row.entry)
                assert row.editor.accessibleDescription() == effect_of(row.entry)

    play(story)


async def choose(window: Configuration, button: str, path: Path) -> None:
    """Press one of the foot's buttons and choose `path` in the dialog of files."""
    next(found for found in window.findChildren(QPushButton) if found.text() == button).click()
    await until(lambda: window.findChildren(QFileDialog))
    dialog = window.findChildren(QFileDialog)[0]
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setDirectory(str(path.parent))
    dialog.selectFile(str(path))
    edit = dialog.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(edit, QLineEdit)
    edit.setText(str(path))
    dialog.accept()


def test_all_settings_go_to_a_file_and_come_back(play: Callable[[Story], WindowRun], tmp_path: Path) -> None:
    target = tmp_path / "mine.json"

    async def story(application: Application, window: Configuration) -> None:
        door = application.settings
        await door.change({"max_peers": 66, "toolbar": "icons"})
        await choose(window, "Export\u2026", target)
        await until(lambda: str(target) in window._told.text())
        await door.change({"max_peers": 70, "toolbar": "text"})
        content = json.loads(target.read_text())
        content["interface"]["theme"] = "pink"
        target.write_text(json.dumps(content))
        await choose(window, "Import\u2026", target)
        await until(lambda: door.value("max_peers") == 66)
        assert door.value("toolbar") == "icons"
        assert "Theme" in window._told.text()
        window.undo.click()
        await until(lambda: door.value("max_peers") == 70)
        target.write_bytes(b"no settings")
        await choose(window, "Import\u2026", target)
        await until(lambda: "holds no settings" in window._told.text())

    play(story)


def test_imported_limits_are_in_force_beside_an_imported_line_and_undo_brings_all_back(
    play: Callable[[Story], WindowRun], tmp_path: Path
) -> None:
    target = tmp_path / "mine.json"

    async def story(application: Application, window: Configuration) -> None:
        door, speed = application.settings, application.speed
        await door.change({"line_up": 40_000, "line_down": 100_000})
        await until(lambda: door.value("up_limit") == 4_000_000)
        await door.change({"up_limit": 777_000, "upload_slots": 9})
        await choose(window, "Export\u2026", target)
        await until(lambda: str(target) in window._told.text())
        await door.change({"line_up": 8_000, "line_down": 50_000})
        await until(lambda: door.value("up_limit") == 800_000 and door.value("upload_slots") == 4)
        # It is the same as in the file by chance, and the file's line would have another.
        await door.change({"up_limit": 777_000})
        await choose(window, "Import\u2026", target)
        await until(lambda: door.value("line_up") == 40_000)
        await until(lambda: speed.in_force.is_by_hand)
        assert (door.value("up_limit"), door.value("upload_slots")) == (777_000, 9)
        await door.change({"up_limit": 600_000})
        window.undo.click()
        await until(lambda: door.value("line_up") == 8_000 and speed.in_force.is_by_hand)
        assert (door.value("up_limit"), door.value("upload_slots")) == (777_000, 4)

    play(story)


def test_the_profile_gives_what_an_imported_file_does_not_hold(
    play: Callable[[Story], WindowRun], tmp_path: Path
) -> None:
    target = tmp_path / "part.json"
    engine = {"up_limit": 123_000}
    target.write_text(
        json.dumps({"shoal-settings": 1, "engine": engine, "interface": {"profile": "quiet", "line_down": 20_000}})
    )

    async def story(application: Application, window: Configuration) -> None:
        door = application.settings
        await choose(window, "Import\u2026", target)
        await until(lambda: door.value("max_peers") == 200)
        assert (door.value("up_limit"), door.value("down_limit")) == (123_000, 1_250_000)
        assert door.interface.profile_applied == "quiet"

    play(story)


def test_files_of_other_versions_are_told_as_such(play: Callable[[Story], WindowRun], tmp_path: Path) -> None:
    newer, other = tmp_path / "newer.json", tmp_path / "other.json"
    newer.write_text('{"shoal-settings": 99}')
    keys = {f"key_{number}": 1 for number in range(7)}
    other.write_text(json.dumps({"shoal-settings": 1, "engine": keys | {"max_peers": 66}}))

    async def story(application: Application, window: Configuration) -> None:
        await choose(window, "Import\u2026", newer)
        await until(lambda: "was written by a newer Shoal" in window._told.text())
        await choose(window, "Import\u2026", other)
        await until(lambda: application.settings.value("max_peers") == 66)
        assert "does not know: key_0, key_1, key_2, key_3, key_4 and 2 more." in window._told.text()

    play(story)


def test_what_can_be_taken_back_outlives_a_change_of_units(play: Callable[[Story], WindowRun]) -> None:
    async def story(application: Application, window: Configuration) -> None:
        before = application.window
        choice = row_of(window, "units").editor
        assert isinstance(choice, ChoiceEditor)
        choice.box.activated.emit(choice.box.findData("binary"))
        await until(lambda: application.window is not before)
        window = application.window.configuring.open()
        assert window.undo.text() == "Undo: Sizes in"
        window.undo.click()
        await until(lambda: application.settings.value("units") == "decimal")

    play(story)


async def change_in(row: SettingRow, value: Value) -> None:
    """As a person does: tick, choose or type."""
    editor = row.editor
    if isinstance(editor, TickEditor):
        editor.tick.click()
    elif isinstance(editor, ChoiceEditor):
        at = editor.box.findData(value)
        assert at >= 0
        editor.box.setCurrentIndex(at)
        editor.box.activated.emit(at)
    else:
        type_into(row, field_text(row.entry, value))


RENEWING = {"language", "units"}
"""They make the window anew; tests of their own follow that."""


@pytest.mark.parametrize("page", list(Page), ids=lambda page: str(page.value))
def test_what_every_row_is_given_is_in_force(play: Callable[[Story], WindowRun], page: Page) -> None:
    async def story(application: Application, window: Configuration) -> None:
        door = application.settings
        keys = {entry.key for entry in ENGINE_ENTRIES} if page is Page.ADVANCED else set(window.pages[page].rows)
        for key in sorted(keys - RENEWING):
            entry = ENTRIES[key]
            wanted = other_value(entry)
            window.open_page(page, key)
            row = window.pages[page].rows.get(key) or engine_keys_of(window).row
            assert row is not None
            assert row.entry.key == key
            await change_in(row, wanted)
            await until(lambda key=key, wanted=wanted: door.value(key) == wanted)  # type: ignore[misc]
            assert row.back.isVisible()
            row.back.click()
            await until(lambda key=key, entry=entry: door.value(key) == entry.default)  # type: ignore[misc]

    play(story)


def test_every_engine_key_is_changed_from_its_table(play: Callable[[Story], WindowRun]) -> None:
    async def story(application: Application, window: Configuration) -> None:
        part = engine_keys_of(window)
        assert {line.entry.key for line in part.model.rows} == {entry.key for entry in ENGINE_ENTRIES}
        window.open_page(Page.ADVANCED)
        part.table.setFocus()
        position = part.model.position_of("max_peers")
        assert position is not None
        part.table.choose(position)
        assert part.row is not None
        assert part.row.entry.key == "max_peers"
        part.table.doubleClicked.emit(part.model.index(position, 0))
        assert isinstance(part.row.editor, FieldEditor)
        assert window.focusWidget() is part.row.editor.edit
        type_into(part.row, "99999999")
        assert part.row.editor._problem.isVisible()
        type_into(part.row, "91")
        await until(lambda: application.settings.value("max_peers") == 91)
        assert part.model.index(position, 1).data() == "\u25cf 91"
        assert "changed from 500" in part.model.index(position, 1).data(Qt.ItemDataRole.AccessibleTextRole)
        assert row_of(window, "max_peers").back.isVisibleTo(window.pages[Page.CONNECTION])
        QTest.keyClick(part.row.editor.edit, Qt.Key.Key_Escape)
        assert window.isVisible()
        assert window.focusWidget() is part.table
        window.undo.click()
        await until(lambda: application.settings.value("max_peers") == 500)
        window.search.setText("half_open")
        assert window.page is Page.ADVANCED
        assert [line.entry.key for line in part.model.rows] == ["half_open"]
        QTest.keyClick(window.search, Qt.Key.Key_Return)
        QTest.keyClick(part.table, Qt.Key.Key_Return)
        assert window.focusWidget() is not part.table

    play(story)


def test_only_the_page_that_is_shown_is_made_at_once_and_the_others_in_time(run: WindowRun) -> None:
    run.client.settings = asdict(EngineSettings(max_peers=77))

    async def story(application: Application) -> None:
        await until(lambda: application.settings.is_known)
        window = application.window.configuring.open(Page.SAVING)
        assert set(window.pages.made) <= {Page.APPEARANCE, Page.SAVING}
        await until(lambda: len(window.pages.made) == len(Page))
        assert window.stack.currentWidget() is window.pages[Page.SAVING]
        editor = window.pages[Page.CONNECTION].rows["max_peers"].editor
        assert isinstance(editor, FieldEditor)
        assert editor.edit.text() == "77"

    assert run.play(story) == 0


def test_tab_goes_through_the_page_before_the_foot(play: Callable[[Story], WindowRun]) -> None:
    async def story(application: Application, window: Configuration) -> None:
        await until(lambda: len(window.pages.made) == len(Page))
        for page in (Page.APPEARANCE, Page.QUEUE):
            window.open_page(page)
            window.list.setFocus()
            await until(window.list.hasFocus)
            passed: list[str] = []
            for _ in range(40):
                QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
                now = window.focusWidget()
                if now is window.search or (isinstance(now, QPushButton) and now.text() == "Close"):
                    break
                passed.append("page" if window.pages[page].isAncestorOf(now) else "foot")
            assert passed[0] == "page"
            assert passed == sorted(passed, reverse=True)

    play(story)
