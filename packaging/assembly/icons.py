"""Every picture of the application's icon, painted from the one drawing in resources/icons/shoal.svg.

Small sizes leave out the drawing's group `fine` and enlarge the fish, so that it stays a fish at 16 pixels.
The containers: ICO (a directory of bitmaps, PNG for 256), ICNS (four-letter types over PNG).
"""

from __future__ import annotations

import struct
from pathlib import Path
from xml.etree import ElementTree

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from assembly.places import BUILD, CHECKOUT, ID

DRAWING = CHECKOUT / "resources" / "icons" / "shoal.svg"
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
SIMPLE_UP_TO = 24
"""Pixels; larger pictures show the whole drawing."""


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


def paint(size: int) -> QImage:
    """The icon, `size` x `size` pixels."""
    drawing = _simplified() if size <= SIMPLE_UP_TO else DRAWING.read_bytes()
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(drawing)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image


def png(size: int) -> bytes:
    """`paint(size)` as a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # The stub hides the overload for devices.
    paint(size).save(buffer, "PNG")  # type: ignore[call-overload]
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
    pixels = bytes(paint(size).convertToFormat(QImage.Format.Format_ARGB32).constBits())
    rows = [pixels[at : at + size * 4] for at in range(0, len(pixels), size * 4)]
    header = struct.pack("<IiiHHIIiiII", 40, size, size * 2, 1, 32, 0, 0, 0, 0, 0, 0)
    mask_row = (size + 31) // 32 * 4
    return header + b"".join(reversed(rows)) + bytes(mask_row * size)


def _simplified() -> bytes:
    root = ElementTree.fromstring(DRAWING.read_bytes())
    fine, fish = (root.find(f"{{*}}g[@id='{name}']") for name in ("fine", "fish"))
    if fine is None or fish is None:
        raise ValueError(f"{DRAWING} has no groups `fine` and `fish`")
    root.remove(fine)
    fish.set("transform", "translate(20 60) scale(2.3 2.43)")
    return ElementTree.tostring(root)
