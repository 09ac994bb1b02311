"""Another language: chosen at the start, changed while the window is open, with numbers and Qt's own words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import FakeClient, row
from tests.support.log_watch import LogWatch

from shoal.api.commands import StopTorrent
from shoal.api.snapshots import SessionTotals
from shoal.gui.application import Application
from shoal.gui.link.undoable import Undoable
from shoal.gui.style.languages import Languages, known_languages, language_for, own_name
from shoal.gui.style.numbers import decimal, whole
from shoal.gui.style.pseudo_translation import CLOSE, OPEN
from shoal.gui.style.resources import resources_folder
from shoal.gui.style.units import size_text
from shoal.gui.style.wording import say
from shoal.gui.window.main_window import MainWindow
from shoal.settings.schema import Page

A, B, C = "a" * 40, "b" * 40, "c" * 40


@pytest.fixture
def languages(qapp: QApplication) -> Languages:
    return Languages(qapp, resources_folder())


@pytest.fixture
def three(run: WindowRun) -> WindowRun:
    rows = (row(A, name="Alpha"), row(B, name="Beta", label="films"), row(C, name="Gamma"))
    run.client = FakeClient({entry.torrent_id: entry for entry in rows}, SessionTotals(listen_port=51413))
    return run


def menu_names(window: MainWindow) -> list[str]:
    return [action.text() for action in window.menuBar().actions()]


def qt_says(words: str) -> str:
    return QCoreApplication.translate("QPlatformTheme", words)


# -- which one


@pytest.mark.parametrize(
    ("wanted", "system", "code"),
    [
        ("de", ["fr-FR", "fr"], "de"),
        ("system", ["de-AT", "de"], "de"),
        ("system", ["C"], "en"),
        ("system", [], "en"),
        ("system", ["pl-PL", "pl", "de-DE", "de"], "de"),
        ("system", ["en-GB", "en", "de"], "en"),
        ("system", ["zh-Hans-CN"], "zh_CN"),
        ("system", ["pt-BR"], "pt_BR"),
        ("system", ["pt-PT"], "en"),
        ("klingon", ["de"], "de"),
        ("klingon", ["C"], "en"),
        ("pseudo", ["de"], "pseudo"),
    ],
)
def test_the_language_is_the_wanted_one_else_the_first_of_the_system(wanted: str, system: list[str], code: str) -> None:
    assert language_for(wanted, {"en", "de", "fr", "zh_CN", "pt_BR"}, system) == code


def test_languages_are_called_as_their_speakers_call_them(languages: Languages) -> None:
    names = {language.code: language.name for language in known_languages()}
    assert (names["en"], names["de"]) == ("English", "Deutsch")
    assert own_name("es") == "Espa\u00f1ol"
    assert own_name("fr") == "Fran\u00e7ais"
    assert own_name("pt_BR") == "Portugu\u00eas (Brasil)"


# -- what it changes


def test_german_has_its_own_numbers_and_qt_its_own_words(languages: Languages) -> None:
    assert (size_text(1_234_500_000), whole(1_234_567), decimal(0.5, 2)) == ("1.2 GB", "1,234,567", "0.50")
    assert languages.choose("de")
    assert (size_text(1_234_500_000), whole(1_234_567), decimal(0.5, 2)) == ("1,2 GB", "1.234.567", "0,50")
    assert QLocale().language() is QLocale.Language.German
    assert qt_says("Cancel") == "Abbrechen"
    assert QKeySequence("Ctrl+O").toString(QKeySequence.SequenceFormat.NativeText) == "Strg+O"
    assert not languages.choose("de")
    assert languages.choose("en")
    assert (whole(1_234_567), qt_says("Cancel")) == ("1,234,567", "Cancel")


def test_a_catalogue_that_cannot_be_read_leaves_english(
    qapp: QApplication, tmp_path: Path, expect_log: LogWatch
) -> None:
    expect_log("the language de cannot be used")
    (tmp_path / "translations").mkdir()
    (tmp_path / "translations" / "de.mo").write_bytes(b"no catalogue")
    languages = Languages(qapp, tmp_path)
    assert not languages.choose("de")
    assert languages.code == "en"
    assert say("Stop") == "Stop"


def test_a_language_that_reads_from_the_right_turns_the_window(qapp: QApplication, languages: Languages) -> None:
    languages.choose("pseudo-rtl")
    assert qapp.layoutDirection() is Qt.LayoutDirection.RightToLeft
    languages.choose("pseudo")
    assert qapp.layoutDirection() is Qt.LayoutDirection.LeftToRight


# -- while the window is open


def test_the_window_is_made_anew_as_it_stood(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        old = application.window
        seen: list[MainWindow] = []
        application.follow_window(seen.append)
        old.list.select_ids([B])
        old.find_field.setText("eta")
        old.details.open_tab("trackers")
        old.resize(1100, 700)
        old.commands.can_undo("Done", Undoable("Undo it", (StopTorrent(A),)))
        application.set_language("pseudo")
        await until(lambda: application.window is not old)
        new = application.window
        await until(lambda: not isValid(old))
        assert seen == [seen[0], new]
        assert new.isVisible()
        assert all(OPEN in name and CLOSE in name for name in menu_names(new))
        assert new.model.total == 3
        assert new.list.selected_ids() == [B]
        assert new.find_field.text() == "eta"
        assert new.details.current_tab == "trackers"
        assert (new.width(), new.height()) == (1100, 700)
        assert new.undoing.newest == Undoable("Undo it", (StopTorrent(A),))
        assert three.saved[-1].language == "pseudo"
        # The engine goes on, and the new window hears of it.
        three.client.push(replace(three.client.rows[B], name="Delta"))
        await until(lambda: "Delta" in {entry.name for entry in new.model.rows()})

    assert three.play(story) == 0


def test_a_language_waits_for_a_dialog(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        old = application.window
        old.actions_of_window.keyboard_map.trigger()
        await until(three.dialog)
        application.set_language("pseudo")
        await until(lambda: application.memory.settings.language == "pseudo")
        dialog = three.dialog()
        assert dialog is not None
        assert application.window is old
        dialog.reject()
        await until(lambda: application.window is not old)

    three.play(story)


def test_the_configuration_changes_the_language_and_stays_open(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        old = application.window
        editor = old.configuring.open(Page.APPEARANCE).pages[Page.APPEARANCE].rows["language"].editor
        assert editor.box.itemText(0) == "As the system"
        editor.wanted.emit("de")
        await until(lambda: application.window is not old)
        again = application.window.configuring.open()
        assert again.isVisible()
        assert again.page is Page.APPEARANCE
        assert again.pages[Page.APPEARANCE].rows["language"].editor.box.currentText() == "Deutsch"

    three.play(story)


def test_the_menu_offers_every_language_and_ticks_the_one_that_was_chosen(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        from PySide6.QtWidgets import QMenu  # noqa: PLC0415

        menu = QMenu()
        application.window.views.fill_languages(menu)
        names = [action.text() for action in menu.actions()]
        assert names[0] == "As the system"
        assert {"English", "Deutsch"} <= set(names)
        assert [action.text() for action in menu.actions() if action.isChecked()] == ["As the system"]
        old = application.window
        next(action for action in menu.actions() if action.text() == "Deutsch").trigger()
        await until(lambda: application.window is not old)
        assert application.memory.settings.language == "de"

    three.play(story)


def test_the_program_still_ends_by_closing_the_new_window(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        old = application.window
        application.set_language("pseudo")
        await until(lambda: application.window is not old)
        application.window.close()

    assert three.play(story) == 0


@pytest.mark.parametrize("code", [path.stem for path in (resources_folder() / "translations").glob("*.mo")])
def test_each_menu_of_the_bar_opens_by_another_letter(run: WindowRun, code: str) -> None:
    run.language = code

    async def story(application: Application) -> None:
        letters = [name.partition("&")[2][:1].casefold() for name in menu_names(application.window)]
        assert all(letters)
        assert len(set(letters)) == len(letters)

    run.play(story)
