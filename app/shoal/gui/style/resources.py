"""Where the pictures and fonts lie, in a source tree and in an installed copy."""

from __future__ import annotations

from pathlib import Path


def resources_folder() -> Path:
    """The folder with `icons/` and `fonts/`: beside the package when installed, else at the source tree's top."""
    package = Path(__file__).resolve().parents[2]
    installed = package / "resources"
    return installed if installed.is_dir() else package.parents[1] / "resources"
