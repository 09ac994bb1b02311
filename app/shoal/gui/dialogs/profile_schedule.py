"""When which speed profile is in force: a list of times, and the fields of the one that is selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from shoal.gui.style.profile_text import day_name, minute_text, name_of, parse_minute, time_text
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.asking_dialog import AskingDialog
from shoal.gui.widgets.choice_box import ChoiceBox
from shoal.gui.widgets.plain_label import plain_label, set_role
from shoal.settings.profiles import MOST_TIMES, QUIET, ProfileTime, SpeedProfile

WIDTH, LIST_HEIGHT, CLOCK_WIDTH = 480, 150, 84
WORKDAYS = (0, 1, 2, 3, 4)
FIRST_START, FIRST_END = 9 * 60, 17 * 60


class ProfileSchedule(AskingDialog):
    """`times()` when it was accepted. New times are for the profile `first`."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        profiles: Sequence[SpeedProfile],
        times: Sequence[ProfileTime],
        *,
        first: str = QUIET,
    ) -> None:
        text = say("At these times a profile is in force by itself; afterwards the one that you chose is back.")
        super().__init__(theme, parent, say("Schedule"), say("Save"), text=text, width=WIDTH)
        px = theme.px
        self._names = {profile.key: name_of(profile) for profile in profiles}
        self._times = list(times)
        self._first = first if first in self._names else QUIET
        self._is_showing = False
        self.list = QListWidget()
        self.list.setProperty("card", "true")
        self.list.setProperty("lines", "true")
        self.list.setFixedHeight(px(LIST_HEIGHT))
        self.list.setAccessibleName(say("Times"))
        self.add_button, self.delete_button = QPushButton(say("Add")), QPushButton(say("Delete"))
        buttons = QVBoxLayout()
        buttons.setSpacing(px(8))
        for button in (self.add_button, self.delete_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch()
        upper = QWidget()
        row = QHBoxLayout(upper)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(8))
        row.addWidget(self.list, 1)
        row.addLayout(buttons)
        self.form = self._make_form(theme)
        self._hint = plain_label("", "secondary", width=px(WIDTH))
        self.put(upper, self.form, self._hint)
        self.list.currentRowChanged.connect(self._show_fields)
        self.add_button.clicked.connect(self._add)
        self.delete_button.clicked.connect(self._delete)
        self._show_list(0)
        (self.list if self._times else self.add_button).setFocus()

    def times(self) -> tuple[ProfileTime, ...]:
        return tuple(self._times)

    # -- inside

    def _make_form(self, theme: Theme) -> QWidget:
        px = theme.px
        form = QWidget()
        self.profile = ChoiceBox(theme, say("Profile"))
        for key, name in self._names.items():
            self.profile.addItem(name, key)
        self.profile.currentIndexChanged.connect(self._take)
        days = QHBoxLayout()
        days.setSpacing(px(4))
        self.days: list[QPushButton] = []
        for day in range(7):
            button = QPushButton(day_name(day))
            button.setProperty("chip", "true")
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setAccessibleName(day_name(day, is_whole=True))
            button.toggled.connect(self._take)
            self.days.append(button)
            days.addWidget(button)
        days.addStretch()
        self.start, self.end = self._clock(theme, say("From")), self._clock(theme, say("To"))
        hours = QHBoxLayout()
        hours.setSpacing(px(8))
        for widget in (self.start, plain_label("\u2013", "body"), self.end):
            hours.addWidget(widget)
        hours.addStretch()
        grid = QGridLayout(form)
        grid.setContentsMargins(0, px(4), 0, 0)
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(8))
        grid.setColumnStretch(1, 1)
        grid.addWidget(plain_label(say("Profile"), "body"), 0, 0)
        grid.addWidget(self.profile, 0, 1, Qt.AlignmentFlag.AlignLeading)
        grid.addWidget(plain_label(say("Days"), "body"), 1, 0)
        grid.addLayout(days, 1, 1)
        grid.addWidget(plain_label(say("Time"), "body"), 2, 0)
        grid.addLayout(hours, 2, 1)
        return form

    def _clock(self, theme: Theme, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setFixedWidth(theme.px(CLOCK_WIDTH))
        field.setAccessibleName(name)
        field.textEdited.connect(self._take)
        return field

    def _show_list(self, at: int) -> None:
        self.list.clear()
        self.list.addItems([self._words(entry) for entry in self._times])
        self.list.setCurrentRow(min(at, len(self._times) - 1))
        self.add_button.setEnabled(len(self._times) < MOST_TIMES)
        self._show_fields(self.list.currentRow())

    def _words(self, entry: ProfileTime) -> str:
        return time_text(entry, self._names.get(entry.profile, entry.profile))

    def _show_fields(self, at: int) -> None:
        is_one = 0 <= at < len(self._times)
        self.form.setEnabled(is_one)
        self.delete_button.setEnabled(is_one)
        if is_one:
            entry = self._times[at]
            self._is_showing = True
            self.profile.setCurrentIndex(self.profile.findData(entry.profile))
            for day, button in enumerate(self.days):
                button.setChecked(day in entry.days)
            self.start.setText(minute_text(entry.start))
            self.end.setText(minute_text(entry.end))
            self._is_showing = False
        self._show_problem("")

    def _take(self) -> None:
        """What the fields say counts at once; the list shows it."""
        at = self.list.currentRow()
        if self._is_showing or not 0 <= at < len(self._times):
            return
        days = tuple(day for day, button in enumerate(self.days) if button.isChecked())
        start, end = parse_minute(self.start.text()), parse_minute(self.end.text())
        if not days:
            self._show_problem(say("Choose at least one day."))
        elif start is None or end is None:
            self._show_problem(say("Type times such as 9:00 and 17:30."))
        else:
            entry = replace(self._times[at], profile=str(self.profile.currentData()), days=days, start=start, end=end)
            self._times[at] = entry
            self.list.item(at).setText(self._words(entry))
            self._show_problem("")

    def _show_problem(self, text: str) -> None:
        self.accept_button.setEnabled(not text)
        # The other times are not left while this one is wrong.
        self.list.setEnabled(not text)
        hint = say("Where times overlap, the upper one counts.") if len(self._times) > 1 else ""
        if not self._times:
            hint = say("No times yet.")
        self._hint.setText(text or hint)
        set_role(self._hint, "problem" if text else "secondary")

    def _add(self) -> None:
        self._times.append(ProfileTime(self._first, WORKDAYS, FIRST_START, FIRST_END))
        self._show_list(len(self._times) - 1)
        self.profile.setFocus()

    def _delete(self) -> None:
        at = self.list.currentRow()
        del self._times[at]
        self._show_list(at)
        (self.list if self._times else self.add_button).setFocus()
