"""`shoal` at its first start with its real window and engine, on this machine alone.

python first_window.py PROFILE DOWNLOADS [SOURCE...]
"""

from __future__ import annotations

import sys

from shoal.launch.desktop import run_desktop
from shoal.settings.engine_settings import EngineSettings

if __name__ == "__main__":
    profile, downloads, *sources = sys.argv[1:]
    # Settings of a run are not kept, so that the profile is as new as on any first day.
    settings = EngineSettings(listen_hosts="127.0.0.1")
    sys.exit(run_desktop(sources, profile, offers_assistant=True, downloads=downloads, settings=settings))
