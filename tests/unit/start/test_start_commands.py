"""What start.py does with its words, with and without a display, and with a Python that is too old."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bootstrap import commands, environment, system_libraries
from bootstrap.commands import choose_arguments, has_display, needs_window
from bootstrap.environment import Environment
from bootstrap.errors import StartError

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[list[str], dict[str, str]]]:
    calls: list[tuple[list[str], dict[str, str]]] = []

    def become(command: list[str], environ: dict[str, str]) -> int:
        calls.append((command, environ))
        return 7

    monkeypatch.setattr(commands, "_become", become)
    monkeypatch.setattr(commands, "_ready", lambda requirements: Environment(CHECKOUT, tmp_path / requirements))
    monkeypatch.setattr(system_libraries, "provide", lambda environ: None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return calls


def test_display_is_x11_or_wayland_on_linux_and_always_there_elsewhere() -> None:
    assert not has_display({}, "linux")
    assert has_display({"DISPLAY": ":0"}, "linux")
    assert has_display({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert has_display({}, "win32")
    assert has_display({}, "darwin")


def test_nothing_to_do_without_display_shows_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "cache_folder", lambda: tmp_path / "cache")
    assert choose_arguments([], {}, "linux") == ["demo", "--screenshot", str(tmp_path / "cache" / "shoal-demo.png")]


def test_picture_goes_to_a_temporary_folder_where_home_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(environment, "cache_folder", lambda: tmp_path / "file" / "cache")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    picture = Path(choose_arguments([], {}, "linux")[2])
    assert picture.parent.parent == tmp_path
    assert picture.parent.is_dir()


@pytest.mark.parametrize(
    ("arguments", "environ"), [([], {"DISPLAY": ":0"}), (["show", "a.torrent"], {}), (["a.torrent"], {"DISPLAY": ":0"})]
)
def test_arguments_pass_as_they_are(arguments: list[str], environ: dict[str, str]) -> None:
    assert choose_arguments(arguments, environ, "linux") == arguments


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ([], True),
        (["a.torrent"], True),
        (["--profile", "get"], True),
        (["demo"], True),
        (["demo", "--headless"], False),
        (["get", "a.torrent"], False),
        (["--profile", "here", "get", "a.torrent"], False),
        (["--version"], False),
    ],
)
def test_only_what_opens_a_window_needs_its_libraries(arguments: list[str], needed: bool) -> None:
    assert needs_window(arguments) is needed


def test_shoal_gets_the_words_in_the_folder_of_the_person(
    became: list[tuple[list[str], dict[str, str]]], tmp_path: Path
) -> None:
    assert commands.main(["get", "a b.torrent", "--to", "."]) == 7
    [(command, _)] = became
    assert command[1:] == ["-P", "-m", "shoal", "get", "a b.torrent", "--to", "."]
    assert Path.cwd() == tmp_path


def test_demo_goes_on_without_a_picture_where_libraries_are_missing(
    became: list[tuple[list[str], dict[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(environ: dict[str, str]) -> None:
        raise StartError("libEGL.so.1 is missing")

    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system_libraries, "provide", refuse)
    commands.main([])
    [(command, environ)] = became
    assert command[4:] == ["demo", "--headless"]
    assert environ["QT_QPA_PLATFORM"]
    assert "libEGL.so.1 is missing" in capsys.readouterr().err
    monkeypatch.setenv("DISPLAY", ":0")
    assert commands.main(["a.torrent"]) == 1


@pytest.mark.parametrize("arguments", [["a.torrent"], ["-v"], ["--profile", "here"]])
def test_window_without_a_display_is_refused_and_not_hidden(
    arguments: list[str],
    became: list[tuple[list[str], dict[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(commands, "has_display", lambda environ: has_display(environ, "linux"))
    assert commands.main(arguments) == 1
    assert became == []
    shown = capsys.readouterr().err
    assert "no display" in shown
    assert "python3 start.py get" in shown
    assert shown.count("\n") == 1
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert commands.main(arguments) == 7
    monkeypatch.delenv("QT_QPA_PLATFORM")
    assert commands.main(["-v", "demo"]) == 7
    assert became[-1][1]["QT_QPA_PLATFORM"] == "offscreen"


def test_commands_without_a_window_are_told_of_no_platform(
    became: list[tuple[list[str], dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert commands.main(["get", "a.torrent", "--to", "."]) == 7
    assert "QT_QPA_PLATFORM" not in became[0][1]


def test_tests_run_in_the_source_tree(
    became: list[tuple[list[str], dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands.debian_packages, "missing_test_programs", lambda: [])
    assert commands.main(["test", "-k", "layers"]) == 7
    assert commands.main(["bench", "check-1"]) == 7
    tested, measured = (command for command, _ in became)
    assert tested[1:3] == ["-m", "pytest"]
    assert tested[-2:] == ["-k", "layers"]
    assert measured[1:] == ["-m", "tests.bench.run", "check-1"]
    assert Path.cwd() == CHECKOUT


def test_missing_clients_are_installed_or_named(
    became: list[tuple[list[str], dict[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked: list[list[str]] = []

    def cannot_install(packages: list[str]) -> bool:
        asked.append(packages)
        return False

    monkeypatch.setattr(commands.debian_packages, "missing_test_programs", lambda: ["aria2", "rtorrent"])
    monkeypatch.setattr(commands.debian_packages, "install", cannot_install)
    assert commands.main(["test"]) == 7
    assert asked == [["aria2", "rtorrent"]]
    assert "sudo apt-get install aria2 rtorrent" in capsys.readouterr().err


def test_interruption_is_no_trace(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(requirements: str) -> Environment:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "_ready", interrupt)
    assert commands.main([]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_start_through_a_symlink_finds_its_tree(tmp_path: Path) -> None:
    link = tmp_path / "a link.py"
    link.symlink_to(CHECKOUT / "start.py")
    asked = "import runpy, sys; runpy.run_path(sys.argv[1]); import bootstrap.commands as c; print(c.CHECKOUT)"
    done = subprocess.run(
        [sys.executable, "-c", asked, str(link)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == str(CHECKOUT), done.stderr


def test_older_python_is_told_in_one_sentence(tmp_path: Path) -> None:
    text = (CHECKOUT / "start.py").read_text(encoding="utf-8")
    pretend = f"import sys; sys.version_info = (3, 9, 2); exec(compile({text!r}, 'start.py', 'exec'))"
    done = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "Shoal needs Python 3.11 or newer, and this is Python 3.9.\n"


def test_older_python_can_read_that_far() -> None:
    ast.parse((CHECKOUT / "start.py").read_text(encoding="utf-8"), feature_version=(3, 4))


def test_catalogues_are_kept_by_their_own_program(became: list[tuple[list[str], dict[str, str]]]) -> None:
    assert commands.main(["translations", "add", "pt_BR"]) == 7
    ((command, environ),) = became
    assert command[1:] == ["-m", "translating", "add", "pt_BR"]
    assert environ["PYTHONPATH"] == str(CHECKOUT / "packaging")


def test_packages_are_made_in_an_environment_of_their_own(
    became: list[tuple[list[str], dict[str, str]]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made: list[tuple[Path, str]] = []
    monkeypatch.setattr(commands.debian_packages, "missing_building_programs", lambda: [])
    monkeypatch.setattr(environment, "choose_folder", lambda checkout: tmp_path / ".venv")
    monkeypatch.setattr(Environment, "make_ready", lambda place, name: made.append((place.folder, name)))
    assert commands.main(["package", "deb", "macos"]) == 7
    assert made == [(tmp_path / ".venv.package", "package")]
    [(command, environ)] = became
    assert command[1:] == ["-m", "assembly.commands", "deb", "macos"]
    assert environ["PYTHONPATH"].split(os.pathsep) == [str(CHECKOUT / "packaging"), str(CHECKOUT / "app")]


def test_packages_are_checked_by_their_tests(
    became: list[tuple[list[str], dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOAL_PACKAGE_CHECK", "")
    monkeypatch.setattr(commands.debian_packages, "missing_test_programs", lambda: [])
    assert commands.main(["package", "check"]) == 7
    [(command, environ)] = became
    assert environ["SHOAL_PACKAGE_CHECK"] == "1"
    assert command[1:3] == ["-m", "pytest"]
    assert command[-1] == commands.PACKAGE_TESTS
    assert (CHECKOUT / commands.PACKAGE_TESTS).is_dir()
