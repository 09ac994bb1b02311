"""Every code of an event that the engine's sources note, read from their syntax trees."""

from __future__ import annotations

import ast
from pathlib import Path

import shoal

NOTERS = {"happened": 0, "_on_news": 0, "made_event": 1}
"""Functions that take a code, and at which place."""


def event_codes() -> set[str]:
    """Codes written where events are noted. What a disk error brings (`Torrent.fail`) is no constant there."""
    codes: set[str] = set()
    for file in (Path(shoal.__file__).parent / "engine").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            place = NOTERS.get(name, len(node.args))
            argument = node.args[place] if place < len(node.args) else None
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                codes.add(argument.value)
    return codes | {"tracker-refused", "tracker-failed"}
