"""The engine of the real world: its state has one user at a time, and its end hides no error."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shoal.api.commands import ChangeSettings
from shoal.api.errors import UserError
from shoal.engine.discovery.dht.hosts import WELL_KNOWN
from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.resume_store import ResumeStore
from shoal.engine.storage.errors import StorageError
from shoal.launch import exclusive_lock
from shoal.launch import real_engine as real_engine_module
from shoal.launch.exclusive_lock import ExclusiveLock
from shoal.launch.real_engine import real_engine
from shoal.settings.engine_settings import EngineSettings

SETTINGS = EngineSettings(listen_hosts="127.0.0.1")


async def test_a_second_engine_on_the_same_state_is_refused(tmp_path: Path) -> None:
    state = str(tmp_path / "profile" / "resume")
    async with real_engine(SETTINGS, state):
        with pytest.raises(UserError) as refusal:
            async with real_engine(SETTINGS, state):
                pytest.fail("two engines on one state")
        assert refusal.value.code == "profile-in-use"
        assert refusal.value.reason.params == {"path": str(tmp_path / "profile")}
        async with real_engine(SETTINGS, state + " of another"), real_engine(SETTINGS, None):
            pass
    async with real_engine(SETTINGS, state):
        pass
    assert not [name for name in os.listdir(tmp_path / "profile") if name.endswith(".lock")]


def test_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    state = str(tmp_path / "resume")
    code = (
        "import os; from shoal.launch.exclusive_lock import ExclusiveLock;"
        f"ExclusiveLock({state + '.lock'!r}).take(); os.kill(os.getpid(), 9)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(exclusive_lock.__file__).parents[2])}
    killed = subprocess.run([sys.executable, "-c", code], env=environment, timeout=30, check=False)
    assert killed.returncode == -9
    assert os.path.exists(state + ".lock")
    lock = ExclusiveLock(state + ".lock")
    lock.take()
    lock.release()
    assert os.listdir(tmp_path) == []


def test_where_locks_are_unknown_nobody_is_kept_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(handle: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(exclusive_lock, "_lock", refuse)
    lock = ExclusiveLock(str(tmp_path / "lock"))
    lock.take()
    lock.release()
    lock.release()
    assert os.listdir(tmp_path) == []


async def test_a_state_that_cannot_be_opened_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="state-refused"):
        async with real_engine(SETTINGS, str(tmp_path / "file" / "resume")):
            pytest.fail("it was opened")

    def refuse(store: ResumeStore) -> None:
        raise StorageError("disk-full", store.path)

    monkeypatch.setattr(ResumeStore, "load", refuse)
    with pytest.raises(UserError) as refusal:
        async with real_engine(SETTINGS, str(tmp_path / "resume")):
            pytest.fail("it was opened")
    assert refusal.value.code == "disk-full"
    assert refusal.value.reason.params["path"] == str(tmp_path / "resume")
    assert not (tmp_path / "resume.lock").exists()


async def test_an_error_is_not_replaced_by_one_of_the_end(
    monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    expect_log("the engine did not end cleanly: the end failed")
    close = LocalClient.close

    async def fail(client: LocalClient) -> None:
        await close(client)
        raise RuntimeError("the end failed")

    monkeypatch.setattr(LocalClient, "close", fail)
    with pytest.raises(UserError, match="disk-full"):
        async with real_engine(SETTINGS, None):
            raise UserError("disk-full", path="/here")


async def test_changed_settings_are_given_to_be_saved() -> None:
    saved: list[EngineSettings] = []
    async with real_engine(SETTINGS, None, save_settings=saved.append) as client:
        await client.execute(ChangeSettings((("upload_slots", 3),)))
        assert [settings.upload_slots for settings in saved] == [3]


def test_no_test_knows_a_host_of_the_dht(monkeypatch: pytest.MonkeyPatch) -> None:
    assert real_engine_module._dht_hosts() == ()
    monkeypatch.setenv("SHOAL_DHT_HOSTS", "a.example:1 b.example:2")
    assert real_engine_module._dht_hosts() == ("a.example:1", "b.example:2")
    monkeypatch.delenv("SHOAL_DHT_HOSTS")
    assert real_engine_module._dht_hosts() == WELL_KNOWN
