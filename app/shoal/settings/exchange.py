"""All settings as one file that can be carried to another computer: JSON, only what has a place in the Configuration.

What belongs to one computer (the place of the window, recent folders) stays there. Limits: MAX_EXCHANGE_BYTES.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from shoal.settings.engine_settings import EngineSettings
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.schema import Setting, SettingsError, check_value, schema_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MAX_EXCHANGE_BYTES = 1 << 20
FORMAT = 1
CARRIED = ("profile", "profiles", "profile_times", "metered_profile", "line_kind")
"""Kept by the program itself, and still the person's own work."""
_MARK = "shoal-settings"
S = TypeVar("S", bound="DataclassInstance")


class ExchangeError(ValueError):
    """The file holds no settings of Shoal's; the text says why."""


class NewerExchangeError(ExchangeError):
    """A newer Shoal wrote it, in a form that this one cannot read."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What a file holds, laid over the settings that were there; `refused` are the keys whose values were not taken."""

    engine: EngineSettings
    interface: InterfaceSettings
    refused: tuple[str, ...]
    unknown: tuple[str, ...]
    """Keys of another version."""
    taken: frozenset[str]
    """Keys whose values are the file's, also where they were the same before."""


def write_exchange(engine: EngineSettings, interface: InterfaceSettings) -> bytes:
    """The file's bytes."""
    content = {_MARK: FORMAT, "engine": _values(engine), "interface": _values(interface)}
    return json.dumps(content, indent=1, sort_keys=True, allow_nan=False).encode() + b"\n"


def save_exchange(path: Path, data: bytes) -> None:
    """Write the file whole or not at all: what was there stays until the new one is on disk. Raises OSError."""
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".new", dir=target.parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def read_exchange(data: bytes, engine: EngineSettings, interface: InterfaceSettings) -> Exchanged:
    """Lay what `data` holds over `engine` and `interface`; a bad value loses only itself.

    Raises `NewerExchangeError` for the file of a newer Shoal, `ExchangeError` for what is no such file.
    """
    if len(data) > MAX_EXCHANGE_BYTES:
        raise ExchangeError("it is too large")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ExchangeError("it is no JSON") from error
    if not isinstance(content, dict) or _MARK not in content:
        raise ExchangeError("it holds no settings of Shoal")
    form = content[_MARK]
    if isinstance(form, int) and form > FORMAT:
        raise NewerExchangeError("it is of a newer version of Shoal")
    if form != FORMAT or isinstance(form, bool):
        raise ExchangeError("it holds no settings of Shoal")
    taken: set[str] = set()
    refused: list[str] = []
    unknown: list[str] = []
    new_engine = _laid_over(engine, content.get("engine"), taken, refused, unknown)
    new_interface = _laid_over(interface, content.get("interface"), taken, refused, unknown)
    return Exchanged(new_engine, new_interface, tuple(refused), tuple(unknown), frozenset(taken))


def _is_carried(entry: Setting) -> bool:
    return entry.page is not None or entry.key in CARRIED


def _values(settings: EngineSettings | InterfaceSettings) -> dict[str, object]:
    kind: type[DataclassInstance] = type(settings)
    return {entry.key: getattr(settings, entry.key) for entry in schema_of(kind) if _is_carried(entry)}


def _laid_over(settings: S, values: object, keys: set[str], refused: list[str], unknown: list[str]) -> S:
    if not isinstance(values, dict):
        return settings
    entries = {entry.key: entry for entry in schema_of(type(settings)) if _is_carried(entry)}
    unknown += sorted(str(key) for key in values.keys() - entries.keys())
    taken: dict[str, Any] = {}
    for key in sorted(entries.keys() & values.keys()):
        try:
            check_value(entries[key], values[key])
        except SettingsError:
            refused.append(key)
        else:
            taken[key] = values[key]
    keys.update(taken)
    return replace(settings, **taken)
