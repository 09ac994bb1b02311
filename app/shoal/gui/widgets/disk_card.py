"""The disk that downloads go to: how much of it is used, how much unfinished transfers still need, what is free."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QWidget

from shoal.api.snapshots import DiskSpace
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import size_text
from shoal.gui.style.wording import say

ICON, BAR_HEIGHT = 17, 6


class _SpaceBar(QWidget):
    """Used, due and free as parts of one bar; empty while nothing is known."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._used = self._due = 0.0
        self._is_short = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_shares(self, used: float, due: float, *, is_short: bool) -> None:
        """`used` and `due` are shares of the disk, 0..1."""
        self._used, self._due, self._is_short = used, due, is_short
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(30), self._theme.px(BAR_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QPainterPath()
        whole.addRoundedRect(QRectF(self.rect()), self.height() / 2, self.height() / 2)
        painter.setClipPath(whole)
        painter.fillRect(self.rect(), theme.colour("track"))
        used, due = self._used * self.width(), self._due * self.width()
        parts = [(0.0, used, "ctl"), (used, due, "amber" if self._is_short else "acc")]
        for left, width, token in parts:
            at = self.width() - left - width if self.layoutDirection() is Qt.LayoutDirection.RightToLeft else left
            painter.fillRect(QRectF(at, 0, width, self.height()), theme.colour(token))
        painter.end()


class DiskCard(QFrame):
    """`show_disk` with every update; `set_small` leaves the icon and the bar, the words are the tooltip then."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._is_short = self._is_small = False
        self._shown: tuple[DiskSpace | None, int | None] | None = None
        self.setProperty("card", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icon = QLabel()
        self._title = QLabel(say("Downloads disk"))
        self._title.setProperty("role", "disk-title")
        self._bar = _SpaceBar(theme)
        self._words = QLabel()
        self._words.setProperty("role", "secondary")
        for label in (self._title, self._words):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self._grid = QGridLayout(self)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self._icon, 0, 0)
        self._grid.addWidget(self._title, 0, 1)
        self._grid.addWidget(self._bar, 1, 0, 1, 2)
        self._grid.addWidget(self._words, 2, 0, 1, 2)
        theme.changed.connect(self._paint)
        self.set_small(False)
        self.show_disk(None, None)

    def show_disk(self, disk: DiskSpace | None, free: int | None) -> None:
        """The `disk`; where it is not known as a whole, only its `free` bytes; None for neither."""
        if (disk, free) == self._shown:
            return
        self._shown = disk, free
        is_known = disk is not None and disk.total > 0
        if disk is not None and is_known:
            free, due = disk.free, disk.due
            self._is_short = due > free
            used = min(1.0, max(0.0, 1 - free / disk.total))
            self._bar.show_shares(used, min(1 - used, due / disk.total), is_short=self._is_short)
        else:
            due, self._is_short = 0, False
            self._bar.show_shares(0.0, 0.0, is_short=False)
        if free is None:
            words = say("Free space not known")
        elif due:
            words = say("{free} free \u00b7 {due} due", free=size_text(free), due=size_text(due))
        else:
            words = say("{free} free", free=size_text(free))
        self._words.setText(words)
        spoken = say("Downloads disk: {words}", words=words)
        if self._is_short:
            missing = size_text(due - (free or 0))
            spoken = say(
                "{words}. The unfinished transfers need {missing} more than there is.", words=spoken, missing=missing
            )
        elif due:
            spoken = say("{words}. Due is what unfinished transfers still need.", words=spoken)
        self.setAccessibleName(spoken)
        self.setToolTip(spoken)
        self._words.setProperty("tone", "warn" if self._is_short else "")
        self._words.style().unpolish(self._words)
        self._words.style().polish(self._words)
        self._paint()

    def set_small(self, is_small: bool) -> None:
        self._is_small = is_small
        px = self._theme.px
        side, end = (px(8), px(8)) if is_small else (px(12), px(10))
        self._grid.setContentsMargins(side, end, side, end)
        self._grid.setHorizontalSpacing(0 if is_small else px(8))
        self._grid.setVerticalSpacing(px(7) if is_small else px(6))
        self._grid.setAlignment(self._icon, Qt.AlignmentFlag.AlignCenter if is_small else Qt.AlignmentFlag.AlignLeft)
        self._title.setVisible(not is_small)
        self._words.setVisible(not is_small)

    def _paint(self) -> None:
        icon, token = ("triangle", "warn") if self._is_short else ("disk", "ink2")
        self._icon.setPixmap(self._theme.pixmap(icon, token, self._theme.px(ICON), self.devicePixelRatioF()))
