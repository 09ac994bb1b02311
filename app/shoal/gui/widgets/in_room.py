"""A wide part of a window that gives way to a narrow screen, so that large text pushes nothing out of sight."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

from shoal.gui.style.screen_room import screen_room


def put_in_room(stack: QStackedWidget, body: QWidget) -> None:
    """Add `body` to `stack`, scrolled sideways where the screen is too narrow for it."""
    room = screen_room()
    area = QScrollArea()
    # First: what is in it already would be styled anew with it.
    stack.addWidget(area)
    area.setWidget(body)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setMinimumSize(body.minimumSizeHint().boundedTo(room))
    body.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
