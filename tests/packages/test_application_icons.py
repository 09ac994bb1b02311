"""The icon's containers for Windows and macOS, taken apart again."""

from __future__ import annotations

import struct

from PySide6.QtGui import QImage

from assembly import icons


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
        assert image.pixelColor(size // 2, size // 2) == icons.paint(size).pixelColor(size // 2, size // 2)


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
        image = icons.paint(size)
        bright = sum(image.pixelColor(x, y).lightness() > 200 for x in range(size) for y in range(size))
        return bright / size**2

    assert white_share(16) > 1.2 * white_share(256)
