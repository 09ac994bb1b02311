"""The profile switch of the status bar: a button for each profile, or one with a menu where there is no room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QIcon, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.plain_label import plain_label

ICON, CHEVRON, GAP, SIDE = 15, 12, 7, 10
HEIGHT, MOST_WIDTH = 26, 320
MOST_BUTTONS = 4
LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class ProfileEntry:
    """One profile as it is shown. `effect` says in sentences what it sets."""

    key: str
    name: str
    icon: str
    effect: str


class ProfileBar(QWidget):
    """`fill_menu` fills the menu of the one button; `menu_for` makes the context menu of a profile."""

    chosen = Signal(str)
    """The key of a profile that was pressed, also of the one in force."""
    resized = Signal()
    """It needs other room than before."""

    def __init__(
        self, theme: Theme, *, fill_menu: Callable[[QMenu], None], menu_for: Callable[[str, QWidget], QMenu]
    ) -> None:
        super().__init__()
        self._theme, self._fill_menu, self._menu_for = theme, fill_menu, menu_for
        self._entries: tuple[ProfileEntry, ...] = ()
        self._current, self._note = "", ""
        self.has_room = True
        self.setAccessibleName(say("Speed profile"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.buttons: dict[str, ProfileButton] = {}
        self.one = ProfileButton(theme, has_menu=True)
        self.one.installEventFilter(self)
        self.one.setCheckable(True)
        self.one.clicked.connect(self._open_menu)
        self._title = plain_label(say("Profile"), "secondary")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.px(12), 0, theme.px(4), 0)
        self._row.setSpacing(theme.px(4))
        self._row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        self._row.addWidget(self._title)
        self._row.addSpacing(theme.px(4))
        self._row.addWidget(self.one)

    @property
    def is_one(self) -> bool:
        """Whether there is one button with a menu."""
        return len(self._entries) > MOST_BUTTONS or not self.has_room

    def show_profiles(self, entries: Sequence[ProfileEntry], current: str, note: str) -> None:
        """Show these, the one in force marked; `note` is what is to be said of that, a whole sentence."""
        focus = next((key for key, button in self.buttons.items() if button.hasFocus()), None)
        if [entry.key for entry in entries] != list(self.buttons):
            for button in self.buttons.values():
                self._row.removeWidget(button)
                button.hide()
                button.deleteLater()
            self.buttons = {}
            for at, entry in enumerate(entries):
                button = self.buttons[entry.key] = ProfileButton(self._theme)
                button.installEventFilter(self)
                button.setCheckable(True)
                button.clicked.connect(partial(self._press, entry.key))
                self._row.insertWidget(2 + at, button)
            if focus in self.buttons:
                self.buttons[focus].setFocus()
        self._entries, self._current, self._note = tuple(entries), current, note
        self._show()
        self.resized.emit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        sides = self._row.contentsMargins()
        one = self.one.minimumSizeHint()
        return QSize(one.width() + sides.left() + sides.right(), one.height())

    def set_room(self, has_room: bool) -> None:
        """Whether all buttons fit beside each other."""
        if has_room is not self.has_room:
            self.has_room = has_room
            self._show()

    def one_width(self) -> int:
        """What the one button needs with all its words."""
        sides = self._row.contentsMargins()
        return self.one.sizeHint().width() + self._row.spacing() + sides.left() + sides.right()

    def whole_width(self) -> int:
        """What all the buttons need with the title."""
        buttons = sum(button.sizeHint().width() + self._row.spacing() for button in self.buttons.values())
        title = self._title.sizeHint().width() + self._theme.px(8)
        sides = self._row.contentsMargins()
        return buttons + title + sides.left() + sides.right()

    # -- inside

    def _show(self) -> None:
        is_one = self.is_one
        for entry in self._entries:
            button, is_current = self.buttons[entry.key], entry.key == self._current
            note = self._note if is_current else ""
            button.show_profile(entry.icon, note or entry.name, is_strong=is_current)
            button.setChecked(is_current)
            self._describe(button, entry, note, say("Profile {name}", name=note or entry.name))
            button.setVisible(not is_one)
            if is_current:
                self.one.show_profile(entry.icon, note or entry.name, is_strong=True)
                name = say("Profile {name}, choose another", name=note or entry.name)
                self._describe(self.one, entry, note, name)
        self.one.setChecked(True)
        self.one.setVisible(is_one)
        self._title.setVisible(not is_one)
        self.updateGeometry()

    def _describe(self, button: QPushButton, entry: ProfileEntry, note: str, name: str) -> None:
        button.setToolTip(f"{note or entry.name}\n{entry.effect}")
        button.setAccessibleName(name)
        button.setAccessibleDescription(entry.effect)

    def _press(self, key: str, _checked: bool = False) -> None:
        # Qt has turned it over already; which one is in force is not the button's to say.
        self.buttons[key].setChecked(key == self._current)
        self.chosen.emit(key)

    def _open_menu(self) -> None:
        self.one.setChecked(True)
        menu = QMenu(self.one)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill_menu(menu)
        menu.popup(self.one.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QContextMenuEvent) and isinstance(watched, QPushButton):
            key = next((key for key, button in self.buttons.items() if button is watched), self._current)
            menu = self._menu_for(key, watched)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            by_keys = event.reason() is QContextMenuEvent.Reason.Keyboard
            menu.popup(watched.mapToGlobal(QPoint(0, -menu.sizeHint().height())) if by_keys else event.globalPos())
            return True
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and self._move(watched, event.key()):
            return True
        return super().eventFilter(watched, event)

    def _move(self, watched: QObject, key: int) -> bool:
        """Left and Right go from one profile to the next; they choose nothing."""
        steps = {Qt.Key.Key_Right.value: 1, Qt.Key.Key_Left.value: -1}
        shown = list(self.buttons.values())
        if key not in steps or watched not in shown:
            return False
        step = -steps[key] if self.isRightToLeft() else steps[key]
        shown[(shown.index(watched) + step) % len(shown)].setFocus(Qt.FocusReason.OtherFocusReason)
        return True


class ProfileButton(QPushButton):
    """A picture and words; `has_menu` shows that it opens one.

    As wide with strong letters as with plain ones, so that nothing moves when another profile is chosen.
    """

    def __init__(self, theme: Theme, *, has_menu: bool = False) -> None:
        super().__init__()
        self._theme, self._has_menu = theme, has_menu
        self._icon, self._is_strong = "gauge", False
        self.setProperty("profile", "true")
        self.setFixedHeight(theme.px(HEIGHT))
        theme.changed.connect(self.update)

    def show_profile(self, icon: str, words: str, *, is_strong: bool) -> None:
        """`is_strong`: it is the one in force."""
        self._icon, self._is_strong = icon, is_strong
        self.setText(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        px = self._theme.px
        words = QFontMetrics(self._theme.fonts[Role.SECONDARY_STRONG]).horizontalAdvance(self.text()) + 2
        menu = px(GAP) + px(CHEVRON) if self._has_menu else 0
        width = 2 * px(SIDE) + px(ICON) + px(GAP) + words + menu
        return QSize(min(width, px(MOST_WIDTH)), px(HEIGHT))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The picture alone, on the smallest of screens."""
        px = self._theme.px
        menu = px(GAP) + px(CHEVRON) if self._has_menu else 0
        return QSize(2 * px(SIDE) + px(ICON) + menu, px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        theme, px = self._theme, self._theme.px
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text, option.icon = "", QIcon()
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        inner = self.rect().adjusted(px(SIDE), 0, -px(SIDE), 0)
        size, chevron = px(ICON), px(CHEVRON)
        self._draw_icon(painter, self._icon, "acc" if self._is_strong else "ink2", inner.left(), size)
        words = inner.adjusted(size + px(GAP), 0, -(chevron + px(GAP)) if self._has_menu else 0, 0)
        if self._has_menu:
            self._draw_icon(painter, "chevron-down", "ink2", inner.right() + 1 - chevron, chevron)
        font = theme.fonts[Role.SECONDARY_STRONG if self._is_strong else Role.SECONDARY]
        painter.setFont(font)
        painter.setPen(theme.colour("ink" if self._is_strong else "ink2"))
        place = QStyle.visualRect(self.layoutDirection(), self.rect(), words)
        side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        text = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, place.width())
        # Of a word that has no room at all the dots alone would say nothing.
        if len(text) > LEAST_LETTERS:
            painter.drawText(place, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()

    def _draw_icon(self, painter: QStylePainter, icon: str, token: str, left: int, size: int) -> None:
        place = QRect(left, (self.height() - size) // 2, size, size)
        place = QStyle.visualRect(self.layoutDirection(), self.rect(), place)
        painter.drawPixmap(place.topLeft(), self._theme.pixmap(icon, token, size, self.devicePixelRatioF()))
