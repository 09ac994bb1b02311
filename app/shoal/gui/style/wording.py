"""The one place where a sentence is made from a template and its named places, and a stranger's text made harmless.

Templates are whole sentences, so that a translation can order the places as its language wants.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType

from shoal.gui.style.numbers import whole
from shoal.gui.style.translation import Translation, Untranslated

LONGEST_FOREIGN_TEXT = 300
ISOLATE_START, ISOLATE_END = "\u2068", "\u2069"
_STOPS = " .,;:\u3002"
_BIDI_CONTROLS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


Template = NewType("Template", str)
"""A template that stands in a table, for `say_phrase`; made by `phrase` alone."""
_ABOUT_MARK = "\x04"


@dataclass(frozen=True, slots=True)
class CountTemplates:
    """A pair of templates that stands in a table, for `say_count_phrase`."""

    one: str
    many: str


class _Spoken:
    """The one language of the program."""

    translation: Translation = Untranslated()


def speak(translation: Translation) -> None:
    """From now on sentences are made in this language; those that are shown already stay as they are."""
    _Spoken.translation = translation


def language() -> Translation:
    """The language in force; another one is another object."""
    return _Spoken.translation


def say(template: str, *, about: str = "", **places: str | int) -> str:
    """The sentence of `template`, in the language in force, with its `{named}` places filled.

    The template is written here as it is, since translators get what is written. `about` tells translators apart what
    English calls by one word.
    """
    return _Spoken.translation.text(template, about).format(**places)


def say_count(count: int, one: str, many: str, **places: str | int) -> str:
    """`one` or `many` by `count`; `{n}` in either is the count with thousands separated."""
    return _Spoken.translation.count_text(count, one, many).format(n=whole(count), **places)


def phrase(template: str, *, about: str = "") -> Template:
    """Mark a template that stands in a table as one to translate; `say_phrase` makes the sentence when it is shown."""
    return Template(f"{about}{_ABOUT_MARK}{template}" if about else template)


def phrase_count(one: str, many: str) -> CountTemplates:
    """As `phrase`, for `say_count_phrase`."""
    return CountTemplates(one, many)


def say_phrase(template: Template, **places: str | int) -> str:
    """As `say`, of a template from a table."""
    return _translated(template).format(**places)


def say_mapped(template: Template, places: Mapping[str, str]) -> str:
    """As `say_phrase`; `places` may have a `__missing__` of its own."""
    return _translated(template).format_map(places)


def say_count_phrase(count: int, templates: CountTemplates, **places: str | int) -> str:
    """As `say_count`, of templates from a table."""
    return _Spoken.translation.count_text(count, templates.one, templates.many).format(n=whole(count), **places)


def _translated(template: Template) -> str:
    about, _, words = template.rpartition(_ABOUT_MARK)
    return _Spoken.translation.text(words, about)


def clean(text: str, longest: int = LONGEST_FOREIGN_TEXT) -> str:
    """A stranger's text on one line: controls and bidi overrides taken out, at most `longest` characters."""
    kept: list[str] = []
    for character in text[: longest * 4]:
        if character in _BIDI_CONTROLS:
            continue
        category = unicodedata.category(character)
        if category[0] == "Z" or character in "\t\n\r":
            kept.append(" ")
        elif category not in ("Cc", "Cs", "Cf", "Cn", "Co") or character == "\u200d":
            kept.append(character)
    joined = " ".join("".join(kept).split())
    return joined if len(joined) <= longest else joined[: longest - 1] + "\u2026"


def quoted(text: str) -> str:
    """`text` for a place between quotation marks or brackets: isolated, without the stop that ends it."""
    return isolated(clean(text).rstrip(_STOPS))


def isolated(text: str) -> str:
    """`text`, cleaned, that cannot turn the reading direction of the sentence around it."""
    cleaned = clean(text)
    return cleaned if cleaned.isascii() else f"{ISOLATE_START}{cleaned}{ISOLATE_END}"
