"""Where the words of another language come from: a compiled gettext catalogue, one file for each language."""

from __future__ import annotations

import gettext
from pathlib import Path
from typing import Protocol


class Translation(Protocol):
    """Templates of one language for those of the source; what it does not know stays as it is."""

    def text(self, template: str, about: str) -> str:
        """The template for `template`; `about` tells apart what the source calls by the same words."""
        ...

    def count_text(self, count: int, one: str, many: str) -> str:
        """The template that this language uses for `count`."""
        ...

    def __hash__(self) -> int: ...


class Untranslated:
    """The language of the source itself: English."""

    def text(self, template: str, about: str) -> str:
        return template

    def count_text(self, count: int, one: str, many: str) -> str:
        return one if count == 1 else many


class CompiledTranslation:
    """A catalogue that was compiled with `start.py translations`. Raises OSError when it cannot be read."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._messages = gettext.GNUTranslations(file)

    def text(self, template: str, about: str) -> str:
        if about:
            return self._messages.pgettext(about, template)
        # What belongs to the empty text is the catalogue's own header.
        return self._messages.gettext(template) if template else ""

    def count_text(self, count: int, one: str, many: str) -> str:
        return self._messages.ngettext(one, many, count)
