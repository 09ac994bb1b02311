"""The panel behind "Why?": what holds a transfer up, what Shoal is doing, and all that was looked at.

A popover on its row, not a dialog: a click beside it or Esc closes it, and while it is open it follows the transfer.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from shoal.gui.style.explanation import REMEDY_NAMES, Remedy
from shoal.gui.style.theme import Theme
from shoal.gui.style.tones import tone_ground
from shoal.gui.style.verdict import Mark, Verdict
from shoal.gui.style.wording import Template, isolated, phrase, say, say_phrase
from shoal.gui.widgets.popover import Popover
from shoal.gui.widgets.raw_text import RawText

WIDTH = 440
DETAILS_HEIGHT = 96
"""Some lines; more of them scroll."""
BUTTONS_A_ROW = 2
_MARK_TOKENS: dict[Mark, str] = {Mark.TICK: "ok", Mark.WARN: "warn", Mark.CROSS: "err", Mark.UNKNOWN: "ink3"}
_MARK_WORDS: dict[Mark, Template] = {
    Mark.TICK: phrase("good"),
    Mark.WARN: phrase("holds it up"),
    Mark.CROSS: phrase("wrong"),
    Mark.UNKNOWN: phrase("not known"),
}


class WhyPanel(Popover):
    """`remedy_chosen` carries a `Remedy`; the panel is closed by then."""

    remedy_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None) -> None:
        super().__init__(theme, parent, "why")
        self._shown: Verdict | None = None
        self._shows_details = False
        self._scroll = QScrollArea(self)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setAccessibleName(say("Everything that was checked"))
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }")
        outer = QVBoxLayout(self)
        px = theme.px
        outer.setContentsMargins(px(12), px(12), px(12), px(12))
        outer.setSpacing(px(12))
        outer.addWidget(self._scroll)
        self.buttons: dict[Remedy, QPushButton] = {}
        self._button_rows = QGridLayout()
        self._button_rows.setSpacing(px(10))
        outer.addLayout(self._button_rows)
        self._buttons_for: tuple[Remedy, ...] | None = None

    def show_verdict(self, name: str, verdict: Verdict) -> None:
        """Fill the panel anew when anything in it has changed; the focus stays on its button."""
        if verdict == self._shown:
            return
        self._shown = verdict
        self.setAccessibleName(say("Why: {headline}", headline=verdict.headline))
        self.setAccessibleDescription(f"{verdict.headline}. {verdict.text}")
        at = self._scroll.verticalScrollBar().value()
        self._scroll.setWidget(self._content(name, verdict))
        self._scroll.verticalScrollBar().setValue(at)
        self._make_buttons(verdict.remedies)
        # Open, it stays as high as it is and scrolls: growing, it would cover its row.
        if not self.isVisible():
            self._fit()

    def open_at(self, anchor: QRect) -> None:
        """Show it beside `anchor` (global), which it never covers."""
        self._fit()
        screen = (QGuiApplication.screenAt(anchor.center()) or QGuiApplication.primaryScreen()).availableGeometry()
        place = place_beside(anchor, self.size(), screen, self._theme.px(6))
        self.setFixedHeight(place.height())
        self.move(place.topLeft())
        self.show()
        first = next(iter(self.buttons.values()), None)
        (first or self).setFocus(Qt.FocusReason.PopupFocusReason)

    # -- parts

    def _content(self, name: str, verdict: Verdict) -> QWidget:
        px = self._theme.px
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(6))
        column.addWidget(self._headline(name, verdict))
        column.addWidget(self._section(say("What Shoal is doing")))
        for sentence in verdict.doing:
            column.addLayout(self._line("tick", "ok", sentence))
        column.addWidget(self._section(say("Everything that was checked")))
        column.addWidget(self._checks(verdict))
        if verdict.details:
            fold = QPushButton(say("Details"))
            fold.setProperty("link", "true")
            fold.setCheckable(True)
            fold.setAutoDefault(True)
            column.addWidget(fold, 0, Qt.AlignmentFlag.AlignLeft)
            raw = RawText(self._theme, verdict.details, say("Details"), height=DETAILS_HEIGHT)
            fold.setChecked(self._shows_details)
            fold.toggled.connect(raw.setVisible)
            fold.toggled.connect(self._keep_details)
            # Not before it has a parent: it would be a window of its own, and the popover would close.
            column.addWidget(raw)
            raw.setVisible(self._shows_details)
        column.addStretch()
        return content

    def _keep_details(self, shown: bool) -> None:
        """Open or not, also when the panel is filled anew."""
        self._shows_details = shown

    def _headline(self, name: str, verdict: Verdict) -> QWidget:
        theme, px = self._theme, self._theme.px
        back, ink = tone_ground(verdict.tone)
        card = QFrame()
        card.setObjectName("card")
        colour = getattr(theme.tokens, back)
        card.setStyleSheet(f"#card {{ background: {colour}; border-radius: {px(8)}px; }}")
        words = QVBoxLayout()
        words.setSpacing(px(2))
        words.addWidget(_text(verdict.headline, f"font-size: {px(15)}px; font-weight: 600;"))
        words.addWidget(_text(isolated(name), f"font-size: {px(12)}px; font-weight: 600; color: {theme.tokens.ink2};"))
        for text in filter(None, (verdict.text, verdict.more)):
            words.addWidget(_text(text, f"font-size: {px(12)}px; color: {theme.tokens.ink2};"))
        row = QHBoxLayout(card)
        row.setContentsMargins(px(16), px(12), px(16), px(12))
        row.setSpacing(px(14))
        row.addWidget(self._icon(verdict.icon, ink, 20), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return card

    def _checks(self, verdict: Verdict) -> QWidget:
        theme, px = self._theme, self._theme.px
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(px(12), 0, px(8), 0)
        grid.setHorizontalSpacing(px(8))
        grid.setVerticalSpacing(px(5))
        grid.setColumnStretch(2, 1)
        for at, check in enumerate(verdict.checks):
            if check.mark is Mark.UNKNOWN:
                mark: QLabel = _text("?", f"color: {theme.tokens.ink3}; font-weight: 600;")
                mark.setFixedWidth(px(16))
                mark.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            else:
                mark = self._icon(check.mark.value, _MARK_TOKENS[check.mark], 16)
            mark.setAccessibleName(say_phrase(_MARK_WORDS[check.mark]))
            name = _text(check.name, "font-weight: 500;")
            name.setMinimumWidth(px(130))
            grid.addWidget(mark, at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(name, at, 1, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_text(check.words, f"font-size: {px(12)}px; color: {theme.tokens.ink2};"), at, 2)
        return table

    def _section(self, text: str) -> QLabel:
        px = self._theme.px
        label = _text(text, f"font-size: {px(12)}px; font-weight: 600; color: {self._theme.tokens.ink2};")
        label.setContentsMargins(px(12), px(8), 0, 0)
        return label

    def _line(self, icon: str, token: str, text: str) -> QHBoxLayout:
        px = self._theme.px
        row = QHBoxLayout()
        row.setContentsMargins(px(12), 0, px(8), 0)
        row.setSpacing(px(8))
        row.addWidget(self._icon(icon, token, 16), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(_text(text, ""), 1)
        return row

    def _icon(self, icon: str, token: str, size: int) -> QLabel:
        label = QLabel()
        pixels = self._theme.px(size)
        label.setPixmap(self._theme.pixmap(icon, token, pixels, self.devicePixelRatioF()))
        label.setFixedWidth(pixels)
        return label

    def _make_buttons(self, remedies: tuple[Remedy, ...]) -> None:
        if remedies == self._buttons_for:
            return
        self._buttons_for = remedies
        for button in self.buttons.values():
            self._button_rows.removeWidget(button)
            button.deleteLater()
        self.buttons = {}
        for at, remedy in enumerate(remedies):
            button = QPushButton(say_phrase(REMEDY_NAMES[remedy]))
            if at == 0:
                button.setProperty("primary", "true")
            button.setAutoDefault(True)
            button.clicked.connect(lambda _=False, chosen=remedy: self._choose(chosen))
            self._button_rows.addWidget(button, at // BUTTONS_A_ROW, at % BUTTONS_A_ROW)
            self.buttons[remedy] = button

    def _choose(self, remedy: Remedy) -> None:
        self.close()
        self.remedy_chosen.emit(remedy)

    def _fit(self) -> None:
        """As high as its content, and never higher than the screen."""
        px, content = self._theme.px, self._scroll.widget()
        layout = content.layout() if content is not None else None
        if layout is None:
            return
        self.setFixedWidth(px(WIDTH))
        inner = px(WIDTH) - px(24)
        height = layout.heightForWidth(inner) if layout.hasHeightForWidth() else layout.sizeHint().height()
        margins = px(24) + (self._button_rows.sizeHint().height() + px(12) if self.buttons else 0)
        most = QGuiApplication.primaryScreen().availableGeometry().height() - px(24)
        self.setFixedHeight(min(most, height + margins + px(4)))


def _text(text: str, style: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setStyleSheet(style)
    return label


def place_beside(anchor: QRect, size: QSize, screen: QRect, gap: int) -> QRect:
    """Below `anchor`, above it, at its right or at its left, the first that has room; else lower than wished."""
    below, above = screen.bottom() + 1 - gap - (anchor.bottom() + 1 + gap), anchor.top() - gap - (screen.top() + gap)
    left = max(screen.left() + gap, min(anchor.left(), screen.right() + 1 - size.width() - gap))
    top = max(screen.top() + gap, min(anchor.top(), screen.bottom() + 1 - size.height() - gap))
    right_of, left_of = anchor.right() + 1 + gap, anchor.left() - gap - size.width()
    if size.height() <= below:
        return QRect(QPoint(left, anchor.bottom() + 1 + gap), size)
    if size.height() <= above:
        return QRect(QPoint(left, anchor.top() - gap - size.height()), size)
    if right_of + size.width() <= screen.right() + 1 - gap:
        return QRect(QPoint(right_of, top), size)
    if left_of >= screen.left() + gap:
        return QRect(QPoint(left_of, top), size)
    height = max(below, above)
    at = anchor.bottom() + 1 + gap if below >= above else anchor.top() - gap - height
    return QRect(left, at, size.width(), height)
