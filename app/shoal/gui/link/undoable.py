"""Something that was done and can be taken back: how a menu names that, and the commands that do it."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.api.commands import Command


@dataclass(frozen=True, slots=True)
class Undoable:
    """`undo_name` is the whole entry of the menu, such as "Undo removing 2 transfers"."""

    undo_name: str
    commands: tuple[Command, ...]
