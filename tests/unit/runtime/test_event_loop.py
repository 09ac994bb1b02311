from __future__ import annotations

import asyncio
import importlib

import pytest

from shoal.runtime import event_loop


async def _kind_of_loop() -> str:
    return type(asyncio.get_running_loop()).__module__


def test_run_returns_the_result() -> None:
    assert event_loop.run(asyncio.sleep(0, "done")) == "done"


def test_uvloop_is_used_where_it_is_installed() -> None:
    pytest.importorskip("uvloop", reason="uvloop is not installed")
    assert event_loop.run(_kind_of_loop()).startswith("uvloop")


def test_asyncio_is_used_when_uvloop_is_not_wanted() -> None:
    assert event_loop.run(_kind_of_loop(), use_uvloop=False).startswith("asyncio")


def test_asyncio_is_used_when_uvloop_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    assert event_loop.run(_kind_of_loop()).startswith("asyncio")


def test_an_exception_of_main_comes_out() -> None:
    async def fail() -> None:
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        event_loop.run(fail())
