"""The bundled Inter in the roles that are painted by hand; each `QFont` built once, sized from the system's text size.

The style sheet has the sizes of everything else.
"""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

FAMILIES = ["Inter", "Noto Sans"]
_MONO = ["JetBrains Mono", "DejaVu Sans Mono", "monospace"]
LARGEST_SCALE = 2.0
_SYSTEM_TEXT_PIXELS = {"win32": 12.0, "darwin": 13.0}
_OTHER_SYSTEM_TEXT_PIXELS = 15.0
"""System text up to this size at 96 dpi counts as 100 %; larger text enlarges everything."""


class Role(Enum):
    """Pixel size at 96 dpi and weight."""

    BODY = (13, 400)
    STRONG = (13, 600)
    MEDIUM = (13, 500)
    SECONDARY = (12, 400)
    SECONDARY_STRONG = (12, 600)
    MICRO = (11, 500)
    CARD = (14, 600)
    DIALOG_TITLE = (19, 600)


def load_fonts(folder: Path) -> None:
    """Register every font file of `folder` with Qt; a missing file leaves the system font in its place."""
    for path in sorted(folder.glob("*.otf")):
        QFontDatabase.addApplicationFont(str(path))


def text_scale(system_font: QFont) -> float:
    """1.0 to 2.0: how much larger than normal the system's text is."""
    normal = _SYSTEM_TEXT_PIXELS.get(sys.platform, _OTHER_SYSTEM_TEXT_PIXELS)
    return min(LARGEST_SCALE, max(1.0, QFontInfo(system_font).pixelSize() / normal))


class Fonts:
    """`fonts[Role.BODY]`; all with tabular figures, so that changing numbers do not dance."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self._fonts = {role: self._build(role) for role in Role}

    def __getitem__(self, role: Role) -> QFont:
        return self._fonts[role]

    def mono(self) -> QFont:
        """For hashes and logs."""
        font = QFont(_MONO)
        font.setPixelSize(round(12 * self.scale))
        return font

    def _build(self, role: Role) -> QFont:
        pixels, weight = role.value
        font = QFont([*FAMILIES, QFont().family()])
        font.setPixelSize(round(pixels * self.scale))
        font.setWeight(QFont.Weight(weight))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font
