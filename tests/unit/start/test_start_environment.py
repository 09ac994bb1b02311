"""start.py's environment: made once, and made again exactly when something it was made from has changed."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from bootstrap import debian_packages, environment
from bootstrap.environment import Environment, choose_folder
from bootstrap.errors import StartError


class Maker:
    """Stands for uv and pip: notes what it was asked for and lays the files that a real one would."""

    def __init__(self) -> None:
        self.created = 0
        self.installed: list[str] = []
        self.works = True

    def create(self, place: Environment) -> bool:
        self.created += 1
        place.python.parent.mkdir(parents=True, exist_ok=True)
        place.python.touch()
        self.site_packages(place).mkdir(parents=True, exist_ok=True)
        return True

    def install(self, place: Environment, requirements: Path) -> bool:
        self.installed.append(requirements.stem)
        return self.works

    @staticmethod
    def site_packages(place: Environment) -> Path:
        return place.folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"


@pytest.fixture
def maker(monkeypatch: pytest.MonkeyPatch) -> Maker:
    maker = Maker()
    monkeypatch.setattr(environment, "_UV", environment._Maker("uv", maker.create, maker.install))
    monkeypatch.setattr(environment, "_PIP", environment._Maker("pip", maker.create, maker.install))
    monkeypatch.setattr(environment.shutil, "which", lambda program: None)
    return maker


def lay_checkout(folder: Path) -> Environment:
    (folder / "packaging" / "requirements").mkdir(parents=True)
    for name in ("run", "dev"):
        (folder / "packaging" / "requirements" / f"{name}.txt").write_text(f"{name}==1\n", encoding="utf-8")
    (folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return Environment(folder, folder / ".venv")


@pytest.fixture
def place(tmp_path: Path) -> Environment:
    return lay_checkout(tmp_path / "a folder with blanks")


def test_second_start_makes_nothing(place: Environment, maker: Maker) -> None:
    assert not place.is_ready("run")
    place.make_ready("run")
    assert place.is_ready("run")
    place.make_ready("run")
    assert (maker.created, maker.installed) == (1, ["run"])


def test_the_first_start_says_what_it_does_and_the_second_nothing(
    place: Environment, maker: Maker, capsys: pytest.CaptureFixture[str]
) -> None:
    place.make_ready("run")
    said = capsys.readouterr().err.splitlines()
    assert str(place.folder) in said[0]
    assert [line[:7] for line in said[1:]] == ["1 of 3:", "2 of 3:", "3 of 3:"]
    place.make_ready("run")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            "  Downloading pyside6-6.11.0-linux.whl (96.3 MB)\n",
            "  pyside6-6.11.0-linux.whl (96.3 MB)",
        ),
        ("  Downloading https://files.example/a/b/yarl-1.0.whl (88 kB)\n", "  yarl-1.0.whl (88 kB)"),
        ("  Using cached yarl-1.0.whl (88 kB)\n", "  yarl-1.0.whl (88 kB) (kept from before)"),
        ("Installing collected packages: a, b, c\n", "  unpacking 3 libraries"),
        ("Collecting yarl==1.0\n", ""),
        ("\n", ""),
    ],
)
def test_what_pip_fetches_is_told_a_line_each(line: str, shown: str) -> None:
    assert environment.progress_of(line) == shown


def test_a_failing_command_is_told_from_one_that_works() -> None:
    assert environment._run_telling(sys.executable, "-c", "print('Collecting x')")
    assert not environment._run_telling(sys.executable, "-c", "raise SystemExit(3)")


def test_environment_finds_the_source(place: Environment, maker: Maker) -> None:
    place.make_ready("run")
    pointer = Maker.site_packages(place) / "shoal-source.pth"
    assert pointer.read_text(encoding="utf-8").strip() == str(place.checkout / "app")


def test_tests_add_to_it_and_running_is_then_satisfied_too(place: Environment, maker: Maker) -> None:
    place.make_ready("run")
    assert not place.is_ready("dev")
    place.make_ready("dev")
    place.make_ready("run")
    assert (maker.created, maker.installed) == (1, ["run", "dev"])


@pytest.mark.parametrize("changed", ["packaging/requirements/run.txt", "pyproject.toml"])
def test_changed_requirements_are_installed_into_it(place: Environment, maker: Maker, changed: str) -> None:
    place.make_ready("run")
    (place.checkout / changed).write_text("other\n", encoding="utf-8")
    assert not place.is_ready("run")
    place.make_ready("run")
    assert (maker.created, maker.installed) == (1, ["run", "run"])


def test_interrupted_install_is_made_anew(place: Environment, maker: Maker) -> None:
    maker.works = False
    with pytest.raises(StartError, match="could not be installed"):
        place.make_ready("run")
    assert not place.is_ready("run")
    maker.works = True
    place.make_ready("run")
    assert place.is_ready("run")
    assert maker.created == 2


def test_half_made_folder_without_interpreter_is_made_anew(place: Environment, maker: Maker) -> None:
    (place.folder / "lib").mkdir(parents=True)
    (place.folder / "lib" / "left-over").touch()
    place.make_ready("run")
    assert place.is_ready("run")
    assert not (place.folder / "lib" / "left-over").exists()


def test_environment_of_somebody_else_is_kept_under_another_name(place: Environment, maker: Maker) -> None:
    place.python.parent.mkdir(parents=True)
    place.python.write_text("theirs", encoding="utf-8")
    place.make_ready("run")
    kept = place.folder.with_name(".venv.kept-1")
    assert (kept / place.python.relative_to(place.folder)).read_text(encoding="utf-8") == "theirs"


def test_moved_checkout_gets_a_new_environment(place: Environment, maker: Maker, tmp_path: Path) -> None:
    place.make_ready("run")
    place.checkout.rename(tmp_path / "elsewhere")
    moved = Environment(tmp_path / "elsewhere", tmp_path / "elsewhere" / ".venv")
    assert not moved.is_ready("run")
    moved.make_ready("run")
    assert moved.is_ready("run")
    assert maker.created == 2


def test_another_python_gets_a_new_environment(
    place: Environment, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.make_ready("run")
    monkeypatch.setattr(sys, "base_prefix", "/opt/another")
    assert not place.is_ready("run")
    place.make_ready("run")
    assert maker.created == 2


def test_interpreter_that_is_gone_is_noticed(place: Environment, maker: Maker) -> None:
    place.make_ready("run")
    place.python.unlink()
    assert not place.is_ready("run")


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"digest": 1}', "\x00"])
def test_damaged_stamp_is_no_stamp(place: Environment, maker: Maker, damage: str) -> None:
    place.make_ready("run")
    (place.folder / environment.STAMP).write_text(damage, encoding="utf-8")
    assert not place.is_ready("run")


def test_uv_is_used_where_it_is_and_pip_steps_in_where_it_fails(
    place: Environment, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.shutil, "which", lambda program: "/usr/bin/uv" if program == "uv" else None)
    monkeypatch.setattr(environment, "_UV", environment._Maker("uv", maker.create, lambda place, file: False))
    place.make_ready("run")
    stamp = json.loads((place.folder / environment.STAMP).read_text(encoding="utf-8"))
    assert stamp["maker"] == "pip"
    assert maker.created == 2


def test_folder_that_cannot_be_made_is_one_clear_sentence(tmp_path: Path, maker: Maker) -> None:
    (tmp_path / "file").touch()
    checkout = lay_checkout(tmp_path / "checkout").checkout
    with pytest.raises(StartError, match="SHOAL_VENV"):
        Environment(checkout, tmp_path / "file" / "venv").make_ready("run")


def test_read_only_checkout_keeps_its_environment_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOAL_VENV", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    first, second = choose_folder(tmp_path / "one"), choose_folder(tmp_path / "two")
    assert first.is_relative_to(environment.cache_folder())
    assert first != second
    monkeypatch.setattr(os, "access", lambda path, mode: True)
    assert choose_folder(tmp_path / "one") == tmp_path / "one" / ".venv"


def test_chosen_folder_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOAL_VENV", str(tmp_path / "mine"))
    assert choose_folder(tmp_path) == tmp_path / "mine"


def test_python_without_ensurepip_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(debian_packages, "install", lambda packages: False)
    with pytest.raises(StartError, match=r"apt-get install python3(\.\d+)?-venv"):
        environment._provide_ensurepip()


def test_python_without_ensurepip_is_mended_where_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []

    def install(packages: list[str]) -> bool:
        installed.extend(packages)
        return True

    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: object() if installed else None)
    monkeypatch.setattr(debian_packages, "install", install)
    environment._provide_ensurepip()
    assert installed == [environment.venv_package()]
