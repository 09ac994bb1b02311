"""Tools > Configuration...: opens its one window, and carries all settings to a file and back."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from shoal.api.errors import UserError
from shoal.gui.link.awaitable import ask
from shoal.gui.link.background import Background
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.settings_door import ENTRIES, SettingsDoor
from shoal.gui.link.speed_switch import FIGURES
from shoal.gui.preferences.page_part import PagePart
from shoal.gui.style.explanations import user_error_text
from shoal.gui.style.setting_text import title_of
from shoal.gui.style.shown_path import shown_path
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import quoted, say, say_count
from shoal.settings.exchange import (
    MAX_EXCHANGE_BYTES,
    Exchanged,
    ExchangeError,
    NewerExchangeError,
    read_exchange,
    save_exchange,
    write_exchange,
)
from shoal.settings.schema import Page, Value

if TYPE_CHECKING:
    from shoal.gui.preferences.configuration import Configuration

SUFFIX = "json"
MOST_NAMED = 5
"""Keys of another version that are named."""


class Configuring:
    """`add_part` for what other parts of the window put on its pages."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        door: SettingsDoor,
        link: ClientLink,
        background: Background,
    ) -> None:
        self._theme, self._parent = theme, parent
        self._door, self._link, self._background = door, link, background
        self._parts: list[PagePart] = []
        self._window: Configuration | None = None

    def add_part(self, part: PagePart) -> None:
        """Show it in every window that is opened from now on, after those that were added before."""
        self._parts.append(part)

    def hand_over(self, successor: Configuring) -> None:
        """Where the window is open here, it is opened there at the same page."""
        window = self._window
        if window is not None and isValid(window) and window.isVisible():
            successor.open(window.page).take_over(window)
            window.close()

    def open(self, page: Page | None = None, key: str = "") -> Configuration:
        """Show the window, at `page` and there at the setting `key`; the same one while it is open."""
        window = self._window
        if window is None or not isValid(window):
            from shoal.gui.preferences.configuration import Configuration  # noqa: PLC0415 (see `late_modules`)

            window = self._window = Configuration(self._theme, self._parent, self._door, self._link, self._parts)
            window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            # The main window is not made anew, as another language wants it, while a file is chosen here.
            window.export_wanted.connect(lambda: self._link.run(self._export(), self._parent))
            window.import_wanted.connect(lambda: self._link.run(self._import(), self._parent))
        if page is not None:
            window.open_page(page, key)
        window.show()
        window.raise_()
        window.activateWindow()
        return window

    async def _export(self) -> None:
        window = self._open_window()
        dialog = self._file_dialog(window, say("Export settings"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX)
        dialog.selectFile("shoal-settings.json")
        chosen = await ask(dialog, dialog.selectedFiles)
        if not chosen:
            return
        await self._door.refresh()
        target, data = Path(chosen[0]), write_exchange(self._door.engine, self._door.interface)
        try:
            await self._background.run(lambda: save_exchange(target, data))
        except OSError as error:
            why = error.strerror or str(error)
            window.tell(say("{path} could not be written: {why}.", path=shown_path(str(target)), why=quoted(why)))
        else:
            window.tell(say("Saved as {path}.", path=shown_path(str(target))))

    async def _import(self) -> None:
        window = self._open_window()
        dialog = self._file_dialog(window, say("Import settings"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        chosen = await ask(dialog, dialog.selectedFiles)
        if not chosen:
            return
        source = Path(chosen[0])
        try:
            data = await self._background.run(lambda: _read(source))
            await self._door.refresh()
            found = read_exchange(data, self._door.engine, self._door.interface)
        except OSError as error:
            why = error.strerror or str(error)
            window.tell(say("{path} could not be read: {why}.", path=shown_path(str(source)), why=quoted(why)))
        except NewerExchangeError:
            text = say(
                "{path} was written by a newer Shoal, which this one cannot read. Nothing was changed.",
                path=shown_path(str(source)),
            )
            window.tell(text)
        except ExchangeError:
            window.tell(say("{path} holds no settings of Shoal. Nothing was changed.", path=shown_path(str(source))))
        except UserError as error:
            window.tell(user_error_text(error.reason))
        else:
            self._take(window, found)

    def _take(self, window: Configuration, found: Exchanged) -> None:
        brought: dict[str, Value] = {}
        for part in (found.interface, found.engine):
            brought |= {entry.name: getattr(part, entry.name) for entry in fields(part) if entry.name in found.taken}
        changed = {key: value for key, value in brought.items() if value != self._door.value(key)}
        if changed:
            # Figures of the file stay beside another line or profile of it also where they are the present ones. And
            # one's own profile is whatever the figures are set to, so it is brought as it is to be.
            beside = {key: brought[key] for key in FIGURES & brought.keys()}
            window.changes.make(say("Import settings"), {"profiles": self._door.interface.profiles} | beside | changed)
        window.tell(_taken_text(len(changed), found))

    def _open_window(self) -> Configuration:
        assert self._window is not None
        return self._window

    def _file_dialog(self, window: Configuration, title: str) -> QFileDialog:
        dialog = QFileDialog(window, title)
        dialog.setNameFilters([say("Settings (*.json)"), say("All files (*)")])
        return dialog


def _taken_text(changed: int, found: Exchanged) -> str:
    told = say_count(changed, "{n} setting was changed.", "{n} settings were changed.")
    if found.refused:
        names = ", ".join(title_of(ENTRIES[key]) for key in found.refused)
        told = say("{told} These could not be taken: {names}.", told=told, names=names)
    if found.unknown:
        shown = ", ".join(quoted(key) for key in found.unknown[:MOST_NAMED])
        more = len(found.unknown) - MOST_NAMED
        if more > 0:
            shown = say_count(more, "{names} and {n} more", "{names} and {n} more", names=shown)
        told = say("{told} This version of Shoal does not know: {names}.", told=told, names=shown)
    return told


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_EXCHANGE_BYTES + 1)
