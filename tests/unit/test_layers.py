"""The package keeps the layers of docs/architecture.md."""

from __future__ import annotations

from pathlib import Path

from tests.support.lint_imports import broken_contracts

CHECKOUT = Path(__file__).resolve().parents[2]


def test_every_contract_is_kept() -> None:
    broken, output = broken_contracts(CHECKOUT / "app", CHECKOUT / "pyproject.toml")
    assert not broken, output
