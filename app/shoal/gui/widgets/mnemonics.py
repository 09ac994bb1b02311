"""Letters that choose the entries of an open menu: one for each entry, none twice, given just before it is shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu


def mnemonic_of(text: str) -> str:
    """The letter that is marked in `text` by a single `&`, in lower case; empty for none."""
    at = 0
    while (at := text.find("&", at)) >= 0:
        if text[at + 1 : at + 2] != "&":
            return text[at + 1 : at + 2].lower()
        at += 2
    return ""


def with_mnemonics(texts: Sequence[str]) -> list[str]:
    """`texts` with a letter marked in each, no letter twice; those that are marked already keep theirs.

    First letters of words are preferred. An entry stays without one only where all its letters are needed by others.
    """
    taken: dict[str, int] = {}
    places = [{} if mnemonic_of(text) else _places(text) for text in texts]
    kept = {mnemonic_of(text) for text in texts}

    def find(entry: int, tried: set[str]) -> bool:
        """Give `entry` a free letter, else one whose entry can do with another (Kuhn's bipartite matching)."""
        usable = [letter for letter in places[entry] if letter not in kept and letter not in tried]
        for letter in sorted(usable, key=taken.__contains__):
            tried.add(letter)
            if letter not in taken or find(taken[letter], tried):
                taken[letter] = entry
                return True
        return False

    for entry in range(len(texts)):
        find(entry, set())
    marked = list(texts)
    for letter, entry in taken.items():
        at = places[entry][letter]
        marked[entry] = f"{texts[entry][:at]}&{texts[entry][at:]}"
    return marked


def _places(text: str) -> dict[str, int]:
    """Where each letter of `text` may be marked, in the order of preference."""
    places: dict[str, int] = {}
    for is_first in (True, False):
        for at, letter in enumerate(text):
            begins = at == 0 or not text[at - 1].isalnum()
            if letter.isalnum() and letter.isascii() and begins is is_first:
                places.setdefault(letter.lower(), at)
    return places


def mark_while_open(menu: QMenu) -> None:
    """Give the entries of `menu` letters each time it is about to be shown, and take them away when it has closed.

    Entries are shared by menus, in which other letters are free, and by buttons, where a mark would be a key. To be
    called after what fills the menu was connected.
    """
    before: list[tuple[QAction, str, str]] = []

    def mark() -> None:
        restore()
        actions = [action for action in menu.actions() if not action.isSeparator()]
        plain = [action.text() for action in actions]
        for action, text, marked in zip(actions, plain, with_mnemonics(plain), strict=True):
            if marked != text:
                before.append((action, text, marked))
                action.setText(marked)

    def restore() -> None:
        known = {id(action) for action in menu.actions()}
        for action, text, marked in before:
            # What filled the menu may have thrown its old entries away.
            if id(action) in known and action.text() == marked:
                action.setText(text)
        before.clear()

    menu.aboutToShow.connect(mark)
    menu.aboutToHide.connect(restore)
