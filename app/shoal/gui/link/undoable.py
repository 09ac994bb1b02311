"""Something that was done and can be taken back: how a menu names that, and what does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shoal.api.commands import Command


@dataclass(frozen=True, slots=True)
class Undoable:
    """`undo_name` is the whole entry of the menu, such as "Undo removing 2 transfers"."""

    undo_name: str
    commands: tuple[Command, ...] = ()
    act: Callable[[], None] | None = None
    """Done after the commands; outlives the window."""
