"""Help: the keyboard map, made from the actions themselves, what the messages mean, and about Shoal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from shoal.gui.dialogs.keyboard_map import KeyboardMap, Section
from shoal.gui.dialogs.message_guide import MessageGuide
from shoal.gui.link.awaitable import Turns
from shoal.gui.link.background import Background
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.catalogue import all_messages
from shoal.gui.style.key_choice import shown_keys
from shoal.gui.style.resources import resources_folder
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import Template, phrase, say_phrase
from shoal.gui.window.shortcuts import Shortcuts

if TYPE_CHECKING:
    from shoal.runtime.parts import Part

log = logging.getLogger(__name__)

MOVING_ABOUT: tuple[tuple[Template, Template], ...] = (
    (phrase("F6"), phrase("Next part of the window")),
    (phrase("Shift+F6"), phrase("The part before")),
    (phrase("Esc"), phrase("Back to the list, clear the search, then the selection")),
    (phrase("Menu, Shift+F10"), phrase("What can be done with the selected transfers")),
)
FAMILIES: tuple[tuple[str, Template, Template], ...] = (
    ("tabs", phrase("Alt+1 \u2026 Alt+8"), phrase("Tabs of the details")),
    ("profiles", phrase("Ctrl+1 \u2026 Ctrl+4"), phrase("Speed profiles")),
)
"""Actions whose delivered keys are told in one line: the list of `Actions` that they are in, keys, what they do."""
IN_THE_TABLE: tuple[tuple[Template, Template], ...] = (
    (phrase("Space"), phrase("Start or stop")),
    (phrase("Letters"), phrase("Go to the name that begins so")),
    (phrase("Home, End"), phrase("First and last transfer")),
    (phrase("Shift+arrows"), phrase("Select several")),
    (phrase("Ctrl+arrows, Ctrl+Space"), phrase("Select single ones")),
)
IN_TREES: tuple[tuple[Template, Template], ...] = (
    (phrase("Space"), phrase("Choose or leave out the selected files")),
    (phrase("0 \u2026 4"), phrase("Priority: skip, low, normal, high, highest")),
    (phrase("Left, Right"), phrase("Fold and unfold")),
)
IN_THE_SIDEBAR: tuple[tuple[Template, Template], ...] = (
    (phrase("Up, Down"), phrase("Show one of the filters alone")),
    (phrase("Ctrl+Space"), phrase("Add a filter to the others, or take it away")),
    (phrase("Space"), phrase("Fold and unfold a group, on its title")),
)


def sections_of(shortcuts: Shortcuts) -> list[Section]:
    """Every key of the menus, menu by menu, those that are in no menu, and those that nobody can change."""
    found: dict[str, list[tuple[str, str]]] = {}
    families = {family: _is_as_delivered(shortcuts, family) for family, _, _ in FAMILIES}
    for entry in shortcuts.entries:
        keys = shortcuts.keys_of(entry.name)
        if keys and not families.get(entry.name.rpartition("_")[0]):
            found.setdefault(entry.group, []).append((shown_keys(keys), entry.title))
    whole = tuple((keys, what) for family, keys, what in FAMILIES if families[family])
    fixed = [
        (say_phrase(title), [(say_phrase(key), say_phrase(what)) for key, what in keys])
        for title, keys in (
            (phrase("Moving about"), MOVING_ABOUT + whole),
            (phrase("In the table"), IN_THE_TABLE),
            (phrase("In the tree of files"), IN_TREES),
            (phrase("In the sidebar"), IN_THE_SIDEBAR),
        )
    ]
    return [*found.items(), *fixed]


def _is_as_delivered(shortcuts: Shortcuts, family: str) -> bool:
    members = [entry for entry in shortcuts.entries if entry.name.rpartition("_")[0] == family]
    return all(shortcuts.keys_of(entry.name) == entry.default for entry in members)


class Help:
    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        link: ClientLink,
        background: Background,
        turns: Turns,
        shortcuts: Callable[[], Shortcuts],
    ) -> None:
        self._theme, self._parent, self._shortcuts = theme, parent, shortcuts
        self._link, self._background, self._turns = link, background, turns

    def show_keys(self) -> None:
        self._link.run(self._show_keys(sections_of(self._shortcuts())), self._parent)

    def show_messages(self) -> None:
        self._link.run(self._show_messages(), self._parent)

    def show_about(self) -> None:
        self._link.run(self._show_about(), self._parent)

    async def _show_keys(self, sections: Sequence[Section]) -> None:
        await self._turns.ask(KeyboardMap(self._theme, self._parent, sections), lambda: None)

    async def _show_messages(self) -> None:
        messages = [(entry.title, entry.text, " ".join(entry.doing)) for entry in all_messages()]
        await self._turns.ask(MessageGuide(self._theme, self._parent, messages), lambda: None)

    async def _show_about(self) -> None:
        parts: list[Part] = []
        try:
            parts = await self._background.run(_parts)
        except (OSError, ValueError, KeyError, TypeError) as error:
            # An installation that somebody took apart; the version is told all the same.
            log.warning("the parts of Shoal cannot be listed: %s", error)
        from shoal.gui.dialogs.about import AboutDialog  # noqa: PLC0415 (not at every start)

        await self._turns.ask(AboutDialog(self._theme, self._parent, parts), lambda: None)


def _parts() -> list[Part]:
    """In a worker, which also loads what reads them."""
    from shoal.runtime.parts import installed_parts  # noqa: PLC0415

    return installed_parts(resources_folder())
