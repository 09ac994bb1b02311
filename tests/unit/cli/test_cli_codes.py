"""Whatever code any layer raises or reports, the terminal has a sentence for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import shoal
from shoal.cli import messages

RAISERS = {"UserError", "Reason", "Alert", "StorageError", "_alert"}
CODE_TABLES = {"_CODES", "_DISK_CODES"}
NEVER_SHOWN = {"bad-piece", "finished"}
"""Alerts of severity `info`."""


def texts(node: ast.expr) -> Iterator[str]:
    """The constants that an expression may come to."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from texts(value)


def codes_of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name in RAISERS:
                yield from texts(node.args[0])
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {target.id for target in targets if isinstance(target, ast.Name)}
            if names & CODE_TABLES or ("code" in names and isinstance(node.value, ast.IfExp)):
                yield from texts(node.value)


def all_codes() -> set[str]:
    root = Path(shoal.__file__).parent
    files = (file for file in root.rglob("*.py") if "gui" not in file.relative_to(root).parts)
    return {code for file in files for code in codes_of(ast.parse(file.read_text(encoding="utf-8")))}


def test_every_code_is_found_wherever_it_is_written() -> None:
    assert {"disk-full", "folder-gone", "resume-entry-restored", "tracker-refused", "many-bad-pieces"} <= all_codes()


def test_every_code_has_a_sentence_in_the_terminal() -> None:
    assert all_codes() - NEVER_SHOWN - messages._SENTENCES.keys() == set()
