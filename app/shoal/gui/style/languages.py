"""The language of the whole program: its sentences, its numbers and dates, Qt's own words and the reading direction.

They are put in force together, so that one window never speaks two languages. What is shown already stays as it is:
whoever changes the language makes the window anew.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from shoal.gui.style import numbers
from shoal.gui.style.pseudo_translation import PseudoTranslation
from shoal.gui.style.translation import CompiledTranslation, Translation, Untranslated
from shoal.gui.style.wording import speak

log = logging.getLogger(__name__)

SYSTEM = "system"
SOURCE = "en"
"""What the source itself is written in."""
PSEUDO, PSEUDO_RTL = "pseudo", "pseudo-rtl"
"""For tests: English in accents, and the same from right to left."""
_FOLDER = "translations"
_OWN_NAMES = {"en": "English", "es": "Espa\u00f1ol"}
"""Where Qt names a country with the language."""


@dataclass(frozen=True, slots=True)
class Language:
    """`name` is what its speakers call it."""

    code: str
    name: str


class _Known:
    """Those that the program has catalogues for."""

    languages: tuple[Language, ...] = (Language(SOURCE, "English"),)


def known_languages() -> tuple[Language, ...]:
    """English, and every language that has a compiled catalogue; by their names."""
    return _Known.languages


class Languages:
    """`choose` before the first sentence is made; `code` is the language in force."""

    def __init__(self, app: QApplication, resources: Path) -> None:
        self._app = app
        self._folder = resources / _FOLDER
        self.code = SOURCE
        codes = {path.stem for path in self._folder.glob("*.mo")} | {SOURCE}
        named = (Language(code, own_name(code)) for code in codes)
        _Known.languages = tuple(sorted(named, key=lambda language: language.name.casefold()))

    def choose(self, wanted: str) -> bool:
        """Put `wanted` in force, a code or `SYSTEM`; True when another language is spoken from now on.

        A language that is not known, or whose catalogue cannot be read, gives way to the system's, then to English.
        """
        code = language_for(wanted, {language.code for language in known_languages()}, QLocale.system().uiLanguages())
        translation = self._translation(code)
        if translation is None:
            code, translation = SOURCE, Untranslated()
        changed, self.code = code != self.code, code
        speak(translation)
        locale = locale_of(code)
        numbers.write_by(locale)
        QLocale.setDefault(locale)
        self._teach_qt(locale)
        from_right = code == PSEUDO_RTL or locale.textDirection() is Qt.LayoutDirection.RightToLeft
        self._app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if from_right else Qt.LayoutDirection.LeftToRight)
        return changed

    def _translation(self, code: str) -> Translation | None:
        if code == SOURCE:
            return Untranslated()
        if code in (PSEUDO, PSEUDO_RTL):
            return PseudoTranslation()
        path = self._folder / f"{code}.mo"
        try:
            return CompiledTranslation(path)
        except (OSError, ValueError, struct.error) as error:
            log.warning("the language %s cannot be used: %s", code, error)
            return None

    def _teach_qt(self, locale: QLocale) -> None:
        """Buttons of dialogs, the menu of text fields, the names of keys."""
        for former in self._app.findChildren(QTranslator):
            self._app.removeTranslator(former)
            former.deleteLater()
        translator = QTranslator(self._app)
        # English too, where Qt keeps its plural forms.
        if translator.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            self._app.installTranslator(translator)


def language_for(wanted: str, known: Collection[str], system: Sequence[str]) -> str:
    """The code of `known` for who wants `wanted`, a code or `SYSTEM`; `system` names its languages, best first."""
    if wanted in known or wanted in (PSEUDO, PSEUDO_RTL):
        return wanted
    for name in system:
        parts = name.replace("-", "_").split("_")
        # `zh_Hans_CN` is served by `zh_CN` and by `zh`, too.
        shorter = ("_".join(parts), "_".join((parts[0], parts[-1])), "_".join(parts[:2]), parts[0])
        found = next((code for code in shorter if code in known), None)
        if found is not None:
            return found
    return SOURCE


def locale_of(code: str) -> QLocale:
    """How numbers and dates are written in this language: as the system does where it speaks the same one."""
    if code in (PSEUDO, PSEUDO_RTL):
        return numbers.ENGLISH
    own, system = QLocale(code), QLocale.system()
    if system.language() is own.language() and system.name() != "C":
        return system
    return numbers.ENGLISH if code == SOURCE else own


def own_name(code: str) -> str:
    """What its speakers call it, such as `Deutsch`."""
    base, _, territory = code.partition("_")
    name = _OWN_NAMES.get(base) or QLocale(base).nativeLanguageName()
    name = name[:1].upper() + name[1:]
    return f"{name} ({QLocale(code).nativeTerritoryName()})" if territory else name
