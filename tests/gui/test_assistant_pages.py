"""Each page of the assistant: what it shows, what it takes, what it refuses; at every size and for every reader."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QScrollArea
from tests.gui.conftest import FIRST_PORT, WindowRun, until
from tests.gui.test_screen_reader import faults
from tests.support.assistant_story import (
    closed,
    play,
    settings_changes,
    type_keys,
)

from shoal.api.snapshots import RouterRow, RouterState
from shoal.gui.application import Application
from shoal.gui.window import assisting
from shoal.gui.wizard.assistant import LAST, Assistant
from shoal.gui.wizard.port_words import PortState


def test_the_line_tells_what_is_shared(first: WindowRun) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        assistant.go_to(1)
        page = assistant.line
        page.cards["dsl"].click()
        assert (page.down.edit.text(), page.up.edit.text()) == ("100", "40")
        assert page.result.title.text() == "Shoal will share at up to 4.0 MB/s"
        page.measure.click()
        assert (page.down.edit.text(), page.up.edit.text()) == ("", "")
        assert page.result.title.text() == "Shoal will share at up to 100 kB/s"
        page.up.setFocus()
        page.up.edit.selectAll()
        type_keys("fast")
        assert page.problem.isVisible()
        assert (assistant.draft.line_up, assistant.draft.line_trial) == (0, 1_000)
        assert assistant.next.isEnabled()

    play(first, story)


def test_the_port_is_told_as_far_as_it_is_known(first: WindowRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assisting, "can_listen", lambda hosts, port: port != 6_881)

    async def story(application: Application, assistant: Assistant) -> None:
        assistant.go_to(2)
        page = assistant.connection
        assert page.port.edit.text() == str(FIRST_PORT)
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


def test_what_the_router_answered_is_told(first: WindowRun) -> None:
    first.client.totals = replace(
        first.client.totals, listen_port=FIRST_PORT, router=RouterRow(RouterState.REFUSED), has_incoming=False
    )

    async def story(application: Application, assistant: Assistant) -> None:
        assistant.go_to(2)
        page = assistant.connection
        await until(lambda: page.card.title.text() == "Router refused")
        assert str(FIRST_PORT) in page.card.text.text()
        assert assistant.next.isEnabled()

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
        said = assistant.saving.downloads.words
        await until(lambda: said.text().startswith("Its drive does not answer"))
        assert said.isVisible()
        assert assistant.next.isEnabled(), "a drive that is slow to wake is no reason to stay"

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
