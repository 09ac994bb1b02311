"""Each contract of pyproject.toml can fail: one import against it, planted in a copy, breaks it and no other."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
from tests.support.lint_imports import broken_contracts

CHECKOUT = Path(__file__).resolve().parents[2]
CONFIGURATION = CHECKOUT / "pyproject.toml"
CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
}

# (contract, planted module, its text)
PLANTED = [
    ("layers", "shoal/protocol/planted.py", "import shoal.metainfo"),
    ("layers", "shoal/metainfo/planted.py", "import shoal.runtime"),
    ("layers", "shoal/unheard_of/__init__.py", ""),
    ("engine-layers", "shoal/engine/peer/planted.py", "import shoal.engine.torrent"),
    ("engine-layers", "shoal/engine/storage/planted.py", "import shoal.engine.policy"),
    ("gui-layers", "shoal/gui/models/planted.py", "import shoal.gui.window"),
    ("qt-only-in-gui", "shoal/engine/transport/planted.py", "from PySide6 import QtCore"),
    ("qt-only-in-gui", "shoal/runtime/planted.py", "import qasync"),
    ("pure-core", "shoal/engine/policy/planted.py", "import random"),
    ("pure-core", "shoal/protocol/planted.py", "from os import path"),
    ("pure-core", "shoal/api/planted.py", "def later():\n    import asyncio"),
    ("engine-behind-api", "shoal/gui/link/planted.py", "import shoal.engine.session"),
    ("engine-behind-api", "shoal/cli/planted.py", "import shoal.engine.torrent"),
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The packages without their modules: all that the contracts speak of, and quick to read."""
    for source in (CHECKOUT / "app").rglob("__init__.py"):
        target = tmp_path / source.relative_to(CHECKOUT / "app")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return tmp_path


def plant(tree: Path, module: str, text: str) -> None:
    (tree / module).parent.mkdir(exist_ok=True)
    (tree / module).write_text(text + "\n", encoding="utf-8")


def test_the_copy_itself_breaks_nothing(tree: Path) -> None:
    broken, output = broken_contracts(tree, CONFIGURATION)
    assert not broken, output


def test_every_contract_has_a_violation_to_plant() -> None:
    assert {contract for contract, _, _ in PLANTED} == set(CONTRACTS)


@pytest.mark.parametrize(("contract", "module", "text"), PLANTED)
def test_planted_import_breaks_its_contract_alone(tree: Path, contract: str, module: str, text: str) -> None:
    plant(tree, module, text)
    broken, output = broken_contracts(tree, CONFIGURATION)
    assert broken == [CONTRACTS[contract]], output


def test_import_for_type_checking_alone_is_allowed(tree: Path) -> None:
    text = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import random\n"
    plant(tree, "shoal/engine/policy/planted.py", text)
    broken, output = broken_contracts(tree, CONFIGURATION)
    assert not broken, output
