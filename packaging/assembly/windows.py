"""The Windows installer: an NSIS script that installs for one user, without an administrator.

Elsewhere than on Windows there is no bundle for it: then the script is compiled around a stub, as a check of itself.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from assembly import bundle, icons
from assembly.places import BUILD, CHECKOUT, DIST, PACKAGING, VERSION

SCRIPT = PACKAGING / "windows" / "shoal.nsi"


def make() -> Path:
    """Compile the installer; returns it. Raises OSError without makensis, CalledProcessError when it refuses."""
    if sys.platform == "win32":
        return installer(bundle.make(), DIST / f"shoal-{VERSION}-setup.exe")
    stub = BUILD / "windows" / "stub"
    (stub / "_internal").mkdir(parents=True, exist_ok=True)
    (stub / "shoal.exe").write_bytes(b"MZ")
    (stub / "_internal" / "base_library.zip").write_bytes(b"")
    return installer(stub, BUILD / "windows" / "shoal-stub-setup.exe")


def installer(program: Path, output: Path) -> Path:
    """The installer for what is in the folder `program`, `shoal.exe` among it, written to `output`."""
    folder = BUILD / "windows"
    folder.mkdir(parents=True, exist_ok=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    icon = folder / "shoal.ico"
    icon.write_bytes(icons.ico())
    files = folder / "files.nsh"
    # makensis takes a script for UTF-8 only when it begins with its mark.
    files.write_text(file_macros(program), encoding="utf-8-sig")
    defined = {
        "VERSION": VERSION,
        "SIZE_KIB": str(bundle.size(program) // 1024),
        "ICON": str(icon),
        "LICENCE": str(CHECKOUT / "LICENSE"),
        "OUTPUT": str(output),
        "FILES": str(files),
    }
    options = [f"-D{name}={value}" for name, value in defined.items()]
    command = ["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *options, str(SCRIPT)]
    subprocess.run(command, check=True)
    return output


def file_macros(program: Path) -> str:
    """The macros `InstallFiles` and `RemoveFiles` for every file below `program`, deepest folders last and first."""
    folders = [program, *sorted(path for path in program.rglob("*") if path.is_dir())]
    # The place of a file here is taken as it stands; only where it goes may hold variables.
    install, remove = ["!macro InstallFiles"], ["!macro RemoveFiles"]
    for folder in folders:
        there = _there(folder.relative_to(program))
        install.append(f'  SetOutPath "{there}"')
        install += [f'  File "{path}"' for path in _files(folder)]
    for folder in reversed(folders):
        there = _there(folder.relative_to(program))
        remove += [f'  Delete "{there}\\{_quoted(path.name)}"' for path in _files(folder)]
        if folder != program:
            remove.append(f'  RMDir "{there}"')
    return "\n".join([*install, "!macroend", "", *remove, "!macroend", ""])


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())


def _there(relative: Path) -> str:
    return "\\".join(["$INSTDIR", *map(_quoted, relative.parts)])


def _quoted(text: str) -> str:
    return text.replace("$", "$$").replace('"', '$\\"')
