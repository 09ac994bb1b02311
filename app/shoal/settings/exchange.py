"""All settings as one file that can be carried to another computer: JSON, only what has a place in the Configuration.

What belongs to one computer (the place of the window, recent folders) stays there. Limits: MAX_EXCHANGE_BYTES.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What a file holds, laid over the settings that were there; `refused` are the keys whose values were not taken."""

    engine: EngineSettings
    interface: InterfaceSettings
    refused: tuple[str, ...]
    unknown: tuple[str, ...]
    """Keys of another version."""


def write_exchange(engine: EngineSettings, interface: InterfaceSettings) -> bytes:
    """The file's bytes."""
    content = {_MARK: FORMAT, "engine": _values(engine), "interface": _values(interface)}
    return json.dumps(content, indent=1, sort_keys=True, allow_nan=False).encode() + b"\n"


def read_exchange(data: bytes, engine: EngineSettings, interface: InterfaceSettings) -> Exchanged:
    """Lay what `data` holds over `engine` and `interface`; a bad value loses only itself. Raises `ExchangeError`."""
    if len(data) > MAX_EXCHANGE_BYTES:
        raise ExchangeError("it is too large")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ExchangeError("it is no JSON") from error
    if not isinstance(content, dict) or _MARK not in content:
        raise ExchangeError("it holds no settings of Shoal")
    if content[_MARK] != FORMAT:
        raise ExchangeError("it is of another version of Shoal")
    refused: list[str] = []
    unknown: list[str] = []
    new_engine = _laid_over(engine, content.get("engine"), refused, unknown)
    new_interface = _laid_over(interface, content.get("interface"), refused, unknown)
    return Exchanged(new_engine, new_interface, tuple(refused), tuple(unknown))


def _is_carried(entry: Setting) -> bool:
    return entry.page is not None or entry.key in CARRIED


def _values(settings: EngineSettings | InterfaceSettings) -> dict[str, object]:
    kind: type[DataclassInstance] = type(settings)
    return {entry.key: getattr(settings, entry.key) for entry in schema_of(kind) if _is_carried(entry)}


def _laid_over(settings: S, values: object, refused: list[str], unknown: list[str]) -> S:
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
    return replace(settings, **taken)
