"""A profile in which Shoal was used before, so that it starts without its assistant."""

from __future__ import annotations

from pathlib import Path

from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.locations import create_folders, profile
from shoal.settings.store import interface_store


def mark_used(folder: Path) -> None:
    """Make the profile in `folder`, unless it is there."""
    places = profile(str(folder))
    if not places.interface_settings_file.exists():
        create_folders(places)
        interface_store(places).save(InterfaceSettings(assistant_done=True))
