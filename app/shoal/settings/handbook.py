"""docs/settings.md, written from the schema: `PYTHONPATH=app python3 -m shoal.settings.handbook > docs/settings.md`."""

from __future__ import annotations

from collections.abc import Iterable

from shoal.settings.engine_settings import EngineSettings
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.schema import PAGE_NAMES, Setting, schema_of

_INTRODUCTION = """# Settings

Everything in **Tools > Configuration...**, page by page. The key is the one in the files `engine.json` and
`interface.json` of the profile and in an exported file. This page is written from the schema in `app/shoal/settings`.
"""


def settings_page() -> str:
    """The page as Markdown."""
    entries = [*schema_of(InterfaceSettings), *schema_of(EngineSettings)]
    parts = [_INTRODUCTION]
    for page, name in PAGE_NAMES.items():
        parts.append(f"\n## {name}\n\n| Setting | Key | Default | What it does |\n|---|---|---|---|\n")
        parts += _lines(entry for entry in entries if entry.page is page)
    return "".join(parts)


def _lines(entries: Iterable[Setting]) -> Iterable[str]:
    for entry in entries:
        yield f"| {entry.title} | `{entry.key}` | {_default(entry)} | {entry.effect}{_values(entry)} |\n"


def _default(entry: Setting) -> str:
    if isinstance(entry.default, bool):
        return "on" if entry.default else "off"
    if not entry.default and entry.zero:
        return entry.zero
    for choice in entry.choices:
        if choice.value == entry.default:
            return choice.words
    return f"{entry.default} {entry.unit}".rstrip()


def _values(entry: Setting) -> str:
    if entry.choices:
        return ". One of: " + "; ".join(f"{choice.words} (`{choice.value}`)" for choice in entry.choices)
    if entry.low is not None and entry.high is not None:
        return f". {entry.low:.15g} to {entry.high:.15g} {entry.unit}".rstrip()
    return ""


if __name__ == "__main__":
    print(settings_page(), end="")
