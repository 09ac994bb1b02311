"""The toolbar: adding, what is done most to the selected transfers, and the find field."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from shoal.gui.style.key_choice import portable_keys, shown_keys
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.find_field import FindField
from shoal.gui.widgets.split_button import SplitButton
from shoal.gui.window.actions import TOOL_ICON, Actions


class Toolbar(QToolBar):
    """`set_narrow` takes the words away; they stay as tooltips and names."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__(say("Toolbar"))
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(theme.px(TOOL_ICON), theme.px(TOOL_ICON)))
        self._shows_words = True
        self._is_narrow = False
        ways = QMenu(self)
        ways.addAction(say("From file\u2026")).triggered.connect(actions.add.trigger)
        ways.addAction(say("Magnet link or URL\u2026")).triggered.connect(actions.add_address.trigger)
        self.add_button = SplitButton(theme, "plus", say("Add torrent"), say("More ways to add"), ways)
        self._add = actions.add
        actions.add.changed.connect(self._show_add_keys)
        self._show_add_keys()
        self.add_button.clicked.connect(actions.add.trigger)
        self.addWidget(self.add_button)
        self._worded: list[QToolButton] = []
        for group in (
            ((actions.start, say("Start")), (actions.stop, say("Stop")), (actions.remove, say("Remove"))),
            ((actions.move_up, ""), (actions.move_down, "")),
        ):
            self.addSeparator()
            for action, name in group:
                self.addAction(action)
                button = self.widgetForAction(action)
                assert isinstance(button, QToolButton)
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                if name:
                    button.setText(name)
                    button.setAccessibleName(name)
                    self._worded.append(button)
                else:
                    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
                    button.setAccessibleName(action.text())
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        self.find_field = FindField(theme, say("Find transfers by name"))
        self.addWidget(self.find_field)

    def set_mode(self, mode: str) -> None:
        """`text`, `icons` or `hidden`."""
        self._shows_words = mode == "text"
        self.setVisible(mode != "hidden")
        self._show_words()

    def set_narrow(self, is_narrow: bool) -> None:
        self._is_narrow = is_narrow
        self._show_words()

    def go_to_find(self) -> None:
        """Into the find field, also where the toolbar was hidden."""
        self.show()
        self.find_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.find_field.selectAll()

    def _show_add_keys(self) -> None:
        keys = shown_keys(portable_keys(self._add.shortcut()))
        tip = say("Add torrent ({keys})", keys=keys) if keys else say("Add torrent")
        self.add_button.main.setToolTip(tip)

    def _show_words(self) -> None:
        shown = self._shows_words and not self._is_narrow
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if shown else Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in self._worded:
            button.setToolButtonStyle(style)
        self.add_button.set_text_shown(shown)
