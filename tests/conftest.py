"""What holds for every test: no display needed, no unexpected warning, repeatable examples."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from tests.support.log_watch import LogWatch

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Nothing may leave this computer: also programs that tests start know nobody in the DHT, and ask no router.
os.environ["SHOAL_DHT_HOSTS"] = ""
os.environ["SHOAL_ROUTERS"] = "off"

# No deadline: machines differ. In CI the same examples every time: new ones are for people to find.
settings.register_profile(
    "shoal",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("shoal")


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """The program's own, which hears what systems say; of one process all tests have the same."""
    from shoal.gui.desktop.open_events import HearingApplication  # noqa: PLC0415 (only where there is a window)

    return HearingApplication


@pytest.fixture(autouse=True)
def expect_log() -> Iterator[LogWatch]:
    """Fails the test on a warning of Shoal's that it did not expect: `expect_log("port .* busy")` expects one."""
    watch = LogWatch()
    logger = logging.getLogger("shoal")
    logger.addHandler(watch)
    try:
        yield watch
    finally:
        logger.removeHandler(watch)
    complaints = watch.complaints()
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)
