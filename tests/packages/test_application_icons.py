"""The icon's containers for Windows and macOS, taken apart again."""

from __future__ import annotations

import struct

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from assembly import icons
from shoal.gui.style import app_icon
from shoal.gui.style.resources import resources_folder


def painted(size: int) -> QImage:
    return app_icon.paint(app_icon.drawing_in(resources_folder()).read_text(encoding="utf-8"), size)


def test_windows_icon_holds_every_size_as_a_picture_that_can_be_read() -> None:
    data = icons.ico()
    reserved, kind, count = struct.unpack_from("<HHH", data)
    assert (reserved, kind, count) == (0, 1, len(icons.ICO_SIZES))
    for at, size in enumerate(icons.ICO_SIZES):
        width, _, _, _, _, depth, length, offset = struct.unpack_from("<BBBBHHII", data, 6 + 16 * at)
        assert (width, depth) == (size % 256, 32)
        single = struct.pack("<HHH", 0, 1, 1) + data[6 + 16 * at : 18 + 16 * at] + struct.pack("<I", 22)
        image = QImage.fromData(single + data[offset : offset + length], "ICO")
        assert image.width() == size
        assert image.pixelColor(size // 2, size // 2) == painted(size).pixelColor(size // 2, size // 2)


def test_macos_icon_holds_every_size() -> None:
    data = icons.icns()
    assert data[:4] == b"icns"
    assert struct.unpack_from(">I", data, 4) == (len(data),)
    found, at = [], 8
    while at < len(data):
        kind, length = data[at : at + 4].decode(), struct.unpack_from(">I", data, at + 4)[0]
        found.append((kind, QImage.fromData(data[at + 8 : at + length]).width()))
        at += length
    assert found == list(icons.ICNS_TYPES)


def test_small_icon_is_the_fish_alone_and_larger_than_in_the_whole_drawing() -> None:
    def white_share(size: int) -> float:
        image = painted(size)
        bright = sum(image.pixelColor(x, y).lightness() > 200 for x in range(size) for y in range(size))
        return bright / size**2

    assert white_share(16) > 1.2 * white_share(256)


def test_window_has_the_icon_in_the_sizes_of_title_bars_and_task_bars(qapp: QApplication) -> None:
    icon = app_icon.window_icon(resources_folder())
    assert {(size.width(), size.height()) for size in icon.availableSizes()} >= {(16, 16), (32, 32), (256, 256)}
    assert icon.pixmap(16, 16).toImage().convertToFormat(painted(16).format()) == painted(16)
