"""Dialogs as awaitables: opened, never executed, so that no event loop is ever nested in another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar, runtime_checkable

from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

QUIT, QUIT_KEYS = "quit", "Ctrl+Q"
"""The name of the window's action that quits, and the keys for windows without one."""
T = TypeVar("T")


@runtime_checkable
class Leaves(Protocol):
    """A window that can be quit, which is more than to close it."""

    def leave(self) -> None: ...


async def ask(dialog: QDialog, read: Callable[[], T]) -> T | None:
    """Open `dialog` window-modal and wait; `read()` when it was accepted, None when not. The dialog is deleted.

    The keys that quit do so with the window that it belongs to, whose own keys do not work under a modal dialog.
    """
    keys = QShortcut(_quit_keys(_window_of(dialog)), dialog)
    keys.activated.connect(lambda: _quit(_window_of(dialog)))
    answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def finish(result: int) -> None:
        if not answered.done():
            answered.set_result(result)

    dialog.finished.connect(finish)
    try:
        dialog.open()
        result = await answered
        return read() if result == QDialog.DialogCode.Accepted.value else None
    finally:
        dialog.finished.disconnect(finish)
        dialog.close()
        dialog.deleteLater()


def _quit(window: QWidget) -> None:
    if isinstance(window, Leaves):
        window.leave()
    else:
        window.close()


def _window_of(dialog: QDialog) -> QWidget:
    """The first of its parents, which has none."""
    widget: QWidget = dialog
    while (parent := widget.parentWidget()) is not None:
        widget = parent
    return widget


def _quit_keys(window: QWidget) -> QKeySequence:
    action = window.findChild(QAction, QUIT)
    return action.shortcut() if isinstance(action, QAction) else QKeySequence(QUIT_KEYS)


class Turns:
    """Dialogs of one window, one after the other: never two modal ones at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def ask(self, dialog: QDialog, read: Callable[[], T]) -> T | None:
        """As `ask`, when it is this dialog's turn."""
        async with self._turn:
            return await ask(dialog, read)
