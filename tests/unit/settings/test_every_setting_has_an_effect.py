"""No setting without effect: every key is read somewhere outside the module that declares it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import shoal
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.schema import Setting, schema_of

APP = Path(shoal.__file__).parent
DECLARING = ("engine_settings.py", "interface_settings.py", "schema.py", "handbook.py", "exchange.py")
ALL = [*schema_of(EngineSettings), *schema_of(InterfaceSettings)]


def used_names() -> set[str]:
    """What is read of settings by name, and names as texts; not what declares settings or only writes them."""
    found: set[str] = set()
    for path in APP.rglob("*.py"):
        if path.parent.name == "settings" and path.name in DECLARING:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and _holds_settings(node.value):
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                found.add(node.value)
    return found


def _holds_settings(owner: ast.expr) -> bool:
    """Whether settings are read there: `settings.x`, `memory.settings.x`, `self._settings().x`, `door.interface.x`."""
    while isinstance(owner, ast.Call):
        owner = owner.func
    name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
    return "settings" in name or name in {"interface", "engine"}


USED = used_names()
EXCEPT = {
    "line_kind": "the assistant reads it by way of its draft, to show what was chosen the last time",
}
"""Keys that are not found, and why they are there all the same."""


@pytest.mark.parametrize("entry", ALL, ids=lambda entry: str(entry.key))
def test_every_key_is_used(entry: Setting) -> None:
    assert (entry.key in USED) is (entry.key not in EXCEPT), "a key without effect, or one that has one by now"


def test_what_declares_settings_does_not_count() -> None:
    assert "no_such_setting" not in USED
    assert "downloads_folder" in USED
