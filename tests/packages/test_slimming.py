"""What stays out of the bundle, and what must not."""

from __future__ import annotations

import pytest

from assembly.slimming import is_wanted


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6Core.so.6",
        "PySide6/Qt/lib/libQt6WaylandClient.so.6",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6\\plugins\\platforms\\qwindows.dll",
        "PySide6/Qt/plugins/iconengines/libqsvgicon.so",
        "PySide6/Qt/translations/qtbase_de.qm",
        "shoal/resources/icons/shoal.svg",
        "shoal/resources/translations/de.mo",
        "libpython3.11.so.1.0",
        "libcrypto-3.dll",
    ],
)
def test_what_shoal_uses_is_wanted(name: str) -> None:
    assert is_wanted(name)


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6Qml.so.6",
        "PySide6/Qt/lib/libQt6EglFsKmsSupport.so.6",
        "PySide6/Qt/plugins/platforms/libqeglfs.so",
        "PySide6\\plugins\\imageformats\\qtiff.dll",
        "PySide6/Qt/translations/qtbase_fi.qm",
        "PySide6/Qt/translations/qtdeclarative_de.qm",
        "PySide6\\opengl32sw.dll",
        "shoal/resources/translations/de.po",
        "libX11-xcb.so.1",
        "libxcb-cursor.so.0",
        "libglib-2.0.so.0",
        "libstdc++.so.6",
        "libssl.so.3",
        "libz.so.1",
    ],
)
def test_what_it_does_not_use_or_the_system_has_stays_out(name: str) -> None:
    assert not is_wanted(name)
