"""Every word that the window shows can be translated, and the catalogues are in step with the sources."""

from __future__ import annotations

from functools import cache

import pytest

from translating.__main__ import FOLDER, sources
from translating.catalogues import codes, compiled_bytes, read, refreshed, tally, template_of, words_of
from translating.checks import places_of, problems
from translating.extraction import Extract

RUN = "run python3 start.py translations"


@cache
def found() -> Extract:
    return sources()


def test_no_words_of_the_window_get_past_the_translators() -> None:
    """Templates are written where they are said, nothing is said while a module is loaded, no raw word is shown."""
    assert [str(fault) for fault in found().faults] == []


def test_every_template_has_places_that_are_names() -> None:
    for message in found().messages:
        one, many = places_of(message.one), places_of(message.many)
        if message.many:
            assert one - {"n"} <= many, message


def test_one_form_belongs_to_one_pair() -> None:
    """A catalogue finds both forms by the first."""
    pairs = {(message.one, message.many) for message in found().messages if message.many}
    assert len(pairs) == len({one for one, _ in pairs})


@pytest.mark.parametrize("code", codes(FOLDER))
def test_a_catalogue_has_exactly_the_messages_of_the_sources(code: str) -> None:
    said = {(entry.context or "", entry.id) for entry in template_of(found().messages) if entry.id}
    held = {(entry.context or "", entry.id) for entry in read(FOLDER / f"{code}.po") if entry.id}
    assert said - held == set(), RUN
    assert held - said == set(), RUN


@pytest.mark.parametrize("code", ["de", "es", "fr"])
def test_the_languages_that_are_promised_are_complete(code: str) -> None:
    whole = tally(code, read(FOLDER / f"{code}.po"))
    assert (whole.missing, whole.doubtful) == (0, 0)


@pytest.mark.parametrize("code", codes(FOLDER))
def test_no_translation_would_show_wrongly(code: str) -> None:
    assert [str(problem) for problem in problems(code, read(FOLDER / f"{code}.po"))] == []


@pytest.mark.parametrize("code", codes(FOLDER))
def test_what_the_program_loads_was_compiled_from_what_people_edit(code: str) -> None:
    compiled = (FOLDER / f"{code}.mo").read_bytes()
    assert words_of(compiled) == words_of(compiled_bytes(read(FOLDER / f"{code}.po"))), RUN


@pytest.mark.parametrize("code", codes(FOLDER))
def test_a_catalogue_can_be_brought_up_to_date(code: str) -> None:
    assert refreshed(FOLDER / f"{code}.po", found().messages).locale is not None
