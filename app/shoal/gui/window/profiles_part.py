"""The speed profiles on their page of the Configuration: a list, and what can be done with the selected one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from shoal.gui.link.speed_switch import SpeedSwitch
from shoal.gui.style.profile_text import figures_text, icon_of, name_of, time_text
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.window.profile_editing import CanUndo, ProfileEditing
from shoal.settings.profiles import MOST_PROFILES, SpeedProfile, as_delivered

ICON = 16
MOST_ROWS = 8


class ProfilesPart(QWidget):
    """Follows `switch`; `use` puts a profile in force, `can_undo` takes everything else that is done here."""

    def __init__(
        self,
        theme: Theme,
        switch: SpeedSwitch,
        editing: ProfileEditing,
        can_undo: CanUndo,
        *,
        use: Callable[[str], None],
    ) -> None:
        super().__init__()
        px = theme.px
        self._theme, self._switch, self._use = theme, switch, use
        self._editing = editing.told_by(can_undo, self)
        self.list = QListWidget()
        self.list.setProperty("card", "true")
        self.list.setProperty("lines", "true")
        self.list.setAccessibleName(say("Speed profiles"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._figures = plain_label("", "secondary", wraps=True)
        self._schedule = plain_label("", "secondary", wraps=True)
        self.buttons = {
            name: self._button(words)
            for name, words in (
                ("use", say("Use")),
                ("edit", say("Edit\u2026")),
                ("duplicate", say("Duplicate")),
                ("delete", say("Delete")),
                ("reset", say("Back to as delivered")),
                ("new", say("New profile\u2026")),
                ("schedule", say("Schedule\u2026")),
                ("metered", say("On metered network use\u2026")),
            )
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(12), px(16), px(12), px(8))
        layout.setSpacing(px(8))
        layout.addWidget(plain_label(say("Speed profiles"), "section"))
        layout.addWidget(self.list)
        layout.addWidget(self._figures)
        for names in (("use", "edit", "duplicate", "delete", "reset"), ("new", "schedule", "metered")):
            row = QHBoxLayout()
            row.setSpacing(px(8))
            for name in names:
                row.addWidget(self.buttons[name])
            row.addStretch()
            layout.addLayout(row)
        layout.addWidget(self._schedule)
        self.list.currentRowChanged.connect(self._show_one)
        self.list.itemActivated.connect(self._edit)
        for name, act in (
            ("use", lambda: self._use(self._key())),
            ("edit", self._edit),
            ("duplicate", lambda: self._editing.duplicate(self._key())),
            ("delete", lambda: self._editing.delete(self._key())),
            ("reset", lambda: self._editing.reset(self._key())),
            ("new", lambda: self._editing.make(self.window())),
            ("schedule", lambda: self._editing.schedule(self._key(), self.window())),
            ("metered", lambda: self._editing.ask_metered(self.window())),
        ):
            self.buttons[name].clicked.connect(partial(_without_state, act))
        switch.changed.connect(self._show)
        self._show()

    # -- inside

    def _button(self, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.setProperty("chip", "true")
        return button

    def _key(self) -> str:
        return self._profile().key

    def _profile(self) -> SpeedProfile:
        profiles = self._switch.profiles
        return profiles[min(max(self.list.currentRow(), 0), len(profiles) - 1)]

    def _edit(self) -> None:
        self._editing.edit(self._key(), self.window())

    def _show(self) -> None:
        profiles, in_force, theme = self._switch.profiles, self._switch.in_force, self._theme
        at = self.list.currentRow()
        self.list.blockSignals(True)
        self.list.clear()
        size = theme.px(ICON)
        for number, profile in enumerate(profiles):
            is_current = profile.key == in_force.profile.key
            words = say("{name} (in force)", name=name_of(profile)) if is_current else name_of(profile)
            token = "acc" if is_current else "ink2"
            pixmap = theme.pixmap(icon_of(profile), token, size, self.devicePixelRatioF())
            self.list.addItem(QListWidgetItem(pixmap, words))
            if at < 0 and is_current:
                at = number
        self.list.setCurrentRow(min(at, len(profiles) - 1))
        self.list.blockSignals(False)
        rows = min(len(profiles), MOST_ROWS)
        self.list.setFixedHeight(rows * self.list.sizeHintForRow(0) + theme.px(10))
        names = {profile.key: name_of(profile) for profile in profiles}
        times = [time_text(entry, names[entry.profile]) for entry in self._switch.times]
        self._schedule.setText(say("Schedule: {times}.", times="; ".join(times)) if times else "")
        self._schedule.setVisible(bool(times))
        self._show_one()

    def _show_one(self) -> None:
        profile, in_force = self._profile(), self._switch.in_force
        self._figures.setText(figures_text(self._switch.values_of(profile)))
        delivered = as_delivered(profile.key)
        is_full = len(self._switch.profiles) >= MOST_PROFILES
        self.buttons["use"].setEnabled(profile.key != in_force.profile.key or in_force.is_by_hand)
        self.buttons["delete"].setVisible(delivered is None)
        self.buttons["reset"].setVisible(delivered is not None)
        self.buttons["reset"].setEnabled(delivered != profile)
        self.buttons["duplicate"].setEnabled(not is_full)
        self.buttons["new"].setEnabled(not is_full)


def _without_state(act: Callable[[], None], _checked: bool = False) -> None:
    act()
