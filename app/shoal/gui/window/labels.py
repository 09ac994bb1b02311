"""The labels that the user made, used or not, and the menu that puts one on the selected transfers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from shoal.api.snapshots import TorrentRow
from shoal.gui.link.memory import Memory
from shoal.gui.models.torrent_filter import FilterCounts
from shoal.gui.style.wording import clean, say
from shoal.gui.window.transfer_commands import TransferCommands
from shoal.gui.window.transfer_dialogs import TransferDialogs

MOST_LABELS = 500


class Labels:
    """`counts` has the labels that transfers have; `changed` is called when those that were made have changed."""

    def __init__(
        self,
        memory: Memory,
        commands: TransferCommands,
        dialogs: TransferDialogs,
        *,
        counts: Callable[[], FilterCounts],
        selected: Callable[[], list[TorrentRow]],
        changed: Callable[[], None],
    ) -> None:
        self._memory, self._commands, self._dialogs = memory, commands, dialogs
        self._counts, self._selected, self._changed = counts, selected, changed

    def known(self) -> list[str]:
        """Those that were made, in their order."""
        return [label for label in self._memory.settings.labels.split("\n") if label]

    def all(self) -> list[str]:
        """Those that were made or that a transfer has, by name."""
        return sorted({*self.known(), *self._counts().labels} - {""}, key=str.casefold)

    def keep(self, label: str) -> None:
        """Offer `label` from now on, whether a transfer has it or not."""
        self._set([known for known in self.known() if known != label] + [label])

    def ask_to_rename(self, label: str) -> None:
        """Another name for a label, in its place and on every transfer that has it."""

        def rename(name: str) -> None:
            self._set(list(dict.fromkeys(name if known == label else known for known in [*self.known(), label])))
            self._commands.rename_label(label, name)

        self._dialogs.rename_label(label, rename)

    def remove(self, label: str) -> None:
        """No longer offered, and taken from every transfer that has it."""
        self._set([known for known in self.known() if known != label])
        self._commands.remove_label(label)

    def ask_for_new(self) -> None:
        """A label that no transfer has yet."""
        self._dialogs.new_label([], self.keep)

    def fill(self, menu: QMenu) -> None:
        """The labels with that of the selected transfers ticked, none, and a new one."""
        rows = self._selected()
        present = {row.label for row in rows}
        for label in self.all():
            action = QAction(clean(label).replace("&", "&&"), menu, checkable=True, checked=present == {label})
            action.triggered.connect(partial(self._choose, label))
            menu.addAction(action)
        menu.addSeparator()
        none = QAction(say("No label"), menu, checkable=True, checked=present == {""})
        none.triggered.connect(partial(self._choose, ""))
        menu.addAction(none)
        new = menu.addAction(say("New label\u2026"))
        new.triggered.connect(lambda: self._dialogs.new_label(rows, self.keep))

    def _choose(self, label: str, _checked: bool = False) -> None:
        self._commands.set_label(label)

    def _set(self, labels: list[str]) -> None:
        self._memory.remember(labels="\n".join(labels[-MOST_LABELS:]))
        self._changed()
