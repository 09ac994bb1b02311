"""A test that needs another client is skipped by name without it, and fails where nothing may be left out."""

from __future__ import annotations

import shutil

import pytest
from tests.support.debian_clients import require_client


@pytest.fixture
def _nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: None)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("SHOAL_REQUIRE_INTEROP", raising=False)


def test_installed_client_is_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: f"/usr/bin/{program}")
    assert require_client("aria2c") == "/usr/bin/aria2c"


@pytest.mark.usefixtures("_nothing_installed")
def test_missing_client_skips_with_the_command_to_type() -> None:
    with pytest.raises(pytest.skip.Exception, match=r"aria2c is not installed: sudo apt-get install aria2"):
        require_client("aria2c")


@pytest.mark.usefixtures("_nothing_installed")
@pytest.mark.parametrize("variable", ["CI", "SHOAL_REQUIRE_INTEROP"])
def test_missing_client_fails_in_ci(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "1")
    with pytest.raises(pytest.fail.Exception, match="opentracker is not installed"):
        require_client("opentracker")
