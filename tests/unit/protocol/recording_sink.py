"""A sink that writes down what the wire reader delivers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class RecordingSink:
    """Each call becomes a tuple `(name, arguments...)` in `events`; views are copied, they die with the call."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        if not name.startswith("on_"):
            raise AttributeError(name)

        def record(*arguments: Any) -> None:
            copied = (bytes(one) if isinstance(one, memoryview) else one for one in arguments)
            self.events.append((name.removeprefix("on_"), *copied))

        return record
