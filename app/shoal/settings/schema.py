"""The one schema of settings: for each key its type, default, unit, range, words, and its place in the Configuration.

Validation, the Configuration window and its search, docs/settings.md and the exchange file all read it. Words are
English templates; the interface translates them where they are shown. `setting` and `Choice` are known to the
extraction of translations by their names and the order of their parameters.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import math
import os
import re
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

from shoal.metainfo.trackers import TRACKER_SCHEMES, WEB_SEED_SCHEMES, clean_url
from shoal.protocol.errors import ShoalError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Value: TypeAlias = bool | int | float | str
S = TypeVar("S", bound="DataclassInstance")
UNKNOWN_ADDRESS = "unknown"
"""No address: what cannot be told from a damaged file must not become any address."""
_METADATA_KEY = "setting"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_HOURS = re.compile(rf"{_CLOCK}-{_CLOCK}")


class SettingsError(ShoalError):
    """A setting that cannot be taken; `field` names it, the text says what it must be."""

    def __init__(self, field: str, must: str) -> None:
        super().__init__(f"{field}: {must}")
        self.field = field
        self.must = must


class Page(Enum):
    """A page of the Configuration, in its order."""

    APPEARANCE = "appearance"
    ADDING = "adding"
    SAVING = "saving"
    SPEED = "speed"
    QUEUE = "queue"
    CONNECTION = "connection"
    PEERS = "peers"
    NOTIFICATIONS = "notifications"
    PRIVACY = "privacy"
    KEYBOARD = "keyboard"
    ADVANCED = "advanced"


def named(page: Page, name: str) -> tuple[Page, str]:
    """A page and its name; known to the extraction of translations, as `setting` is."""
    return page, name


PAGE_NAMES: dict[Page, str] = dict(
    (
        named(Page.APPEARANCE, "Appearance"),
        named(Page.ADDING, "Adding"),
        named(Page.SAVING, "Saving"),
        named(Page.SPEED, "Speed and profiles"),
        named(Page.QUEUE, "Queue and sharing"),
        named(Page.CONNECTION, "Connection"),
        named(Page.PEERS, "Trackers and peers"),
        named(Page.NOTIFICATIONS, "Notifications and tray"),
        named(Page.PRIVACY, "Privacy"),
        named(Page.KEYBOARD, "Keyboard"),
        named(Page.ADVANCED, "Advanced"),
    )
)
"""What the Configuration and the handbook call them."""


class Form(Enum):
    """What a text holds, and so how it is checked and edited."""

    PLAIN = "plain"
    FOLDER = "folder"
    """An absolute path; empty for the one that the effect names."""
    FILE = "file"
    """The absolute path of a file; empty for none."""
    SOURCE = "source"
    """The absolute path of a file, or an http(s) address; empty for none."""
    HOURS = "hours"
    """`HH:MM-HH:MM` in local time, may pass midnight; empty for never."""
    LANGUAGE = "language"
    """`system`, or the code of a language such as `de` or `pt_BR`; one that is not known is as `system`."""
    ADDRESS = "address"
    """A numeric IP address; empty for the one that the system chooses, UNKNOWN_ADDRESS for none."""
    TRACKERS = "trackers"
    """Addresses of trackers, separated by blanks."""
    WEB_ADDRESS = "web-address"
    """An http or https address; empty for none."""
    JSON = "json"
    BASE64 = "base64"


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a text may have, and its words."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One key. `page` None: kept by the program itself, such as the place of the window, and shown nowhere."""

    key: str
    default: Value
    title: str
    effect: str
    """One line on what it does."""
    unit: str = ""
    """B, B/s, s, min, kbit/s; empty for a plain number."""
    low: float | None = None
    high: float | None = None
    zero: str = ""
    """What 0 (or the empty text) means, in words; empty when it is a value like others."""
    choices: tuple[Choice, ...] = ()
    longest: int = 0
    """Characters of a text."""
    form: Form = Form.PLAIN
    page: Page | None = None
    is_late: bool = False
    """Takes effect at the next start."""


def setting(
    default: Value,
    title: str,
    effect: str,
    page: Page,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    zero: str = "",
    choices: tuple[Choice, ...] = (),
    longest: int = 0,
    form: Form = Form.PLAIN,
    is_late: bool = False,
) -> Any:
    """A dataclass field of a setting that people see; see `Setting` for the parameters."""
    return field(
        default=default,
        metadata={
            _METADATA_KEY: Setting(
                "", default, title, effect, unit, low, high, zero, choices, longest, form, page, is_late
            )
        },
    )


def kept(
    default: Value,
    effect: str,
    *,
    low: float | None = None,
    high: float | None = None,
    longest: int = 0,
    form: Form = Form.PLAIN,
    words: tuple[str, ...] = (),
) -> Any:
    """A field that the program keeps for itself; `words` are the texts that it may have."""
    choices = tuple(Choice(word, "") for word in words)
    entry = Setting("", default, "", effect, low=low, high=high, choices=choices, longest=longest, form=form)
    return field(default=default, metadata={_METADATA_KEY: entry})


@cache
def schema_of(kind: type[DataclassInstance]) -> tuple[Setting, ...]:
    """Every setting of the dataclass `kind`, in its order."""
    return tuple(replace(entry.metadata[_METADATA_KEY], key=entry.name) for entry in fields(kind))


def check(settings: S) -> S:
    """Return `settings` when every value has its type and lies in its range, else raise `SettingsError`."""
    for entry in schema_of(type(settings)):
        check_value(entry, getattr(settings, entry.key))
    return settings


def check_value(entry: Setting, value: object) -> None:
    """Raise `SettingsError` unless `value` is one that `entry` may have."""
    if isinstance(entry.default, bool):
        if not isinstance(value, bool):
            raise SettingsError(entry.key, "must be true or false")
    elif isinstance(entry.default, str):
        _check_text(entry, value)
    else:
        _check_number(entry, value)


def _check_number(entry: Setting, value: object) -> None:
    is_whole = isinstance(entry.default, int)
    if isinstance(value, bool) or not isinstance(value, int if is_whole else (int, float)):
        raise SettingsError(entry.key, "must be a whole number" if is_whole else "must be a number")
    # An integer is always finite, and may be too large to be asked.
    if isinstance(value, float) and not math.isfinite(value):
        raise SettingsError(entry.key, "must be a finite number")
    if entry.low is not None and value < entry.low:
        raise SettingsError(entry.key, f"must be at least {entry.low:.15g}")
    if entry.high is not None and value > entry.high:
        raise SettingsError(entry.key, f"must be at most {entry.high:.15g}")


def _check_text(entry: Setting, value: object) -> None:
    if not isinstance(value, str):
        raise SettingsError(entry.key, "must be text")
    if entry.choices:
        if value not in {choice.value for choice in entry.choices}:
            raise SettingsError(entry.key, f"must be one of {', '.join(choice.value for choice in entry.choices)}")
        return
    if len(value) > entry.longest:
        raise SettingsError(entry.key, f"must have at most {entry.longest} characters")
    if "\0" in value:
        raise SettingsError(entry.key, "must not contain a zero character")
    if not _is_writable(value):
        raise SettingsError(entry.key, "must be text that can be written")
    if not value:
        return
    if entry.form is Form.FOLDER and not os.path.isabs(value):
        raise SettingsError(entry.key, "must be the whole path of a folder")
    if entry.form is Form.FILE and not os.path.isabs(value):
        raise SettingsError(entry.key, "must be the whole path of a file")
    if entry.form is Form.SOURCE and not (os.path.isabs(value) or _is_web_address(value)):
        raise SettingsError(entry.key, "must be the whole path of a file, or an http or https address")
    if entry.form is Form.ADDRESS and not _is_address(value):
        raise SettingsError(entry.key, "must be an address in numbers")
    if entry.form is Form.TRACKERS and not all(clean_url(word, TRACKER_SCHEMES) for word in value.split()):
        raise SettingsError(entry.key, "must be addresses of trackers: http, https or udp")
    if entry.form is Form.WEB_ADDRESS and clean_url(value, WEB_SEED_SCHEMES) != value:
        raise SettingsError(entry.key, "must be a web address that begins with http or https")
    if entry.form is Form.BASE64 and not _is_base64(value):
        raise SettingsError(entry.key, "must be base64")
    if entry.form is Form.JSON and not _is_json(value):
        raise SettingsError(entry.key, "must be JSON")
    if entry.form is Form.HOURS and not _HOURS.fullmatch(value):
        raise SettingsError(entry.key, "must be a time like 22:00-07:00")


def _is_writable(value: str) -> bool:
    """Half characters belong to nothing but the names of files that the system could not decode."""
    try:
        value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _is_address(value: str) -> bool:
    if value == UNKNOWN_ADDRESS:
        return True
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and value.isascii() and value.isprintable()
    except ValueError:
        return False


def _is_base64(value: str) -> bool:
    try:
        base64.b64decode(value, validate=True)
    except (ValueError, binascii.Error):
        return False
    return True


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True
