"""`shoal` with its real window, which tells on standard output what it is asked to open, a line of JSON each time.

python telling_window.py [SOURCE...]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from shoal.gui.window.main_window import MainWindow
from shoal.launch.arguments import main

if __name__ == "__main__":
    original = MainWindow.open_sources

    def tell(window: MainWindow, sources: Sequence[str], *, ask_first: bool = True) -> None:
        print(json.dumps({"open": list(sources)}), flush=True)
        original(window, sources, ask_first=ask_first)

    MainWindow.open_sources = tell  # type: ignore[method-assign]
    sys.exit(main())
