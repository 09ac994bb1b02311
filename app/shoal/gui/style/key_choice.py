"""Keys that a person gives to actions: how they are kept, and which keys cannot be given away. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from shoal.gui.style.wording import say

Key = Qt.Key
Modifier = Qt.KeyboardModifier
MOST_NAMES = 1_000
_LEAVING = (Key.Key_Escape, Key.Key_Tab, Key.Key_Backtab)
_OF_THE_DESKTOP = (Key.Key_F6, Key.Key_F10, Key.Key_Menu)
_OF_LISTS = (
    *(Key.Key_Up, Key.Key_Down, Key.Key_Left, Key.Key_Right),
    *(Key.Key_Home, Key.Key_End, Key.Key_PageUp, Key.Key_PageDown),
    Key.Key_Space,
)
_IN_TABLES = (Key.Key_Return, Key.Key_Enter, Key.Key_Delete, Key.Key_Insert, Key.Key_Backspace)
FIRST_OF_ITS_OWN, LAST_OF_ITS_OWN = Key.Key_F1.value, Key.Key_F35.value
LAST_PRINTED = 0x10FFFF


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """An action that can be given keys; `default` in Qt's portable text, "" for none."""

    name: str
    """Stable; what `shortcuts` keeps."""
    title: str
    group: str
    """The menu that it is in."""
    default: str
    in_table: bool = False
    """Works only while the table has the focus."""


def shown_keys(portable: str) -> str:
    """Keys as this system and language write them."""
    return QKeySequence.fromString(portable).toString(QKeySequence.SequenceFormat.NativeText)


def portable_keys(sequence: QKeySequence) -> str:
    """As they are kept."""
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)


def keys_in_force(entries: Sequence[KeyEntry], kept: str, menu_letters: Collection[str] = ()) -> dict[str, str]:
    """Keys by name. What is kept and cannot be is passed over; of two actions with the same keys one has them.

    What a person gave goes before what was delivered.
    """
    given = _kept(kept)
    wanted: dict[str, str] = {}
    for entry in entries:
        keys = given.get(entry.name)
        if keys is not None and (not keys or (_is_one(keys) and not refusal(keys, entry, menu_letters))):
            wanted[entry.name] = portable_keys(QKeySequence.fromString(keys))
    taken: set[str] = set()
    found: dict[str, str] = {}
    for is_given in (True, False):
        for entry in entries:
            if (entry.name in wanted) is is_given:
                keys = wanted.get(entry.name, entry.default)
                found[entry.name] = "" if keys in taken else keys
                taken |= {keys} - {""}
    return found


def with_keys(entries: Sequence[KeyEntry], kept: str, changes: Mapping[str, str]) -> str:
    """`kept` with the keys of some actions changed; only what is not as delivered is kept, and unknown names are."""
    defaults = {entry.name: entry.default for entry in entries}
    values = _kept(kept) | dict(changes)
    left = {name: keys for name, keys in values.items() if defaults.get(name) != keys}
    return json.dumps(left, sort_keys=True, ensure_ascii=False, separators=(",", ":")) if left else ""


def refusal(portable: str, entry: KeyEntry, menu_letters: Collection[str] = ()) -> str:
    """Why these keys cannot be those of `entry`, as a sentence; "" when they can. `menu_letters` in lower case."""
    combination = _first(QKeySequence.fromString(portable))
    key, held = combination.key(), combination.keyboardModifiers() & ~Modifier.KeypadModifier
    shown = shown_keys(portable)
    bare = held in (Modifier.NoModifier, Modifier.ShiftModifier)
    if key in _LEAVING:
        return say("{keys} always leads out of a field or a window.", keys=shown)
    if key in _OF_THE_DESKTOP and bare:
        return say("{keys} always moves between the parts of the window or opens a menu.", keys=shown)
    if key is Key.Key_F4 and held == Modifier.AltModifier:
        return say("{keys} closes the window on most systems.", keys=shown)
    if held == Modifier.AltModifier and _letter(combination) in menu_letters:
        return say("{keys} opens a menu of the menu bar.", keys=shown)
    if key in _OF_LISTS and bare:
        return say("{keys} moves and chooses in every list. Hold Ctrl or Alt as well.", keys=shown)
    if key in _IN_TABLES and bare:
        return "" if entry.in_table else say("{keys} alone is needed in fields and lists.", keys=shown)
    if bare and not FIRST_OF_ITS_OWN <= key.value <= LAST_OF_ITS_OWN and key.value <= LAST_PRINTED:
        return say("{keys} alone writes and finds names. Hold Ctrl or Alt as well.", keys=shown)
    return ""


def _letter(combination: QKeyCombination) -> str:
    value = combination.key().value
    return chr(value).lower() if value <= LAST_PRINTED else ""


def _first(sequence: QKeySequence) -> QKeyCombination:
    # Its stubs do not know that it can be indexed.
    found = sequence[0]  # type: ignore[index]
    assert isinstance(found, QKeyCombination)
    return found


def _is_one(portable: str) -> bool:
    sequence = QKeySequence.fromString(portable)
    return sequence.count() == 1 and bool(shown_keys(portable)) and _first(sequence).key() is not Key.Key_unknown


def _kept(text: str) -> dict[str, str]:
    """Keys by name; empty for a text that is none of ours."""
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    entries = list(found.items())[:MOST_NAMES]
    return {name: keys for name, keys in entries if isinstance(keys, str)}
