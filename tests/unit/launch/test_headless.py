"""Every end of a command without a window is one sentence and an exit code; its settings are what was asked."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.cli.small_torrent import small_torrent

from shoal.api.errors import UserError
from shoal.cli.follow import Limits
from shoal.cli.options import GetOptions, ShowOptions, TransferOptions
from shoal.cli.output import make_output
from shoal.launch import headless
from shoal.launch.headless import run_headless
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.locations import create_folders, profile
from shoal.settings.store import engine_store


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headless, "set_up_logging", lambda verbosity: None)


def test_command_line_overrules_the_profile_also_with_nought() -> None:
    kept = EngineSettings(listen_port=6881, down_limit=1000, up_limit=2000)
    # What was asked for by hand does not wait in a queue.
    assert headless._settings(kept, TransferOptions(), ()) == replace(kept, active_downloads=0)
    overruled = headless._settings(kept, TransferOptions(port=0, down_limit=0, up_limit=5), ())
    assert (overruled.listen_port, overruled.down_limit, overruled.up_limit) == (0, 0, 5)


def test_interface_and_peers_go_into_the_settings() -> None:
    made = headless._settings(EngineSettings(), TransferOptions(max_peers=5_000), ("127.0.0.1", "::1"))
    assert (made.listen_hosts, made.outgoing_host) == ("127.0.0.1 ::1", "127.0.0.1")
    assert made.max_peers == 5_000
    assert made.max_peers_per_torrent == headless.MOST_PEERS_PER_TORRENT


def test_torrent_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "s.torrent"
    file.write_bytes(small_torrent())
    assert run_headless(ShowOptions(str(file), json=True)) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "songs"


def test_refusal_is_one_sentence_or_one_event(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_headless(ShowOptions(str(tmp_path / "none"))) == 5
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    options = GetOptions(str(tmp_path / "none"), str(tmp_path), TransferOptions(json=True))
    assert run_headless(options) == 5
    shown = capsys.readouterr()
    assert json.loads(shown.out)["code"] == "source-missing"
    assert shown.err == ""


def test_what_nobody_thought_of_is_a_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("the sky fell")

    monkeypatch.setattr(headless, "_command", break_down)
    assert run_headless(ShowOptions("s")) == 1
    shown = capsys.readouterr().err
    assert "RuntimeError: the sky fell" in shown
    assert "Traceback" not in shown


def test_output_that_lacks_letters_prints_escapes() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    headless._forgive_encoding(stream)
    stream.write("ü")
    stream.flush()
    assert raw.getvalue() == b"\\xfc"


async def test_work_before_the_engine_ends_when_asked_or_too_late() -> None:
    now = asyncio.get_running_loop().time()
    interrupted = Limits(asyncio.Event(), now)
    interrupted.interrupted.set()
    for limits, code in ((interrupted, "stopped"), (Limits(asyncio.Event(), now, 0.05), "time-out")):
        with pytest.raises(UserError) as ended:
            await headless._until_asked(asyncio.Event().wait(), limits)
        assert ended.value.code == code
    assert await headless._until_asked(asyncio.sleep(0, "done"), Limits(asyncio.Event(), now)) == "done"


def test_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="folder-refused"):
        headless._make_folder(str(tmp_path / "file" / "below"))
    with pytest.raises(UserError, match="folder-refused"):
        headless._of_profile(str(tmp_path / "file" / "below"), make_output(io.StringIO(), io.StringIO(), as_json=True))


def test_a_damaged_settings_file_of_the_profile_is_told(tmp_path: Path) -> None:
    places = profile(str(tmp_path))
    create_folders(places)
    store = engine_store(places)
    store.load()
    store.save(EngineSettings(listen_hosts="127.0.0.1"))
    file = next(tmp_path.rglob("engine.json"))
    file.write_text(file.read_text().replace("127.0.0.1", "127.0.0.2"))
    told = io.StringIO()
    settings, _ = headless._of_profile(str(tmp_path), make_output(told, io.StringIO(), as_json=True))
    assert settings == EngineSettings(listen_hosts="127.0.0.2")
    assert {json.loads(line)["code"] for line in told.getvalue().splitlines()} == {"settings-note"}
    assert "damaged" in told.getvalue()
