"""A label whose text is never taken for markup, in one of the roles of the style sheet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel


def plain_label(text: str, role: str, *, wraps: bool = False, width: int | None = None) -> QLabel:
    """A `QLabel` of plain text; it wraps where it `wraps` or has a fixed `width` in pixels."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    read_from_start(label)
    label.setWordWrap(wraps or width is not None)
    if width is not None:
        label.setFixedWidth(width)
    return label


def read_from_start(label: QLabel) -> None:
    """Put its text where reading begins in this window; by itself Qt goes by the language of the text."""
    side = Qt.AlignmentFlag.AlignRight if label.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
    label.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)


def set_role(label: QLabel, role: str) -> None:
    """Give a label another role; its style follows."""
    if label.property("role") != role:
        label.setProperty("role", role)
        label.style().unpolish(label)
        label.style().polish(label)


def hairline(*, upright: bool = False) -> QFrame:
    """A line of one pixel between two parts."""
    line = QFrame()
    line.setProperty("divider", "true")
    if upright:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line
