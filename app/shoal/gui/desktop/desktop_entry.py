"""The entry by which a Linux desktop starts Shoal, for copies that no package has installed; and reading others' names.

After the Desktop Entry Specification 1.0 of freedesktop.org; its quoting has two levels, which both hold for `Exec`.
"""

from __future__ import annotations

import configparser
import contextlib
import re
from collections.abc import Sequence

from shoal import APPLICATION_ID
from shoal.gui.style.wording import say

ENTRY_ID = f"{APPLICATION_ID}.desktop"
_GROUP = "Desktop Entry"  # not shown
OURS = "X-Shoal-Written=true"
"""Marks an entry that Shoal itself wrote, and may take away again."""


def exec_value(command: Sequence[str], *, opens: bool = True) -> str:
    """The value of `Exec` that starts `command`, with what is to be opened when it `opens` something."""
    # GLib looks for the first word as it stands there, with its percent signs doubled, and then ignores the entry.
    words = ["/usr/bin/env", *command] if "%" in command[0] else command
    return " ".join([*(_string(_quoted(word)) for word in words), *(["%U"] if opens else [])])


def _quoted(word: str) -> str:
    # xdg-open splits at blanks and knows no quotes: what needs none gets none.
    if re.fullmatch(r"[A-Za-z0-9_./:+,@-]+", word):
        return word
    # Percent signs stand for field codes whether they are quoted or not.
    return '"' + re.sub(r'(["`$\\])', r"\\\1", word).replace("%", "%%") + '"'


def _string(text: str) -> str:
    """A value of type string or localestring."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def entry_text(command: Sequence[str], icon: str) -> str:
    """The whole file. `command` begins with an absolute path; `icon` is a path or a name of an icon theme."""
    lines = (
        "[Desktop Entry]",  # not shown
        "Type=Application",
        "Version=1.0",
        "Name=Shoal",
        f"GenericName={_string(say('BitTorrent client'))}",
        f"Comment={_string(say('Download and share files with BitTorrent'))}",
        f"Exec={exec_value(command)}",
        f"TryExec={_string(command[0])}",
        f"Icon={_string(icon)}",
        "Terminal=false",
        "StartupWMClass=shoal",
        "Categories=Network;FileTransfer;P2P;",
        "MimeType=application/x-bittorrent;x-scheme-handler/magnet;",
        OURS,
        "",
    )
    return "\n".join(lines)


def login_entry_text(command: Sequence[str], icon: str) -> str:
    """The file in the autostart folder that starts Shoal at login (Desktop Application Autostart Specification)."""
    lines = (
        "[Desktop Entry]",  # not shown
        "Type=Application",
        "Version=1.0",
        "Name=Shoal",
        f"Comment={_string(say('Download and share files with BitTorrent'))}",
        f"Exec={exec_value(command, opens=False)}",
        f"TryExec={_string(command[0])}",
        f"Icon={_string(icon)}",
        "Terminal=false",
        OURS,
        "",
    )
    return "\n".join(lines)


def is_hidden(text: str) -> bool:
    """Whether an entry in the autostart folder is switched off: by the specification's key, or by GNOME's."""
    parser = _read(text)
    hidden = parser.get(_GROUP, "Hidden", fallback="").strip()  # not shown
    enabled = parser.get(_GROUP, "X-GNOME-Autostart-enabled", fallback="").strip()
    return hidden == "true" or enabled == "false"


def name_in(text: str) -> str:
    """The `Name` of an entry, "" where there is none."""
    return _read(text).get(_GROUP, "Name", fallback="")


def _read(text: str) -> configparser.RawConfigParser:
    """What can be read of an entry; empty when it is none."""
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",))
    with contextlib.suppress(configparser.Error):
        parser.read_string(text)
    return parser


def without_default(text: str, mime: str, entry: str) -> str:
    """A `mimeapps.list` in which `entry` is not named for `mime` any more; all else stays as it is."""
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        key, mark, value = line.partition("=")
        if not mark or key.strip() != mime:
            lines.append(line)
            continue
        named = [name for name in value.strip().split(";") if name]
        rest = [name for name in named if name != entry]
        if rest == named:
            lines.append(line)
        elif rest:
            lines.append(f"{mime}={';'.join(rest)};\n")
    return "".join(lines)
