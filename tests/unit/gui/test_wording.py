"""Sentences in the language in force; a stranger's text cannot change what is shown around it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from shoal.gui.style.kinds import kind_of
from shoal.gui.style.numbers import ENGLISH, write_by
from shoal.gui.style.rates import parse_rate
from shoal.gui.style.setting_text import parse_size
from shoal.gui.style.translation import Untranslated
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import LONGEST_FOREIGN_TEXT, clean, isolated, phrase, say, say_count, say_phrase, speak


def test_controls_and_bidi_overrides_go() -> None:
    assert clean("a\x00b\u202egpj.exe\u2066\nc\td") == "abgpj.exe c d"


def test_long_text_is_cut_at_the_bound() -> None:
    assert clean("x" * LONGEST_FOREIGN_TEXT) == "x" * LONGEST_FOREIGN_TEXT
    cut = clean("x" * (LONGEST_FOREIGN_TEXT + 1))
    assert len(cut) == LONGEST_FOREIGN_TEXT
    assert cut.endswith("\u2026")


@given(st.text())
def test_cleaned_text_is_one_harmless_line(text: str) -> None:
    cleaned = clean(text)
    assert not set(cleaned) & set("\n\r\t\0\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069")
    assert len(cleaned) <= LONGEST_FOREIGN_TEXT
    assert clean(cleaned) == cleaned


def test_other_scripts_are_isolated() -> None:
    assert isolated("Debian") == "Debian"
    assert isolated("\u05e9\u05dc\u05d5\u05dd") == "\u2068\u05e9\u05dc\u05d5\u05dd\u2069"


def test_counts_choose_their_sentence() -> None:
    assert say_count(1, "{n} peer", "{n} peers") == "1 peer"
    assert say_count(1200, "{n} peer", "{n} peers") == "1,200 peers"


def test_the_largest_file_names_the_kind() -> None:
    assert kind_of("Film.MKV") == "video"
    assert kind_of("debian.iso") == "disc"
    assert kind_of("README") == "file"


class French:
    """Units, and one word in two meanings."""

    def text(self, template: str, about: str) -> str:
        if (template, about) == ("Open", "adjective"):
            return "Ouvert"
        return template.replace("B/s", "o/s").replace(" MB", " Mo").replace(" GB", " Go")

    def count_text(self, count: int, one: str, many: str) -> str:
        return one if count in (0, 1) else many


@pytest.fixture
def french() -> Iterator[None]:
    speak(French())
    write_by(QLocale("fr_FR"))
    yield
    speak(Untranslated())
    write_by(ENGLISH)


def test_another_language_has_its_own_units_and_understands_them(french: None) -> None:
    assert rate_text(2_500_000) == "2,5 Mo/s"
    assert [parse_rate(text) for text in ("2,5 Mo/s", "2.5 mo", "2,5 MB/s", "300", "300 ko/s")] == [
        2_500_000,
        2_500_000,
        2_500_000,
        300_000,
        300_000,
    ]
    assert parse_size("1,5 Go") == 1_500_000_000
    assert parse_rate("viele") is None


def test_a_language_is_asked_for_each_sentence_when_it_is_said(french: None) -> None:
    table = phrase("Open", about="adjective")
    assert (say("Open"), say("Open", about="adjective"), say_phrase(table)) == ("Open", "Ouvert", "Ouvert")
    assert say_count(0, "{n} file", "{n} files") == "0 file"
    speak(Untranslated())
    assert say_phrase(table) == "Open"
    assert say_count(0, "{n} file", "{n} files") == "0 files"
