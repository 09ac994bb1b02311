"""Where Shoal keeps its files: one profile with settings, state, cache and logs, and the folder for downloads."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROFILE_VARIABLE = "SHOAL_PROFILE"
_APPLICATION = "shoal"


@dataclass(frozen=True, slots=True)
class Profile:
    """Absolute folders of one profile; they need not exist before `create_folders`."""

    config_folder: Path
    """Settings: small, worth a backup."""
    state_folder: Path
    """The list of torrents and their progress."""
    cache_folder: Path
    """May be deleted at any time."""
    log_folder: Path

    @property
    def engine_settings_file(self) -> Path:
        return self.config_folder / "engine.json"

    @property
    def interface_settings_file(self) -> Path:
        return self.config_folder / "interface.json"

    @property
    def resume_database(self) -> Path:
        return self.state_folder / "torrents.sqlite"


def profile(path: str | None = None) -> Profile:
    """The profile in folder `path`, else in `$SHOAL_PROFILE`, else the user's own in the system's places."""
    chosen = path or os.environ.get(PROFILE_VARIABLE)
    if chosen:
        root = Path(chosen).expanduser().absolute()
        return Profile(root / "config", root / "state", root / "cache", root / "logs")
    import platformdirs  # noqa: PLC0415 (a start that names a profile is over sooner without)

    folders = platformdirs.PlatformDirs(_APPLICATION, appauthor=False)
    return Profile(
        Path(folders.user_config_dir),
        Path(folders.user_state_dir),
        Path(folders.user_cache_dir),
        Path(folders.user_log_dir),
    )


def create_folders(places: Profile) -> None:
    """Make the profile's folders, readable by this user only since addresses and passkeys lie there. Raises OSError."""
    for folder in (places.config_folder, places.state_folder, places.cache_folder, places.log_folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def downloads_folder() -> Path:
    """The user's folder for downloads, as the system names it."""
    import platformdirs  # noqa: PLC0415

    return Path(platformdirs.user_downloads_dir())
