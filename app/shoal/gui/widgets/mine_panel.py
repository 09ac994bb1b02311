"""The popover of one's own profile: upload rate and parallel uploads by slider or typed, in force as they move."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from shoal.gui.style.rates import parse_rate
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import say
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.widgets.popover import Popover
from shoal.gui.widgets.rate_slider import RateSlider, Slider

WIDTH, FIELD_WIDTH = 320, 110
SETTLE_MILLISECONDS = 200
"""A slider that moves on is waited for so long."""
MOST_SLIDER_SLOTS, MOST_SLOTS = 50, 200


class MinePanel(Popover):
    """Not modal; a click beside it or Esc closes it."""

    wanted = Signal(int, int)
    """Upload rate in bytes/s (0 no limit) and parallel uploads."""

    def __init__(self, theme: Theme, parent: QWidget | None, *, rate: int, slots: int, line: int) -> None:
        """`line` is the upload of the line in bytes/s, 0 when it is not known."""
        super().__init__(theme, parent, "mine")
        px = theme.px
        self._rate, self._slots = rate, slots
        self._told = (rate, slots)
        self.setAccessibleName(say("Your own figures"))
        self.setFixedWidth(px(WIDTH))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MILLISECONDS)
        self._settle.timeout.connect(self._tell)
        self.rate_slider = RateSlider(say("Upload rate"), line)
        self.rate_slider.moved.connect(self._move_rate)
        self.rate_field = self._field(say("Upload rate, typed"))
        self.rate_field.setPlaceholderText(say("no limit"))
        self.rate_field.editingFinished.connect(self._type_rate)
        self.slots_slider = Slider(say("Parallel uploads"))
        self.slots_slider.setRange(1, MOST_SLIDER_SLOTS)
        self.slots_slider.valueChanged.connect(self._move_slots)
        self.slots_field = self._field(say("Parallel uploads, typed"))
        self.slots_field.editingFinished.connect(self._type_slots)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(16), px(14), px(16), px(16))
        layout.setSpacing(px(6))
        layout.addWidget(plain_label(say("Your own figures"), "section"))
        for title, field, slider in (
            (say("Upload rate"), self.rate_field, self.rate_slider),
            (say("Parallel uploads"), self.slots_field, self.slots_slider),
        ):
            row = QHBoxLayout()
            row.addWidget(plain_label(title, "body"), 1)
            row.addWidget(field)
            layout.addSpacing(px(6))
            layout.addLayout(row)
            layout.addWidget(slider)
        self._problem = plain_label("", "problem", wraps=True)
        self._problem.hide()
        layout.addWidget(self._problem)
        self._show()

    @property
    def problem(self) -> str:
        """What is wrong with what was typed; "" for nothing."""
        return self._problem.text()

    def open_over(self, anchor: QWidget) -> None:
        """Stand on `anchor`, inside the screen."""
        self.adjustSize()
        screen = (QGuiApplication.screenAt(anchor.mapToGlobal(QPoint())) or QGuiApplication.primaryScreen()).geometry()
        gap = self._theme.px(6)
        place = anchor.mapToGlobal(QPoint(0, -self.height() - gap))
        left = max(screen.left() + gap, min(place.x(), screen.right() - self.width() - gap))
        self.move(left, max(screen.top() + gap, place.y()))
        self.show()
        self.rate_slider.setFocus(Qt.FocusReason.PopupFocusReason)

    # -- inside

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(name)
        field.setFixedWidth(self._theme.px(FIELD_WIDTH))
        field.textEdited.connect(lambda: self._say(""))
        return field

    def _show(self) -> None:
        self.rate_slider.show_rate(self._rate)
        self.rate_field.setText(rate_text(self._rate) if self._rate else "")
        self.slots_slider.blockSignals(True)
        self.slots_slider.setValue(min(self._slots, MOST_SLIDER_SLOTS))
        self.slots_slider.blockSignals(False)
        self.slots_field.setText(str(self._slots))

    def _move_rate(self, rate: int) -> None:
        self._rate = rate
        self.rate_field.setText(rate_text(rate) if rate else "")
        self._settle.start()

    def _move_slots(self, slots: int) -> None:
        self._slots = slots
        self.slots_field.setText(str(slots))
        self._settle.start()

    def _type_rate(self) -> None:
        if not self.rate_field.isModified():
            return
        text = self.rate_field.text().strip()
        rate = parse_rate(text) if text else 0
        if rate is None:
            self._say(say("Type a rate such as 500 kB/s or 1.5 MB/s; 0 is no limit."))
            return
        self._rate = rate
        self._show()
        self._tell()

    def _type_slots(self) -> None:
        if not self.slots_field.isModified():
            return
        text = self.slots_field.text().strip()
        if not (text.isdecimal() and 1 <= int(text) <= MOST_SLOTS):
            self._say(say("It must be from {low} to {high}.", low=1, high=MOST_SLOTS))
            return
        self._slots = int(text)
        self._show()
        self._tell()

    def _say(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.adjustSize()

    def _tell(self) -> None:
        self._settle.stop()
        if (self._rate, self._slots) != self._told:
            self._told = (self._rate, self._slots)
            self.wanted.emit(self._rate, self._slots)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """What was moved last counts, too."""
        self._tell()
        super().hideEvent(event)
