"""What is opened for the first time: `python -m tests.bench.first_openings [PROFILE]`.

The whole window over a fake client, offscreen. Each thing is opened once, as a person opens it first, and the longest
turn of the window's thread is told in CPU time: the opening and every turn of the loop after it, until it is all there.
With the name of a thing its turn is profiled instead, most expensive calls first.
"""

from __future__ import annotations

import asyncio
import cProfile
import json
import os
import pstats
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "app"), str(ROOT)]

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from shoal.gui.application import Application

BUDGET_MILLISECONDS = 60.0
SETTLE_SECONDS = 1.5
TURN_MILLISECONDS = 0
