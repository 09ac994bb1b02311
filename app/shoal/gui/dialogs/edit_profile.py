"""One speed profile in fields, and what it comes to on the present line in sentences."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from shoal.gui.style.numbers import read_decimal
from shoal.gui.style.profile_text import figures_text, name_of, share_text
from shoal.gui.style.rates import parse_rate
from shoal.gui.style.setting_text import KBIT_PER_MBIT
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import clean, say
from shoal.gui.widgets.asking_dialog import AskingDialog
from shoal.gui.widgets.choice_box import ChoiceBox
from shoal.gui.widgets.plain_label import plain_label, set_role
from shoal.settings.interface_settings import MOST_KBIT
from shoal.settings.profiles import LONGEST_NAME, SpeedProfile, as_delivered, engine_values

WIDTH, FIELD_WIDTH = 460, 130
NO_LIMIT, SHARE, RATE = "none", "share", "rate"
FIRST_SHARE, FIRST_RATE = 0.8, 1_000_000
"""What a field begins with that had nothing of its kind."""


class _LimitFields(QWidget):
    """How fast one direction may be: no limit, a share of the line, or a rate."""

    def __init__(self, theme: Theme, name: str, share: float | None, rate: int) -> None:
        super().__init__()
        self._share, self._rate = share or FIRST_SHARE, rate
        self.kind = ChoiceBox(theme, name)
        for value, words in (
            (NO_LIMIT, say("No limit")),
            (SHARE, say("Share of the line")),
            (RATE, say("At most")),
        ):
            self.kind.addItem(words, value)
        self.field = QLineEdit()
        self.field.setFixedWidth(theme.px(FIELD_WIDTH))
        self.percent = plain_label(say("%"), "secondary")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        for widget in (self.kind, self.field, self.percent):
            row.addWidget(widget)
        row.addStretch()
        self._name = name
        kind = SHARE if share is not None else RATE if rate else NO_LIMIT
        self.kind.setCurrentIndex(self.kind.findData(kind))
        self.show_kind()

    def show_kind(self) -> None:
        """The field for what is chosen, with a value to begin with."""
        kind = self.kind.currentData()
        self.field.setVisible(kind != NO_LIMIT)
        self.percent.setVisible(kind == SHARE)
        if kind == SHARE:
            self.field.setText(share_text(self._share))
            self.field.setAccessibleName(say("{name}, share of the line in percent", name=self._name))
        elif kind == RATE:
            self.field.setText(rate_text(self._rate or FIRST_RATE))
            self.field.setAccessibleName(say("{name}, rate", name=self._name))

    def value(self) -> tuple[float | None, int] | str:
        """Share (None for none) and rate in bytes/s; or what is wrong."""
        kind = self.kind.currentData()
        if kind == NO_LIMIT:
            return None, 0
        text = self.field.text().strip()
        if kind == RATE:
            rate = parse_rate(text)
            return (None, rate) if rate else say("Type a rate such as 500 kB/s or 1.5 MB/s.")
        try:
            share = read_decimal(text.rstrip("% \u00a0")) / 100
        except ValueError:
            share = 0.0
        # The rate stays for a line that is not known.
        return (share, self._rate) if 0.01 <= share <= 1 else say("Type a share from 1 to 100 %.")


class EditProfile(AskingDialog):
    """`profile()` and `lines()` when it was accepted. `taken` are the names of the other profiles."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        title: str,
        profile: SpeedProfile,
        lines: tuple[int, int],
        *,
        taken: Collection[str],
    ) -> None:
        """`lines` up and down in kbit/s, 0 where it is not known."""
        super().__init__(theme, parent, title, say("Save"), width=WIDTH)
        self._theme, self._profile, self._lines = theme, profile, lines
        self._taken = {name.casefold() for name in taken}
        self._form = QWidget()
        self._grid = QGridLayout(self._form)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(16))
        self._grid.setVerticalSpacing(theme.px(8))
        self._grid.setColumnStretch(1, 1)
        self.name = QLineEdit(profile.name)
        self.name.setMaxLength(LONGEST_NAME)
        self._is_own = as_delivered(profile.key) is None
        if self._is_own:
            self._add(say("Name"), self.name)
        self.up = _LimitFields(theme, say("Upload"), profile.up_share, profile.up_rate)
        self.down = _LimitFields(theme, say("Download"), profile.down_share, profile.down_rate)
        for title_of_row, fields in ((say("Upload"), self.up), (say("Download"), self.down)):
            self._add(title_of_row, fields)
            fields.kind.currentIndexChanged.connect(fields.show_kind)
            fields.kind.currentIndexChanged.connect(self._refresh)
            fields.field.textChanged.connect(self._refresh)
        self.slots = self._number(say("Parallel uploads per transfer"), str(profile.upload_slots))
        self.active = self._number(
            say("Downloads at the same time"), str(profile.active_downloads or ""), say("all at once")
        )
        self.peers = self._number(say("Connections in all"), str(profile.max_peers))
        ratio = "" if profile.share_ratio is None else f"{profile.share_ratio:g}"
        self.ratio = self._number(say("Share until this ratio"), ratio, say("as it is set"))
        self.line_up, self.line_down = QLineEdit(), QLineEdit()
        if not all(lines):
            note = say("The speed of your line is not known. Enter it as your provider sells it, or leave it empty.")
            self._grid.addWidget(plain_label(note, "secondary", wraps=True), self._grid.rowCount(), 0, 1, 2)
            if not lines[0]:
                self.line_up = self._number(say("Upload speed of your line"), "", unit=say("Mbit/s"))
            if not lines[1]:
                self.line_down = self._number(say("Download speed of your line"), "", unit=say("Mbit/s"))
        self.outcome = plain_label("", "secondary", width=theme.px(WIDTH))
        self.put(self._form, self.outcome)
        self.name.textChanged.connect(self._refresh)
        self._refresh()
        (self.name if self._is_own else self.up.kind).setFocus()

    def profile(self) -> SpeedProfile:
        """As it was typed."""
        read = self._read()
        assert not isinstance(read, str)
        return read[0]

    def lines(self) -> tuple[int, int]:
        """Up and down in kbit/s, with what was entered here."""
        read = self._read()
        assert not isinstance(read, str)
        return read[1]

    # -- inside

    def _add(self, title: str, widget: QWidget) -> None:
        row = self._grid.rowCount()
        self._grid.addWidget(plain_label(title, "body"), row, 0)
        self._grid.addWidget(widget, row, 1)
        if isinstance(widget, QLineEdit):
            widget.setAccessibleName(title)

    def _number(self, title: str, text: str, empty: str = "", *, unit: str = "") -> QLineEdit:
        field = QLineEdit(text)
        field.setPlaceholderText(empty)
        field.setAccessibleName(say("{name} ({unit})", name=title, unit=unit) if unit else title)
        field.setFixedWidth(self._theme.px(FIELD_WIDTH))
        field.textChanged.connect(self._refresh)
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self._theme.px(8))
        row.addWidget(field)
        if unit:
            row.addWidget(plain_label(unit, "secondary"))
        row.addStretch()
        self._add(title, box)
        return field

    def _refresh(self) -> None:
        read = self._read()
        is_wrong = isinstance(read, str)
        self.accept_button.setEnabled(not is_wrong)
        # Nobody has done anything wrong before the first letter.
        is_problem = is_wrong and not (self._is_own and not self.name.isModified())
        set_role(self.outcome, "problem" if is_problem else "secondary")
        if isinstance(read, str):
            self.outcome.setText(read)
            return
        profile, lines = read
        figures = figures_text(engine_values(profile, *lines))
        is_guess = (profile.up_share is not None and not lines[0]) or (profile.down_share is not None and not lines[1])
        if is_guess:
            figures = say("Until the speed of your line is known: {figures}", figures=figures)
        else:
            figures = say("On your line: {figures}", figures=figures) if any(lines) else figures
        self.outcome.setText(figures)

    def _read(self) -> tuple[SpeedProfile, tuple[int, int]] | str:
        """What the fields say; or what is wrong with them."""
        name = clean(self.name.text(), LONGEST_NAME)
        if self._is_own and not name:
            return say("Type a name.")
        if self._is_own and name.casefold() in self._taken:
            return say("Another profile has this name.")
        up, down = self.up.value(), self.down.value()
        if isinstance(up, str):
            return up
        if isinstance(down, str):
            return down
        counts: list[int] = []
        for field, low, high in ((self.slots, 1, 200), (self.active, 0, 10_000), (self.peers, 2, 20_000)):
            count = _whole(field.text() or ("0" if low == 0 else ""))
            if count is None or not low <= count <= high:
                return _range_text(field, low, high)
            counts.append(count)
        ratio = _decimal(self.ratio.text()) if self.ratio.text().strip() else None
        if self.ratio.text().strip() and (ratio is None or not 0 <= ratio <= 10_000):
            return _range_text(self.ratio, 0, 10_000)
        lines: list[int] = []
        for known, field in zip(self._lines, (self.line_up, self.line_down), strict=True):
            typed = _decimal(field.text()) if field.text().strip() else 0.0
            if typed is None or not 0 <= typed * KBIT_PER_MBIT <= MOST_KBIT:
                return _range_text(field, 0, MOST_KBIT // KBIT_PER_MBIT)
            lines.append(known or round(typed * KBIT_PER_MBIT))
        profile = replace(
            self._profile,
            name=name if self._is_own else "",
            up_share=up[0],
            up_rate=up[1],
            down_share=down[0],
            down_rate=down[1],
            upload_slots=counts[0],
            active_downloads=counts[1],
            max_peers=counts[2],
            share_ratio=ratio,
        )
        return profile, (lines[0], lines[1])


def title_of(profile: SpeedProfile) -> str:
    """What the window is called that edits it."""
    return say("Edit profile {name}", name=name_of(profile))


def _range_text(field: QLineEdit, low: int, high: int) -> str:
    return say("{name}: from {low} to {high}.", name=field.accessibleName(), low=low, high=high)


def _whole(text: str) -> int | None:
    return int(text) if text.strip().isdecimal() else None


def _decimal(text: str) -> float | None:
    try:
        return read_decimal(text.strip())
    except ValueError:
        return None
