"""Every code of a reason, refusal or alert that the sources hold, read from their syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import shoal

RAISERS = {"UserError", "Reason", "Alert", "StorageError", "alert"}
CODE_TABLES = {"_CODES", "_DISK_CODES"}
NEVER_SHOWN = {"bad-piece", "finished"}
"""Alerts of severity `info`."""


def _texts(node: ast.expr) -> Iterator[str]:
    """The constants that an expression may come to."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _texts(value)


def _codes_of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name in RAISERS:
                yield from _texts(node.args[0])
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {target.id for target in targets if isinstance(target, ast.Name)}
            if names & CODE_TABLES or ("code" in names and isinstance(node.value, ast.IfExp)):
                yield from _texts(node.value)


def all_codes(*left_out: str) -> set[str]:
    """The codes in `app/shoal` that a person may be shown; files and folders called as in `left_out` are not read.

    The window only reads codes, and writes none.
    """
    root = Path(shoal.__file__).parent
    skipped = {"gui", *left_out}
    files = (file for file in root.rglob("*.py") if not skipped.intersection(file.relative_to(root).parts))
    return {code for file in files for code in _codes_of(ast.parse(file.read_text(encoding="utf-8")))} - NEVER_SHOWN
