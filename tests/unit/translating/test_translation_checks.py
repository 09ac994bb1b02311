"""A translation that would show wrongly is told of before anybody sees it."""

from __future__ import annotations

import pytest
from babel.messages.catalog import Catalog

from translating.checks import problems


def told(code: str, original: str | tuple[str, str], translated: str | tuple[str, ...]) -> str:
    catalogue = Catalog(locale=code, fuzzy=False)
    catalogue.add(original, translated)
    return " ".join(problem.text for problem in problems(code, catalogue))


@pytest.mark.parametrize(
    ("original", "translated", "words"),
    [
        ("{name} is here", "{nam} ist hier", "must name {name}, and names {nam}"),
        ("{name} is here", "Er ist hier", "and names no place"),
        ("{name} is here", "{name ist hier", "expected '}'"),
        ("{name} is here", "{name:>30} ist hier", "a name and nothing else"),
        ("{name} is here", "{name.__class__} ist hier", "a name and nothing else"),
        ("It is here", "{n} ist hier", "must name no place"),
        ("Open\u2026", "\u00d6ffnen", "three dots"),
        ("Open", "\u00d6ffnen\u2026", "three dots"),
        ("&File", "Datei", "an & stands before"),
        ("Stop", "&Stopp", "an & stands before"),
        ("Stop", " Stopp", "begins with a blank"),
        ("Stop", "Stopp ", "ends with a blank"),
    ],
)
def test_a_wrong_translation_is_told_of(original: str, translated: str, words: str) -> None:
    assert words in told("de", original, translated)


@pytest.mark.parametrize(
    ("original", "translated"),
    [
        ("{a} of {b}", "von {b} {a}"),
        ("&File", "&Datei"),
        ("Up & down", "Auf & ab"),
        ("Open\u2026", "\u00d6ffnen\u2026"),
        ("{{}}", "{{}}"),
    ],
)
def test_a_right_translation_is_let_pass(original: str, translated: str) -> None:
    assert told("de", original, translated) == ""


def test_each_form_needs_its_places() -> None:
    files = ("{n} file in {folder}", "{n} files in {folder}")
    assert told("de", files, ("{n} Datei in {folder}", "{n} Dateien in {folder}")) == ""
    assert told("de", files, ("eine Datei in {folder}", "{n} Dateien in {folder}")) == ""
    assert "must name {folder}, {n}" in told("de", files, ("{n} Datei in {folder}", "Dateien in {folder}"))
    assert "must name {folder}, {n}" in told("de", files, ("{n} Datei", "{n} Dateien in {folder}"))


def test_a_form_for_many_numbers_must_say_the_number() -> None:
    pieces = ("One piece is good", "{good} of {n} pieces are good")
    assert told("de", pieces, ("Das eine Teil ist gut", "{good} von {n} Teilen sind gut")) == ""
    assert told("de", pieces, ("Das eine Teil ist gut", "Das eine Teil ist gut")) != ""
    assert told("ru", ("{n} file", "{n} files"), ("\u0444\u0430\u0439\u043b", "{n}", "{n}")) != ""
    assert told("fr", ("{n} file", "{n} files"), ("un fichier", "{n} fichiers")) == ""


def test_all_forms_are_wanted() -> None:
    assert "one of its forms is empty" in told("de", ("{n} file", "{n} files"), ("{n} Datei", ""))
    assert told("de", ("{n} file", "{n} files"), ("", "")) == ""
