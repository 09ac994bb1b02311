"""The interface's settings: one declarative schema of type, default, bound and a line on the effect."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field, fields
from typing import Any

from shoal.settings.engine_settings import SettingsError

THEMES = ("system", "light", "dark")
MAX_FOLDER_LENGTH = 4096
MAX_STATE_LENGTH = 65536


def _choice(default: str, choices: tuple[str, ...], doc: str) -> Any:
    return field(default=default, metadata={"doc": doc, "choices": choices})


def _text(doc: str, *, longest: int, is_base64: bool = False) -> Any:
    return field(default="", metadata={"doc": doc, "longest": longest, "is_base64": is_base64})


@dataclass(frozen=True, slots=True)
class InterfaceSettings:
    """Every interface setting with its default. Opaque states are bytes in base64; empty means never saved."""

    theme: str = _choice("system", THEMES, "Light or dark, or as the system has it")
    window_geometry: str = _text("Place and size of the window", longest=MAX_STATE_LENGTH, is_base64=True)
    column_state: str = _text("Columns of the torrent table", longest=MAX_STATE_LENGTH, is_base64=True)
    last_folder: str = _text("Folder of the last download", longest=MAX_FOLDER_LENGTH)
    last_torrent_folder: str = _text("Folder of the last torrent file opened", longest=MAX_FOLDER_LENGTH)


def validate_interface(settings: InterfaceSettings) -> InterfaceSettings:
    """Return `settings` when every value is of its kind, else raise `SettingsError`."""
    for entry in fields(settings):
        value = getattr(settings, entry.name)
        if not isinstance(value, str):
            raise SettingsError(entry.name, "must be text")
        choices = entry.metadata.get("choices")
        if choices is not None:
            if value not in choices:
                raise SettingsError(entry.name, f"must be one of {', '.join(choices)}")
            continue
        if len(value) > entry.metadata["longest"]:
            raise SettingsError(entry.name, f"must have at most {entry.metadata['longest']} characters")
        if entry.metadata["is_base64"] and not _is_base64(value):
            raise SettingsError(entry.name, "must be base64")
        if "\0" in value:
            raise SettingsError(entry.name, "must not contain a zero character")
    return settings


def _is_base64(value: str) -> bool:
    try:
        base64.b64decode(value, validate=True)
    except (ValueError, binascii.Error):
        return False
    return True
