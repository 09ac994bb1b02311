"""Catalogues follow the sources without losing a translation, and compile to what the program loads."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from shoal.gui.style.translation import CompiledTranslation
from translating.catalogues import (
    CatalogueError,
    compiled_bytes,
    read,
    refreshed,
    source_bytes,
    tally,
    words_of,
)
from translating.extraction import Message

UP = Message("Move it up", "", "", "a.py", 1)
FILES = Message("{n} file", "{n} files", "", "a.py", 2)
TOWN = Message("Essen", "", "a town", "a.py", 3)


def written(path: Path, *messages: Message, **words: str | tuple[str, str]) -> Path:
    """A catalogue with these messages; `words` translate those that begin so."""
    catalogue = refreshed(path, messages)
    for entry in catalogue:
        first = entry.id if isinstance(entry.id, str) else entry.id[0]
        if first and (found := words.get(first.split()[0].strip("{}"))):
            entry.string = found
    path.write_bytes(source_bytes(catalogue))
    return path


def test_a_catalogue_is_compiled_to_what_the_program_speaks(tmp_path: Path) -> None:
    path = written(
        tmp_path / "de.po", UP, FILES, TOWN, Move="Nach oben", n=("{n} Datei", "{n} Dateien"), Essen="Essen!"
    )
    compiled = tmp_path / "de.mo"
    compiled.write_bytes(compiled_bytes(read(path)))
    german = CompiledTranslation(compiled)
    assert german.text("Move it up", "") == "Nach oben"
    assert german.text("Essen", "a town") == "Essen!"
    assert german.text("Essen", "") == "Essen"
    assert german.text("Not known", "") == "Not known"
    assert german.text("", "") == ""
    assert [german.count_text(n, "{n} file", "{n} files") for n in (0, 1, 2)] == [
        "{n} Dateien",
        "{n} Datei",
        "{n} Dateien",
    ]
    assert german.count_text(1, "{n} seed", "{n} seeds") == "{n} seed"


def test_a_language_with_three_forms_is_asked_for_each(tmp_path: Path) -> None:
    path = written(tmp_path / "ru.po", FILES)
    catalogue = read(path)
    next(entry for entry in catalogue if entry.id).string = ("{n} файл", "{n} файла", "{n} файлов")
    compiled = tmp_path / "ru.mo"
    compiled.write_bytes(compiled_bytes(catalogue))
    russian = CompiledTranslation(compiled)
    assert [russian.count_text(n, "{n} file", "{n} files") for n in (1, 2, 5, 21)] == [
        "{n} файл",
        "{n} файла",
        "{n} файлов",
        "{n} файл",
    ]


def test_changed_words_keep_their_translation_in_doubt_and_unused(tmp_path: Path) -> None:
    path = written(tmp_path / "de.po", UP, Move="Nach oben")
    changed = Message("Move it up now", "", "", "a.py", 1)
    catalogue = refreshed(path, [changed])
    (entry,) = [entry for entry in catalogue if entry.id]
    assert entry.fuzzy
    assert entry.string == "Nach oben"
    assert tally("de", catalogue).doubtful == 1
    assert words_of(compiled_bytes(catalogue)) == {}


def test_words_that_are_said_no_longer_are_kept_as_stale_and_come_back(tmp_path: Path) -> None:
    path = written(tmp_path / "de.po", UP, FILES, Move="Nach oben")
    catalogue = refreshed(path, [FILES])
    assert tally("de", catalogue).stale == 1
    path.write_bytes(source_bytes(catalogue))
    assert b'#~ msgstr "Nach oben"' in path.read_bytes()
    path.write_bytes(source_bytes(refreshed(path, [UP, FILES])))
    assert tally("de", read(path)).translated == 1


def test_the_same_words_make_the_same_file(tmp_path: Path) -> None:
    path = written(tmp_path / "de.po", UP, FILES, TOWN, Move="Nach oben")
    before = path.read_bytes()
    assert source_bytes(refreshed(path, [UP, FILES, TOWN])) == before
    assert b"Date" not in before


@pytest.mark.parametrize("name", ["xx_nothing.po", "german.po"])
def test_what_is_no_language_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CatalogueError, match="no code of a language"):
        refreshed(tmp_path / name, [UP])


def test_a_broken_catalogue_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "de.po"
    path.write_text('msgid "half"\nno msgstr\n', encoding="utf-8")
    with pytest.raises(CatalogueError, match="cannot be read"):
        refreshed(path, [UP])
    assert path.read_text(encoding="utf-8").startswith('msgid "half"')


def test_a_new_catalogue_has_every_message_and_no_words(tmp_path: Path) -> None:
    catalogue = refreshed(tmp_path / "fr.po", [UP, FILES, TOWN])
    assert isinstance(catalogue, Catalog)
    assert (tally("fr", catalogue).missing, tally("fr", catalogue).translated) == (3, 0)
