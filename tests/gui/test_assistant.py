"""The Configuration Assistant: first start, re-run, by keyboard alone; nothing changes before its end."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from shiboken6 import isValid
from tests.gui.conftest import WindowRun, opened, until
from tests.gui.test_screen_reader import faults
from tests.support.fake_client import row
from tests.support.torrent_samples import torrent_bytes

from shoal.api.commands import AddTorrent, ChangeSettings
from shoal.api.errors import UserError
from shoal.gui.application import Application
from shoal.gui.desktop.associations import AssociationStatus, Kind, Opener, Who
from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.style.languages import Languages
from shoal.gui.style.resources import resources_folder
from shoal.gui.window import assisting
from shoal.gui.wizard.assistant import LAST, Assistant
from shoal.gui.wizard.port_words import PortState
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.interface_settings import InterfaceSettings

Story = Callable[[Application, Assistant], Coroutine[Any, Any, None]]
PORT = 51_234


class FakeRegistrar:
    """A system that opens torrent files with another program until Shoal claims them."""

    def __init__(self) -> None:
        self.who = Who.ANOTHER
        self.refuse: OSError | None = None

    def status(self) -> AssociationStatus:
        opener = Opener(self.who, "Transmission" if self.who is Who.ANOTHER else "")
        return AssociationStatus(opener, opener, can_change=True)

    def claim(self, kinds: frozenset[Kind]) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.who = Who.SHOAL

    def release(self) -> None:
        self.who = Who.ANOTHER


@pytest.fixture(autouse=True)
def english_afterwards(qapp: QApplication) -> Iterator[None]:
    yield
    Languages(qapp, resources_folder()).choose("en")


@pytest.fixture
def first(run: WindowRun) -> WindowRun:
    """A first start."""
    run.client.settings = asdict(EngineSettings(listen_port=PORT))
    run.client.totals = replace(run.client.totals, listen_port=PORT)
    run.is_first_start = True
    run.registrar = FakeRegistrar()
    return run


@pytest.fixture
def has_tray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assisting, "has_tray", lambda: True)


async def shown(application: Application) -> Assistant:
    """The assistant, once it is open."""

    def is_shown() -> bool:
        assistant = application.assisting.assistant
        return assistant is not None and assistant.isVisible() and assistant.isActiveWindow()

    await until(is_shown)
    found = application.assisting.assistant
    assert found is not None
    return found


def play(run: WindowRun, story: Story, *sources: str) -> None:
    async def live(application: Application) -> None:
        await story(application, await shown(application))

    assert run.play(live, *sources) == 0


async def closed(assistant: Assistant) -> None:
    await until(lambda: not (isValid(assistant) and assistant.isVisible()))


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def type_keys(text: str) -> None:
    QTest.keyClicks(focused(), text)


def press_key(key: Qt.Key) -> None:
    QTest.keyClick(focused(), key)


def settings_changes(run: WindowRun) -> dict[str, object]:
    """What the engine was told to change."""
    return {key: value for one in run.client.commands if isinstance(one, ChangeSettings) for key, value in one.changes}


def test_it_comes_at_the_first_start_and_leaves_the_window_free(first: WindowRun) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        assert not assistant.isModal()
        assert application.window.isEnabled()
        assert assistant.step == 0
        assert focused() is assistant.welcome.sensible, focused().text()  # type: ignore[attr-defined]
        assert assistant.welcome.sensible.text() == "Use sensible settings"

    play(first, story)


@pytest.mark.parametrize("case", ["used", "done", "transfers"])
def test_who_has_used_shoal_before_is_not_bothered(first: WindowRun, case: str) -> None:
    first.is_first_start = case != "used"
    first.settings = InterfaceSettings(theme="light", assistant_done=case == "done")
    if case == "transfers":
        first.client.rows = {"a" * 40: row("a" * 40)}

    async def story(application: Application) -> None:
        await until(lambda: application.window.model.total == len(first.client.rows))
        await application.link.rest(application.assisting)
        assert application.assisting.assistant is None

    first.play(story)


@pytest.mark.usefixtures("has_tray")
def test_sensible_settings_are_one_click(first: WindowRun) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        QTest.mouseClick(assistant.welcome.sensible, Qt.MouseButton.LeftButton)
        await closed(assistant)
        await until(lambda: application.memory.settings.assistant_done)
        assert application.memory.settings.close_to_tray

    play(first, story)
    assert "listen_port" not in settings_changes(first)
    engine = first.client.settings
    assert (engine["up_limit"], engine["upload_slots"], engine["active_downloads"]) == (0, 4, 3)
    assert isinstance(first.registrar, FakeRegistrar)
    assert first.registrar.who is Who.ANOTHER
    assert first.saved[-1].assistant_done


def test_two_clicks_from_the_first_start_to_downloading(first: WindowRun, tmp_path: Path) -> None:
    torrent = tmp_path / "Debian netinst.torrent"
    torrent.write_bytes(torrent_bytes("Debian", {"a.iso": 1_000}))

    async def story(application: Application, assistant: Assistant) -> None:
        button = assistant.welcome.sensible
        assert button.text() == "Use sensible settings and open Debian netinst"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        await until(lambda: isinstance(first.dialog(), AddTorrentDialog))
        dialog = await opened(first, AddTorrentDialog)
        QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
        await until(lambda: application.window.list.selected_ids() == [first.client.next_id])

    play(first, story, str(torrent))
    assert [command for command in first.client.commands if isinstance(command, AddTorrent)]


def test_what_comes_while_it_is_open_waits_too(first: WindowRun, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.torrent" for name in ("One & two", "Three")]
    for path in paths:
        path.write_bytes(torrent_bytes(path.stem, {"a.iso": 1_000}))

    async def story(application: Application, assistant: Assistant) -> None:
        application._take([str(paths[0])])
        assert assistant.welcome.sensible.accessibleName() == "Use sensible settings and open One & two"
        application._take([str(paths[1])])
        assert assistant.welcome.sensible.text() == "Use sensible settings and open 2 torrents"
        assistant.reject()
        await opened(first, AddTorrentDialog)

    play(first, story)


@pytest.mark.parametrize("way", ["escape", "close"])
def test_leaving_it_changes_nothing(first: WindowRun, way: str) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        before = application.memory.settings
        assistant.go_to(1)
        assistant.line.cards["mobile"].click()
        assistant.go_to(4)
        assistant.behaviour.cards["dark"].click()
        assistant.behaviour.awake.click()
        assistant.go_to(LAST)
        if way == "escape":
            press_key(Qt.Key.Key_Escape)
        else:
            assistant.close()
        await closed(assistant)
        assert application.memory.settings == before
        assert not application.theme.tokens.is_dark

    play(first, story)
    assert settings_changes(first) == {}
    assert isinstance(first.registrar, FakeRegistrar)
    assert first.registrar.who is Who.ANOTHER


def test_skipping_is_remembered_and_changes_nothing_else(first: WindowRun) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        before = application.memory.settings
        assistant.go_to(1)
        assistant.skip.click()
        await closed(assistant)
        assert application.memory.settings == replace(before, assistant_done=True)

    play(first, story)
    assert settings_changes(first) == {}


@pytest.mark.usefixtures("has_tray")
def test_from_start_to_finish_by_keyboard_alone(first: WindowRun, tmp_path: Path) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        press_key(Qt.Key.Key_Tab)
        assert focused() is assistant.welcome.guided
        press_key(Qt.Key.Key_Space)
        assert assistant.step == 1
        assert focused() is assistant.line.cards["fibre"]
        press_key(Qt.Key.Key_Right)
        assert focused() is assistant.line.cards["dsl"]
        assert assistant.draft.line_kind == "dsl"
        press_key(Qt.Key.Key_Tab)
        assert focused() is assistant.line.down.edit
        press_key(Qt.Key.Key_Tab)
        focused().selectAll()  # type: ignore[attr-defined]
        type_keys("16")
        assert assistant.draft.line_up == 16_000
        press_key(Qt.Key.Key_Return)
        assert assistant.step == 2
        press_key(Qt.Key.Key_Return)
        assert assistant.step == 3
        focused().selectAll()  # type: ignore[attr-defined]
        type_keys(str(tmp_path))
        press_key(Qt.Key.Key_Return)
        assert assistant.step == 4
        assert focused() is assistant.behaviour.opens
        press_key(Qt.Key.Key_Tab)
        press_key(Qt.Key.Key_Space)
        press_key(Qt.Key.Key_Return)
        assert assistant.step == LAST
        assert assistant.next.text() == "Start using Shoal"
        press_key(Qt.Key.Key_Return)
        await closed(assistant)
        await until(lambda: application.memory.settings.assistant_done)
        settings = application.memory.settings
        assert (settings.line_kind, settings.line_up, settings.downloads_folder) == ("dsl", 16_000, str(tmp_path))
        assert settings.start_at_login
        assert application.window.adder.folder() == str(tmp_path)
        await until(lambda: first.client.settings["up_limit"] == 1_600_000)

    play(first, story)
    assert isinstance(first.registrar, FakeRegistrar)
    assert first.registrar.who is Who.SHOAL


def test_digits_choose_visited_steps_but_not_in_a_field(first: WindowRun) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        press_key(Qt.Key.Key_3)
        assert assistant.step == 0
        assistant.go_to(1)
        assistant.go_to(2)
        assistant.connection.port.edit.selectAll()
        press_key(Qt.Key.Key_1)
        assert assistant.step == 2
        assert assistant.connection.port.edit.text() == "1"
        assistant.next.setFocus()
        press_key(Qt.Key.Key_1)
        assert assistant.step == 0
        press_key(Qt.Key.Key_3)
        assert assistant.step == 2
        assert [step.isEnabled() for step in assistant.rail.steps] == [True, True, True, False, False, False]
        QTest.mouseClick(assistant.rail.steps[1], Qt.MouseButton.LeftButton)
        assert assistant.step == 1

    play(first, story)


def test_the_line_tells_what_is_shared(first: WindowRun) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        assistant.go_to(1)
        page = assistant.line
        page.cards["dsl"].click()
        assert (page.down.edit.text(), page.up.edit.text()) == ("100", "40")
        assert page.result.title.text() == "Shoal will share at up to 4.0 MB/s"
        page.measure.click()
        assert (page.down.edit.text(), page.up.edit.text()) == ("", "1")
        assert page.result.title.text() == "Shoal will share at up to 100 kB/s"
        page.up.setFocus()
        page.up.edit.selectAll()
        type_keys("fast")
        assert page.problem.isVisible()
        assert assistant.draft.line_up == 1_000
        assert assistant.next.isEnabled()

    play(first, story)


def test_the_port_is_told_as_far_as_it_is_known(first: WindowRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assisting, "can_listen", lambda hosts, port: port != 6_881)

    async def story(application: Application, assistant: Assistant) -> None:
        assistant.go_to(2)
        page = assistant.connection
        assert page.port.edit.text() == str(PORT)
        assert page.state is PortState.UNKNOWN
        first.client.totals = replace(first.client.totals, has_incoming=True)
        first.client.push()
        await until(lambda: page.state is PortState.OPEN)
        page.port.edit.selectAll()
        type_keys("6881")
        await until(page.another.isVisible)
        assert page.state is PortState.TAKEN
        assert page.another.text() == "Use 51414"
        assert assistant.next.isEnabled()
        page.another.click()
        assert assistant.draft.listen_port == 51_414
        assert page.port.edit.text() == "51414"
        await until(lambda: page.state is PortState.UNKNOWN)
        page.port.edit.selectAll()
        type_keys("99")
        assert page.port_problem.isVisible()
        assert assistant.draft.listen_port == 51_414
        page.address.setFocus()
        type_keys("tun0")
        assert page.address_problem.isVisible()
        assert assistant.draft.outgoing_host == ""

    play(first, story)


def test_folders_show_their_room_and_are_proposed(first: WindowRun, tmp_path: Path) -> None:
    watched = tmp_path / "new" / "watched"

    async def story(application: Application, assistant: Assistant) -> None:
        assistant.go_to(3)
        page = assistant.saving
        await until(lambda: page.downloads.words.text() == "1.0 TB free")
        page.finished.tick.click()
        assert assistant.draft.finished_folder == str(Path("/downloads/Finished"))
        page.finished.tick.click()
        assert assistant.draft.finished_folder == ""
        page.watched.tick.click()
        page.watched.row.field.setFocus()
        page.watched.row.field.edit.selectAll()
        type_keys("here")
        assert "whole path" in page.watched.row.words.text()
        page.watched.row.field.edit.selectAll()
        type_keys(str(watched))
        assert assistant.draft.watch_folder == str(watched)
        assistant.go_to(LAST)
        assistant.next.click()
        await closed(assistant)

    play(first, story)
    assert watched.is_dir()


def test_a_drive_that_does_not_answer_is_told(first: WindowRun, monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_answer(desk: object, folder: str) -> None:
        return None

    monkeypatch.setattr(assisting.AssistantDesk, "look", no_answer)

    async def story(application: Application, assistant: Assistant) -> None:
        assistant.go_to(3)
        await until(lambda: assistant.saving.downloads.words.text().startswith("Its drive does not answer"))

    play(first, story)


def test_what_was_chosen_is_told_and_changed_from_the_last_page(first: WindowRun) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        assistant.go_to(4)
        assistant.behaviour.cards["dark"].click()
        assistant.behaviour.ratios[2.0].click()
        assistant.go_to(LAST)
        told = [label.text() for label in assistant.ready.sentences]
        assert "The window is dark." in told
        assert "A finished download is shared until its ratio is 2.0." in told
        assistant.ready.changes[0].click()
        assert assistant.step == 1
        assistant.go_to(LAST)
        assistant.next.click()
        await closed(assistant)
        await until(lambda: application.theme.tokens.is_dark)

    play(first, story)
    assert settings_changes(first)["share_ratio"] == 2.0


def test_a_refusal_is_told_on_the_last_page_and_nothing_is_lost(first: WindowRun) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        assistant.go_to(2)
        assistant.connection.port.edit.selectAll()
        type_keys("50000")
        first.client.refuse = UserError("engine-gone")
        assistant.go_to(LAST)
        assistant.next.click()
        await until(assistant.ready.problem.isVisible)
        assert not application.memory.settings.assistant_done
        first.client.refuse = None
        assistant.next.click()
        await closed(assistant)
        assert application.memory.settings.assistant_done

    play(first, story)
    assert settings_changes(first)["listen_port"] == 50_000


def test_a_system_that_refuses_the_association_is_told(first: WindowRun) -> None:
    assert isinstance(first.registrar, FakeRegistrar)
    first.registrar.refuse = PermissionError(13, "Permission denied")

    async def story(application: Application, assistant: Assistant) -> None:
        assistant.go_to(LAST)
        assistant.next.click()
        await closed(assistant)
        assert application.memory.settings.assistant_done
        await until(application.window.toast.isVisible)

    play(first, story)


def test_a_later_run_shows_what_is_set(run: WindowRun) -> None:
    run.client.settings = asdict(
        EngineSettings(listen_port=PORT, share_ratio=1.5, finished_folder="/done", up_limit=123_000)
    )
    run.settings = InterfaceSettings(
        theme="dark",
        assistant_done=True,
        line_kind="shared",
        line_down=90_000,
        line_up=9_500,
        keep_awake=False,
        downloads_folder="/mine",
    )
    run.registrar = FakeRegistrar()
    run.registrar.who = Who.SHOAL

    async def story(application: Application) -> None:
        application.window.actions_of_window.assistant.trigger()
        assistant = await shown(application)
        application.window.actions_of_window.assistant.trigger()
        assert application.assisting.assistant is assistant
        assert assistant.welcome.sensible.isHidden()
        assert assistant.line.cards["shared"].isChecked()
        assert (assistant.line.down.edit.text(), assistant.line.up.edit.text()) == ("90", "9.5")
        assert assistant.connection.port.edit.text() == str(PORT)
        assert assistant.saving.downloads.field.folder() == "/mine"
        assert assistant.saving.finished.tick.isChecked()
        behaviour = assistant.behaviour
        assert (behaviour.opens.isChecked(), behaviour.awake.isChecked()) == (True, False)
        assert behaviour.ratios[1.5].isChecked()
        assert behaviour.cards["dark"].isChecked()
        assert all(step.isEnabled() for step in assistant.rail.steps)
        assistant.go_to(LAST)
        assert assistant.next.text() == "Apply"
        assistant.next.click()
        await closed(assistant)

    run.play(story)
    assert settings_changes(run) == {}
    assert isinstance(run.registrar, FakeRegistrar)
    assert run.registrar.who is Who.SHOAL


def test_each_page_is_told_to_a_screen_reader(first: WindowRun) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        for step in range(LAST + 1):
            assistant.go_to(step)
            assert faults(assistant) == [], step
        assert assistant.rail.steps[0].accessibleName() == "Step 1 of 6: Welcome, visited"

    play(first, story)


def test_large_text_on_a_small_screen_reaches_everything(first: WindowRun) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        assistant.resize(683, 384)
        assert (assistant.width(), assistant.height()) == (683, 384)
        for step in range(LAST + 1):
            assistant.go_to(step)
            area = assistant.stack.currentWidget()
            assert isinstance(area, QScrollArea)
            await until(lambda area=area: area.horizontalScrollBar().maximum() == 0)  # type: ignore[misc]
        assert assistant.rail.width() < 100
        assert assistant.rail.steps[1].toolTip() == "How you go online"
        assert faults(assistant) == []

    play(first, story)


def test_another_language_goes_on_where_it_is_and_is_taken_back_when_it_is_left(
    first: WindowRun, tmp_path: Path
) -> None:
    torrent = tmp_path / "a.torrent"
    torrent.write_bytes(torrent_bytes("a", {"a.iso": 1_000}))
    first.language = ""
    first.settings = replace(first.settings, language="en")

    async def story(application: Application, assistant: Assistant) -> None:
        assistant.go_to(1)
        assistant.line.cards["mobile"].click()
        assistant.go_to(0)
        assistant.welcome.language_wanted.emit("pseudo")
        await until(lambda: not isValid(assistant))
        again = await shown(application)
        assert again.welcome.guided.text() != "Set it up with me"
        assert (again.step, again.visited, again.draft.line_kind) == (0, 1, "mobile")
        again.reject()
        await until(lambda: application.memory.settings.language == "en")
        await opened(first, AddTorrentDialog)
        assert not application.memory.settings.assistant_done

    play(first, story, str(torrent))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_page_can_be_painted_from_right_to_left(first: WindowRun, theme: str) -> None:
    first.settings = replace(first.settings, theme=theme)
    first.language = "pseudo-rtl"

    async def story(application: Application, assistant: Assistant) -> None:
        for step in range(LAST + 1):
            assistant.go_to(step)
            picture = assistant.grab().toImage()
            ratio = picture.devicePixelRatio()
            left, right = picture.pixelColor(3, 300), picture.pixelColor(picture.width() - 4, 300)
            assert right.blue() - right.red() > 30, (step, right.name(), ratio)
            assert left != right

    play(first, story)
