"""The command line's words become options; wrong use is one sentence and exit code 2."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from shoal.cli.options import (
    CheckOptions,
    CreateOptions,
    DemoOptions,
    GetOptions,
    SeedOptions,
    ShowOptions,
    TrackerOptions,
)
from shoal.launch import arguments
from shoal.launch.argument_values import UsageError
from shoal.launch.arguments import main, parse, split_command


def headless(*words: str) -> object:
    return parse(words).options


def test_get_takes_every_option_of_its_contract(tmp_path: Path) -> None:
    options = headless(
        *("get", "a.torrent", "--to", str(tmp_path), "--port", "6881", "--peer", "127.0.0.1:5", "--peer", "[::1]:6"),
        *("--no-dht", "--no-lsd", "--no-pex", "--no-port-mapping", "--encryption", "prefer", "--transport", "both"),
        *("--interface", "lo", "--down-limit", "100", "--up-limit", "0.5", "--max-peers", "7", "--json"),
        *("--timeout", "2.5", "--sequential", "--select", "*.iso", "--select", "doc/*", "--seed-ratio", "1.5"),
        *("--seed-time", "2", "-v", "--profile", str(tmp_path / "p")),
    )
    assert isinstance(options, GetOptions)
    assert options.source == "a.torrent"
    assert options.folder == str(tmp_path)
    assert options.sequential
    assert options.select == ("*.iso", "doc/*")
    assert options.seed_ratio == 1.5
    assert options.seed_seconds == 120
    transfer = options.transfer
    assert transfer.peers == (("127.0.0.1", 5), ("::1", 6))
    assert (transfer.port, transfer.interface, transfer.max_peers, transfer.json) == (6881, "lo", 7, True)
    assert (transfer.down_limit, transfer.up_limit, transfer.timeout_seconds) == (102_400, 512, 2.5)
    assert transfer.profile == str(tmp_path / "p")
    off = (transfer.dht, transfer.local_discovery, transfer.peer_exchange, transfer.port_mapping)
    assert off == (False, False, False, False)


def test_defaults_ask_for_nothing_special() -> None:
    options = headless("get", "a.torrent", "--to", "here")
    assert isinstance(options, GetOptions)
    assert options.folder == os.path.abspath("here")
    assert options.seed_ratio is None
    assert options.seed_seconds is None
    assert options.transfer.timeout_seconds is None
    assert options.transfer.max_peers is None


def test_each_command_has_its_options(tmp_path: Path) -> None:
    where = str(tmp_path)
    assert headless("seed", "t", "--from", where) == SeedOptions("t", where)
    assert headless("check", "t", "--at", where, "--json") == CheckOptions("t", where, json=True)
    assert headless("show", "t", "--json") == ShowOptions("t", json=True)
    assert headless("tracker", "--port", "0", "--udp-port", "7", "--host", "::1") == TrackerOptions("::1", 0, 7)
    assert headless("demo", "--size", "3", "--headless", "--screenshot", "/x.png") == DemoOptions(
        3 << 20, headless=True, screenshot="/x.png"
    )
    assert headless(
        *("create", where, "-o", "/o.torrent", "--tracker", "http://a/announce", "--tracker", "udp://b:1/announce"),
        *("--web-seed", "https://w/", "--piece-size", "32768", "--version", "1", "--private"),
        *("--comment", "c", "--source", "s"),
    ) == CreateOptions(
        path=where,
        output="/o.torrent",
        trackers=("http://a/announce", "udp://b:1/announce"),
        web_seeds=("https://w/",),
        piece_length=32768,
        private=True,
        comment="c",
        source="s",
    )


def test_words_without_a_command_are_sources_for_the_window(tmp_path: Path) -> None:
    parsed = parse(["--profile", str(tmp_path), "a.torrent", "get"])
    assert parsed.options is None
    assert parsed.sources == ("a.torrent", "get")
    assert parsed.profile == str(tmp_path)


def test_profile_comes_from_the_environment_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOAL_PROFILE", str(tmp_path))
    assert parse([]).profile == str(tmp_path)
    assert parse(["--profile", "/other"]).profile == os.path.abspath("/other")


@pytest.mark.parametrize(
    ("words", "command", "rest"),
    [
        (["get", "x"], "get", ["x"]),
        (["-v", "--profile", "get", "seed", "x"], "seed", ["-v", "--profile", "get", "x"]),
        (["--profile=p", "show", "x"], "show", ["--profile=p", "x"]),
        (["./get", "x"], None, ["./get", "x"]),
        (["--", "get"], None, ["--", "get"]),
        (["x", "get"], None, ["x", "get"]),
        ([], None, []),
    ],
)
def test_command_is_the_first_word_that_is_no_option(words: list[str], command: str | None, rest: list[str]) -> None:
    assert split_command(words) == (command, rest)


@pytest.mark.parametrize(
    "words",
    [
        ("get", "a.torrent"),
        ("get", "--to", "x"),
        ("get", "a", "--to", "x", "--port", "65536"),
        ("get", "a", "--to", "x", "--port", "-1"),
        ("get", "a", "--to", "x", "--port", "1.5"),
        ("get", "a", "--to", "x", "--down-limit", "nan"),
        ("get", "a", "--to", "x", "--peer", "nohost"),
        ("get", "a", "--to", "x", "--peer", "::1:5"),
        ("get", "a", "--to", "x", "--peer", "h:0"),
        ("get", "a", "--to", "x", "--peer", "h:65536"),
        ("get", "a", "--to", "x", "--max-peers", "0"),
        ("get", "a", "--to", "x", "--timeout", "-1"),
        ("get", "a", "--to", "x", "--no-seed", "--seed-ratio", "1"),
        ("get", "a", "--to", "x", "--unheard-of"),
        ("get", "a", "--to", "x", "--encryption", "maybe"),
        ("get", "a", "b", "--to", "x"),
        ("create", "x", "-o", "y", "--piece-size", "16383"),
        ("create", "x", "-o", "y", "--piece-size", "8192"),
        ("create", "x", "-o", "y", "--piece-size", "49152"),
        ("create", "x", "-o", "y", "--piece-size", str(256 << 20)),
        ("create", "x", "-o", "y", "--tracker", "ftp://a/b"),
        ("create", "x", "-o", "y", "--tracker", "http://a/b c"),
        ("create", "x", "-o", "y", "--web-seed", "udp://a/b"),
        ("demo", "--size", "0"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_2(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("shoal ")
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("get", "a", "--to", "x", "--encryption", "require"),
        ("get", "a", "--to", "x", "--transport", "utp"),
        ("get", "a", "--to", "x", "--proxy", "socks5://127.0.0.1:9050"),
        ("seed", "a", "--from", "x", "--proxy", ""),
        ("create", "x", "-o", "y", "--version", "2"),
        ("create", "x", "-o", "y", "--version", "hybrid"),
    ],
)
def test_what_comes_later_is_refused_never_ignored(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert "comes later" in capsys.readouterr().err


def test_hosts_of_the_dht() -> None:
    options = headless("seed", "a", "--from", "x", "--dht-bootstrap", "127.0.0.1:1", "--dht-bootstrap", "[::1]:2")
    assert isinstance(options, SeedOptions)
    assert options.transfer.dht
    assert options.transfer.dht_hosts == (("127.0.0.1", 1), ("::1", 2))
    off = headless("get", "a", "--to", "x", "--no-dht")
    assert isinstance(off, GetOptions)
    assert not off.transfer.dht


def test_no_dht_and_a_host_for_it_contradict_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("get", "a", "--to", "x", "--no-dht", "--dht-bootstrap", "127.0.0.1:1")) == 2
    assert "contradicts" in capsys.readouterr().err


def test_other_ways_of_finding_peers_are_switched_off() -> None:
    options = headless("get", "a", "--to", "x", "--no-lsd", "--no-pex")
    assert isinstance(options, GetOptions)
    assert (options.transfer.local_discovery, options.transfer.peer_exchange) == (False, False)
    options = headless("get", "a", "--to", "x")
    assert isinstance(options, GetOptions)
    assert (options.transfer.local_discovery, options.transfer.peer_exchange) == (True, True)


def test_a_limit_never_rounds_down_to_none() -> None:
    options = headless("get", "a", "--to", "x", "--down-limit", "0.0001")
    assert isinstance(options, GetOptions)
    assert options.transfer.down_limit == 1


def test_help_and_version_exit_0(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--version"], ["--help"], ["get", "--help"], ["get", "--version"], ["demo", "--help"]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 0
    assert "shoal 0.1" in capsys.readouterr().out


def test_usage_error_carries_its_sentence() -> None:
    with pytest.raises(UsageError, match=r"shoal get: .*--to"):
        parse(["get", "a"])


def test_parsing_loads_neither_qt_nor_the_engine() -> None:
    code = (
        "import sys; from shoal.launch.arguments import parse; parse(['get', 'a', '--to', 'b']);"
        "print([n for n in sys.modules if n.split('.')[0] in {'PySide6', 'qasync', 'rich', 'aiohttp'}])"
    )
    source_root = Path(arguments.__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(source_root)}
    shown = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=30
    )
    assert shown.stdout.strip() == "[]"
