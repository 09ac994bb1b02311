"""A settings file that survives crashes, damage, older and newer versions: JSON with a schema number and a checksum.

Written to a temporary file, synced and renamed; the generation before is kept beside it as `NAME.previous`. A damaged
file is moved to `NAME.damaged-N`, never deleted, and the previous generation used; where there is none, whatever values
of the damaged one are still sound. A person who edits the file by hand removes its `checksum`. Limits: MAX_FILE_BYTES.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from shoal.settings.engine_settings import EngineSettings, validate
from shoal.settings.interface_settings import InterfaceSettings, validate_interface
from shoal.settings.schema import UNKNOWN_ADDRESS, SettingsError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from shoal.settings.locations import Profile

MAX_FILE_BYTES = 1 << 20
SCHEMA = 1

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Values: TypeAlias = dict[str, Json]
Migration = Callable[[Values], Values]
S = TypeVar("S", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class StoreNote:
    """Something a person should know about their settings: a stable code, a sentence for the log, and what it is about.

    Codes: `damaged` (moved aside), `older-used`, `rescued` (values of a damaged one are used), `newer-schema`
    (read-only), `unreadable` (read-only), `bad-value`, `closed` (its value is not known, and none is guessed).
    """

    code: str
    text: str
    subject: str
    """The path of a file; of `bad-value` and `closed` the key of the setting."""


class _DamagedError(Exception):
    """The file is there and is not what was written; `schema` and `values` are what can still be read of it."""

    def __init__(self, why: str, schema: Json = None, values: Values | None = None) -> None:
        super().__init__(why)
        self.schema, self.values = schema, values or {}


class SettingsStore(Generic[S]):
    """One settings file and its one writer. `load` once, then `save` each new value."""

    def __init__(
        self,
        path: Path,
        defaults: S,
        check: Callable[[S], S],
        *,
        schema: int = SCHEMA,
        migrations: Mapping[int, Migration] | None = None,
        closed: Mapping[str, Json] | None = None,
    ) -> None:
        """`migrations[n]` turns the values of schema n into those of n + 1; `check` raises `SettingsError`.

        `closed` has the value of keys whose default must not be taken for what a damaged file had.
        """
        self.path = path
        self.settings = defaults
        """The values in force."""
        self.notes: tuple[StoreNote, ...] = ()
        """What `load` found."""
        self.is_read_only = False
        self._defaults = defaults
        self._check = check
        self._schema = schema
        self._migrations = dict(migrations or {})
        self._closed: Values = dict(closed or {})
        self._unknown: Values = {}

    def load(self) -> S:
        """Read the file, or the previous generation when it is missing or damaged; defaults when there is neither.

        Never raises for what a file holds or for one that cannot be read: `notes` says what happened.
        """
        notes: list[StoreNote] = []
        self.is_read_only = False
        values: Values = {}
        rescued: tuple[Path, Values] | None = None
        newest: Values | None = None
        """What is still known of a damaged file or of one that cannot be read."""
        for place in (self.path, self._previous):
            try:
                found = _read(place)
            except FileNotFoundError:
                continue
            except OSError as error:
                # Overwriting what could not be read might destroy it.
                self.is_read_only = True
                notes.append(StoreNote("unreadable", f"{place} cannot be read: {error.strerror}.", str(place)))
                newest = newest or {}
                break
            except _DamagedError as error:
                text = f"{place} is damaged ({error}){self._quarantine(place)}."
                notes.append(StoreNote("damaged", text, str(place)))
                rescued = rescued or self._rescued(place, error)
                newest = error.values if newest is None else newest
                continue
            if place == self._previous:
                text = f"The settings before the last change were used, from {place}."
                notes.append(StoreNote("older-used", text, str(place)))
            values = self._upgraded(found, notes)
            break
        else:
            if rescued is not None:
                place, values = rescued
                text = f"What could be read of {place} is used; of the rest the defaults."
                notes.append(StoreNote("rescued", text, str(place)))
        if newest is not None:
            values = self._without_guesses(values, newest, notes)
        self.settings = self._taken(values, notes)
        self.notes = tuple(notes)
        return self.settings

    def save(self, settings: S) -> None:
        """Check and write `settings`, together with the keys of the file that this version does not know.

        Raises SettingsError for a bad value or a read-only file, OSError when the disk refuses; the old file is then
        unharmed.
        """
        self._check(settings)
        if self.is_read_only:
            raise SettingsError("schema", "is of a newer Shoal or cannot be read: settings are not saved")
        values: Values = {**self._unknown, **asdict(settings)}
        content = {"schema": self._schema, "checksum": _checksum(values), "values": values}
        data = json.dumps(content, indent=1, sort_keys=True, allow_nan=False).encode()
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self.path.with_name(self.path.name + ".new")
        # Readable by this user only: passkeys may lie in settings.
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # A crash between the two renames leaves no file but a previous one, which `load` takes.
        if self.path.exists():
            os.replace(self.path, self._previous)
        os.replace(temporary, self.path)
        _sync_folder(self.path.parent)
        self.settings = settings

    @property
    def _previous(self) -> Path:
        return self.path.with_name(self.path.name + ".previous")

    def _quarantine(self, place: Path) -> str:
        """Move a damaged file aside under a name that is free; the end of a sentence on where it is now."""
        number = 1
        while (target := self.path.with_name(f"{self.path.name}.damaged-{number}")).exists():
            number += 1
        try:
            os.replace(place, target)
        except OSError as error:
            self.is_read_only = True
            return f" and cannot be moved aside: {error.strerror}"
        return f" and was moved to {target.name}"

    def _rescued(self, place: Path, damage: _DamagedError) -> tuple[Path, Values] | None:
        """What is still known of a damaged file of this version; None when that is nothing."""
        names = {entry.name for entry in fields(self._defaults)}
        values = {key: value for key, value in damage.values.items() if key in names}
        return (place, values) if values and damage.schema in (None, self._schema) else None

    def _without_guesses(self, values: Values, newest: Values, notes: list[StoreNote]) -> Values:
        """Of the keys that fail closed what the `newest` file told, or else an older one where that is no default."""
        known = dict(values)
        for key, closed in self._closed.items():
            if key in newest:
                known[key] = newest[key]
            elif values.get(key, getattr(self._defaults, key)) == getattr(self._defaults, key):
                known[key] = closed
                notes.append(StoreNote("closed", f"{key} is not known any more; nothing is guessed.", key))
        return known

    def _upgraded(self, found: tuple[int, Values], notes: list[StoreNote]) -> Values:
        schema, values = found
        if schema > self._schema:
            self.is_read_only = True
            text = f"{self.path} is of a newer Shoal; it is read but not changed."
            notes.append(StoreNote("newer-schema", text, str(self.path)))
        for step in range(schema, self._schema):
            if step in self._migrations:
                values = self._migrations[step](values)
        return values

    def _taken(self, values: Values, notes: list[StoreNote]) -> S:
        """The settings in `values`, each checked on its own, so that a bad one loses only itself."""
        names = {entry.name for entry in fields(self._defaults)}
        self._unknown = {key: value for key, value in values.items() if key not in names}
        settings = self._defaults
        for name in sorted(names & values.keys()):
            # The check is the judge of types, so an unchecked value passes through here as Any.
            value: Any = values[name]
            try:
                settings = self._check(replace(settings, **{name: value}))
            except SettingsError as error:
                if name in self._closed:
                    closed: Any = self._closed[name]
                    settings = replace(settings, **{name: closed})
                    notes.append(StoreNote("closed", f"{error}; nothing is guessed.", name))
                    continue
                notes.append(StoreNote("bad-value", f"{error}; the default is used.", name))
        return settings


def engine_store(places: Profile) -> SettingsStore[EngineSettings]:
    """The engine's settings of a profile, not yet loaded."""
    closed: Values = {"outgoing_host": UNKNOWN_ADDRESS}
    return SettingsStore(places.engine_settings_file, EngineSettings(), validate, closed=closed)


def interface_store(places: Profile) -> SettingsStore[InterfaceSettings]:
    """The interface's settings of a profile, not yet loaded."""
    return SettingsStore(places.interface_settings_file, InterfaceSettings(), validate_interface)


def _checksum(values: Values) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> tuple[int, Values]:
    """Schema and values; _DamagedError when the content is not sound, OSError when it cannot be read."""
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise _DamagedError(f"over {MAX_FILE_BYTES} bytes")
    try:
        # Some editors put a mark at the beginning.
        content = json.loads(data.decode("utf-8-sig"), parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        lines = _sound_lines(data)
        raise _DamagedError("no JSON", lines.get("schema"), lines) from error
    if not isinstance(content, dict):
        raise _DamagedError("no JSON object")
    schema, values = content.get("schema"), content.get("values")
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1 or not isinstance(values, dict):
        raise _DamagedError("no schema or no values")
    if "checksum" in content and content["checksum"] != _checksum(values):
        raise _DamagedError("its checksum does not fit", schema, values)
    return schema, values


def _sound_lines(data: bytes) -> Values:
    """What the lines of a damaged file tell one by one: `save` writes each value on a line of its own."""
    values: Values = {}
    for line in data.decode("utf-8", "replace").split("\n"):
        if "\ufffd" in line:
            continue
        try:
            values |= json.loads(f"{{{line.strip().rstrip(',')}}}", parse_constant=_finite, parse_float=_finite)
        except (ValueError, RecursionError):
            continue
    return values


def _finite(text: str) -> float:
    """A JSON number; ValueError for NaN, the infinities, and numbers that would become one."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no JSON number")
    return number


def _sync_folder(folder: Path) -> None:
    """Make the renames last; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
