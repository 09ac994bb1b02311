"""A lock that many may share and one may have alone: reads and writes go side by side, a change of places alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class SharedLock:
    """Who waits for the exclusive side goes before later sharers, so that it is never starved. Not re-entrant."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._sharers = 0
        self._exclusive_waiting = 0
        self._is_exclusive = False

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold it together with other sharers."""
        with self._condition:
            while self._is_exclusive or self._exclusive_waiting:
                self._condition.wait()
            self._sharers += 1
        try:
            yield
        finally:
            with self._condition:
                self._sharers -= 1
                if self._exclusive_waiting and self._sharers == 0:
                    self._condition.notify_all()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold it alone, after everyone who holds it now."""
        with self._condition:
            self._exclusive_waiting += 1
            try:
                while self._is_exclusive or self._sharers:
                    self._condition.wait()
            finally:
                self._exclusive_waiting -= 1
            self._is_exclusive = True
        try:
            yield
        finally:
            with self._condition:
                self._is_exclusive = False
                self._condition.notify_all()
