"""The catalogues in `resources/translations`: `de.po` is edited by people, `de.mo` is what the program loads.

Both are committed, so that a source tree, a wheel and a bundle have them without a further step. The messages are those
of the sources, in their order; places in files are named without line numbers, so that a catalogue changes only when
words do.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from translating.extraction import Message

PROJECT = "Shoal"
LINE_WIDTH = 100
_OF_THE_DAY = (
    b'"POT-Creation-Date:',
    b'"PO-Revision-Date:',
    b'"Last-Translator:',
    b'"Generated-By:',
    b'"Report-Msgid-Bugs-To:',
    b'"Project-Id-Version:',
    b'"Language-Team:',
)
_HEADER = "# Words of Shoal in another language. How to edit them: docs/translating.md\n#"


class CatalogueError(Exception):
    """What cannot be done, in a sentence."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a catalogue is; `doubtful` translations belong to words that have changed and are not used."""

    code: str
    translated: int
    doubtful: int
    missing: int
    stale: int
    """Kept at the end of the file: the program says them no longer."""


def codes(folder: Path) -> list[str]:
    """The languages that have a catalogue."""
    return sorted(path.stem for path in folder.glob("*.po"))


def read(path: Path) -> Catalog:
    """One catalogue. Raises CatalogueError when it is none, or none of a known language."""
    try:
        with path.open("rb") as file:
            return read_po(file, locale=path.stem, abort_invalid=True)
    except (OSError, ValueError, UnknownLocaleError, PoFileError) as error:
        raise CatalogueError(f"{path} cannot be read: {error}") from error


def template_of(messages: Sequence[Message]) -> Catalog:
    """An empty catalogue of everything that the sources say."""
    template = Catalog(project=PROJECT, charset="utf-8", fuzzy=False)
    counted = {(message.one, message.about) for message in messages if message.many}
    for message in messages:
        if not message.many and (message.one, message.about) in counted:
            # Its translation is the form for 1.
            continue
        template.add(
            (message.one, message.many) if message.many else message.one,
            locations=[(message.path, 0)],
            auto_comments=[message.comment] if message.comment else [],
            context=message.about or None,
        )
    return template


def refreshed(path: Path, messages: Sequence[Message]) -> Catalog:
    """The catalogue at `path`, or a new one, with exactly these messages; no translation in it is lost."""
    if path.exists():
        catalogue = read(path)
        # What was stale may be said again.
        for stale in catalogue.obsolete.values():
            catalogue.add(stale.id, stale.string, flags=stale.flags, context=stale.context)
        catalogue.obsolete.clear()
    else:
        try:
            catalogue = Catalog(locale=Locale.parse(path.stem), charset="utf-8", fuzzy=False)
        except (UnknownLocaleError, ValueError) as error:
            raise CatalogueError(f"{path.stem} is no code of a language, such as de or pt_BR: {error}") from error
    catalogue.update(template_of(messages))
    for entry in catalogue:
        if entry.id and not _has_words(entry.string):
            # Babel took an empty translation from words that are alike.
            entry.flags.discard("fuzzy")
            entry.previous_id = []
    for key in [key for key, entry in catalogue.obsolete.items() if not _has_words(entry.string)]:
        del catalogue.obsolete[key]
    catalogue.fuzzy = False
    catalogue.header_comment = _HEADER
    return catalogue


def source_bytes(catalogue: Catalog) -> bytes:
    """The file for people; the same bytes for the same words, on every day."""
    file = io.BytesIO()
    write_po(file, catalogue, width=LINE_WIDTH, include_lineno=False, ignore_obsolete=False)
    lines = file.getvalue().split(b"\n")
    return b"\n".join(line for line in lines if not line.startswith(_OF_THE_DAY)).rstrip(b"\n") + b"\n"


def compiled_bytes(catalogue: Catalog) -> bytes:
    """The file for the program: what is translated and not in doubt; the same bytes on every day."""
    day = datetime(2000, 1, 1, tzinfo=UTC)
    plain = Catalog(locale=catalogue.locale, charset="utf-8", fuzzy=False, creation_date=day, revision_date=day)
    for message in catalogue:
        if message.id and not message.fuzzy and is_complete(message.string):
            plain.add(message.id, message.string, context=message.context)
    file = io.BytesIO()
    write_mo(file, plain)
    return file.getvalue()


def words_of(compiled: bytes) -> dict[tuple[str, str], object]:
    """What a compiled catalogue holds: by context and message, its translation."""
    found = read_mo(io.BytesIO(compiled))
    return {(message.context or "", str(message.id)): message.string for message in found if message.id}


def tally(code: str, catalogue: Catalog) -> Tally:
    """Count what is done."""
    messages = [message for message in catalogue if message.id]
    doubtful = sum(1 for message in messages if message.fuzzy)
    done = sum(1 for message in messages if not message.fuzzy and is_complete(message.string))
    return Tally(code, done, doubtful, len(messages) - done - doubtful, len(catalogue.obsolete))


def is_complete(translated: str | Sequence[str] | None) -> bool:
    """Whether each of its forms has words."""
    if isinstance(translated, str):
        return bool(translated)
    return bool(translated) and all(translated or ())


def _has_words(translated: str | Sequence[str] | None) -> bool:
    return any((translated,) if isinstance(translated, str) else translated or ())
