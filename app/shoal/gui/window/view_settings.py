"""The View menu: what is shown and how, applied at once and remembered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from shoal.gui.link.memory import Memory
from shoal.gui.style.languages import SYSTEM, known_languages
from shoal.gui.style.theme import Theme, ThemeChoice
from shoal.gui.style.wording import say, say_phrase
from shoal.gui.window.actions import Actions
from shoal.gui.window.sidebar import GROUPS, Sidebar
from shoal.gui.window.toolbar import Toolbar


class ViewSettings(QObject):
    """`set_compact` changes the rows of the table."""

    def __init__(
        self,
        theme: Theme,
        window: QMainWindow,
        memory: Memory,
        actions: Actions,
        *,
        toolbar: Toolbar,
        sidebar: Sidebar,
        details: QWidget,
        set_compact: Callable[[bool], None],
    ) -> None:
        super().__init__(window)
        self._theme, self._window, self._memory = theme, window, memory
        self._actions, self._toolbar, self._sidebar = actions, toolbar, sidebar
        self._set_compact = set_compact
        self._parts: tuple[tuple[QAction, str, Callable[[bool], None]], ...] = (
            (actions.sidebar, "sidebar_shown", sidebar.setVisible),
            (actions.details, "details_shown", details.setVisible),
            (actions.status_bar, "status_shown", lambda shown: window.statusBar().setVisible(shown)),
            (actions.compact_rows, "compact_rows", set_compact),
            (actions.reduce_motion, "reduce_motion", lambda on: None),
            (actions.ask_before_adding, "ask_before_adding", lambda on: None),
        )
        self.apply()
        memory.remembered.connect(self._follow)
        for action, name, change in self._parts:
            action.toggled.connect(partial(self._switch, name, change))
        actions.toolbars.triggered.connect(lambda chosen: self._choose_toolbar(str(chosen.data())))
        actions.themes.triggered.connect(lambda chosen: self._choose_theme(str(chosen.data())))
        actions.full_screen.toggled.connect(self._fill_screen)
        sidebar.folding_changed.connect(lambda keys: memory.remember(sidebar_groups_folded=" ".join(sorted(keys))))

    def apply(self) -> None:
        """Show everything as it is remembered."""
        settings, actions = self._memory.settings, self._actions
        for action, name, change in self._parts:
            on = bool(getattr(settings, name))
            action.setChecked(on)
            change(on)
        actions.choose(actions.toolbars, settings.toolbar)
        self._toolbar.set_mode(settings.toolbar)
        actions.choose(actions.themes, self._theme.choice.value)
        self._sidebar.list.fold(frozenset(settings.sidebar_groups_folded.split()))
        self._sidebar.list.hide_groups(self._hidden())

    def _follow(self, names: frozenset[str]) -> None:
        """The Configuration changes them, too."""
        if names & {"theme", "toolbar", *(name for _, name, _ in self._parts)}:
            if "theme" in names:
                self._theme.choose(ThemeChoice(self._memory.settings.theme))
            self.apply()

    def fill_groups(self, menu: QMenu) -> None:
        """Which groups of the sidebar are shown."""
        hidden = self._hidden()
        for key, title in GROUPS:
            action = QAction(say_phrase(title), menu, checkable=True, checked=key not in hidden)
            action.toggled.connect(partial(self._show_group, key))
            menu.addAction(action)

    def fill_languages(self, menu: QMenu) -> None:
        """The system's, and every one that there is, by its own name."""
        group = QActionGroup(menu)
        for code, name in ((SYSTEM, say("As the system")), *((each.code, each.name) for each in known_languages())):
            action = QAction(name, group, checkable=True, checked=code == self._memory.settings.language)
            action.triggered.connect(partial(self._memory.remember, language=code))
            menu.addAction(action)

    def _hidden(self) -> frozenset[str]:
        return frozenset(self._memory.settings.sidebar_groups_hidden.split())

    def _switch(self, name: str, change: Callable[[bool], None], on: bool) -> None:
        change(on)
        self._memory.remember(**{name: on})

    def _choose_toolbar(self, mode: str) -> None:
        self._toolbar.set_mode(mode)
        self._memory.remember(toolbar=mode)

    def _choose_theme(self, value: str) -> None:
        self._memory.remember(theme=value)

    def _show_group(self, key: str, shown: bool) -> None:
        hidden = self._hidden() - {key} if shown else self._hidden() | {key}
        self._sidebar.list.hide_groups(hidden)
        self._memory.remember(sidebar_groups_hidden=" ".join(sorted(hidden)))

    def _fill_screen(self, on: bool) -> None:
        if on:
            self._window.showFullScreen()
        else:
            self._window.showNormal()
