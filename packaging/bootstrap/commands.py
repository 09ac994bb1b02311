"""The words that start.py understands: test, lint, bench, package, translations; all else goes to Shoal as it is."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bootstrap import debian_packages, environment, system_libraries
from bootstrap.environment import Environment
from bootstrap.errors import StartError

CHECKOUT = Path(__file__).resolve().parents[2]
HEADLESS_COMMANDS = frozenset({"get", "seed", "check", "create", "show", "tracker"})
NO_DISPLAY = "There is no display for the window; without one use for example: python3 start.py get SOURCE --to DIR"
PACKAGE_TESTS = "tests/packages"
SIDE_BY_SIDE = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
"""For the whole suite: a process a core, a file stays in one, and the long files do not come last."""
LINT_COMMANDS = (("ruff", "check", "."), ("mypy",), ("lint-imports",))
HELP = """\
python3 start.py                     open Shoal; without a display, show a demo in the terminal
python3 start.py test [PYTEST...]    run the tests
python3 start.py lint                run the checks: ruff, mypy, the layers
python3 start.py bench [ROW...]      measure against libtorrent
python3 start.py package WHAT        make a package: bundle, deb, windows, macos, flatpak, all; or check them
python3 start.py translations        bring the catalogues of other languages up to the sources (help: what else)
python3 start.py ANYTHING ELSE       the command line of Shoal itself:
"""


def main(arguments: Sequence[str]) -> int:
    """Do what `arguments` (without the program's name) say; returns the exit code."""
    try:
        match arguments:
            case ["test", *rest]:
                return run_tests(rest)
            case ["bench", *rest]:
                return run_bench(rest)
            case ["package", "check"]:
                os.environ["SHOAL_PACKAGE_CHECK"] = "1"
                return run_tests([PACKAGE_TESTS])
            case ["package", *rest]:
                return run_packaging(rest)
            case ["translations", *rest]:
                return run_translations(rest)
            case ["lint"]:
                return run_checks()
            case _:
                return run_shoal(arguments)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; the next start takes it up again.", file=sys.stderr)
        return 130


def has_display(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a window could be seen."""
    return not platform.startswith("linux") or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def choose_arguments(arguments: Sequence[str], environ: Mapping[str, str], platform: str = sys.platform) -> list[str]:
    """What Shoal is called with: without arguments and display it shows the demo and leaves a picture of the window."""
    if arguments or has_display(environ, platform):
        return list(arguments)
    return ["demo", "--screenshot", str(_picture_folder() / "shoal-demo.png")]


def needs_window(arguments: Sequence[str]) -> bool:
    """Whether Shoal called with `arguments` opens a window, or paints one.

    As in Shoal itself, the common options may stand before the command.
    """
    if {"--version", "--help", "-h"} & set(arguments):
        return False
    if "--headless" in arguments:
        return False
    return _command(arguments) not in HEADLESS_COMMANDS


def _command(arguments: Sequence[str]) -> str | None:
    """The first word that is no option: the command, or what the window is to open."""
    words = iter(arguments)
    for word in words:
        if word == "--profile":
            next(words, None)
        elif not word.startswith("-"):
            return word
    return None


def run_shoal(arguments: Sequence[str]) -> int:
    """Run Shoal from this source tree, in the folder that the person is in. Raises StartError."""
    environ = dict(os.environ)
    if arguments and arguments[0] in {"--help", "-h"}:
        print(HELP, flush=True)
    chosen = choose_arguments(arguments, environ)
    if needs_window(chosen) and not has_display(environ) and not environ.get("QT_QPA_PLATFORM"):
        if _command(chosen) != "demo":
            raise StartError(NO_DISPLAY)
        environ["QT_QPA_PLATFORM"] = "offscreen"
    place = _ready("run")
    if needs_window(chosen):
        try:
            system_libraries.provide(environ)
        except StartError as error:
            if _command(chosen) != "demo":
                raise
            print(f"{error}\nThe demo runs without its picture of the window.", file=sys.stderr, flush=True)
            chosen = ["demo", "--headless"]
    # -P: a file of the person's folder that is called like a module of Python must not be taken for it.
    return _become([str(place.python), "-P", "-m", "shoal", *chosen], environ)


def run_tests(arguments: Sequence[str]) -> int:
    """Run pytest with `arguments`, in the source tree, with the programs that interop tests use where possible.

    Without arguments all tests run, on all cores.
    """
    place = _ready("dev")
    environ = _tool_environ()
    system_libraries.provide(environ if has_display(environ) else environ | {"QT_QPA_PLATFORM": "offscreen"})
    missing = debian_packages.missing_test_programs()
    if missing and not debian_packages.install(missing):
        command = debian_packages.install_command(missing)
        print(f"Tests with other clients are left out where these are missing:\n  {command}", file=sys.stderr)
    os.chdir(CHECKOUT)
    cache = () if _is_writable() else ("-o", f"cache_dir={environment.cache_folder() / 'pytest'}")
    return _become([str(place.python), "-m", "pytest", *cache, *(arguments or SIDE_BY_SIDE)], environ)


def run_bench(rows: Sequence[str]) -> int:
    """Measure `rows` (all when empty) beside libtorrent, as tests/bench/run.py says."""
    place = _ready("dev")
    os.chdir(CHECKOUT)
    return _become([str(place.python), "-m", "tests.bench.run", *rows], dict(os.environ))


def run_packaging(words: Sequence[str]) -> int:
    """Make the packages that `words` name, as packaging/assembly/commands.py says, in an environment of their own."""
    missing = debian_packages.missing_building_programs()
    if missing and not debian_packages.install(missing):
        command = debian_packages.install_command(missing)
        print(f"Packages may fail where these are missing:\n  {command}", file=sys.stderr)
    usual = environment.choose_folder(CHECKOUT)
    # Not the usual one: what the tests need must not find its way into a package.
    place = Environment(CHECKOUT, usual.with_name(usual.name + ".package"))
    place.make_ready("package")
    sources = os.pathsep.join(str(CHECKOUT / folder) for folder in ("packaging", "app"))
    environ = dict(os.environ) | {"PYTHONPATH": sources, "PYTHONNOUSERSITE": "1"}
    return _become([str(place.python), "-m", "assembly.commands", *words], environ)


def run_translations(arguments: Sequence[str]) -> int:
    """Keep the catalogues of other languages, as packaging/translating says."""
    place = _ready("dev")
    environ = dict(os.environ) | {"PYTHONPATH": str(CHECKOUT / "packaging")}
    return _become([str(place.python), "-m", "translating", *arguments], environ)


def run_checks() -> int:
    """Run every check, also after one that failed; 0 when all are content."""
    scripts = _ready("dev").python.parent
    environ = _tool_environ()
    failed = []
    for name, *arguments in LINT_COMMANDS:
        if name == "lint-imports" and not _is_writable():
            arguments.append("--no-cache")
        print(f"== {name}", flush=True)
        if subprocess.run([str(scripts / name), *arguments], cwd=CHECKOUT, env=environ, check=False).returncode != 0:
            failed.append(name)
    print(f"Not content: {', '.join(failed)}" if failed else "All checks are content.")
    return 1 if failed else 0


def _picture_folder() -> Path:
    folder = environment.cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="shoal-"))
    return folder


def _ready(requirements: str) -> Environment:
    place = Environment(CHECKOUT, environment.choose_folder(CHECKOUT))
    place.make_ready(requirements)
    return place


def _is_writable() -> bool:
    return os.access(CHECKOUT, os.W_OK)


def _tool_environ() -> dict[str, str]:
    """The environment of tools that keep caches, which go elsewhere when the source tree cannot be written."""
    environ = dict(os.environ)
    if not _is_writable():
        cache = environment.cache_folder()
        environ.setdefault("RUFF_CACHE_DIR", str(cache / "ruff"))
        environ.setdefault("MYPY_CACHE_DIR", str(cache / "mypy"))
        environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(cache / "hypothesis"))
    return environ


def _become(command: list[str], environ: dict[str, str]) -> int:
    """Replace this process by `command`, so that signals reach it; Windows waits for it instead."""
    for stream in (sys.stdout, sys.stderr):
        # None when it was closed before we began.
        if stream is not None:
            stream.flush()
    if sys.platform != "win32":
        os.execve(command[0], command, environ)
    return subprocess.run(command, env=environ, check=False).returncode
