"""Linux desktops: a desktop entry, `xdg-mime`, and a note of who opened things before, who gets them back."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from shoal.gui.desktop.associations import AssociationStatus, Kind, Opener, Who
from shoal.gui.desktop.desktop_entry import ENTRY_ID, OURS, entry_text, name_in, without_default
from shoal.gui.style.wording import say

log = logging.getLogger(__name__)

TOOL_SECONDS = 20.0
MOST_ENTRY_BYTES = 1 << 18


class LinuxOpeners:
    """`command` starts this copy of Shoal; `icon` is its picture; `note` is the file that remembers former openers."""

    def __init__(self, command: Sequence[str], icon: Path, note: Path, environ: Mapping[str, str] = os.environ) -> None:
        self._command, self._icon, self._note = tuple(command), icon, note
        self._environ = environ
        home = environ.get("HOME") or str(Path.home())
        self._data = Path(environ.get("XDG_DATA_HOME") or f"{home}/.local/share")
        self._config = Path(environ.get("XDG_CONFIG_HOME") or f"{home}/.config")
        self._own = self._data / "applications" / ENTRY_ID

    def status(self) -> AssociationStatus:
        if self._tool("xdg-mime") is None:
            unknown = Opener(Who.UNKNOWN)
            words = say("Install xdg-utils, or choose Shoal in the settings of your desktop.")
            return AssociationStatus(unknown, unknown, can_change=False, by_hand=words)
        return AssociationStatus(self._opener(Kind.TORRENTS), self._opener(Kind.MAGNETS), can_change=True)

    def claim(self, kinds: frozenset[Kind]) -> None:
        """Write the entry where no package has, note the former openers, and become the default one."""
        if not self._is_packaged():
            _write(self._own, entry_text(self._command, str(self._icon)))
        former = self._former()
        for kind in sorted(kinds, key=lambda kind: kind.value):
            opener = self._default(kind)
            if opener != ENTRY_ID:
                former[kind.value] = opener
        _write(self._note, json.dumps(former))
        self._update_database()
        for kind in kinds:
            self._run("xdg-mime", "default", ENTRY_ID, kind.value)
            if self._default(kind) != ENTRY_ID:
                raise OSError(f"xdg-mime keeps {self._default(kind) or 'nobody'}")

    def release(self) -> None:
        """Give back what was claimed, unless somebody else has it by now, and take our own entry away."""
        former = self._former()
        for kind in Kind:
            if self._default(kind) != ENTRY_ID:
                continue
            before = former.get(kind.value, "")
            if before and self._entry(before) is not None:
                self._run("xdg-mime", "default", before, kind.value)
            else:
                self._forget(kind)
        if OURS in _read(self._own):
            self._own.unlink()
            self._update_database()
        self._note.unlink(missing_ok=True)

    def _opener(self, kind: Kind) -> Opener:
        entry = self._default(kind)
        if entry == ENTRY_ID:
            return Opener(Who.SHOAL)
        if not entry:
            return Opener(Who.NOBODY)
        path = self._entry(entry)
        return Opener(Who.ANOTHER, (name_in(_read(path)) if path else "") or entry.removesuffix(".desktop"))

    def _default(self, kind: Kind) -> str:
        """The id of the entry that opens `kind`; "" when there is none."""
        return self._run("xdg-mime", "query", "default", kind.value).strip()

    def _entry(self, entry_id: str) -> Path | None:
        """Its file; ids have dashes where their files lie in folders."""
        names = {entry_id, entry_id.replace("-", "/", 1)}
        return next(
            (path / name for path in self._application_folders() for name in names if (path / name).is_file()), None
        )

    def _application_folders(self) -> Iterator[Path]:
        yield self._data / "applications"
        for folder in (self._environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":"):
            if folder:
                yield Path(folder, "applications")

    def _is_packaged(self) -> bool:
        path = self._entry(ENTRY_ID)
        return path is not None and OURS not in _read(path)

    def _former(self) -> dict[str, str]:
        try:
            found = json.loads(_read(self._note) or "{}")
        except (ValueError, RecursionError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {str(key): value for key, value in found.items() if isinstance(value, str)}

    def _forget(self, kind: Kind) -> None:
        """xdg-mime cannot: nobody shall be the default one again."""
        for path in (self._config / "mimeapps.list", self._data / "applications" / "mimeapps.list"):
            text = _read(path)
            rest = without_default(text, kind.value, ENTRY_ID)
            if rest != text:
                _write(path, rest)

    def _update_database(self) -> None:
        if self._tool("update-desktop-database") is not None:
            self._run("update-desktop-database", "-q", str(self._own.parent))

    def _tool(self, name: str) -> str | None:
        return shutil.which(name, path=self._environ.get("PATH"))

    def _run(self, name: str, *words: str) -> str:
        tool = self._tool(name)
        if tool is None:
            raise OSError(f"{name} is missing")
        try:
            done = subprocess.run(
                [tool, *words],
                env=dict(self._environ),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=TOOL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise OSError(f"{name} does not end") from error
        if done.returncode != 0:
            log.info("%s ended with %d: %s", name, done.returncode, done.stderr.strip()[:200])
        return done.stdout


def _read(path: Path) -> str:
    """At most MOST_ENTRY_BYTES of it; "" for a file that is not there or cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_ENTRY_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _write(path: Path, text: str) -> None:
    """As a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)
