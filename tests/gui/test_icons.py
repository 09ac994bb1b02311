"""The icons are at hand before anything is painted."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtWidgets import QApplication

from shoal.gui.style.icons import IconSet
from shoal.gui.style.resources import resources_folder


def test_painting_an_icon_reads_no_file(qapp: QApplication, tmp_path: Path) -> None:
    shutil.copytree(resources_folder() / "icons", tmp_path / "icons")
    icons = IconSet(tmp_path / "icons")
    shutil.rmtree(tmp_path / "icons")
    for path in (resources_folder() / "icons").glob("*.svg"):
        assert icons.pixmap(path.stem, "#123456", 16, 1.0).toImage().hasAlphaChannel()
