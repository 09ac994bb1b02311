"""The interface's settings: one declarative schema of type, default, bound and a line on the effect."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field, fields
from typing import Any

from shoal.settings.engine_settings import SettingsError

THEMES = ("system", "light", "dark")
TOOLBARS = ("text", "icons", "hidden")
DETAIL_TABS = ("overview", "files", "peers", "swarm", "pieces", "trackers", "speed", "info")
SPANS = ("10min", "1h", "24h", "all")
MAX_FOLDER_LENGTH = 4096
MAX_STATE_LENGTH = 65536


def _choice(default: str, choices: tuple[str, ...], doc: str) -> Any:
    return field(default=default, metadata={"doc": doc, "choices": choices})


def _truth(default: bool, doc: str) -> Any:
    return field(default=default, metadata={"doc": doc})


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
    recent_folders: str = _text("Folders of the last downloads, one a line, newest first", longest=MAX_STATE_LENGTH)
    last_label: str = _text("Label of the last download", longest=64)
    labels: str = _text("Labels that were made, one a line, used or not", longest=MAX_STATE_LENGTH)
    ask_before_adding: bool = _truth(True, "Show what a torrent holds before it is added")
    sidebar_shown: bool = _truth(True, "Show the filters at the left")
    sidebar_groups_hidden: str = _text("Groups of the sidebar that are not shown, by blanks", longest=256)
    sidebar_groups_folded: str = _text("Groups of the sidebar that are folded, by blanks", longest=256)
    screen_sets: str = _text("Place, splitter, columns and tab by set of screens", longest=MAX_STATE_LENGTH)
    details_shown: bool = _truth(True, "Show the details of the selected transfer")
    details_state: str = _text("Height of the detail pane", longest=MAX_STATE_LENGTH, is_base64=True)
    detail_tab: str = _choice("overview", DETAIL_TABS, "Tab of the detail pane")
    detail_columns: str = _text("Columns of the tables in the detail pane", longest=MAX_STATE_LENGTH)
    speed_span: str = _choice("10min", SPANS, "How far back the speed graph goes")
    status_shown: bool = _truth(True, "Show the status bar")
    toolbar: str = _choice("text", TOOLBARS, "What the toolbar shows")
    compact_rows: bool = _truth(False, "One line per transfer")
    reduce_motion: bool = _truth(False, "Still pictures instead of moving ones")


def validate_interface(settings: InterfaceSettings) -> InterfaceSettings:
    """Return `settings` when every value is of its kind, else raise `SettingsError`."""
    for entry in fields(settings):
        value = getattr(settings, entry.name)
        if isinstance(entry.default, bool):
            if not isinstance(value, bool):
                raise SettingsError(entry.name, "must be true or false")
            continue
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
