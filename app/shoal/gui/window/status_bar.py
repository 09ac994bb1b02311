"""The line at the foot: what is going on, where peers reach us, and both rates with their limits."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStatusBar, QWidget

from shoal.api.snapshots import RouterState, SessionTotals
from shoal.gui.desktop.awake import Wakeful, wakeful_text
from shoal.gui.models.torrent_filter import FilterCounts, Section
from shoal.gui.style.dht_text import dht_text
from shoal.gui.style.reach_text import reach_text
from shoal.gui.style.sentences import paused_text
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import CountTemplates, phrase_count, say, say_count, say_count_phrase, say_phrase
from shoal.gui.widgets.elided_label import ElidedLabel
from shoal.gui.widgets.profile_bar import ProfileBar
from shoal.gui.window.limits import TITLES, Direction

ICON = 15
LEAST_SUMMARY = 150
"""What is left for the words between the profiles and the rates, or else the profiles draw together."""
DIVIDER = 14
"""What the line beside a place takes with its room."""
DOT = " \u00b7 "
SLACK = 24
"""More room than needed before they spread again, so that a changing rate does not move them to and fro."""


_SUMMARY: tuple[tuple[Section, CountTemplates], ...] = (
    (Section.DOWNLOADING, phrase_count("{n} downloading", "{n} downloading")),
    (Section.SHARING, phrase_count("{n} sharing", "{n} sharing")),
    (Section.WAITING, phrase_count("{n} waiting", "{n} waiting")),
)


@dataclass(frozen=True, slots=True)
class Summary:
    """`parts` in their order; where there is little room the last of them go first, and `urgent` goes last."""

    parts: tuple[str, ...]
    urgent: str = ""

    def shorter(self) -> Iterator[str]:
        """All of it, and then less and less, down to what is most worth saying."""
        least = 0 if self.urgent else 1
        for count in range(len(self.parts), least - 1, -1):
            yield DOT.join(part for part in (*self.parts[:count], self.urgent) if part)


def summary(counts: FilterCounts) -> Summary:
    """What all transfers do together, in a few words, with the numbers of the sidebar."""
    parts = [say_count(counts.sections.get(Section.ALL, 0), "{n} transfer", "{n} transfers")]
    for section, words in _SUMMARY:
        count = counts.sections.get(section, 0)
        if count:
            parts.append(say_count_phrase(count, words))
    waiting_for_user = counts.sections.get(Section.NEEDS_YOU, 0)
    urgent = say_count(waiting_for_user, "{n} needs you", "{n} need you") if waiting_for_user else ""
    return Summary(tuple(parts), urgent)


def session_state(counts: FilterCounts, paused_until: float = 0.0) -> str:
    """What is true of all transfers together and worth saying; "" when nothing is. `SessionTotals` has the pause."""
    if paused_until:
        return paused_text(paused_until)
    total = counts.sections.get(Section.ALL, 0)
    all_stopped = total and counts.sections.get(Section.STOPPED, 0) == total
    return say("Everything is stopped") if all_stopped else ""


def limit_text(limit: int) -> str:
    """What stands behind a rate: its limit in bytes/s, 0 for none."""
    return say("of {rate}", rate=rate_text(limit)) if limit else say("no limit")


class _Chip(QWidget):
    """An icon, a strong word and a quiet one."""

    def __init__(self, theme: Theme, icon: str, token: str) -> None:
        super().__init__()
        self._theme, self._icon_name, self._token = theme, icon, token
        self._icon, self.strong, self.quiet = QLabel(), QLabel(), QLabel()
        self.strong.setProperty("strong", "true")
        self.quiet.setProperty("quiet", "true")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        layout.setSpacing(theme.px(6))
        for label in (self._icon, self.strong, self.quiet):
            label.setTextFormat(Qt.TextFormat.PlainText)
            layout.addWidget(label)
        theme.changed.connect(self._paint)
        self._paint()

    def show_words(self, strong: str, quiet: str) -> None:
        self.strong.setText(strong)
        self.quiet.setText(quiet)
        self.strong.setVisible(bool(strong))
        self.setAccessibleName(f"{strong} {quiet}".strip())

    def quiet_width(self) -> int:
        """What its quiet word needs."""
        return self.quiet.sizeHint().width() + self._theme.px(6)

    def set_token(self, token: str) -> None:
        if token != self._token:
            self._token = token
            self._paint()

    def set_icon(self, icon: str) -> None:
        if icon != self._icon_name:
            self._icon_name = icon
            self._paint()

    def _paint(self) -> None:
        pixmap = self._theme.pixmap(self._icon_name, self._token, self._theme.px(ICON), self.devicePixelRatioF())
        self._icon.setPixmap(pixmap)


class _RateButton(QPushButton):
    """A chip that opens the menu of its limit."""

    def __init__(self, theme: Theme, icon: str, token: str, title: str) -> None:
        super().__init__()
        self._title = title
        self._chip = _Chip(theme, icon, token)
        self._chip.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setProperty("rate", "true")
        self.setToolTip(title)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._chip)

    def sizeHint(self) -> QSize:  # noqa: N802
        return self._chip.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self._chip.minimumSizeHint()

    def show_words(self, strong: str, quiet: str) -> None:
        self._chip.show_words(strong, quiet)
        self.setAccessibleName(say("{rate} {limit}. {title}", rate=strong, limit=quiet, title=self._title))
        self.updateGeometry()


class _Summary(ElidedLabel):
    """As wide as its words where there is room, shorter where there is not: the rates are never cut."""

    def __init__(self) -> None:
        self._words, self._hint = Summary(()), ""
        super().__init__("", "")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        sides = self.contentsMargins()
        words = self.fontMetrics().horizontalAdvance(self.accessibleName())
        return QSize(words + sides.left() + sides.right() + 1, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, super().sizeHint().height())

    def least_width(self) -> int:
        """What it takes to say what must be said, 0 when that is nothing."""
        sides = self.contentsMargins()
        words = self.fontMetrics().horizontalAdvance(self._words.urgent)
        return words + sides.left() + sides.right() + 1 if words else 0

    def show_words(self, words: Summary, more: str, hint: str) -> None:
        """`more` is left out where there is no room for all of it; `hint` tells of that at length. Both may be ""."""
        self._words, self._hint = words, hint
        self.setAccessibleDescription(hint)
        self.set_whole(DOT.join(part for part in (next(words.shorter(), ""), more) if part))
        self._elide()
        self.updateGeometry()

    def _elide(self) -> None:
        super()._elide()
        if self.text() != self.accessibleName():
            room, metrics, shown = self.contentsRect().width(), self.fontMetrics(), ""
            for shown in self._words.shorter():
                if metrics.horizontalAdvance(shown) <= room:
                    break
            self.setText(metrics.elidedText(shown, Qt.TextElideMode.ElideRight, room))
        if self._hint:
            self.setToolTip(f"<qt>{html.escape(self.accessibleName())}<br>{html.escape(self._hint)}</qt>")


class StatusBar(QStatusBar):
    """`show_totals` once a beat; `sort_again` is the offer that appears while the order is held."""

    sort_again = Signal()
    resume_wanted = Signal()
    limits_wanted = Signal(object, object)
    """A `Direction`, and the widget that its menu belongs to."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self._theme = theme
        self._profiles: ProfileBar | None = None
        self._said, self._wakeful = Summary(()), Wakeful.NO
        self._summary = _Summary()
        self._summary.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        self._state = _Chip(theme, "stop", "ink2")
        self._state.hide()
        self.resume_button = QPushButton(say("Resume"))
        self.resume_button.setProperty("link", "true")
        self.resume_button.setToolTip(say("Resume everything"))
        self.resume_button.hide()
        self.resume_button.clicked.connect(self.resume_wanted)
        self.order_button = QPushButton(say("Order has changed: sort again"))
        self.order_button.setProperty("link", "true")
        self.order_button.hide()
        self.order_button.clicked.connect(self.sort_again)
        self._port = _Chip(theme, "globe", "ink3")
        self._dht = _Chip(theme, "search", "ink3")
        self.rates = {side: _RateButton(theme, side.value, side.value, say_phrase(TITLES[side])) for side in Direction}
        for side, button in self.rates.items():
            button.clicked.connect(partial(self._want_limits, side))
        self.addWidget(self._summary)
        self.addWidget(self._state)
        self.addWidget(self.resume_button)
        self.addWidget(self.order_button)
        self._chips: tuple[QWidget, ...] = (self._port, *self.rates.values())
        self._of_dht: list[QWidget] = [self._dht]
        for chip in (self._dht, *self._chips):
            divider = QFrame()
            divider.setProperty("divider", "true")
            divider.setFixedSize(1, theme.px(18))
            if chip is self._dht:
                self._of_dht.append(divider)
            self.addPermanentWidget(divider)
            self.addPermanentWidget(chip)
        self.show_totals(SessionTotals())

    def put_profiles(self, bar: ProfileBar) -> None:
        """At the start, before everything else."""
        self._profiles = bar
        self.insertWidget(0, bar)
        bar.resized.connect(self._share_room)
        self._share_room()

    def offer_sorting(self, offered: bool) -> None:
        self.order_button.setVisible(offered)

    def show_totals(self, totals: SessionTotals) -> None:
        reach = reach_text(totals)
        if not totals.listen_port:
            place = say("no port")
        elif not totals.has_incoming and totals.router.state is RouterState.OPEN:
            # The words name the port.
            place = ""
        else:
            place = say("port {port}", port=totals.listen_port)
        self._port.show_words(reach.words, place)
        self._port.set_token(reach.token)
        self._port.setToolTip(reach.hint)
        self._port.setAccessibleDescription(reach.hint)
        dht = dht_text(totals)
        self._dht.show_words(say("DHT"), dht.words)
        self._dht.set_token(dht.token)
        self._dht.setToolTip(say("DHT: {words}", words=dht.words) + "\n" + dht.hint)
        self._dht.setAccessibleDescription(dht.hint)
        self.resume_button.setVisible(totals.paused_until != 0)
        # A pause stands in the place of what would go on.
        self._summary.setVisible(not totals.paused_until)
        self.rates[Direction.DOWN].show_words(rate_text(totals.down_rate), limit_text(totals.down_limit))
        self.rates[Direction.UP].show_words(rate_text(totals.up_rate), limit_text(totals.up_limit))
        self._share_room()

    def show_state(self, text: str, icon: str = "clock") -> None:
        """What concerns the whole session, such as an engine that is starting; "" for nothing."""
        self._state.setVisible(bool(text))
        self._state.set_icon(icon)
        self._state.show_words("", text)

    @property
    def state_text(self) -> str:
        """What `show_state` shows."""
        return self._state.quiet.text()

    def show_summary(self, words: Summary) -> None:
        self._said = words
        awake = say("keeps the computer awake") if self._wakeful is not Wakeful.NO else ""
        self._summary.show_words(words, awake, wakeful_text(self._wakeful))
        self._share_room()

    def show_awake(self, wakeful: Wakeful) -> None:
        """Whether the computer is kept awake, and for what."""
        self._wakeful = wakeful
        self.show_summary(self._said)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        if self._profiles is None:
            return
        px = self._theme.px
        room = self._room()
        # Which port it is can be read elsewhere. Asked without hiding it first: each change lays out everything anew.
        saved = 0 if self._port.quiet.isHidden() else self._port.quiet_width()
        has_words = self._profiles.one_width() + self._summary.least_width() <= room + saved - self._port.quiet_width()
        self._port.quiet.setVisible(has_words)
        room += saved - (self._port.quiet_width() if has_words else 0)
        whole, least = self._profiles.whole_width(), px(LEAST_SUMMARY)
        self._profiles.set_room(room - least - (0 if self._profiles.has_room else px(SLACK)) >= whole)
        # Else many words would cut the names of the profiles.
        kept = self._profiles.one_width() if self._profiles.is_one else whole
        self._summary.setMaximumWidth(max(room - kept, self._summary.least_width() if self._profiles.is_one else least))
        # The DHT has what all others leave: its words, its name, or no place at all.
        room += len(self._chips) * (px(SLACK) - px(DIVIDER))
        room -= self._profiles.sizeHint().width() + self._summary.sizeHint().width()
        self._dht.quiet.show()
        has_words = room >= self._dht.sizeHint().width() + px(DIVIDER)
        self._dht.quiet.setVisible(has_words)
        has_dht = has_words or room >= self._dht.sizeHint().width() + px(DIVIDER)
        for widget in self._of_dht:
            widget.setVisible(has_dht)

    def _room(self) -> int:
        """What the rates and the port leave."""
        return self.width() - sum(chip.sizeHint().width() + self._theme.px(SLACK) for chip in self._chips)

    def _want_limits(self, direction: Direction, _checked: bool = False) -> None:
        self.limits_wanted.emit(direction, self.rates[direction])
