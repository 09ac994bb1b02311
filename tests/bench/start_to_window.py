"""How long from the start of the process to the painted window: `python -m tests.bench.start_to_window`.

The real launch path with an empty profile, offscreen, warm: the first run, which writes byte code and fills the file
cache, does not count. The clock starts before the process is made and stops when the last widget of the window has
painted itself, so interpreter start and imports are in it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 9
MUST_SECONDS = 1.0
AIM_SECONDS = 0.5
RUN_SECONDS = 60
ROOT = Path(__file__).parents[2]


def run_and_tell(profile: str) -> int:
    """In the child: launch as the command does, print the time of the first painting, close the window."""
    from shoal.launch.arguments import main
    from shoal.launch.long_lived import uncollected

    # As the launch itself loads them.
    with uncollected():
        from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer

        from shoal.gui.window.main_window import MainWindow

    class FirstPainting(QObject):
        """Notes the last paint event before the loop turns for the first time after the window's own."""

        def __init__(self, window: MainWindow) -> None:
            super().__init__(window)
            self._window = window
            self._painted = 0.0
            window.installEventFilter(self)

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
            if event.type() == QEvent.Type.Paint:
                if not self._painted:
                    application = QCoreApplication.instance()
                    assert application is not None
                    application.installEventFilter(self)
                    QTimer.singleShot(0, self._tell)
                self._painted = time.monotonic()
            return False

        def _tell(self) -> None:
            print(self._painted, flush=True)
            self._window.close()

    class Window(MainWindow):
        """The window itself, watched."""

        def __init__(self, *arguments: object, **others: object) -> None:
            super().__init__(*arguments, **others)  # type: ignore[arg-type]
            self._first_painting = FirstPainting(self)

    from shoal.gui import application

    application.MainWindow = Window  # type: ignore[misc]
    return main(["--profile", profile])


def start_to_window(profile: str | None = None) -> float:
    """Seconds from the start of a process to its painted window, once; over a new profile unless one is given."""
    if profile is None:
        with tempfile.TemporaryDirectory() as empty:
            return start_to_window(empty)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "app"), str(ROOT)))}
    environment["QT_QPA_PLATFORM"] = "offscreen"
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.start_to_window", profile],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=RUN_SECONDS,
        check=True,
    )
    return float(done.stdout.split()[0]) - started


def main() -> None:
    start_to_window()
    seconds = sorted(start_to_window() for _ in range(ROUNDS))
    print(f"start-to-window  (must: <= {MUST_SECONDS} s, aim: {AIM_SECONDS} s)")
    print(f"  seconds    median {statistics.median(seconds):.2f}   best {seconds[0]:.2f}   worst {seconds[-1]:.2f}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(run_and_tell(sys.argv[1]))
    main()
