"""The addresses that are banned for good, and the way back for those that are chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QAbstractItemView, QListWidget, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.asking_dialog import WIDTH, AskingDialog

HEIGHT = 200


class BannedAddresses(AskingDialog):
    """`chosen()` when it was accepted: the addresses that may come back."""

    def __init__(self, theme: Theme, parent: QWidget | None, hosts: Sequence[str]) -> None:
        text = say("Shoal never connects with these, in no transfer. Select those that may come back.")
        super().__init__(theme, parent, say("Banned addresses"), say("Lift ban"), text=text)
        self.list = QListWidget()
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setProperty("card", "true")
        self.list.setProperty("lines", "true")
        self.list.setUniformItemSizes(True)
        self.list.setFixedSize(theme.px(WIDTH), theme.px(HEIGHT))
        self.list.setAccessibleName(say("Banned addresses"))
        self.list.setAccessibleDescription(text)
        self.list.addItems(list(hosts))
        self.put(self.list)
        self.list.itemSelectionChanged.connect(self._refresh)
        self._refresh()
        self.list.setFocus()

    def chosen(self) -> tuple[str, ...]:
        """In the order of the list."""
        items = (self.list.item(at) for at in range(self.list.count()))
        return tuple(item.text() for item in items if item.isSelected())

    def _refresh(self) -> None:
        count = len(self.list.selectedItems())
        self.accept_button.setEnabled(count > 0)
        self.accept_button.setText(say_count(count, "Lift ban", "Lift {n} bans") if count else say("Lift ban"))
