"""Light, dark, the system's wish, and high contrast."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from shoal.gui.style import theme as theme_module
from shoal.gui.style.fonts import Fonts, Role
from shoal.gui.style.resources import resources_folder
from shoal.gui.style.stylesheet import style_sheet
from shoal.gui.style.theme import Theme, ThemeChoice, tokens_of_palette
from shoal.gui.style.tokens import DARK, LIGHT, Tokens


def test_choosing_a_theme_changes_palette_and_tells_painters(qapp: QApplication, theme: Theme) -> None:
    told: list[None] = []
    theme.changed.connect(lambda: told.append(None))
    theme.choose(ThemeChoice.DARK)
    assert theme.tokens is DARK
    assert qapp.palette().color(QPalette.ColorRole.Base) == QColor(DARK.surf)
    theme.choose(ThemeChoice.LIGHT)
    assert theme.tokens is LIGHT
    assert len(told) >= 2


def test_system_without_a_wish_is_light(qapp: QApplication) -> None:
    assert Theme(qapp, resources_folder(), ThemeChoice.SYSTEM).tokens is LIGHT


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_sheet_has_no_place_left_open(tokens: Tokens, scale: float) -> None:
    sheet = style_sheet(tokens, scale)
    assert "$" not in sheet
    assert f"padding: {round(8 * scale)}px {round(12 * scale)}px" in sheet


def test_the_bundled_font_is_used(theme: Theme) -> None:
    font = theme.fonts[Role.STRONG]
    assert font.families()[0] == "Inter"
    assert font.pixelSize() == 13
    assert Fonts(2.0)[Role.STRONG].pixelSize() == 26


def test_high_contrast_keeps_the_systems_colours(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme_module, "_system_wants_high_contrast", lambda: True)
    palette = QPalette(QColor("#000000"))
    palette.setColor(QPalette.ColorRole.Text, QColor("#ffff00"))
    palette.setColor(QPalette.ColorRole.Base, QColor("#000000"))
    tokens = tokens_of_palette(palette)
    assert (tokens.ink, tokens.surf, tokens.warn) == ("#ffff00", "#000000", "#ffff00")
    assert tokens.is_dark
    assert Theme(qapp, resources_folder(), ThemeChoice.DARK).tokens is not DARK


def test_every_icon_that_is_named_can_be_drawn(theme: Theme) -> None:
    for path in sorted((resources_folder() / "icons").glob("*.svg")):
        image = theme.pixmap(path.stem, "acc", 20, 1.0).toImage()
        assert any(image.pixelColor(x, y).alpha() for x in range(20) for y in range(20)), path.stem


def test_a_pixmap_is_kept_per_size_colour_and_device_ratio(theme: Theme) -> None:
    first = theme.pixmap("plus", "acc", 20, 1.0)
    assert theme.pixmap("plus", "acc", 20, 1.0) is first
    assert theme.pixmap("plus", "ink", 20, 1.0) is not first
    assert theme.pixmap("plus", "acc", 20, 2.0).width() == 40
