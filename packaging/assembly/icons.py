"""Every picture of the application's icon, painted from the one drawing in resources/icons/shoal.svg.

The containers: ICO (a directory of bitmaps, PNG for 256), ICNS (four-letter types over PNG).
"""

from __future__ import annotations

import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from assembly.places import BUILD, CHECKOUT, ID
from shoal.gui.style import app_icon

DRAWING = app_icon.drawing_in(CHECKOUT / "resources")
PNG_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
ICNS_TYPES = (
    ("icp4", 16),
    ("ic11", 32),
    ("icp5", 32),
    ("ic12", 64),
    ("ic07", 128),
    ("ic13", 256),
    ("ic08", 256),
    ("ic14", 512),
    ("ic09", 512),
    ("ic10", 1024),
)


def make() -> Path:
    """Paint all into the building folder: `hicolor/`, `shoal.ico`, `shoal.icns`; returns that folder."""
    folder = BUILD / "icons"
    write_hicolor(folder / "hicolor")
    (folder / "shoal.ico").write_bytes(ico())
    (folder / "shoal.icns").write_bytes(icns())
    return folder


def write_hicolor(theme: Path) -> None:
    """The icon as the freedesktop.org icon theme specification has it: a PNG for each size, and the drawing."""
    for size in PNG_SIZES:
        place = theme / f"{size}x{size}" / "apps" / f"{ID}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(png(size))
    place = theme / "scalable" / "apps" / f"{ID}.svg"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(DRAWING.read_bytes())


def png(size: int) -> bytes:
    """The icon, `size` x `size` pixels, as a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # The stub hides the overload for devices.
    _picture(size).save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def ico() -> bytes:
    """All `ICO_SIZES` in one Windows icon."""
    pictures = [png(size) if size >= 256 else _bitmap(size) for size in ICO_SIZES]
    offset = 6 + 16 * len(pictures)
    directory, body = struct.pack("<HHH", 0, 1, len(pictures)), b""
    for size, picture in zip(ICO_SIZES, pictures, strict=True):
        directory += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), offset + len(body))
        body += picture
    return directory + body


def icns() -> bytes:
    """All `ICNS_TYPES` in one macOS icon."""
    body = b""
    for kind, size in ICNS_TYPES:
        picture = png(size)
        body += kind.encode("ascii") + struct.pack(">I", len(picture) + 8) + picture
    return b"icns" + struct.pack(">I", len(body) + 8) + body


def _bitmap(size: int) -> bytes:
    """A bitmap as it stands in an icon: upside down, 32 bits a pixel, its height doubled for an empty mask."""
    pixels = bytes(_picture(size).convertToFormat(QImage.Format.Format_ARGB32).constBits())
    rows = [pixels[at : at + size * 4] for at in range(0, len(pixels), size * 4)]
    header = struct.pack("<IiiHHIIiiII", 40, size, size * 2, 1, 32, 0, 0, 0, 0, 0, 0)
    mask_row = (size + 31) // 32 * 4
    return header + b"".join(reversed(rows)) + bytes(mask_row * size)


def _picture(size: int) -> QImage:
    return app_icon.paint(DRAWING.read_text(encoding="utf-8"), size)
