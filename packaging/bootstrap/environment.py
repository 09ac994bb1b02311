"""The virtual environment that start.py makes for Shoal: where it lies, whether it is still right, and making it.

A stamp inside it, written last, names all it was made from: interpreter, place and requirements. So a start
that was interrupted, a moved source tree, another Python or new requirements are all noticed by comparing, and
the usual start costs one small read.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bootstrap import debian_packages
from bootstrap.errors import StartError

MARKER = "made-by-shoal-start"
STAMP = "shoal-stamp.json"
# What each set of requirements also satisfies.
SATISFIED_BY = {"run": ("run", "dev"), "dev": ("dev",), "package": ("package",)}


def cache_folder() -> Path:
    """This user's folder for what can be made again."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "shoal"


def choose_folder(checkout: Path) -> Path:
    """`.venv` in the checkout, or a folder of its own in the user's cache when the checkout cannot be written.

    SHOAL_VENV names another one.
    """
    if chosen := os.environ.get("SHOAL_VENV"):
        return Path(chosen).absolute()
    if os.access(checkout, os.W_OK):
        return checkout / ".venv"
    name = hashlib.sha256(os.fsencode(checkout)).hexdigest()[:16]
    return cache_folder() / "environments" / name


@dataclass(frozen=True, slots=True)
class Environment:
    """The environment at `folder` for the source tree at `checkout`."""

    checkout: Path
    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    def is_ready(self, requirements: str) -> bool:
        """Whether it holds what `requirements` (a key of `SATISFIED_BY`) lists, for this Python and this place."""
        stamp = self._read_stamp()
        return (
            stamp is not None
            and self._fits(stamp)
            and any(stamp.get("digest") == self._digest(name) for name in SATISFIED_BY[requirements])
        )

    def make_ready(self, requirements: str) -> None:
        """Make or mend it where needed; two starts at once wait for each other. Raises StartError."""
        if self.is_ready(requirements):
            return
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            with _one_at_a_time(self.folder.with_name(self.folder.name + ".lock")):
                if not self.is_ready(requirements):
                    self._make(requirements)
        except OSError as error:
            raise StartError(
                f"Shoal's environment cannot be made in {self.folder}: {error.strerror or error}.\n"
                "Set SHOAL_VENV to a folder that can be written, or delete that one, and start again."
            ) from error

    def _make(self, requirements: str) -> None:
        makers = [_PIP] if shutil.which("uv") is None else [_UV, _PIP]
        tell(f"Setting up Shoal in {self.folder} (once; it takes a minute or so)")
        for maker in makers:
            stamp = self._read_stamp()
            keep = stamp is not None and self._fits(stamp) and stamp.get("maker") == maker.name
            (self.folder / STAMP).unlink(missing_ok=True)
            if not keep:
                self._clear_away()
                self.folder.mkdir(parents=True)
                (self.folder / MARKER).write_text("Safe to delete: start.py makes it again.\n", encoding="utf-8")
                tell(f"1 of 3: making an environment of its own, with {maker.name}")
                if not maker.create(self):
                    continue
            tell("2 of 3: getting the libraries that Shoal uses; the largest, Qt, is about 100 MB")
            if maker.install(self, self._requirements_file(requirements)):
                self._point_at_source()
                self._write_stamp(requirements, maker.name)
                tell("3 of 3: done; from now on it starts at once")
                return
        raise StartError(
            "The libraries that Shoal uses could not be installed: the lines above say why.\n"
            "Where it was the network, start again: what has arrived is kept."
        )

    def _clear_away(self) -> None:
        if not os.path.lexists(self.folder):
            return
        ours = (self.folder / MARKER).exists()
        if self.folder.is_symlink() or (self.python.exists() and not ours):
            # Somebody's own environment: kept, under another name.
            number = 1
            while os.path.lexists(aside := self.folder.with_name(f"{self.folder.name}.kept-{number}")):
                number += 1
            self.folder.rename(aside)
            print(f"{self.folder} was not made by start.py; it is now {aside.name}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder)

    def _point_at_source(self) -> None:
        # A .pth file instead of an editable install: nothing to build, hence no build tool to fetch.
        places = {"base": str(self.folder), "platbase": str(self.folder)}
        site_packages = Path(sysconfig.get_path("purelib", "venv", places))
        encoding = "utf-8" if sys.version_info >= (3, 13) else "locale"
        (site_packages / "shoal-source.pth").write_text(f"{self.checkout / 'app'}\n", encoding=encoding)

    def _requirements_file(self, requirements: str) -> Path:
        return self.checkout / "packaging" / "requirements" / f"{requirements}.txt"

    def _digest(self, requirements: str) -> str:
        digest = hashlib.sha256(self._requirements_file(requirements).read_bytes())
        digest.update((self.checkout / "pyproject.toml").read_bytes())
        return f"{requirements} {digest.hexdigest()}"

    def _origin(self) -> dict[str, str]:
        return {
            "python": f"{sys.implementation.name} {sys.version_info[0]}.{sys.version_info[1]}",
            "base": os.path.realpath(sys.base_prefix),
            "folder": str(self.folder),
            "checkout": str(self.checkout),
        }

    def _fits(self, stamp: dict[str, str]) -> bool:
        return self.python.exists() and all(stamp.get(key) == value for key, value in self._origin().items())

    def _read_stamp(self) -> dict[str, str] | None:
        try:
            stamp = json.loads((self.folder / STAMP).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return stamp if isinstance(stamp, dict) else None

    def _write_stamp(self, requirements: str, maker: str) -> None:
        stamp = self._origin() | {"digest": self._digest(requirements), "maker": maker}
        draft = self.folder / (STAMP + ".new")
        draft.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
        draft.replace(self.folder / STAMP)


@dataclass(frozen=True, slots=True)
class _Maker:
    """One tool that makes an environment and installs into it; both steps answer whether they worked."""

    name: str
    create: Callable[[Environment], bool]
    install: Callable[[Environment, Path], bool]


def _uv_create(environment: Environment) -> bool:
    return _run("uv", "venv", "--quiet", "--allow-existing", "--python", _base_python(), str(environment.folder))


def _uv_install(environment: Environment, requirements: Path) -> bool:
    python = str(environment.python)
    return _run("uv", "pip", "install", "--python", python, "--require-hashes", "-r", str(requirements))


def _pip_create(environment: Environment) -> bool:
    _provide_ensurepip()
    return _run(_base_python(), "-m", "venv", str(environment.folder))


def _pip_install(environment: Environment, requirements: Path) -> bool:
    return _run_telling(
        str(environment.python),
        *("-m", "pip", "install", "--progress-bar", "off", "--disable-pip-version-check", "--no-input", "--no-user"),
        *("--require-hashes", "-r", str(requirements)),
    )


_UV = _Maker("uv", _uv_create, _uv_install)
_PIP = _Maker("pip", _pip_create, _pip_install)


def _provide_ensurepip() -> None:
    if importlib.util.find_spec("ensurepip") is not None:
        return
    package = venv_package()
    if debian_packages.install([package]):
        importlib.invalidate_caches()
        if importlib.util.find_spec("ensurepip") is not None:
            return
    raise StartError(
        "This Python cannot make environments: its venv module is not installed.\n"
        f"On Debian and Ubuntu install it with:\n  {debian_packages.install_command([package])}\n"
        "elsewhere with the package of your system that holds Python's `ensurepip`; then start again."
    )


def venv_package() -> str:
    """The Debian package with `ensurepip` for this Python."""
    own = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    system = Path("/usr/bin/python3")
    return "python3-venv" if not system.exists() or system.resolve().name == own else f"{own}-venv"


def _base_python() -> str:
    # start.py may itself run inside an environment, perhaps the very one that is made anew.
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def _run(*command: str) -> bool:
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False).returncode == 0


def _run_telling(*command: str) -> bool:
    """As `_run`, of pip: what it fetches, a line each, in the place of all that it says."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8", errors="replace"
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            shown = progress_of(line)
            if shown:
                tell(shown)
    return running.returncode == 0


def progress_of(line: str) -> str:
    """What a person is told for one line of pip's; empty for most."""
    words = line.split()
    match words:
        case ["Downloading", source, *size]:
            return f"  {source.rpartition('/')[2]} {' '.join(size)}".rstrip()
        case ["Using", "cached", source, *size]:
            return f"  {source.rpartition('/')[2]} {' '.join(size)} (kept from before)"
        case ["Installing", "collected", "packages:", *names]:
            return f"  unpacking {len(names)} libraries"
    return ""


def tell(line: str) -> None:
    """Say something on the terminal, at once; where there is none, to nobody."""
    if sys.stderr is not None:
        print(line, file=sys.stderr, flush=True)


@contextlib.contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    with lock.open("a", encoding="utf-8") as held:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - Windows only

            held.seek(0)
            msvcrt.locking(held.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - not on Windows

            fcntl.flock(held, fcntl.LOCK_EX)
        yield
