"""The theme in force: tokens, fonts and icons together, following the system or chosen in View."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QStyleFactory

from shoal.gui.style.fonts import Fonts, Role, load_fonts, text_scale
from shoal.gui.style.icons import IconSet, colour_of
from shoal.gui.style.stylesheet import style_sheet
from shoal.gui.style.tokens import DARK, LIGHT, Tokens, luminance


class ThemeChoice(Enum):
    """What View > Theme offers."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """Applies one token table to the whole application and tells painters when it changes."""

    changed = Signal()

    def __init__(self, app: QApplication, resources: Path, choice: ThemeChoice = ThemeChoice.SYSTEM) -> None:
        super().__init__()
        self._app = app
        self._system_palette = QPalette(app.palette())
        load_fonts(resources / "fonts")
        self.fonts = Fonts(text_scale(app.font()))
        self.icons = IconSet(resources / "icons")
        self.choice = choice
        self.tokens: Tokens = LIGHT
        style = QStyleFactory.create("Fusion")
        if style is not None:
            app.setStyle(style)
        app.setFont(self.fonts[Role.BODY])
        self._apply()
        app.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)

    def choose(self, choice: ThemeChoice) -> None:
        """Follow the system, or force light or dark."""
        self.choice = choice
        scheme = {
            ThemeChoice.SYSTEM: Qt.ColorScheme.Unknown,
            ThemeChoice.LIGHT: Qt.ColorScheme.Light,
            ThemeChoice.DARK: Qt.ColorScheme.Dark,
        }[choice]
        self._app.styleHints().setColorScheme(scheme)
        self._apply()

    def px(self, pixels: float) -> int:
        """`pixels` at 96 dpi, scaled with the system's text size."""
        return round(pixels * self.fonts.scale)

    def colour(self, token: str) -> QColor:
        """The colour of a token by name."""
        return colour_of(getattr(self.tokens, token))

    def pixmap(self, icon: str, token: str, size: int, device_ratio: float, height: int | None = None) -> QPixmap:
        """An icon in a token's colour, `size` logical pixels wide."""
        return self.icons.pixmap(icon, getattr(self.tokens, token), size, device_ratio, height)

    def _on_scheme_changed(self) -> None:
        if self.choice is ThemeChoice.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        self.tokens = self._tokens_in_force()
        self._app.setPalette(_palette(self.tokens))
        self._app.setStyleSheet(style_sheet(self.tokens, self.fonts.scale))
        self.changed.emit()

    def _tokens_in_force(self) -> Tokens:
        if _system_wants_high_contrast():
            return tokens_of_palette(self._system_palette)
        if self.choice is ThemeChoice.SYSTEM:
            return DARK if self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT
        return DARK if self.choice is ThemeChoice.DARK else LIGHT


def _system_wants_high_contrast() -> bool:
    """Asked of Qt 6.10 and later; older ones cannot say."""
    hints = QGuiApplication.styleHints()
    if not hasattr(hints, "accessibility"):
        return False
    return hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast


def tokens_of_palette(palette: QPalette) -> Tokens:
    """The system's own colours under our names, for high-contrast mode."""
    role = QPalette.ColorRole
    text, base = palette.color(role.Text).name(), palette.color(role.Base).name()
    window, chosen = palette.color(role.Window).name(), palette.color(role.Highlight).name()
    on_chosen = palette.color(role.HighlightedText).name()
    values = {entry.name: text for entry in fields(Tokens) if entry.name != "is_dark"}
    values |= dict.fromkeys(("win", "side", "sea", "deep"), window)
    values |= dict.fromkeys(("surf", "soft", "sel", "hover", "okbg", "warnbg", "errbg", "track"), base)
    values |= dict.fromkeys(("acc", "have", "seed"), chosen) | {"onacc": on_chosen}
    return Tokens(**values, is_dark=luminance(base) < luminance(text))


def _palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for target, value in (
        (role.Window, tokens.win),
        (role.WindowText, tokens.ink),
        (role.Base, tokens.surf),
        (role.AlternateBase, tokens.win),
        (role.Text, tokens.ink),
        (role.PlaceholderText, tokens.ink3),
        (role.Button, tokens.surf),
        (role.ButtonText, tokens.ink),
        (role.BrightText, tokens.err),
        (role.Highlight, tokens.acc),
        (role.HighlightedText, tokens.onacc),
        (role.ToolTipBase, tokens.surf),
        (role.ToolTipText, tokens.ink),
        (role.Link, tokens.acc),
        (role.LinkVisited, tokens.up),
        (role.Mid, tokens.line),
        (role.Dark, tokens.ctl),
        (role.Accent, tokens.acc),
    ):
        palette.setColor(target, QColor(value))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, QColor(tokens.ink3))
    return palette
