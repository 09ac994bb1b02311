"""What the system says about moving pictures."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QStyle


def system_wants_stillness() -> bool:
    """True where the desktop has its animations switched off; False where it does not say."""
    return QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0
