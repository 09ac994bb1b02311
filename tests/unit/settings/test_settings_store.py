"""The settings file under damage, crashes, odd values, older and newer versions: nothing is lost, nothing raises."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.support.other_values import other_value

from shoal.settings import store as store_module
from shoal.settings.engine_settings import EngineSettings, validate
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.locations import profile
from shoal.settings.schema import UNKNOWN_ADDRESS, Setting, SettingsError, schema_of
from shoal.settings.store import MAX_FILE_BYTES, SettingsStore, engine_store, interface_store


def opened(folder: Path) -> SettingsStore[EngineSettings]:
    store = SettingsStore(folder / "engine.json", EngineSettings(), validate)
    store.load()
    return store


def codes(store: SettingsStore[EngineSettings]) -> list[str]:
    return [note.code for note in store.notes]


def write(folder: Path, content: object) -> None:
    (folder / "engine.json").write_text(json.dumps(content), encoding="utf-8")


def test_nothing_there_gives_defaults_without_a_word(tmp_path: Path) -> None:
    store = opened(tmp_path)
    assert store.settings == EngineSettings()
    assert store.notes == ()
    assert list(tmp_path.iterdir()) == []


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    changed = EngineSettings(listen_port=6881, save_seconds=2.5, listen_hosts="127.0.0.1")
    opened(tmp_path).save(changed)
    assert opened(tmp_path).settings == changed
    assert codes(opened(tmp_path)) == []


def test_stores_of_a_profile_make_their_folder(tmp_path: Path) -> None:
    places = profile(str(tmp_path / "p"))
    engine, interface = engine_store(places), interface_store(places)
    engine.save(EngineSettings(max_peers=7))
    interface.save(InterfaceSettings(theme="dark"))
    assert engine_store(places).load().max_peers == 7
    assert interface_store(places).load().theme == "dark"
    assert os.name == "nt" or places.engine_settings_file.stat().st_mode & 0o077 == 0


def test_previous_generation_is_kept_and_used_when_the_file_is_damaged(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save(EngineSettings(listen_port=1))
    store.save(EngineSettings(listen_port=2))
    (tmp_path / "engine.json").write_bytes(b"\0" * 100)
    damaged = opened(tmp_path)
    assert damaged.settings.listen_port == 1
    assert codes(damaged) == ["damaged", "older-used"]
    assert (tmp_path / "engine.json.damaged-1").read_bytes() == b"\0" * 100
    damaged.save(EngineSettings(listen_port=3))
    assert codes(opened(tmp_path)) == []
    assert opened(tmp_path).settings.listen_port == 3


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"schema": 1}',
        b'{"schema": true, "values": {}}',
        b'{"schema": 0, "values": {}}',
        b'{"schema": 1, "values": []}',
        b'{"schema": 1, "values": {"down_limit": NaN}}',
        b'{"schema": 1, "values": {"save_seconds": 1e999}}',
        b'{"schema": 1, "values": {}, "checksum": "0"}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"schema": ' + b"1" * 5000 + b', "values": {}}',
        b" " * (MAX_FILE_BYTES + 1),
    ],
)
def test_every_damage_is_quarantined_never_deleted(tmp_path: Path, content: bytes) -> None:
    for number in (1, 2):
        (tmp_path / "engine.json").write_bytes(content)
        store = opened(tmp_path)
        assert store.settings == EngineSettings()
        assert codes(store) == ["damaged"]
        assert (tmp_path / f"engine.json.damaged-{number}").read_bytes() == content
        assert not (tmp_path / "engine.json").exists()


def test_one_flipped_bit_is_damage(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save(EngineSettings(listen_port=6881))
    path = tmp_path / "engine.json"
    path.write_bytes(path.read_bytes().replace(b"6881", b"6885"))
    assert codes(opened(tmp_path)) == ["damaged", "rescued"]


@pytest.mark.parametrize("harm", ["cut", "zeros", "not-text", "one-value"])
def test_damage_without_an_older_file_loses_only_what_it_hit(tmp_path: Path, harm: str) -> None:
    store = opened(tmp_path)
    store.save(EngineSettings(active_downloads=7, max_peers=50, up_limit=9))
    path = tmp_path / "engine.json"
    written = path.read_bytes()
    at = written.index(b'"up_limit"')
    damaged = {
        "cut": written[:at],
        "zeros": written[:at] + b"\0" * (len(written) - at),
        "not-text": written[:at] + b"\xff" + written[at + 1 :],
        "one-value": written[:at] + b'"up_limit": "x"\n }\n}',
    }[harm]
    path.write_bytes(damaged)
    again = opened(tmp_path)
    assert again.settings == EngineSettings(active_downloads=7, max_peers=50)
    assert codes(again)[:2] == ["damaged", "rescued"]
    assert (tmp_path / "engine.json.damaged-1").read_bytes() == damaged
    again.save(again.settings)
    assert codes(opened(tmp_path)) == []


def test_what_is_left_of_a_newer_shoals_damaged_file_is_not_guessed_at(tmp_path: Path) -> None:
    (tmp_path / "engine.json").write_bytes(b'{\n "schema": 2,\n "values": {\n  "up_limit": 5,\n  "max_pe')
    store = opened(tmp_path)
    assert store.settings == EngineSettings()
    assert codes(store) == ["damaged"]


@pytest.mark.parametrize("value", ["1" + "0" * 400, "-1" + "0" * 400])
@pytest.mark.parametrize("key", ["down_limit", "share_ratio", "paused_until"])
def test_a_number_beyond_all_measure_loses_only_itself(tmp_path: Path, key: str, value: str) -> None:
    text = f'{{"schema": 1, "values": {{"{key}": {value}, "max_peers": 50}}}}'
    (tmp_path / "engine.json").write_text(text, encoding="utf-8")
    store = opened(tmp_path)
    assert store.settings == EngineSettings(max_peers=50)
    assert codes(store) == ["bad-value"]


def test_a_mark_of_an_editor_at_the_beginning_is_no_damage(tmp_path: Path) -> None:
    (tmp_path / "engine.json").write_bytes(b'\xef\xbb\xbf{"schema": 1, "values": {"max_peers": 50}}')
    store = opened(tmp_path)
    assert store.settings.max_peers == 50
    assert codes(store) == []


def test_a_file_edited_by_hand_needs_no_checksum(tmp_path: Path) -> None:
    write(tmp_path, {"schema": 1, "values": {"listen_port": 6885}})
    store = opened(tmp_path)
    assert store.settings.listen_port == 6885
    assert store.notes == ()


def test_bad_values_lose_only_themselves(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "schema": 1,
            "values": {"listen_port": "x", "max_peers": 10**9, "up_limit": True, "down_limit": 5, "half_open": None},
        },
    )
    store = opened(tmp_path)
    assert store.settings == EngineSettings(down_limit=5)
    assert codes(store) == ["bad-value"] * 4


def test_unknown_keys_survive_a_save(tmp_path: Path) -> None:
    write(tmp_path, {"schema": 1, "values": {"from_tomorrow": {"a": [1, 2.5]}, "down_limit": 5}})
    store = opened(tmp_path)
    store.save(replace(store.settings, down_limit=6))
    values = json.loads((tmp_path / "engine.json").read_text(encoding="utf-8"))["values"]
    assert values["from_tomorrow"] == {"a": [1, 2.5]}
    assert values["down_limit"] == 6
    assert codes(opened(tmp_path)) == []


def test_newer_schema_is_read_but_never_written(tmp_path: Path) -> None:
    write(tmp_path, {"schema": 2, "values": {"down_limit": 5}})
    before = (tmp_path / "engine.json").read_bytes()
    store = opened(tmp_path)
    assert store.settings.down_limit == 5
    assert store.is_read_only
    assert codes(store) == ["newer-schema"]
    with pytest.raises(SettingsError, match="newer"):
        store.save(EngineSettings())
    assert (tmp_path / "engine.json").read_bytes() == before


def test_older_schema_is_upgraded_step_by_step(tmp_path: Path) -> None:
    write(tmp_path, {"schema": 1, "values": {"port": 4}})
    store = SettingsStore(
        tmp_path / "engine.json",
        EngineSettings(),
        validate,
        schema=3,
        migrations={
            1: lambda values: {"port_number": values["port"]},
            2: lambda values: {"listen_port": values["port_number"]},
        },
    )
    assert store.load().listen_port == 4
    store.save(store.settings)
    assert json.loads((tmp_path / "engine.json").read_text(encoding="utf-8"))["schema"] == 3


def test_bad_settings_are_not_written(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for bad in (EngineSettings(listen_port=70000), EngineSettings(save_seconds=float("nan"))):
        with pytest.raises(SettingsError):
            store.save(bad)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failing", ["fsync", "replace"])
@pytest.mark.parametrize("call", [1, 2])
def test_a_failing_disk_leaves_old_or_new_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str, call: int
) -> None:
    opened(tmp_path).save(EngineSettings(listen_port=1))
    store = opened(tmp_path)
    real = getattr(os, failing)
    calls = 0

    def fail(*arguments: object) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            raise OSError(28, "No space left on device")
        real(*arguments)

    monkeypatch.setattr(store_module.os, failing, fail)
    with pytest.raises(OSError, match="No space"):
        store.save(EngineSettings(listen_port=2))
    monkeypatch.undo()
    assert opened(tmp_path).settings.listen_port in (1, 2)


def test_a_file_that_cannot_be_read_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "engine.json").mkdir()
    store = opened(tmp_path)
    assert codes(store) == ["unreadable"]
    assert store.is_read_only
    with pytest.raises(SettingsError):
        store.save(EngineSettings())


STORES = [(entry, engine_store) for entry in schema_of(EngineSettings)] + [
    (entry, interface_store) for entry in schema_of(InterfaceSettings)
]
every_key = pytest.mark.parametrize(("entry", "store_of"), STORES, ids=lambda value: getattr(value, "key", ""))


@every_key
def test_every_key_makes_the_round_trip(tmp_path: Path, entry: Setting, store_of: Callable[..., Any]) -> None:
    places = profile(str(tmp_path / "p"))
    store = store_of(places)
    store.save(replace(store.load(), **{entry.key: other_value(entry)}))
    again = store_of(places)
    assert getattr(again.load(), entry.key) == other_value(entry)
    assert again.notes == ()
    assert replace(again.settings, **{entry.key: entry.default}) == store_of(profile(str(tmp_path / "q"))).load()


@every_key
def test_a_bad_value_of_every_key_loses_only_itself(
    tmp_path: Path, entry: Setting, store_of: Callable[..., Any]
) -> None:
    places = profile(str(tmp_path / "p"))
    store = store_of(places)
    defaults = store.load()
    others = [other for other, kind in STORES if kind is store_of and other.key != entry.key]
    good = {other.key: other_value(other) for other in others}
    content = {"schema": 1, "values": {**good, entry.key: ["not", "this"], "of_tomorrow": {"a": 1}}}
    store.path.parent.mkdir(parents=True, exist_ok=True)
    store.path.write_text(json.dumps(content), encoding="utf-8")
    damaged = store_of(places)
    fails_closed = entry.key == "outgoing_host"
    bad = {entry.key: UNKNOWN_ADDRESS} if fails_closed else {}
    assert damaged.load() == replace(defaults, **good, **bad)
    assert [note.code for note in damaged.notes] == ["closed" if fails_closed else "bad-value"]
    damaged.save(damaged.settings)
    assert json.loads(store.path.read_text(encoding="utf-8"))["values"]["of_tomorrow"] == {"a": 1}


def closing(folder: Path) -> SettingsStore[EngineSettings]:
    return SettingsStore(folder / "engine.json", EngineSettings(), validate, closed={"outgoing_host": UNKNOWN_ADDRESS})


@pytest.mark.parametrize("value", [7, "10.8.0", None])
def test_a_local_address_that_cannot_be_is_no_address_rather_than_any(tmp_path: Path, value: object) -> None:
    write(tmp_path, {"schema": 1, "values": {"outgoing_host": value, "max_peers": 7}})
    store = closing(tmp_path)
    assert store.load() == EngineSettings(outgoing_host=UNKNOWN_ADDRESS, max_peers=7)
    assert codes(store) == ["closed"]
    store.save(store.settings)
    assert closing(tmp_path).load().outgoing_host == UNKNOWN_ADDRESS


def test_what_a_damaged_file_still_tells_of_the_local_address_holds_and_nothing_is_guessed(tmp_path: Path) -> None:
    path = tmp_path / "engine.json"

    def damaged(former: str | None, present: str, cut: str) -> tuple[str, list[str]]:
        for old in tmp_path.iterdir():
            old.unlink()
        if former is not None:
            closing(tmp_path).save(EngineSettings(outgoing_host=former))
        closing(tmp_path).save(EngineSettings(outgoing_host=present, max_peers=7))
        path.write_text(path.read_text().replace(cut, "\x00"))
        store = closing(tmp_path)
        return store.load().outgoing_host, codes(store)

    lost = '"outgoing_host": "10.8.0.2"'
    assert damaged(None, "10.8.0.2", '"max_peers": 7') == ("10.8.0.2", ["damaged", "rescued"])
    assert damaged(None, "10.8.0.2", lost) == (UNKNOWN_ADDRESS, ["damaged", "rescued", "closed"])
    assert damaged("", "10.8.0.2", lost) == (UNKNOWN_ADDRESS, ["damaged", "older-used", "closed"])
    assert damaged("10.8.0.1", "10.8.0.2", lost) == ("10.8.0.1", ["damaged", "older-used"])
    assert damaged("", "10.8.0.2", '"max_peers": 7') == ("10.8.0.2", ["damaged", "older-used"])


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is unreadable there")
def test_a_file_that_cannot_be_read_opens_no_way(tmp_path: Path) -> None:
    closing(tmp_path).save(EngineSettings(outgoing_host="10.8.0.2"))
    (tmp_path / "engine.json").chmod(0)
    assert closing(tmp_path).load().outgoing_host == UNKNOWN_ADDRESS


def test_a_whole_file_without_a_local_address_leaves_the_choice_to_the_system(tmp_path: Path) -> None:
    write(tmp_path, {"schema": 1, "values": {"max_peers": 7}})
    store = closing(tmp_path)
    assert store.load().outgoing_host == ""
    assert codes(store) == []
