"""A folder with what is known of it: how much room there is, or why it cannot be used."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.units import size_text
from shoal.gui.style.wording import say
from shoal.gui.widgets.folder_field import FolderField
from shoal.gui.widgets.plain_label import plain_label, set_role
from shoal.gui.widgets.space_gauge import SpaceGauge
from shoal.gui.widgets.tick_box import TickBox
from shoal.gui.wizard.desk import WizardDesk
from shoal.runtime.folder_facts import FolderFacts

FIELD_HEIGHT = 40


class FolderRow(QWidget):
    """`wanted` carries a folder that may be, typed or chosen."""

    wanted = Signal(str)

    def __init__(self, theme: Theme, desk: WizardDesk, name: str, *, has_gauge: bool = False) -> None:
        super().__init__()
        px = theme.px
        self._desk = desk
        self._looked_at = ""
        self.field = FolderField(theme, "")
        self.field.setFixedHeight(px(FIELD_HEIGHT))
        self.field.edit.setAccessibleName(name)
        self.field.change.setAccessibleName(say("Change: {name}", name=name))
        self.field.change.setToolTip(say("Choose a folder\u2026"))
        self.gauge = SpaceGauge(theme)
        self.gauge.setVisible(has_gauge)
        self.words = plain_label("", "secondary", wraps=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(px(8))
        layout.addWidget(self.field)
        layout.addWidget(self.gauge)
        layout.addWidget(self.words)
        self.setFocusProxy(self.field)
        self.field.edit.textEdited.connect(self._take)
        self.field.choose_wanted.connect(lambda: desk.start(self._choose(), self))

    def show_folder(self, folder: str) -> None:
        """Show `folder`, unless it is just being typed."""
        if self.field.folder() != folder:
            self.field.set_folder(folder)
        self._look_at(folder)

    # -- inside

    def _take(self) -> None:
        folder = self.field.folder()
        if self.field.is_absolute():
            self.wanted.emit(folder)
        else:
            self._looked_at = ""
            self._say(say("Type the whole path of a folder, or choose it."), "problem")
            self.gauge.show_space(0, None, None)

    async def _choose(self) -> None:
        window = self.window()
        assert isinstance(window, QDialog)
        chosen = await self._desk.choose_folder(window, self.field.folder())
        if chosen:
            self.field.set_folder(chosen)
            self.field.edit.setFocus()
            self.wanted.emit(chosen)

    def _look_at(self, folder: str) -> None:
        if folder and folder != self._looked_at:
            self._looked_at = folder
            self._desk.start(self._look(folder), self)

    async def _look(self, folder: str) -> None:
        facts = await self._desk.look(folder)
        if folder == self._looked_at:
            self._show_facts(facts)

    def _show_facts(self, facts: FolderFacts | None) -> None:
        if facts is None:
            self._say(say("Its drive does not answer. Connect it, or choose another folder."), "problem")
            self.gauge.show_space(0, None, None)
            return
        self.gauge.show_space(0, facts.free, facts.total)
        free = size_text(facts.free) if facts.free is not None else ""
        if facts.exists and free:
            text = say("{free} free", free=free)
        elif facts.exists:
            text = say("How much room there is, its drive does not tell.")
        elif free:
            text = say("{free} free; the folder is made when it is needed", free=free)
        else:
            text = say("The folder is made when it is needed.")
        self._say(text, "secondary")

    def _say(self, text: str, role: str) -> None:
        self.words.setText(text)
        set_role(self.words, role)
        self.field.edit.setAccessibleDescription(text)


class OptionalFolder(QWidget):
    """A tick, what it does, and a folder while it is on; `wanted` carries the folder, "" when it is off."""

    wanted = Signal(str)

    def __init__(
        self, theme: Theme, desk: WizardDesk, tick: str, about: str, *, name: str, propose: Callable[[], str]
    ) -> None:
        """`name` is that of the field; `propose` a folder to begin with."""
        super().__init__()
        px = theme.px
        self._propose = propose
        self.tick = TickBox(theme, tick)
        self.tick.setAccessibleDescription(about)
        words = plain_label(about, "secondary", wraps=True)
        words.setContentsMargins(px(31), 0, 0, 0)
        self.row = FolderRow(theme, desk, name)
        self.row.setContentsMargins(px(31), px(6), 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tick)
        layout.addWidget(words)
        layout.addWidget(self.row)
        self.tick.clicked.connect(self._switch)
        self.row.wanted.connect(self.wanted)

    def show_folder(self, folder: str) -> None:
        self.tick.setChecked(bool(folder))
        self.row.setVisible(bool(folder))
        if folder:
            self.row.show_folder(folder)

    def _switch(self) -> None:
        self.wanted.emit(self._propose() if self.tick.isChecked() else "")
