"""Dialogs as awaitables: opened, never executed, so that no event loop is ever nested in another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QDialog

T = TypeVar("T")


async def ask(dialog: QDialog, read: Callable[[], T]) -> T | None:
    """Open `dialog` window-modal and wait; `read()` when it was accepted, None when not. The dialog is deleted."""
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


class Turns:
    """Dialogs of one window, one after the other: never two modal ones at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def ask(self, dialog: QDialog, read: Callable[[], T]) -> T | None:
        """As `ask`, when it is this dialog's turn."""
        async with self._turn:
            return await ask(dialog, read)
