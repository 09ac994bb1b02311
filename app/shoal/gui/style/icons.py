"""The icon set: single-colour SVG files recoloured from tokens, cached as pixmaps per size, colour and device ratio."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_INK = "#000"


class IconSet:
    """`pixmap` costs a dictionary look-up after the first call.

    Every SVG is read when the set is made, before there is a window: painting must never wait for a disk.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` has the icons as `NAME.svg`; raises OSError when one cannot be read."""
        self._sources = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.svg")}
        self._pixmaps: dict[tuple[str, str, int, int, float], QPixmap] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._sources

    def pixmap(self, name: str, colour: str, width: int, device_ratio: float, height: int | None = None) -> QPixmap:
        """The icon `name` in `colour`, `width` x `height` logical pixels (square unless `height` is given)."""
        height = width if height is None else height
        key = (name, colour, width, height, device_ratio)
        found = self._pixmaps.get(key)
        if found is None:
            found = self._pixmaps[key] = self._draw(name, colour, width, height, device_ratio)
        return found

    def icon(self, name: str, colour: str, disabled_colour: str, size: int, device_ratio: float) -> QIcon:
        """A `QIcon` with a normal and a disabled picture."""
        icon = QIcon(self.pixmap(name, colour, size, device_ratio))
        icon.addPixmap(self.pixmap(name, disabled_colour, size, device_ratio), QIcon.Mode.Disabled)
        return icon

    def _recoloured(self, name: str, colour: str) -> str:
        return self._sources[name].replace(f'"{_INK}"', f'"{colour}"')

    def _draw(self, name: str, colour: str, width: int, height: int, device_ratio: float) -> QPixmap:
        pixmap = QPixmap(round(width * device_ratio), round(height * device_ratio))
        pixmap.setDevicePixelRatio(device_ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        renderer = QSvgRenderer(QByteArray(self._recoloured(name, colour).encode()))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter, QRectF(0, 0, width, height))
        painter.end()
        return pixmap


@cache
def colour_of(token: str) -> QColor:
    """The `QColor` of a `#RRGGBB` token value, made once."""
    return QColor(token)
