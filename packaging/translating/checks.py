"""What may be wrong in a translation that would show: lost places, unbalanced braces, missing forms, keys of menus."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from gettext import c2py
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry

MOST_TRIED = 200
"""Numbers for which it is tried which plural form serves them."""
_KEY = re.compile(r"&(?=[^&\s])")


@dataclass(frozen=True, slots=True)
class Problem:
    """One translation, and what is wrong with it."""

    code: str
    message: str
    text: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message!r}: {self.text}"


def problems(code: str, catalogue: Catalog) -> list[Problem]:
    """Everything wrong in what is translated and not in doubt; what is not translated is no problem."""
    return [
        Problem(code, entry.id if isinstance(entry.id, str) else entry.id[0], text)
        for entry in catalogue
        if entry.id and entry.string and not entry.fuzzy
        for text in _problems_of(entry, catalogue)
    ]


def places_of(template: str) -> frozenset[str]:
    """The names in braces. Raises ValueError for braces that do not match, and for more than a name in them."""
    names = set()
    for _, name, form, conversion in Formatter().parse(template):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError(f"{{{name}}} must be a name and nothing else")
        names.add(name)
    return frozenset(names)


def _problems_of(entry: Entry, catalogue: Catalog) -> Iterator[str]:
    originals = [entry.id] if isinstance(entry.id, str) else list(entry.id)
    forms = [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
    if len(originals) > 1:
        if len(forms) != catalogue.num_plurals:
            yield f"it has {len(forms)} forms, and the language {catalogue.num_plurals}"
        if not any(forms):
            return
        if not all(forms):
            yield "one of its forms is empty"
    for at, form in enumerate(forms):
        if form:
            allowed = {places_of(originals[-1])}
            if len(originals) > 1 and _serves_one(catalogue, at):
                allowed |= {places_of(originals[0])}
                allowed |= {names - {"n"} for names in allowed}
            yield from _problems_with(form, originals[-1], allowed)


def _problems_with(form: str, original: str, allowed: set[frozenset[str]]) -> Iterator[str]:
    try:
        names = places_of(form)
    except ValueError as error:
        yield f"{form!r}: {error}"
        return
    if names not in allowed:
        yield f"{form!r} must name {_listed(places_of(original))}, and names {_listed(names)}"
    for what, test in (
        ("begins with a blank", str.startswith),
        ("ends with a blank", str.endswith),
    ):
        if test(form, " ") is not test(original, " "):
            yield f"{form!r} {what}, or should"
    if form.endswith("\u2026") is not original.endswith("\u2026"):
        yield f"{form!r}: three dots at the end (\u2026) say that a question follows; keep them as they are in English"
    if len(_KEY.findall(form)) != len(_KEY.findall(original)):
        yield f"{form!r}: an & stands before the letter that opens a menu, as often as in English"


def _serves_one(catalogue: Catalog, at: int) -> bool:
    """Whether this plural form serves a single number, or 0 and 1: then it may say the number in words."""
    chosen = c2py(catalogue.plural_expr)
    served = {number for number in range(MOST_TRIED) if chosen(number) == at}
    return len(served) == 1 or served <= {0, 1}


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "no place"
