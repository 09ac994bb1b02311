"""The values of settings as people read and type them. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from shoal.gui.style.languages import SYSTEM, known_languages
from shoal.gui.style.numbers import decimal, locale, whole
from shoal.gui.style.rates import in_english, parse_rate
from shoal.gui.style.units import rate_text, size_text
from shoal.gui.style.wording import Template, isolated, phrase, say, say_phrase
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.schema import PAGE_NAMES, Form, Page, Setting, Value, schema_of

_KINDS = (EngineSettings, InterfaceSettings)
_ENGINE_RULES: dict[str, Template] = {
    "must name an address of this computer": phrase("It must name an address of this computer."),  # not shown
}
"""What only the engine can find wrong, by its own words for the log."""
SECTIONS: dict[str, Template] = {
    "theme": phrase("Look"),
    "sidebar_shown": phrase("Parts of the window"),
    "ask_before_adding": phrase("When torrents are added"),
    "watch_folder": phrase("Watching a folder"),
    "offer_clipboard": phrase("From elsewhere"),
    "active_downloads": phrase("Queue"),
    "share_ratio": phrase("Sharing"),
    "notify_finished": phrase("Notifications"),
    "tray_shown": phrase("Tray"),
    "start_hidden": phrase("Starting and quitting"),
    "keep_awake": phrase("Sleep"),
}
"""The small title before the row of a setting, on pages that are long."""
_SIZE = re.compile(r"\s*(\d{1,12}(?:[.,]\d{1,3})?)\s*([kmgt]?)(i?)b?\s*", re.IGNORECASE | re.ASCII)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
KBIT_PER_MBIT = 1_000
MEBIBYTE = 1 << 20


def title_of(entry: Setting) -> str:
    """The name of a setting."""
    return say_phrase(Template(entry.title))


def page_title(page: Page) -> str:
    """What a page of the Configuration is called."""
    return say_phrase(Template(PAGE_NAMES[page]))


def effect_of(entry: Setting) -> str:
    """What it does, as a sentence."""
    return say("{sentence}.", sentence=say_phrase(Template(entry.effect)))


def choices_of(entry: Setting) -> list[tuple[str, str]]:
    """The values that may be chosen, and their words; empty for a setting that is typed."""
    if entry.form is Form.LANGUAGE:
        return [(SYSTEM, say("As the system")), *((language.code, language.name) for language in known_languages())]
    return [
        (choice.value, say_phrase(Template(choice.words)) if choice.words else choice.value) for choice in entry.choices
    ]


def zero_of(entry: Setting) -> str:
    """What 0 or the empty text means; "" when it is a value like others."""
    return say_phrase(Template(entry.zero)) if entry.zero else ""


def value_text(entry: Setting, value: Value) -> str:
    """`value` in words, with its unit."""
    if isinstance(value, bool):
        return say("on") if value else say("off")
    if not value and entry.zero:
        return zero_of(entry)
    for choice, words in choices_of(entry):
        if choice == value:
            return words
    unit = unit_of(entry)
    return say("{number} {unit}", number=field_text(entry, value), unit=unit) if unit else field_text(entry, value)


def unit_of(entry: Setting) -> str:
    """The unit that stands behind the field; none where the number carries it."""
    match entry.unit:
        case "kbit/s":
            return say("Mbit/s")
        case "s":
            return say("seconds")
        case "min":
            return say("minutes")
        case _:
            return ""


def measure_of(entry: Setting, value: Value) -> str:
    """The unit in which `value` is shown, where it means nothing special that of its bounds; "" for no measure."""
    if entry.unit not in ("B", "B/s"):
        return unit_of(entry)
    shown = field_text(entry, value) or _bound(entry, entry.high or 0)
    return shown.split()[-1]


def range_text(entry: Setting) -> str:
    """What it may be."""
    choices = choices_of(entry)
    if isinstance(entry.default, bool):
        return say("on or off")
    if choices:
        return ", ".join(words for _, words in choices)
    if entry.form is Form.FOLDER:
        return say("a folder")
    if entry.form is Form.FILE:
        return say("a file")
    if entry.form is Form.SOURCE:
        return say("a file or an http(s) address")
    if entry.form is Form.HOURS:
        return say("two times such as 22:00-07:00")
    if entry.form is Form.ADDRESS:
        return say("an address such as 10.8.0.2")
    if entry.form is Form.TRACKERS:
        return say("addresses of trackers")
    if entry.form is Form.WEB_ADDRESS:
        return say("a web address")
    if isinstance(entry.default, str):
        return say("text")
    if entry.low is None or entry.high is None:
        return say("a number")
    return say("{low} to {high}", low=_bound(entry, entry.low), high=_bound(entry, entry.high))


def field_text(entry: Setting, value: Value) -> str:
    """`value` as it stands in its field; "" where the field then shows what that means."""
    if isinstance(value, str):
        return value
    if not value and entry.zero:
        return ""
    match entry.unit:
        case "B/s":
            return _exact(rate_text(value), parse_rate, int(value), say("{n} B/s", n=int(value)))
        case "B":
            whole_mebibytes, rest = divmod(int(value), MEBIBYTE)
            exact = say("{n} B", n=int(value)) if rest else say("{n} MiB", n=whole_mebibytes)
            return _exact(size_text(value), parse_size, int(value), exact)
        case "kbit/s":
            return _plain(value / KBIT_PER_MBIT)
        case _:
            return _plain(value)


def parse_field(entry: Setting, text: str) -> Value | None:
    """The value that was typed, of the type of the setting; None when it is none."""
    text = text.strip()
    if isinstance(entry.default, str):
        return text
    if not text and entry.zero:
        return type(entry.default)(0)
    match entry.unit:
        case "B/s":
            return parse_rate(text)
        case "B":
            return parse_size(text)
        case "kbit/s":
            number = _number(text)
            return None if number is None else round(number * KBIT_PER_MBIT)
        case _:
            number = _number(text)
            if number is None or isinstance(entry.default, float):
                return number
            return int(number) if number == int(number) else None


def must_text(entry: Setting) -> str:
    """What may be typed."""
    if entry.unit == "B/s":
        return say("Type a rate such as 500 kB/s or 1.5 MB/s; 0 is no limit.")
    if entry.form.value == "hours":
        return say("Type two times such as 22:00-07:00.")
    if entry.form.value == "folder":
        return say("Type the whole path of a folder, or choose it.")
    if entry.form is Form.FILE:
        return say("Type the whole path of a file, or choose it.")
    if entry.form is Form.SOURCE:
        return say("Type the whole path of a file or an http(s) address, or choose a file.")
    if entry.form.value == "address":
        return say("Type an address such as 10.8.0.2, or leave the field empty.")
    if entry.form is Form.TRACKERS:
        return say("Type addresses of trackers, separated by blanks; each begins with http, https or udp.")
    if entry.form is Form.WEB_ADDRESS:
        return say("Type a web address that begins with http or https, or leave the field empty.")
    if entry.low is not None and entry.high is not None:
        low, high = (_bound_text(entry, _typed(entry, bound)) for bound in (entry.low, entry.high))
        return say("It must be from {low} to {high}.", low=low, high=high)
    return say("This cannot be.")


def _bound_text(entry: Setting, value: Value) -> str:
    """A bound is a number, also where it means something."""
    return value_text(replace(entry, zero=""), value)


def bad_setting_text(key: str, must: str) -> str:
    """That this setting cannot be so, and what may be there; `must` is what the engine says of it."""
    entry = _shown_entry(key)
    if entry is None:
        return say("The setting {name} cannot be so.", name=isolated(key))
    rule = say_phrase(_ENGINE_RULES[must]) if must in _ENGINE_RULES else must_text(entry)
    return say("The setting \u201c{name}\u201d cannot be so. {must}", name=title_of(entry), must=rule)


def setting_name(key: str) -> str:
    """What a setting is called where it is spoken of: its title, or its key when people never see it."""
    entry = _shown_entry(key)
    return isolated(key) if entry is None else say("\u201c{name}\u201d", name=title_of(entry))


def _shown_entry(key: str) -> Setting | None:
    """The setting `key`; None when the Configuration does not show it."""
    found = (entry for kind in _KINDS for entry in schema_of(kind) if entry.key == key)
    return next((entry for entry in found if entry.page is not None), None)


def parse_size(text: str) -> int | None:
    """Bytes of `16 MiB`, `1.5 GB`, `500 kB` or `300`; None when it is no size."""
    found = _SIZE.fullmatch(in_english(text))
    if found is None:
        return None
    number, prefix, binary = float(found[1].replace(",", ".")), found[2].lower(), bool(found[3])
    if binary and not prefix:
        return None
    factor: int = (1024 if binary else 1000) ** _POWERS[prefix]
    return round(number * factor)


def _exact(text: str, parse: Callable[[str], int | None], value: int, exact: str) -> str:
    """`text` when reading it gives `value` again, else the `exact` one."""
    return text if parse(text) == value else exact


def _bound(entry: Setting, number: float) -> str:
    match entry.unit:
        case "B/s":
            return rate_text(number)
        case "B":
            return str(field_text(entry, int(number))) or size_text(number)
        case "kbit/s":
            return whole(round(number / KBIT_PER_MBIT))
        case _:
            return whole(int(number)) if number == int(number) else decimal(number, 1)


def _typed(entry: Setting, number: float) -> Value:
    return int(number) if isinstance(entry.default, int) else number


def _plain(value: float) -> str:
    """To be typed over: exact, without separators of thousands."""
    return f"{value:.15g}".replace(".", locale().decimalPoint())


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None
