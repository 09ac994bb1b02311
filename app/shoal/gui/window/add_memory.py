"""What the add window begins with the next time: folders and labels of the last one."""

from __future__ import annotations

from collections.abc import Sequence

from shoal.gui.dialogs.add_entry import AddChoice
from shoal.gui.link.memory import Memory

MOST_RECENT = 8


def remember_choices(memory: Memory, choices: Sequence[AddChoice]) -> None:
    """The next window begins with what this one ended with; folders are kept only where that is wished."""
    settings = memory.settings
    if not settings.remember_folders:
        memory.remember(last_label=choices[-1].label, labels=_with_labels(settings.labels, choices))
        return
    folders = list(dict.fromkeys(choice.folder for choice in reversed(choices)))
    recent = dict.fromkeys([*folders, *lines_of(settings.recent_folders)])
    memory.remember(
        last_folder=choices[-1].folder,
        recent_folders="\n".join(list(recent)[:MOST_RECENT]),
        last_label=choices[-1].label,
        labels=_with_labels(settings.labels, choices),
    )


def _with_labels(known: str, choices: Sequence[AddChoice]) -> str:
    return "\n".join(dict.fromkeys([*lines_of(known), *(choice.label for choice in choices if choice.label)]))


def lines_of(text: str) -> list[str]:
    """What stands in a setting of one thing a line."""
    return [line for line in text.splitlines() if line]
