"""Every action of the window, made once: menus, toolbar, context menu and keys share them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from shoal.gui.style.key_choice import portable_keys, shown_keys
from shoal.gui.style.theme import Theme, ThemeChoice
from shoal.gui.style.wording import Template, phrase, say, say_phrase
from shoal.gui.window.selection import SelectionState

THEME_NAMES: dict[ThemeChoice, Template] = {
    ThemeChoice.SYSTEM: phrase("System"),
    ThemeChoice.LIGHT: phrase("Light"),
    ThemeChoice.DARK: phrase("Dark"),
}
TOOLBAR_NAMES: dict[str, Template] = {
    "text": phrase("Icons and words"),
    "icons": phrase("Icons only"),
    "hidden": phrase("Hidden"),
}
TOOL_ICON = 17
TABS = 8
PROFILES = 4


class Actions(QObject):
    """Only what works now is here; `update_for` grays what the selection does not allow, and says why."""

    def __init__(self, theme: Theme, window: QWidget, table: QWidget) -> None:
        """Keys that mean something else in other lists work while `table` has the focus only."""
        super().__init__(window)
        self._theme, self._window, self._table = theme, window, table
        self._icons: dict[QAction, tuple[str, str]] = {}
        self._state: SelectionState | None = None
        self._titles: dict[QAction, str] = {}
        self._is_paused = False
        self._make_general()
        self._make_transfer()
        self._make_view()
        self.named = dict(_named(vars(self)))
        """Every action by the name that never changes, also its `objectName`."""
        for name, action in self.named.items():
            action.setObjectName(name)
        self.titles = {name: self._titles[action] for name, action in self.named.items()}
        """What they are called, whatever their text says of the moment."""
        self.delivered = {name: portable_keys(action.shortcut()) for name, action in self.named.items()}
        """The keys that they have unless a person gives them others."""
        theme.changed.connect(self._paint_icons)
        self._paint_icons()
        self.update_for(SelectionState())
        self.show_undo("")

    def _make_general(self) -> None:
        self.add = self._make(say("Add torrent\u2026"), "Ctrl+O")
        self.add_address = self._make(say("Add magnet link or URL\u2026"), "Ctrl+U")
        self.open_downloads = self._make(say("Open downloads folder"))
        self.close = self._make(say("Close window"), "Ctrl+W")
        self.quit = self._make(say("Quit Shoal"), "Ctrl+Q")
        # Also while a menu is open, which is a window of its own; a dialog has its own keys (link/awaitable).
        self.quit.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.undo = self._make(say("Undo"), "Ctrl+Z")
        self.copy_magnet = self._make(say("Copy magnet link"), "Ctrl+C", in_table=True)
        self.paste = self._make(say("Paste"), "Ctrl+V")
        self.select_all = self._make(say("Select all"), "Ctrl+A", in_table=True)
        self.select_none = self._make(say("Select none"))
        self.find = self._make(say("Find"), "Ctrl+F")
        self.configuration = self._make(say("Configuration\u2026"), "Ctrl+,")
        self.configuration.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.profiles = [
            self._make(say("Profile {n}", n=at), f"Ctrl+{at}", checkable=True) for at in range(1, PROFILES + 1)
        ]
        self.assistant = self._make(say("Configuration Assistant\u2026"))
        self.schedule = self._make(say("Schedule\u2026"))
        self.ask_before_adding = self._make(say("Ask before adding"), checkable=True)
        self.messages = self._make(say("What the messages mean"))
        self.keyboard_map = self._make(say("Keyboard map"))
        self.about = self._make(say("About Shoal"))
        self.about.setMenuRole(QAction.MenuRole.AboutRole)

    def _make_transfer(self) -> None:
        self.start = self._make(say("Start"), "Ctrl+S", "start")
        self.stop = self._make(say("Stop"), "Ctrl+P", "stop")
        self.start_now = self._make(say("Start now"))
        self.start_now.setStatusTip(say("Start at once, whatever the queue says"))
        self.open = self._make(say("Open"), "Return", in_table=True)
        self.open_folder = self._make(say("Open folder"), "Ctrl+Shift+O")
        self.move_up = self._make(say("Move up"), "Ctrl+Up", "up")
        self.move_down = self._make(say("Move down"), "Ctrl+Down", "down")
        self.move_top = self._make(say("To top"), "Ctrl+Shift+Up")
        self.move_bottom = self._make(say("To bottom"), "Ctrl+Shift+Down")
        self.in_order = self._make(say("Load in order"), checkable=True)
        self.first_last_first = self._make(say("First and last pieces first"), checkable=True)
        self.explain = self._make(say("Why is it slow?"), "Alt+W")
        self.ask_trackers = self._make(say("Ask trackers again"), "Ctrl+T")
        self.recheck = self._make(say("Re-check files"), "Ctrl+R")
        self.move_files = self._make(say("Move files\u2026"))
        self.rename = self._make(say("Rename\u2026"), "F2", in_table=True)
        self.save_torrent = self._make(say("Save .torrent file\u2026"))
        self.copy_name = self._make(say("Name"), title=say("Copy the name"))
        self.copy_hash = self._make(say("Hash"), title=say("Copy the hash"))
        self.remove = self._make(say("Remove\u2026"), "Del", "remove", in_table=True)
        self._for_any = (
            self.open_folder,
            self.move_up,
            self.move_down,
            self.move_top,
            self.move_bottom,
            self.in_order,
            self.first_last_first,
            self.explain,
            self.ask_trackers,
            self.recheck,
            self.move_files,
            self.copy_name,
            self.copy_magnet,
            self.copy_hash,
            self.remove,
        )
        self._for_one = (self.open, self.rename, self.save_torrent)

    def _make_view(self) -> None:
        self.sidebar = self._make(say("Sidebar"), "F9", checkable=True)
        self.details = self._make(say("Detail pane"), "F4", checkable=True)
        self.status_bar = self._make(say("Status bar"), checkable=True)
        self.compact_rows = self._make(say("Compact rows"), "Ctrl+D", checkable=True)
        self.reduce_motion = self._make(say("Reduce motion"), checkable=True)
        self.full_screen = self._make(say("Full screen"), "F11", checkable=True)
        self.tabs = [self._make(say("Tab {n} of the details", n=at), f"Alt+{at}") for at in range(1, TABS + 1)]
        themes = {choice.value: name for choice, name in THEME_NAMES.items()}
        self.themes = self._make_choices(say("Theme"), themes)
        self.toolbars = self._make_choices(say("Toolbar"), TOOLBAR_NAMES)

    def set_keys(self, keys: Mapping[str, str]) -> None:
        """Give actions keys by name, in Qt's portable text; tooltips say them."""
        for name, portable in keys.items():
            self.named[name].setShortcut(QKeySequence.fromString(portable))
        if self._state is not None:
            self._allow_for(self._state)
        self._allow(self.undo, self.undo.isEnabled(), say("Nothing to take back"))

    def is_in_table(self, name: str) -> bool:
        """Whether its keys work only while the table has the focus."""
        return self.named[name].shortcutContext() is Qt.ShortcutContext.WidgetWithChildrenShortcut

    def update_for(self, state: SelectionState) -> None:
        """Gray what the selection does not allow, and say why in the tooltip."""
        self.in_order.setChecked(state.in_order)
        self.first_last_first.setChecked(state.first_last_first)
        if state != self._state:
            self._state = state
            self._allow_for(state)

    def show_pause(self, is_paused: bool) -> None:
        """Everything is paused: what is started now waits for the end of that."""
        if is_paused != self._is_paused:
            self._is_paused = is_paused
            if self._state is not None:
                self._allow_for(self._state)

    def _allow_for(self, state: SelectionState) -> None:
        nothing = say("Select a transfer first")
        for action in self._for_any:
            self._allow(action, state.selected > 0, nothing)
        one = nothing if not state.selected else say("Select one transfer only")
        for action in self._for_one:
            self._allow(action, state.selected == 1, one)
        self._allow(self.start, state.startable > 0, nothing if not state.selected else say("Already started"))
        if self._is_paused and state.startable:
            self.start.setToolTip(say("Start: everything is paused, it begins when you resume"))
        self._allow(self.stop, state.stoppable > 0, nothing if not state.selected else say("Already stopped"))
        now = nothing if not state.selected else say("It is not held up by the queue")
        self._allow(self.start_now, state.startable_now > 0, now)
        self.move_files.setText(say("Cancel the move") if state.moving else say("Move files\u2026"))
        if state.selected == 1:
            what = say("Open what was downloaded") if state.opens else say("Show all details on a full page")
            self.open.setToolTip(_with_keys(what, self.open))

    def show_undo(self, name: str) -> None:
        """What "Undo" would take back now; "" for nothing."""
        self.undo.setText(name or say("Undo"))
        self._allow(self.undo, bool(name), say("Nothing to take back"))

    def choose(self, group: QActionGroup, value: str) -> None:
        """Tick the choice in force."""
        for action in group.actions():
            action.setChecked(action.data() == value)

    # -- inside

    def _allow(self, action: QAction, allowed: bool, why_not: str) -> None:
        action.setEnabled(allowed)
        name = action.text().rstrip("\u2026")
        tip = _with_keys(name, action) if allowed else f"{name}: {why_not}"
        if action.toolTip() != tip:
            action.setToolTip(tip)

    def _make(
        self,
        text: str,
        keys: str = "",
        icon: str = "",
        *,
        checkable: bool = False,
        in_table: bool = False,
        title: str = "",
    ) -> QAction:
        """`title` names it where its text alone does not."""
        action = QAction(text, self._window)
        action.setCheckable(checkable)
        self._titles[action] = title or text.rstrip("\u2026")
        if keys:
            action.setShortcut(QKeySequence(keys))
        if in_table:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._table.addAction(action)
        else:
            self._window.addAction(action)
        if icon:
            self._icons[action] = (icon, "ink2")
        return action

    def _make_choices(self, what: str, names: dict[str, Template]) -> QActionGroup:
        group = QActionGroup(self)
        for value, name in names.items():
            action = QAction(say_phrase(name), group)
            action.setCheckable(True)
            action.setData(value)
            self._titles[action] = say("{what}: {choice}", what=what, choice=action.text())
            self._window.addAction(action)
        return group

    def _paint_icons(self) -> None:
        theme = self._theme
        for action, (icon, token) in self._icons.items():
            colour, quiet = getattr(theme.tokens, token), theme.tokens.ctl
            action.setIcon(theme.icons.icon(icon, colour, quiet, theme.px(TOOL_ICON), 2.0))
            # A menu shows words; the toolbar shows both.
            action.setIconVisibleInMenu(False)


def _named(attributes: Mapping[str, object]) -> Iterator[tuple[str, QAction]]:
    """Actions by the names of their attributes; those of a list are numbered, those of a group named by their data."""
    for name, value in attributes.items():
        if name.startswith("_"):
            continue
        if isinstance(value, QAction):
            yield name, value
        elif isinstance(value, list):
            yield from ((f"{name}_{at}", action) for at, action in enumerate(value, 1) if isinstance(action, QAction))
        elif isinstance(value, QActionGroup):
            yield from ((f"{name}_{action.data()}", action) for action in value.actions())


def _with_keys(name: str, action: QAction) -> str:
    keys = shown_keys(portable_keys(action.shortcut()))
    return say("{name} ({keys})", name=name, keys=keys) if keys else name
