"""Every action of the window, made once: menus, toolbar, context menu and keys share them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from shoal.gui.style.theme import Theme, ThemeChoice
from shoal.gui.style.wording import say
from shoal.gui.window.limits import Direction

THEME_NAMES: dict[ThemeChoice, str] = {
    ThemeChoice.SYSTEM: "System",
    ThemeChoice.LIGHT: "Light",
    ThemeChoice.DARK: "Dark",
}
TOOL_ICON = 18


class Actions(QObject):
    """Only what works now is here; `update_for` grays what the selection does not allow, and says why."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons: dict[QAction, tuple[str, str]] = {}
        self.add = self._make(say("Add torrent\u2026"), "Ctrl+O", "plus", token="onacc")
        self.open_downloads = self._make(say("Open downloads folder"))
        self.close = self._make(say("Close window"), "Ctrl+W")
        self.quit = self._make(say("Quit Shoal"), "Ctrl+Q")
        self.select_all = self._make(say("Select all"), "Ctrl+A")
        self.select_none = self._make(say("Select none"))
        self.find = self._make(say("Find"), "Ctrl+F", "search")
        self.start = self._make(say("Start"), "Ctrl+S", "start")
        self.stop = self._make(say("Stop"), "Ctrl+P", "stop")
        self.open_folder = self._make(say("Open folder"), "Ctrl+Shift+O", "folder")
        self.explain = self._make(say("Why is it slow?"), "Alt+W")
        self.ask_trackers = self._make(say("Ask trackers again"), "Ctrl+T")
        self.recheck = self._make(say("Re-check files"), "Ctrl+R")
        self.in_order = self._make(say("Load in order"))
        self.in_order.setCheckable(True)
        self.fill_limits: Callable[[QMenu, Direction], None] = lambda menu, direction: None
        """Fills a menu with the limits of the selected transfers; the window puts its own in."""
        self.remove = self._make(say("Remove\u2026"), "Del", "remove")
        self.full_screen = self._make(say("Full screen"), "F11")
        self.full_screen.setCheckable(True)
        self.about = self._make(say("About Shoal"))
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.themes = self._make_themes()
        theme.changed.connect(self._paint_icons)
        self._paint_icons()
        self.update_for(selected=0, startable=0, stoppable=0, explained=False, in_order=False)

    def fill(self, bar: QMenuBar, columns_menu: Callable[[], QMenu]) -> None:
        """The menu bar, without entries that do nothing yet."""
        file = bar.addMenu(say("&File"))
        file.addActions([self.add])
        file.addSeparator()
        file.addActions([self.open_downloads])
        file.addSeparator()
        file.addActions([self.close, self.quit])
        edit = bar.addMenu(say("&Edit"))
        edit.addActions([self.select_all, self.select_none])
        edit.addSeparator()
        edit.addActions([self.find])
        transfer = bar.addMenu(say("&Transfer"))
        self._fill_transfer(transfer)
        view = bar.addMenu(say("&View"))
        columns = view.addMenu(say("Columns"))
        columns.aboutToShow.connect(lambda: _refill(columns, columns_menu()))
        themes = view.addMenu(say("Theme"))
        themes.addActions(self.themes.actions())
        view.addSeparator()
        view.addActions([self.full_screen])
        help_menu = bar.addMenu(say("&Help"))
        help_menu.addActions([self.about])

    def context_menu(self, parent: QMenuBar) -> QMenu:
        """For the selected transfers."""
        menu = QMenu(parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill_transfer(menu)
        return menu

    def update_for(self, *, selected: int, startable: int, stoppable: int, explained: bool, in_order: bool) -> None:
        """`selected` transfers, of which so many can be started and stopped; `in_order` when all load so."""
        nothing = say("Select a transfer first")
        for action in (self.remove, self.recheck, self.open_folder, self.ask_trackers, self.in_order):
            self._allow(action, selected > 0, nothing)
        self.in_order.setChecked(in_order)
        self._allow(self.start, startable > 0, nothing if not selected else say("Already started"))
        self._allow(self.stop, stoppable > 0, nothing if not selected else say("Already stopped"))
        self._allow(self.explain, explained, nothing if not selected else say("Nothing holds it up"))

    def choose_theme(self, choice: ThemeChoice) -> None:
        """Tick the theme in force."""
        for action in self.themes.actions():
            action.setChecked(action.data() == choice.value)

    def _fill_transfer(self, menu: QMenu) -> None:
        menu.addActions([self.start, self.stop])
        menu.addSeparator()
        menu.addActions([self.open_folder])
        menu.addSeparator()
        limits = menu.addMenu(say("Limits for this transfer"))
        for direction, name in ((Direction.DOWN, say("Download")), (Direction.UP, say("Upload"))):
            steps = limits.addMenu(name)
            steps.aboutToShow.connect(lambda chosen=direction, into=steps: self.fill_limits(into, chosen))
        menu.aboutToShow.connect(lambda: limits.menuAction().setEnabled(self.in_order.isEnabled()))
        menu.addActions([self.in_order])
        menu.addSeparator()
        menu.addActions([self.explain, self.ask_trackers, self.recheck])
        menu.addSeparator()
        menu.addActions([self.remove])

    def _allow(self, action: QAction, allowed: bool, why_not: str) -> None:
        action.setEnabled(allowed)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        name = action.text().rstrip("\u2026")
        action.setToolTip((f"{name} ({keys})" if keys else name) if allowed else f"{name}: {why_not}")

    def _make(self, text: str, keys: str = "", icon: str = "", *, token: str = "ink2") -> QAction:
        action = QAction(text, self.parent())
        if keys:
            action.setShortcut(QKeySequence(keys))
        if icon:
            self._icons[action] = (icon, token)
        return action

    def _make_themes(self) -> QActionGroup:
        group = QActionGroup(self)
        for choice, name in THEME_NAMES.items():
            action = QAction(say(name), group)
            action.setCheckable(True)
            action.setData(choice.value)
        return group

    def _paint_icons(self) -> None:
        theme = self._theme
        for action, (icon, token) in self._icons.items():
            colour, quiet = getattr(theme.tokens, token), theme.tokens.ctl
            action.setIcon(theme.icons.icon(icon, colour, quiet, theme.px(TOOL_ICON), 2.0))
            # A menu shows words; the toolbar shows both.
            action.setIconVisibleInMenu(False)


def _refill(menu: QMenu, fresh: QMenu) -> None:
    menu.clear()
    for action in fresh.actions():
        action.setParent(menu)
        menu.addAction(action)
    fresh.deleteLater()
