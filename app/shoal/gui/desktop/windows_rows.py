"""What Shoal writes into the registry of Windows for this user, as a list of rows: no administrator is asked.

After "Default Programs" of the Windows documentation: a program describes what it can open, and the person chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shoal.gui.style.wording import say

CLASSES = r"Software\Classes"
TORRENT_CLASS, MAGNET_CLASS = "Shoal.torrent", "Shoal.magnet"
CAPABILITIES = r"Software\Shoal\Capabilities"
CHOICES = {
    TORRENT_CLASS: r"Software\Microsoft\Windows\CurrentVersion\Explorer\FileExts\.torrent\UserChoice",
    MAGNET_CLASS: r"Software\Microsoft\Windows\Shell\Associations\UrlAssociations\magnet\UserChoice",
}
"""Where Windows keeps what the person chose, as value `ProgId`."""
OWN_TREES = (rf"{CLASSES}\{TORRENT_CLASS}", rf"{CLASSES}\{MAGNET_CLASS}", r"Software\Shoal\Capabilities")
"""Taken away as a whole; of other keys only our values."""

_MAGNET_NAME, _PROTOCOL = "URL:Magnet URI", "URL Protocol"  # not shown


@dataclass(frozen=True, slots=True)
class RegistryRow:
    """One text value below HKEY_CURRENT_USER; `name` "" is the key's default value."""

    key: str
    name: str
    value: str


def command_line(command: Sequence[str]) -> str:
    """What Windows runs: every word in quotes, what is to be opened last. No path of Windows holds a quote."""
    return " ".join([*(f'"{word}"' for word in command), '"%1"'])


def registry_rows(command: Sequence[str], *, torrents: bool = True, magnets: bool = True) -> tuple[RegistryRow, ...]:
    """All rows that make Shoal one of the programs to choose for what it is to open."""
    run, icon = command_line(command), f'"{command[0]}",0'
    rows = [
        RegistryRow(CAPABILITIES, "ApplicationName", "Shoal"),
        RegistryRow(CAPABILITIES, "ApplicationDescription", say("BitTorrent client")),
        RegistryRow(r"Software\RegisteredApplications", "Shoal", CAPABILITIES),
    ]
    if torrents:
        key = rf"{CLASSES}\{TORRENT_CLASS}"
        rows += [
            RegistryRow(key, "", say("Torrent file")),
            RegistryRow(rf"{key}\DefaultIcon", "", icon),
            RegistryRow(rf"{key}\shell\open\command", "", run),
            RegistryRow(rf"{CLASSES}\.torrent\OpenWithProgids", TORRENT_CLASS, ""),
            RegistryRow(rf"{CAPABILITIES}\FileAssociations", ".torrent", TORRENT_CLASS),
        ]
    if magnets:
        key = rf"{CLASSES}\{MAGNET_CLASS}"
        rows += [
            RegistryRow(key, "", _MAGNET_NAME),
            RegistryRow(key, _PROTOCOL, ""),
            RegistryRow(rf"{key}\DefaultIcon", "", icon),
            RegistryRow(rf"{key}\shell\open\command", "", run),
            RegistryRow(rf"{CLASSES}\magnet", "", _MAGNET_NAME),
            RegistryRow(rf"{CLASSES}\magnet", _PROTOCOL, ""),
            RegistryRow(rf"{CAPABILITIES}\URLAssociations", "magnet", MAGNET_CLASS),
        ]
    return tuple(rows)
